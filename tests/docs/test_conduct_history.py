"""The page that holds conduct against history lists what the catalogue lists, and its figures follow from its rows."""

import re
from dataclasses import dataclass

import pytest
from docs.conduct_history import (
    HINDSIGHT,
    PAGE,
    SCALE,
    Commitment,
    computed,
    correlation,
    held,
    held_to_the_end,
    plans,
    section,
    within_plans,
)
from scipy.stats import kendalltau, spearmanr

from halfway.case.catalog import load

AGAIN = "run `python docs/conduct_history.py`"
TEXT = PAGE.read_text("utf-8")


@dataclass
class Row:
    key: tuple[str, str]
    actor: str
    act: str
    became: str
    exploitability: float


def rows():
    """Read the tables of the page, knowing nothing of how they were written."""
    found = []
    for part in TEXT.split("\n### ")[1:]:
        case, plan = re.search(r"^`(\S+)`, plan `(\S+)`", part, re.MULTILINE).groups()
        for line in re.findall(r"^\| (.+) \|$", part, re.MULTILINE)[1:]:
            actor, act, became, paid, _ = line.split(" | ")
            found.append(Row((case, plan), actor, act.removesuffix(" †"), became, float(paid)))
    return found


def test_the_hashes_are_those_of_the_catalogue():
    on_page = dict(re.findall(r"^\| (\S+) \| `([0-9a-f]{64})` \|$", TEXT, re.MULTILINE))
    assert on_page == {case.name: case.content_hash for case, _ in plans()}, AGAIN


def test_every_commitment_with_an_outcome_is_listed_once():
    listed = [(r.key, r.actor, r.act, r.became) for r in rows()]
    there = [
        (
            (case.name, plan),
            case.title_of("actors", by),
            o.act.replace("|", "/"),
            o.outcome.replace("_", " ") + (f" until {o.until}, then broken" if o.until else ""),
        )
        for case, plan in plans()
        for o in case.plans[plan].obligations
        for by in o.by
        if o.outcome
    ]
    assert listed == there, AGAIN
    assert len(there) > 60


def test_one_plan_is_as_computed_today():
    case = load("eu-belarus-2016")
    assert section(case, "relief-as-given", computed(case, "relief-as-given")) in TEXT, AGAIN


@pytest.mark.parametrize(
    ("reading", "worst"), [("main: the outcome alone, Dayton once", ""), ("kept for a time and then broken", "until")]
)
def test_the_correlation_follows_from_the_rows(reading, worst):
    judged = [r for r in rows() if r.key not in HINDSIGHT and r.became.split()[0] in SCALE]
    x = [0 if worst and worst in r.became else SCALE[r.became.split()[0]] for r in judged]
    y = [r.exploitability for r in judged]
    number, rho, tau = re.search(rf"^\| {reading}.*? \| (\d+) \| \d+ \| (\S+) \| (\S+) \|", TEXT, re.MULTILINE).groups()
    assert int(number) == len(judged)
    # The rows are rounded, which may tie what differed.
    assert float(rho) == pytest.approx(spearmanr(x, y).statistic, abs=0.011)
    assert float(tau) == pytest.approx(kendalltau(x, y).statistic, abs=0.011)


def made(*facts):
    return [Commitment(c, "p", by, by, "act", True, o, until, worth, None) for c, by, o, until, worth in facts]


def test_permutations_against_all_orders_by_hand():
    listed = made(*(("c", f"a{k}", o, None, float(k)) for k, o in enumerate(("kept", "kept", "partly", "failed"))))
    found = correlation(listed, held, "test")
    # Of the 24 orders, the 2 that rank as found and the 2 that are their mirror image are as far from zero.
    assert found.rho == pytest.approx(spearmanr([3, 3, 2, 0], range(4)).statistic)
    assert found.p == pytest.approx(4 / 24, abs=0.015)
    assert found.p_actors == pytest.approx(4 / 24, abs=0.015)


def test_commitments_of_one_actor_stay_together():
    listed = made(
        *(("c", by, o, None, worth) for by, o, worth in (("a", "kept", 0.0), ("b", "failed", 9.0)) for _ in range(5))
    )
    found = correlation(listed, held, "test")
    assert found.rho == pytest.approx(-1)
    assert found.p < 0.02
    assert found.p_actors == 1  # two actors: either order is as far from zero


def test_differences_between_plans_do_not_count_inside_them():
    facts = [("c", "a", "kept", None, 1.0), ("c", "b", "kept", None, 2.0), ("d", "a", "failed", None, 8.0)]
    listed = made(*facts, ("d", "b", "partly", None, 9.0))
    assert correlation(listed, held, "test").rho < 0
    assert within_plans(listed, 200)[0] > 0


def test_what_was_broken_later_and_what_cannot_be_judged():
    listed = made(
        ("c", "a", "kept", "2018", 5.0), ("c", "b", "kept", None, 0.0), ("c", "d", "disputed", None, 9.0),
        ("c", "e", "not_due", None, 9.0), ("c", "f", "failed", None, 7.0),
    )  # fmt: skip
    assert [held(c) for c in listed[:2]] == [3, 3]
    assert [held_to_the_end(c) for c in listed[:2]] == [0, 3]
    assert correlation(listed, held, "test", 50).commitments == 3
