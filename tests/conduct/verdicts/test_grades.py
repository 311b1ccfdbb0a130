"""Grades: the joint states against a slow twin, draws, what a plan hangs on, who would not go along."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from halfway.case.reader import build
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.game.discounting import Discounting
from halfway.conduct.play.participation import refusing
from halfway.conduct.verdicts.draw_shares import central, numbers_of, shares, verdicts
from halfway.conduct.verdicts.grades import graded_points, holds_by_itself, judge
from halfway.conduct.verdicts.temptation import answered, kernel
from halfway.errors import Refusal
from halfway.space.arrays import Linkage, Utilities
from halfway.space.utilities.sobol import SobolDraws, quantile
from halfway.testing import cases
from tests.conduct.cases import GRIM, dilemma
from tests.conduct.reference_temptation import Slow

SMALL = cases(plans=1, phases=2, actors=(2, 2), issues=(1, 2), options=(2, 2), signals=True, types=True, seats=True)
UNCERTAIN = cases(
    plans=1, phases=2, actors=(2, 2), issues=(1, 2), options=(2, 3), signals=True, types=True, linkages=True,
    uncertain=True, transfers=True,
)  # fmt: skip


@given(case=SMALL)
@settings(max_examples=150, deadline=None)
def test_holding_by_itself_is_what_the_definition_says(case):
    name = next(iter(case.plans))
    try:
        found, _ = holds_by_itself(kernel(study(case, name)))
    except Refusal:
        return
    wanted = Slow(case, name).holds_by_itself()
    if wanted is not None:
        assert found == wanted


def one_draw(plan, actor, numbers, d):
    """The utilities of one draw, of one actor."""
    count = len(plan.whole.space.actors)

    def wide(row):
        return np.array([row if a == actor else np.zeros_like(row) for a in range(count)])

    return Utilities(
        tuple(wide(t[d]) for t in numbers.points.tables),
        tuple(Linkage(m.issues, wide(points[d] * m.table)) for m, points in numbers.points.linkages),
        np.ones(count),
        exact=False,
    )


@given(case=UNCERTAIN)
@settings(max_examples=60, deadline=None)
def test_many_points_at_once_are_as_one_by_one(case):
    try:
        plan = kernel(study(case, next(iter(case.plans))))
        drawn = SobolDraws(case, 4, 7)
        for name in plan.breakers:
            for kind in plan.kinds(name):
                numbers = numbers_of(plan, name, kind, drawn, None)
                together = verdicts(plan, name, kind, numbers)
                for own in plan.moves(plan.whole.space.actor(name)):
                    alone = [
                        answered(
                            own,
                            one_draw(plan, own.actor, numbers, d),
                            Discounting(float(numbers.discounts[d])),
                            case.horizon,
                            paid=numbers.transfers[d],
                        ).found
                        for d in range(4)
                    ]
                    assert together[:, 0] == pytest.approx([a[0][0] for a in alone], abs=1e-6)
                    assert together[:, 1] == pytest.approx([a[1][0] for a in alone], abs=1e-6)
                centre = verdicts(plan, name, kind, central(plan, name, kind))
                assert centre[0, 0] == pytest.approx(plan.tempted(name, kind).temptation.points, abs=1e-6)
    except Refusal:
        return


def test_grim_trigger_holds_by_itself_from_its_published_patience_on():
    assert judge(kernel(study(dilemma(GRIM, patience=0.51))), 1).grade == 1
    # Breaking pays 20 − 40 p points: 0.4 of them are trifling, 0.8 are not.
    assert judge(kernel(study(dilemma(GRIM, patience=0.49))), 1).grade == 2
    assert judge(kernel(study(dilemma(GRIM, patience=0.48))), 1).grade == 5


def uncertain_patience(patience):
    return kernel(study(dilemma(GRIM, patience=patience)))


def test_shares_of_draws_follow_the_distribution_of_a_number():
    """Grim trigger needs a patience of 0.5; the temptation passes 0.5 points a little below."""
    plan = uncertain_patience("0.4..0.6")
    found = shares(plan, 1)["row"]
    # At patience p, breaking is worth (1 − p) T + p P, keeping R, so that 20 − 40 p exceeds 0.5 below p = 0.4875.
    assert found.tempted == pytest.approx(0.4375, abs=1 / 64 + 1e-9)
    assert found.low == 0.0
    assert found.high == pytest.approx(20 - 40 * 0.41, abs=0.2)


def test_a_plan_hangs_on_the_number_that_settles_it():
    """Breaking pays 31.2 − 40 p points at patience p: more than 0.5 at the mean of a skewed distribution, 0.75, but
    only below 0.7675, which is less than half of it: 0.7675³.
    """
    plan = kernel(study(dilemma(GRIM, patience="beta(3, 1)", points=(50.0, 18.8, 10.0, 0.0))))
    found = judge(plan, 1)
    assert found.grade == 4
    assert found.actors["row"].share.materially == pytest.approx(0.7675**3, abs=2 / 64)
    assert found.hangs_on is not None
    assert found.hangs_on.number == ("actors", found.hangs_on.actor, "patience", "value")
    assert found.hangs_on.value == pytest.approx(0.95 ** (1 / 3))
    assert found.hangs_on.with_it == 0.0


def test_a_plan_hangs_on_a_type():
    case = build(
        {
            "name": "types",
            "actors": {
                "giver": {"patience": 0.9, "interests": {"deed": {"weight": 1, "values": {"done": 100, "not": 0}}}},
                "doer": {
                    "patience": 0.9,
                    "interests": {"deed": {"weight": 1, "values": {"done": 100, "not": 0}}},
                    "types": {
                        "honest": {"prior": 0.7},
                        "sly": {"prior": 0.3, "interests": {"deed": {"weight": 1, "values": {"done": 0, "not": 100}}}},
                    },
                },
            },
            "issues": {"deed": {"options": ["done", "not"], "set_by": "doer", "owner": "giver"}},
            "status_quo": {"deed": "not"},
            "plans": {"p": {"phases": {"q": {"package": {"deed": "done"}}}}},
        }
    )
    found = judge(kernel(study(case)), 1)
    assert found.grade == 4
    assert found.hangs_on is not None
    assert (found.hangs_on.actor, found.hangs_on.kind) == ("doer", "honest")
    assert found.hangs_on.share == pytest.approx(0.3)
    assert found.hangs_on.with_it == 0.0


def outsider_case(seat, walk_away=40, militia=None):
    return build(
        {
            "name": "outsider",
            "actors": {
                "north": {
                    "interests": {
                        "fire": {"weight": 1, "values": {"war": 0, "quiet": 100}},
                        "raids": {"weight": 1, "values": {"none": 100, "many": 0}},
                    },
                    "walk_away": walk_away,
                },
                "militia": {
                    "interests": {"raids": {"weight": 1, "values": {"none": 0, "many": 100}}},
                    **({} if militia is None else {"walk_away": militia}),
                },
            },
            "issues": {
                "fire": {"options": ["war", "quiet"], "set_by": "north", "owner": "north"},
                "raids": {"options": ["none", "many"], "set_by": "militia", "owner": "north"},
            },
            "status_quo": {"fire": "war", "raids": "many"},
            "plans": {
                "p": {
                    "seats": {"north": "party", "militia": seat},
                    "phases": {"q": {"package": {"fire": "quiet", "raids": "none"}}},
                }
            },
        }
    )  # fmt: skip


def test_who_signed_nothing_breaks_nothing():
    absent = judge(kernel(study(outsider_case("absent"))), 1)
    assert absent.grade == 1
    assert absent.would_not_go_along == ("militia",)
    assert absent.others["militia"].points == pytest.approx(100.0)
    party = judge(kernel(study(outsider_case("party"))), 1)
    assert party.grade == 5
    assert party.would_not_go_along == ()


def test_who_is_left_below_its_walk_away_would_not_sign():
    assert refusing(study(outsider_case("absent"))) == ()
    (found,) = refusing(study(outsider_case("absent", walk_away=110)))
    assert (found.actor, found.body, found.worth, found.asks) == ("north", None, pytest.approx(100.0), 110.0)


def test_who_is_to_ratify_later_refuses_what_leaves_it_below_its_walk_away():
    """The militia keeps its raids at 100 points; the plan leaves it nothing. It signs nothing and breaks nothing."""
    case = outsider_case("ratifies later", militia=50)
    (found,) = refusing(study(case))
    assert (found.actor, found.later, found.worth, found.asks) == ("militia", True, pytest.approx(0.0), 50.0)
    assert judge(kernel(study(case)), 1, draws=4).would_not_go_along == ("militia",)
    assert refusing(study(outsider_case("absent", militia=50))) == ()


def test_quantiles_are_those_of_the_distribution():
    class One:
        certain, kind, parameters, low, high = False, "normal", (60, 10), 0.0, 100.0

    shares_ = np.array([0.05, 0.5, 0.95])
    assert quantile(One, shares_) == pytest.approx([43.551, 60.0, 76.447], abs=1e-2)
    One.kind, One.parameters = "triangular", (40, 60, 90)
    assert quantile(One, np.array([0.0, 0.4, 1.0])) == pytest.approx([40, 60, 90])


def test_all_points_of_a_plan_get_a_grade():
    plan = uncertain_patience("0.3..0.7")
    drawn = SobolDraws(plan.whole.case, 16, 3)
    numbers = {(n, k): numbers_of(plan, n, k, drawn, None) for n in plan.breakers for k in plan.kinds(n)}
    found = graded_points(plan, numbers)
    assert set(found.grade.tolist()) == {2, 5}
    tempted = np.maximum(*found.temptation.values())
    assert ((tempted > plan.trifling) == (found.grade == 5)).all()
