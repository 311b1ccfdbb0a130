"""Elicitation: polytopes against known answers and slow twins; simulated respondents; contradictions; the read-back."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import halfway as hw
from halfway.case.case import Case
from halfway.case.reader import build
from halfway.elicit.answers import Accept, First, Order, Prefer, Swing, Worth
from halfway.elicit.polytope import Polytope, clash
from halfway.elicit.questions import next_question
from halfway.elicit.result import elicited
from halfway.elicit.standing import Standing
from halfway.errors import InputError, Refusal


def ranked(count: int) -> Polytope:
    eye = np.eye(count)
    return Polytope(count, np.array([eye[k + 1] - eye[k] for k in range(count - 1)]).reshape(-1, count))


@pytest.mark.parametrize("count", range(1, 8))
def test_the_centre_of_ranked_weights_is_that_of_barron_and_barrett(count):
    # Rank-order centroid (Barron and Barrett 1996): w_k = (1/n) sum over j ≥ k of 1/j; the share of the simplex is 1/n!.
    expected = [sum(1 / j for j in range(k, count + 1)) / count for k in range(1, count + 1)]
    centre, error = ranked(count).centre(np.random.default_rng(1))
    assert centre == pytest.approx(expected, abs=1e-9)
    assert not error.any()
    assert ranked(count).share == pytest.approx(1 / np.prod(range(1, count + 1)), rel=1e-6)


def test_beyond_corners_hit_and_run_finds_the_same_centre_within_its_error():
    expected = [sum(1 / j for j in range(k, 11)) / 10 for k in range(1, 11)]
    polytope = ranked(10)
    assert not polytope.exact
    centre, error = polytope.centre(np.random.default_rng(3))
    assert (error > 0).all()
    assert (np.abs(centre - expected) < 5 * error + 1e-4).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.integers(0, 4), st.integers(0, 2**32 - 1))
def test_bounds_centre_and_share_against_rejected_draws(count, answers, seed):
    random = np.random.default_rng(seed)
    true = random.dirichlet(np.ones(count))
    rows = random.standard_normal((answers, count))
    rows *= -np.sign(rows @ true)[:, None]  # every answer is true of these weights
    polytope = Polytope(count, rows)
    everywhere = random.dirichlet(np.ones(count), 40_000)
    inside = everywhere[(everywhere @ rows.T <= 0).all(axis=1)]
    if polytope.inside is None or len(inside) < 500:
        return
    low, high = polytope.bounds(np.eye(count)[0])
    assert low - 1e-9 <= min(true[0], inside[:, 0].min())
    assert high + 1e-9 >= max(true[0], inside[:, 0].max())
    error = 6 * inside.std(axis=0) / np.sqrt(len(inside)) + 1e-6
    assert (np.abs(polytope.centre(random)[0] - inside.mean(axis=0)) < error).all()
    assert polytope.share == pytest.approx(len(inside) / len(everywhere), abs=0.02)
    drawn = polytope.draws(2_000, random)
    assert (drawn @ rows.T <= 1e-9).all()
    assert drawn.sum(axis=1) == pytest.approx(1)
    assert (np.abs(drawn.mean(axis=0) - inside.mean(axis=0)) < 6 * inside.std(axis=0) / np.sqrt(500) + 1e-6).all()


def test_a_clash_names_only_answers_that_clash():
    a, b, c = np.eye(3)
    said = [np.array([b - a]), np.array([c - b]), np.array([a - c]), np.array([c - 2 * a])]
    # a ≥ b ≥ c ≥ a leaves equality alone, which has no inside; the last answer has no part in it.
    assert clash(3, said) == (0, 1, 2)
    assert clash(3, said[:2]) == ()


def dispute(issues: int, options: int = 3) -> Case:
    names = [f"i{k}" for k in range(issues)]
    return build(
        {
            "name": "dispute",
            "actors": {
                a: {"interests": {i: {"ranks": [f"o{k}" for k in range(options)]} for i in names}} for a in ("a", "b")
            },
            "issues": {i: {"options": [f"o{k}" for k in range(options)], "set_by": "a", "owner": "a"} for i in names},
            "status_quo": dict.fromkeys(names, "o1"),
        }
    )


class Respondent:
    """Somebody who knows their weights and values, and answers truthfully, ranges rounded outwards to fives."""

    def __init__(self, case: Case, random: np.random.Generator) -> None:
        self.issues = list(case.issues)
        self.weights = dict(zip(self.issues, random.dirichlet(np.ones(len(self.issues))), strict=True))
        self.values = {i: self._values(list(case.issues[i].options), random) for i in self.issues}
        self.walk_away = 45.0

    def _values(self, options, random):
        order = list(random.permutation(options))
        middle = sorted(random.integers(5, 96, len(order) - 2), reverse=True)
        return dict(zip(order, [100, *map(int, middle), 0], strict=True))

    def worth(self, package) -> float:
        return sum(self.weights[i] * self.values[i][package[i]] for i in self.issues)

    def answer(self, question):
        if question.kind == "order":
            return Order(question.issue, tuple(sorted(question.choices, key=lambda o: -self.values[question.issue][o])))
        if question.kind == "worth":
            return Worth(question.issue, question.option, self.values[question.issue][question.option])
        if question.kind == "first":
            return First(max(question.choices, key=lambda i: self.weights[i]))
        if question.kind == "swing":
            swing = 100 * self.weights[question.issue] / max(self.weights.values())
            return Swing(question.issue, 5 * np.floor(swing / 5), 5 * np.ceil(swing / 5))
        if question.kind == "accept":
            return Accept(question.packages[0], bool(self.worth(question.packages[0]) >= self.walk_away))
        first, second = (self.worth(p) for p in question.packages)
        return Prefer(
            *question.packages, "same" if abs(first - second) < 1 else "first" if first > second else "second"
        )


def interview(case: Case, someone: Respondent) -> Standing:
    standing = Standing(case, "a")
    for _ in range(200):
        question = next_question(standing)
        if question is None:
            return standing
        standing = standing.and_([someone.answer(question)])
        assert not standing.clashing, "a truthful respondent never contradicts itself"
    raise AssertionError("it never ends")


def test_the_true_weights_are_always_inside_and_the_best_package_is_found_where_ranks_alone_miss_it():
    """Best of ten packages drawn at random, as in Barron and Barrett 1996: 40 respondents with 5 issues."""
    case, random = dispute(5), np.random.default_rng(7)
    found = by_rank = 0
    for _ in range(40):
        someone = Respondent(case, random)
        standing = interview(case, someone)
        true = np.array([someone.weights[i] for i in standing.issues])
        assert (standing.polytope.rows @ true <= 1e-9).all()
        assert standing.values == someone.values
        centre, _ = standing.polytope.centre(random)
        order = np.argsort(-true)
        centroid = np.empty(5)
        centroid[order] = [sum(1 / j for j in range(k, 6)) / 5 for k in range(1, 6)]
        packages = [{i: str(random.choice(list(case.issues[i].options))) for i in standing.issues} for _ in range(10)]
        points = np.array([standing.points(p) for p in packages])
        best = int(np.argmax([someone.worth(p) for p in packages]))
        found += int(np.argmax(points @ centre)) == best
        by_rank += int(np.argmax(points @ centroid)) == best
    assert found >= 36
    assert found >= by_rank
    kinds = [type(a).__name__ for a in standing.answers]
    assert kinds.count("Accept") == 5
    assert 1 <= kinds.count("Prefer") <= 3


def small(**kept) -> Standing:
    case = dispute(2, 2)
    answers = [Order("i0", ("o0", "o1")), Order("i1", ("o1", "o0")), First("i0"), Swing("i1", 40, 60)]
    return Standing(case, "a", tuple(answers))


def test_bounds_by_hand():
    found = elicited(small(), "Ann")
    # i1 weighs 0.4 to 0.6 of i0: i0 is 1/1.6 to 1/1.4 of all.
    assert (found.weights["i0"].low, found.weights["i0"].high) == pytest.approx((62.5, 100 / 1.4))
    assert found.weights["i1"].centre == pytest.approx(100 - (62.5 + 100 / 1.4) / 2)
    assert found.complete
    assert found.question is not None
    assert found.question.kind == "accept"


def test_contradictions_are_shown_as_the_answers_that_clash():
    standing = small().and_([Prefer({"i0": "o1", "i1": "o1"}, {"i0": "o0", "i1": "o0"}, "first")])
    # 100 × w(i1) > 100 × w(i0) contradicts that i0 comes first; the orders of options have no part in it.
    found = elicited(standing, "Ann")
    assert {type(standing.answers[k]).__name__ for k in found.clashing} <= {"First", "Swing", "Prefer"}
    assert len(found.clashing) == 2
    assert found.question is None
    assert not found.weights
    with pytest.raises(Refusal, match="R711"):
        found.panel()
    assert not elicited(standing.without([found.clashing[-1]])).clashing
    # Points against the order of options.
    wrong = Standing(
        dispute(1, 4), "a", (Order("i0", ("o0", "o1", "o2", "o3")), Worth("i0", "o1", 20), Worth("i0", "o2", 70))
    )
    assert elicited(wrong).misplaced == [("i0", "o1", "o2")]


def test_what_follows_for_sure_and_what_probably():
    found = elicited(small(), "Ann")
    assert found.comparisons == ()  # the case names one package, today's
    case = dispute(2, 2).with_("plans", {"p": {"phases": {"x": {"package": {"i0": "o0", "i1": "o0"}}}}})
    one = elicited(Standing(case, "a", small().answers)).comparisons[0]
    # Today is (o1, o1): worth 100 w(i1); the plan is (o0, o0): worth 100 w(i0), which is always more.
    assert {one.share} <= {0.0, 1.0}
    assert abs(one.most if one.share == 0 else one.least) == pytest.approx(25)


def test_answers_go_out_and_come_back_and_bad_ones_are_refused():
    standing = interview(dispute(3), Respondent(dispute(3), np.random.default_rng(2)))
    found = hw.elicit(standing.case, "a", [], by="Ann")
    assert found.question is not None
    again = hw.elicit(standing.case, "a", elicited(standing).answers, by="Ann")
    assert again.standing.answers == standing.answers
    assert again.to_json() == elicited(standing, "Ann").to_json()
    bad = [{"about": "swing", "issue": "i0", "low": 80, "high": 20}, {"about": "first", "issue": "none"}, "x",
           {"about": "order", "issue": "i0", "options": ["o0", "o0", "o1"]}]  # fmt: skip
    with pytest.raises(InputError) as wrong:
        hw.elicit(standing.case, "a", bad)
    assert len(wrong.value.problems) == len(bad)
    with pytest.raises(Refusal, match="actor"):
        hw.elicit(standing.case, "nobody", [])


def test_the_result_is_a_case_and_a_panel_sheet(tmp_path):
    case = hw.load("eu-belarus-2016")
    random = np.random.default_rng(5)
    standing = interview(case, Respondent(case, random))
    found = elicited(Standing(case, "minsk", standing.answers), "Ann")
    changed = found.as_case("Ann, 2026-11-28, 14 minutes")
    order = [changed.actors["minsk"].interests[i].swing.mean for i in found.ranked]
    assert all(float(a) >= float(b) for a, b in pairwise(order))
    assert float(order[0]) == 100
    assert "Ann, 2026-11-28" in str(changed.actors["minsk"].interests[found.ranked[1]].swing.note)
    if all(x.values is not None for x in case.actors["minsk"].interests.values()):
        found.panel().to_csv(tmp_path / "ann.csv")
        judged = hw.panel(case, tmp_path / "ann.csv")
        assert [e for plan in judged.plans.values() for e in plan.experts]
