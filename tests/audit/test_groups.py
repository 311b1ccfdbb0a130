"""Findings by what would have to change: all of them once, at most five headings first, and what leaving a step out does."""

import json
import textwrap

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from halfway.audit.groups import FIRST, KINDS, ON_INPUTS
from halfway.audit.run import audit
from halfway.case.catalog import load
from halfway.case.reader import build, load_text
from halfway.cli.audit import _print_groups
from halfway.cli.main import root
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.participation import consent
from halfway.conduct.verdicts.temptation import kernel
from halfway.errors import Refusal
from halfway.space.plan.outcomes import plan_values
from halfway.testing import EVERY_NOUN, case_data
from tests.audit.examples import case_text


@pytest.fixture(scope="module")
def memo():
    case = load("belarus-2020")
    # C315 finds nothing here and takes longer than all other rules together.
    return case, audit(case, plan="memo", ignore=["C315"])


def headings(text):
    return [line for line in text.splitlines() if line[:1].isdigit() and line[1:3] == ". "]


def test_the_memo_fits_a_screen_and_names_what_is_wrong(memo, capsys):
    case, result = memo
    _print_groups(result, case, everything=False)
    memo = capsys.readouterr().out
    shown = sum(len(textwrap.wrap(line, 100)) or 1 for line in memo.splitlines())
    assert shown <= 40
    assert len(headings(memo)) == FIRST
    assert "Crimea: Recognised" in headings(memo)[0]
    assert "owner not a signatory (T101): The people of Belarus, Kyiv" in memo
    assert "toothless stick (C302): 'war declared" in memo
    assert "trial that can be waited out (C306): 'A trial of three months'" in memo
    assert any(h[3:].startswith("The promise of Moscow: Guarantee a neighbour's borders") for h in headings(memo))
    assert "Would they sign" in memo.splitlines()[1]
    assert memo.index("8 more headings") < memo.index("What the case's numbers rest on")


def test_what_was_found_on_crimea_is_one_heading(memo):
    _, result = memo
    crimea = [g for g in result.groups if g.title.startswith("Crimea")]
    assert len(crimea) == 1
    codes = [result.findings[n].code for n in crimea[0].findings]
    assert {"A602", "E202", "E204", "E207", "E208"} <= set(codes)
    assert codes.count("A602") == 4


@settings(max_examples=30, deadline=None)
@given(case_data(EVERY_NOUN))
def test_every_finding_has_one_heading(data):
    try:
        result = audit(build(data))
    except Refusal:
        return
    for plan in data["plans"]:
        own = [g for g in result.groups if g.plan == plan]
        numbers = [n for g in own for n in g.findings]
        assert len(set(numbers)) == len(numbers)
        assert set(numbers) == {n for n, f in enumerate(result.findings) if f.plan == plan and f.code not in ON_INPUTS}
        assert sum(g.first and g.kind != "consent" for g in own) <= FIRST
        assert [g.first for g in own] == sorted((g.first for g in own), reverse=True)
    for group in result.groups:
        assert group.kind in KINDS
        assert len(group.names) == len(group.findings)
        assert group.severity == result.findings[group.findings[0]].severity
    inputs = [g for g in result.groups if g.kind == "inputs"]
    assert len(inputs) <= 1
    told = {(f.code, f.place, f.message) for f in result.findings if f.code in ON_INPUTS}
    assert len(told) == sum(len(g.findings) for g in inputs)


TWO = case_text(package="{land: given}", plan="aims: [{for: c}]", a="walk_away: 30").replace(
    "plans:\n", "plans:\n  q: {seats: {a: party, b: party}, phases: {s: {package: {aid: paid}}}}\n"
)


def test_the_inputs_are_spoken_of_once_whatever_the_number_of_plans():
    result = audit(load_text(TWO))
    last = result.groups[-1]
    assert (last.kind, last.plan) == ("inputs", None)
    messages = [result.findings[n].message for n in last.findings]
    assert len(set(messages)) == len(messages)
    repeated = [f.message for f in result.findings if f.code == "I502"]
    assert len(set(repeated)) < len(repeated)
    assert [g.plan for g in result.groups][:-1] == sorted((g.plan for g in result.groups[:-1]), reverse=True)


def test_leaving_a_step_out_does_what_the_plan_without_it_does():
    case = load_text(TWO)
    found = next(g for g in audit(case, plan="p").groups if g.kind == "issue")
    # Without the land nothing is left: c keeps 100 instead of 0, a keeps 20 instead of 0.
    assert found.effect.aims == pytest.approx(100)
    assert found.effect.below == (1, 1)
    assert found.effect.short == pytest.approx((30, 10))


CHANGED = case_text(
    phases="first: {package: {land: given}, lasts: 3 months, then: second}\nsecond: {package: {land: given, aid: paid}}",
    plan="aims: [{for: [a, c]}]",
    a="walk_away: 70\n    patience: 0.9",
    b="walk_away: 50",
)


def test_its_effect_is_that_of_a_plan_written_without_it():
    case = load_text(CHANGED)
    without = load_text(
        CHANGED.replace("{land: given, aid: paid}}", "{aid: paid}}").replace("{package: {land: given}", "{package: {}")
    )
    found = {g.title: g.effect for g in audit(case).groups if g.kind == "issue"}
    effect = next(e for title, e in found.items() if title.startswith("Land"))
    bound = kernel(study(case))

    def figures(one, compiled):
        values = plan_values(compiled.whole.space, "p", one.plans["p"])
        own = consent(compiled.whole)
        short = [max(0.0, own[a]["walk_away"] - own[a]["keep"]) for a in "ab"]
        return values.long_run, sum(s > 1e-6 for s in short), sum(short)

    before = figures(case, bound)
    after = figures(without, kernel(study(without), bound=bound.bound))
    assert effect.below == (before[1], after[1])
    assert effect.short == pytest.approx((before[2], after[2]))
    assert effect.aims == pytest.approx(sum(after[0][i] - before[0][i] for i in (0, 2)))
    largest = [
        max(k.tempted(a, None).temptation.points for a in k.breakers)
        for k in (bound, kernel(study(without), bound=bound.bound))
    ]
    assert effect.tempted == pytest.approx(tuple(largest))


def test_flat_is_as_before_and_json_has_both():
    flat = CliRunner().invoke(root, ["audit", "eu-belarus-2016", "--plan", "relief-as-given", "--flat"]).output
    assert "error T105 conflicted office" in flat
    whole = CliRunner().invoke(root, ["audit", "eu-belarus-2016", "--plan", "relief-as-given", "--all"]).output
    data = json.loads(
        CliRunner().invoke(root, ["audit", "eu-belarus-2016", "--plan", "relief-as-given", "--json"]).output
    )
    assert len(data["findings"]) == flat.count("remedy: ")
    for finding in data["findings"]:
        assert finding["message"] in " ".join(flat.split())
        assert finding["message"] in whole
    assert {"plan", "kind", "title", "severity", "line", "remedy", "findings", "first"} <= set(data["groups"][0])
