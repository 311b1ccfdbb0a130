"""Broken files in who may see what, in drafts of the single text, and in whose figures a disputed fact has."""

from tests.case.broken import edit
from tests.case.broken_nouns import actor

MEDIATOR = "      border: {weight: 1, values: {open: 0, shut: 100}}\n"


def draft(added: str) -> tuple[str, str]:
    """Make the plan a draft."""
    return ("    phases:", f"    draft: {added}\n    phases:")


edit("viewer unknown", "N301", "is not a viewer of this case", actor("    seen_by: §sout\n"))
edit(
    "viewer that is an actor and a word",
    "V470",
    "the word for the mediator",
    (
        f"  south:\n    interests:\n{MEDIATOR}",
        f"  south:\n    seen_by: §mediator\n    interests:\n{MEDIATOR}  mediator:\n    interests:\n{MEDIATOR}",
    ),
)
edit(
    "respondent of an unknown party",
    "N301",
    "is not an actor",
    ("actors:", "experts: {ann: {name: Ann, party: §est}}\nactors:"),
)
edit(
    "two drafts of one number",
    "V471",
    "plan 'opening' has that number",
    draft("{number: 1}"),
    (
        "      settled: {}\n",
        "      settled: {}\n  second:\n    draft: {number: §1}\n    phases: {once: {package: {border: open}}}\n",
    ),
)
edit("draft zero", "S211", "", draft("{number: §0}"))
edit("draft after nothing", "N301", "is not a plan", draft("{number: 2, after: §opned}"))
edit("draft after itself", "V472", "not an earlier draft", draft("{number: 2, after: §opening}"))
edit(
    "brackets without the working text",
    "V473",
    "the working text 'open'",
    ("options: [open, shut]", "options: [open, shut, ajar]"),
    ("{open: 100, shut: 0}", "{open: 100, shut: 0, ajar: 5}"),
    ("{open: 0, shut: 100}", "{open: 0, shut: 100, ajar: 5}"),
    draft("{number: 1, open: [{phase: trial, issue: border, options: §[shut, ajar]}]}"),
)
edit(
    "brackets of unknown names",
    "N301 N302 N301",
    "is not a phase",
    draft("{number: 1, open: [{phase: §trail, issue: border, options: {open: [], ajr: §[], shut: §nort}}]}"),
)
edit(
    "brackets with one option",
    "S208",
    "too few",
    draft("{number: 1, open: [{phase: trial, issue: border, options: §[open]}]}"),
)
edit(
    "brackets twice",
    "V474",
    "is open twice",
    draft(
        "{number: 1, open: [{phase: trial, issue: border, options: [open, shut]}, "
        "§{phase: trial, issue: border, options: [shut, open]}]}"
    ),
)
edit(
    "remark of nobody on nothing",
    "N301 N301 N301",
    "is not an actor",
    draft("{number: 1, remarks: [{by: §nort, text: No., phase: §tral, issue: §bordr}]}"),
)
