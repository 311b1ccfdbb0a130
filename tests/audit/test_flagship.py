"""The memo's plan: what must be found is found, at the line that says it, and what is structural survives other utilities."""

import pytest
from docs.redraw import codes_when_redrawn, flagship, redrawn

from halfway.audit.run import audit
from halfway.case.catalog import load, paths

DRAWS = 25
STRUCTURAL = {"T101", "T103", "A602", "A603", "E204", "I501", "I503", "I504"}
ALSO_STRUCTURAL = {"A601", "T102", "T105", "I502"}
"""A601 by what must hold; T102 by the imposed mandates; T105 by who holds the offices."""


@pytest.fixture(scope="module")
def case():
    return load("belarus-2020")


@pytest.fixture(scope="module")
def lines():
    return paths()["belarus-2020"].read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def found(case):
    return audit(case, plan="memo").of("memo")


@pytest.fixture(scope="module")
def line(lines):
    """Find a line, counted from 1, by what it says, inside nested blocks named by their keys."""

    def search(text, *blocks):
        start, end = 0, len(lines)
        for block in blocks:
            at = next(n for n in range(start, end) if lines[n].strip() == f"{block}:")
            depth = len(lines[at]) - len(lines[at].lstrip())
            start = at + 1
            end = next(
                (n for n in range(start, end) if lines[n].strip() and len(lines[n]) - len(lines[n].lstrip()) <= depth),
                end,
            )
        return 1 + next(n for n in range(start, end) if lines[n].strip().startswith(text))

    return search


PLAN = ("plans", "memo")
TALKS = (*PLAN, "phases", "talks", "package")
TRIAL = (*PLAN, "phases", "trial", "package")

EXPECTED = (
    ("A602", "crimea:", TRIAL),
    ("A602", "alignment:", TALKS),
    ("A602", "alaska:", TRIAL),
    ("A603", "memo:", ("plans",)),
    ("A601", "- for: belarusians", (*PLAN, "aims")),
    ("T101", "moscow_credit:", TALKS),  # the first change to what belongs to the people of Belarus
    ("T101", "kyiv_talks:", TALKS),  # and to Kyiv
    ("T102", "opposition:", (*PLAN, "seats")),
    ("T102", "belarusians:", (*PLAN, "seats")),
    ("T103", "moscow_credit:", TALKS),  # Minsk has to borrow
    ("T103", "kyiv_talks:", TALKS),
    ("T105", "roles:", PLAN),
    ("E202", "crimea:", TRIAL),
    ("E202", "alaska:", TRIAL),
    ("E204", "crimea:", TRIAL),
    ("E204", "kyiv_talks:", TALKS),
    ("E204", "alignment:", TALKS),
    ("E208", "crimea:", TRIAL),
    ("E208", "kyiv_talks:", TALKS),
    ("E208", "alaska:", TRIAL),
    ("I501", "minsk:", ("actors",)),
    ("I501", "kyiv:", ("actors",)),
    ("I503", "- actor: moscow", (*PLAN, "authors")),
    ("I504", "claims:", PLAN),
)


@pytest.mark.parametrize(("code", "text", "blocks"), EXPECTED, ids=[f"{c}-{t.strip(':- ')}" for c, t, _ in EXPECTED])
def test_the_memo_is_found_out_at_the_right_line(found, line, code, text, blocks):
    assert line(text, *blocks) in {f.place.line for f in found if f.code == code}


def test_who_is_named(found):
    told = {f.code: " ".join(g.message for g in found if g.code == f.code) for f in found}
    for who in ("Kyiv", "Minsk", "Donetsk"):
        assert who in told["T103"]
    assert "Kyiv" in told["T101"]
    assert "people of Belarus" in told["T101"]
    assert "Crimea" in told["E202"]
    assert "Moscow is chair" in told["T105"]
    assert "Moscow is guarantor" in told["T105"]
    assert "Helsinki" in told["A602"]


def test_the_record_is_held_against_the_promise_that_the_plan_leans_on(found, line):
    # Delimitations that were kept, and assurances to allies, do not hide what became of those to Kyiv.
    at = line("- by: moscow", *PLAN, "obligations")
    told = [f.message for f in found if f.code == "R401" and f.place.line == at]
    assert len(told) == 1
    assert "0 of 3 promises of the kind 'border assurance' on record to Kyiv and 3 of 7 to anyone" in told[0]


def test_doing_nothing_is_not_faulted(case):
    assert audit(case, plan="wait").codes <= {"I502", "I506"}


def test_the_memo_fares_worse_than_its_rivals_in_good_faith(case):
    result = audit(case)
    errors = {p: sum(f.severity == "error" for f in result.of(p)) for p in case.plans}
    assert all(3 * errors[rival] < errors["memo"] for rival in case.plans if rival != "memo")


def test_structural_findings_survive_any_utilities():
    for seed in range(DRAWS):
        codes = codes_when_redrawn(seed)
        assert codes >= STRUCTURAL | ALSO_STRUCTURAL, f"seed {seed}: {(STRUCTURAL | ALSO_STRUCTURAL) - codes} lost"


def test_redraws_are_redraws():
    data, places = flagship()
    one, other = (redrawn(data, places, seed) for seed in (1, 2))
    assert one.actors["kyiv"].interests["crimea"] != other.actors["kyiv"].interests["crimea"]
    assert set(one.actors["osce"].interests) == set(one.issues)
    assert redrawn(data, places, 1).content_hash == one.content_hash
