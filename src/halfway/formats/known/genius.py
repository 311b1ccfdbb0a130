"""Genius XML: a domain file and one profile a party (Lin et al. 2014, "Genius: an integrated environment").

A discrete evaluation counts as a share of the largest one of its issue. An integer issue has a linear evaluator,
``clip(offset + slope · (value − lower bound), 0, 1)``. Weights belong to issues by their ``index``, from whatever
number that starts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from xml.sax.saxutils import quoteattr

from halfway.case.case import Case
from halfway.errors import InputError, Problem, suggestion
from halfway.formats.folder import CANNOT_BE_READ, domain_of, flat, load_each, profiles_of, said_of
from halfway.formats.format import Format, Imported, Source, files_in
from halfway.formats.names import file_names, twice
from halfway.formats.profiles import Domain, Profile, decimal, from_case, slug, to_case
from halfway.formats.xml_tree import Node, parse_xml
from halfway.reading.numbers import brief, exact
from halfway.reading.schema import one_line
from halfway.result import write_safely

DOMAIN_ROOT = "negotiation_template"
PROFILE_ROOT = "utility_space"
_OURS = re.compile(f"<{DOMAIN_ROOT}|<{PROFILE_ROOT}")
WIDEST = 10_000
"""The most values of an integer issue."""


def _recognises(path: Path) -> int:
    if path.is_dir():
        return 2 if files_in(path, ".xml") else 0
    return 2 if path.suffix.lower() == ".xml" else 0


def read_genius(source: Source) -> Imported:
    """Read a domain with its profiles: the other XML files beside it, or those that the user names.

    Raises
    ------
    InputError
        With the place of what is wrong.
    """
    files = files_in(source.folder, ".xml")
    loaded = load_each(source, files, lambda path: parse_xml(path, source.encoding), _OURS)
    trees = loaded.contents
    domains = [p for p, tree in trees.items() if tree.tag == DOMAIN_ROOT]
    if source.path.is_file():
        _expect_root(trees[source.path], DOMAIN_ROOT)
    chosen = domain_of(source, domains, f"a domain file has the root <{DOMAIN_ROOT}>", flat(loaded.broken))
    tree = trees[chosen]
    issues = {name: options for name, (options, _) in _issues(tree).items()}
    domain = Domain(source.folder.name if len(domains) == 1 and source.path.is_dir() else chosen.stem, issues)
    spaces = [p for p, t in trees.items() if t.tag == PROFILE_ROOT]
    odd = [p for p in trees if p not in spaces and p not in domains]
    _expect_named_profiles(source, tree, spaces)
    profiles = profiles_of(source, chosen, [*spaces, *odd] if source.profiles else spaces, domains)
    if not profiles and odd:
        for path in odd:
            _expect_root(trees[path], PROFILE_ROOT)
    problems: list[Problem] = []
    read: list[Profile] = []
    for path in profiles:
        try:
            _expect_root(trees[path], PROFILE_ROOT)
            read.append(_profile(path.stem, trees[path], domain))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    lost = said_of(len(read), [p for p in spaces if p not in profiles], "profiles that were not named or are of others")
    lost += said_of(0, [p for p in odd if p not in profiles], "no domain and no profile")
    lost += said_of(0, list(loaded.broken), CANNOT_BE_READ)
    return to_case(domain, read, lost, tree.place)


def _expect_named_profiles(source: Source, tree: Node, spaces: Sequence[Path]) -> None:
    """Complain of profiles that the domain file names and that are not there; names without an ending are placeholders."""
    if source.profiles:
        return
    for agent in tree.walk("agent"):
        wanted = agent.attributes.get("utility_space", "").replace("\\", "/").strip()
        name = wanted.rsplit("/", 1)[-1]
        if name.lower().endswith(".xml") and name not in [p.name for p in spaces]:
            raise InputError(
                [
                    Problem(
                        "F120",
                        f"the profile '{name}' is missing",
                        "the domain file names it",
                        "put it beside the domain file, or name the profiles with --profiles",
                        agent.place,
                    )
                ]
            )


def _expect_root(tree: Node, root: str) -> None:
    if tree.tag != root:
        raise InputError(
            [
                Problem(
                    "F114",
                    f"the root element is <{tree.tag}>",
                    f"here <{root}> is expected",
                    "check that this is the right file",
                    tree.place,
                )
            ]
        )


def _issues(tree: Node) -> dict[str, tuple[tuple[str, ...], Node]]:
    found: dict[str, tuple[tuple[str, ...], Node]] = {}
    for node in tree.walk("issue"):
        name = _attribute(node, "name")
        if not name or twice([*found, name]):
            raise InputError(
                [Problem("F115", f"issue '{name}' occurs twice", "issues are told apart by name", "rename", node.place)]
            )
        found[name] = (_options(node), node)
    if not found:
        raise InputError(
            [Problem("F115", "there is no issue", "a domain has at least one", "check the file", tree.place)]
        )
    return found


def _options(node: Node) -> tuple[str, ...]:
    kind = node.attributes.get("vtype", node.attributes.get("type", "discrete"))
    if kind == "integer":
        low, high = (_whole(node, name) for name in ("lowerbound", "upperbound"))
        if not 0 <= high - low < WIDEST:
            raise InputError(
                [
                    Problem(
                        "F115",
                        f"the integer issue runs from {low} to {high}",
                        f"it needs between 1 and {WIDEST:,} values",
                        "check its bounds",
                        node.place,
                    )
                ]
            )
        return tuple(str(v) for v in range(low, high + 1))
    if kind != "discrete":
        raise InputError(
            [
                Problem(
                    "F116",
                    f"the issue is of type '{kind}'",
                    "only discrete and integer issues have options",
                    "list the values that matter",
                    node.place,
                )
            ]
        )
    options = tuple(_attribute(item, "value") for item in node.children if item.tag == "item")
    again = twice(options)
    if again is not None or not options:
        what = "the issue has no values" if again is None else f"value '{again}' occurs twice"
        raise InputError([Problem("F115", what, "values are told apart by name", "check the issue", node.place)])
    return options


def _profile(name: str, root: Node, domain: Domain) -> Profile:
    if nonlinear := root.first("hyperRectangle") or root.first("ufun"):
        raise InputError(
            [
                Problem(
                    "F119",
                    f"the utilities of '{name}' are no sum over issues",
                    "they are given by hyper-rectangles, which tie issues together and cannot be carried",
                    "choose linear additive profiles",
                    nonlinear.place,
                )
            ]
        )
    found = {}
    for node in root.walk("issue"):
        issue = _attribute(node, "name")
        if issue in found:
            raise InputError(
                [
                    Problem(
                        "F115", f"issue '{issue}' occurs twice", "issues are told apart by name", "rename", node.place
                    )
                ]
            )
        found[issue] = node
    weights_by_index: dict[str | None, Fraction] = {}
    for w in root.walk("weight"):
        index = w.attributes.get("index")
        if index in weights_by_index:
            raise InputError(
                [Problem("F117", f"the weight {index} stands twice", "only one could count", "remove one", w.place)]
            )
        weights_by_index[index] = _fraction(w, "value")
    weights, values = {}, {}
    for issue, options in domain.issues.items():
        if issue not in found:
            raise InputError(
                [
                    Problem(
                        "F117",
                        f"the profile says nothing of issue '{issue}'",
                        suggestion(issue, list(found)),
                        "add the issue",
                        root.place,
                    )
                ]
            )
        node = found[issue]
        index = node.attributes.get("index")
        if index not in weights_by_index:
            raise InputError(
                [
                    Problem(
                        "F117",
                        f"issue '{issue}' has no weight",
                        f"no <weight> has the index {index}",
                        "add its weight",
                        node.place,
                    )
                ]
            )
        weights[issue] = weights_by_index[index]
        if weights[issue] < 0:
            place = next(w.place for w in root.walk("weight") if w.attributes.get("index") == index)
            raise InputError(
                [
                    Problem(
                        "F122",
                        f"the weight of '{issue}' is negative",
                        "a weight is zero or more",
                        "make it positive",
                        place,
                    )
                ]
            )
        values[issue] = _values(node, options)
    reservation = root.first("reservation")
    discount = root.first("discount_factor")
    return Profile(
        name,
        weights,
        values,
        None if reservation is None else _fraction(reservation, "value"),
        None if discount is None else _fraction(discount, "value"),
        root.place,
    )


def _values(node: Node, options: Sequence[str]) -> dict[str, Fraction]:
    evaluator = next((c for c in node.children if c.tag == "evaluator"), None)
    if evaluator is not None and evaluator.attributes.get("ftype") == "linear":
        offset, slope = _fraction(evaluator, "offset"), _fraction(evaluator, "slope")
        low = _whole(node, "lowerbound")
        out = {}
        for option in options:
            try:
                above = exact(option) - low
            except ValueError:
                raise InputError(
                    [
                        Problem(
                            "F117",
                            f"{brief(option)} has no value by a straight line",
                            "a linear evaluator is for the numbers of an integer issue",
                            "give an evaluation for each value",
                            evaluator.place,
                        )
                    ]
                ) from None
            out[option] = min(max(offset + slope * above, Fraction(0)), Fraction(1))
        return out
    given = {
        _attribute(item, "value"): (_fraction(item, "evaluation"), item) for item in node.children if item.tag == "item"
    }
    for option in options:
        if option not in given:
            raise InputError(
                [
                    Problem(
                        "F117",
                        f"value '{option}' has no evaluation",
                        suggestion(option, list(given)),
                        "add it to the profile",
                        node.place,
                    )
                ]
            )
    for value, item in given.values():
        if value < 0:
            raise InputError(
                [Problem("F122", f"the evaluation is {float(value):g}", "it is zero or more", "correct it", item.place)]
            )
    top = max(given[o][0] for o in options)
    return {o: given[o][0] / top if top else Fraction(0) for o in options}


def _attribute(node: Node, name: str) -> str:
    if name not in node.attributes:
        raise InputError(
            [Problem("F118", f"<{node.tag}> has no '{name}'", "it is needed", "add the attribute", node.place)]
        )
    return one_line(node.attributes[name])


def _fraction(node: Node, name: str) -> Fraction:
    text = _attribute(node, name)
    try:
        return exact(text)
    except ValueError as error:
        what = f"{brief(text)} is not a number that can be read"
        raise InputError(
            [Problem("F118", what, f"{error}, as the {name} of <{node.tag}>", "correct it", node.place)]
        ) from None


def _whole(node: Node, name: str) -> int:
    value = _fraction(node, name)
    if value.denominator != 1:
        raise InputError(
            [Problem("F118", f"'{name}' is not a whole number", "the issue is integer", "correct it", node.place)]
        )
    return int(value)


def write_genius(case: Case, folder: Path) -> tuple[str, ...]:
    """Write a folder with a domain file and a profile for each actor; return what is lost.

    Evaluations are written as shares of one, multiplied into the weights where the largest is less: Genius divides
    by the largest.
    """
    domain, profiles, lost = from_case(case)
    folder.mkdir(parents=True, exist_ok=True)
    names = list(domain.issues)
    lines = ["<negotiation_template>", f'<utility_space number_of_issues="{len(names)}">']
    lines.append('<objective index="0" name="root" description="" type="objective" etype="objective">')
    for n, issue in enumerate(names, start=1):
        lines.append(_issue_tag(n, issue))
        lines += [
            f'<item index="{k}" value={quoteattr(o)} description=""></item>'
            for k, o in enumerate(domain.issues[issue], start=1)
        ]
        lines.append("</issue>")
    lines += ["</objective>", "</utility_space>", "</negotiation_template>", ""]
    own = f"{slug(case.name)}_domain.xml"
    files = file_names([p.name for p in profiles], ".xml", [own], lost)
    write_safely(folder / own, "\n".join(lines))
    for profile in profiles:
        write_safely(folder / files[profile.name], _profile_text(domain, profile, lost))
    return tuple(lost)


def _issue_tag(index: int, name: str) -> str:
    return f'<issue index="{index}" name={quoteattr(name)} type="discrete" etype="discrete" vtype="discrete">'


def _profile_text(domain: Domain, profile: Profile, lost: list[str]) -> str:
    lines = ["<utility_space>"]
    lines.append('<objective index="0" name="root" description="" type="objective" etype="objective">')
    weights = []
    for n, issue in enumerate(domain.issues, start=1):
        values = profile.values[issue]
        top = max(values.values())
        weights.append(profile.weights[issue] * top)
        if not top and profile.weights[issue]:
            lost.append(f"{profile.name}: the weight of '{issue}', all of whose values are 0, becomes 0")
        lines.append(_issue_tag(n, issue))
        lines += [
            f'<item index="{k}" value={quoteattr(o)} evaluation="{decimal(v / top if top else v)}"></item>'
            for k, (o, v) in enumerate(values.items(), start=1)
        ]
        lines.append("</issue>")
    lines += [f'<weight index="{n}" value="{decimal(w)}"></weight>' for n, w in enumerate(weights, start=1)]
    lines.append("</objective>")
    if profile.discount is not None:
        lines.append(f'<discount_factor value="{decimal(profile.discount)}"></discount_factor>')
    if profile.reservation is not None:
        lines.append(f'<reservation value="{decimal(profile.reservation)}"></reservation>')
    return "\n".join([*lines, "</utility_space>", ""])


FORMAT = Format(
    title="Genius XML: domain and profiles in a folder",
    form="folder with a domain file and one profile a party",
    reads="discrete and integer issues, linear and discrete evaluators, weights, reservation, discount factor",
    writes="additive interests, walk-aways as numbers, discount factor",
    recognises=_recognises,
    read=read_genius,
    write=write_genius,
)
