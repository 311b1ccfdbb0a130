"""Tournaments: against a naive player round by round, Axelrod's program, and what is published of who invades whom."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.case.catalog import load
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.strategies import BREAK, KEEP, STRATEGIES, Table, strategy
from halfway.errors import Refusal
from halfway.explore.tournament.matches import Game, repetition
from halfway.explore.tournament.run import tournament

# Axelrod's payoffs times 20: what the first gets when (first, second) keep or break.
POINTS = {(0, 0): 60.0, (0, 1): 0.0, (1, 0): 100.0, (1, 1): 20.0}
PATIENCE = 0.9


@pytest.fixture(scope="module")
def dilemma():
    return load("prisoners-dilemma-repeated")


@st.composite
def machines(draw):
    size = draw(st.integers(1, 3))
    states = st.integers(0, size - 1)
    does = draw(st.lists(st.sampled_from([KEEP, BREAK]), min_size=size, max_size=size))
    follows = draw(st.lists(st.tuples(states, states, states, states), min_size=size, max_size=size))
    return Table(tuple(does), tuple(follows))


def naive(first, second, noise, periods):
    """Follow every course that two machines may take, a period at a time; return what each gets in each period."""
    courses = {(0, 0): 1.0}
    out = np.zeros((periods, 2))
    for t in range(periods):
        following = {}
        for (m, n), chance in courses.items():
            wanted = first.acts(m, True)[0][1], second.acts(n, True)[0][1]
            for slips in product([False, True], repeat=2):
                p = chance
                for slip in slips:
                    p *= noise if slip else 1 - noise
                if not p:
                    continue
                x, y = ((w == BREAK) != slip for w, slip in zip(wanted, slips, strict=True))
                out[t] += p * np.array([POINTS[x, y], POINTS[y, x]])
                then = first.learns(m, y, x), second.learns(n, x, y)
                following[then] = following.get(then, 0.0) + p
        courses = following
    return out


@settings(max_examples=20, deadline=None)
@given(machines(), machines(), st.sampled_from([0.0, 0.1]), st.sampled_from([7, None]))
def test_points_are_those_of_a_naive_player(first, second, noise, periods):
    whole = repetition(study(load("prisoners-dilemma-repeated")))
    game = Game(whole, (0, 1), (first, second), noise, periods)
    found = game.points((0, 1))
    rounds = naive(first, second, noise, periods or 300)
    weights = np.full(7, 1 / 7) if periods else (1 - PATIENCE) * PATIENCE ** np.arange(300)
    assert found == pytest.approx(weights @ rounds, abs=1e-9)


SHARED = {
    "always_keep": "Cooperator",
    "always_break": "Defector",
    "grim": "Grudger",
    "tit_for_tat": "TitForTat",
    "tit_for_two_tats": "TitFor2Tats",
    "contrite_tit_for_tat": "ContriteTitForTat",
    "win_stay_lose_shift": "WinStayLoseShift",
}


def test_ranks_as_axelrods_program_does(dilemma):
    """Every match of the strategies that both have, over 200 turns as in the tournament of 1980."""
    axelrod = pytest.importorskip("axelrod")
    found = tournament(dilemma, strategies=list(SHARED), periods=200, open_ended=True)
    mine = {tuple(m.strategies.values()): m.points["first"] for m in found.matches}
    theirs = {}
    for one, other in product(SHARED, repeat=2):
        players = [getattr(axelrod, SHARED[s])() for s in (one, other)]
        match = axelrod.Match(players, turns=200)
        match.play()
        theirs[one, other] = 20 * match.final_score_per_turn()[0]
    assert mine == pytest.approx(theirs)
    mean = {s: np.mean([theirs[s, t] for t in SHARED]) for s in SHARED}
    assert [s.points for s in found.ranking] == pytest.approx(sorted(mean.values(), reverse=True))
    for standing in found.ranking:
        assert standing.rank == 1 + sum(m > mean[standing.strategy] + 1e-9 for m in mean.values())
    # R. Axelrod, The Evolution of Cooperation, 1984: nice strategies come first, and unconditional defection last.
    assert {s.strategy for s in found.ranking if s.rank == 1} >= {"tit_for_tat"}
    assert found.ranking[-1].strategy == "always_break"


def test_with_errors_and_chance_it_agrees_with_axelrods_program_within_their_errors(dilemma):
    axelrod = pytest.importorskip("axelrod")
    names = {"generous_tit_for_tat": "GTFT", "tit_for_tat": "TitForTat"}
    found = tournament(dilemma, strategies=list(names), periods=50, noise=0.05, open_ended=True)
    for match in found.matches:
        scores = []
        for seed in range(40):
            players = [getattr(axelrod, names[s])() for s in match.strategies.values()]
            one = axelrod.Match(players, turns=50, noise=0.05, seed=seed)
            one.play()
            scores.append(20 * one.final_score_per_turn()[0])
        error = np.std(scores) / np.sqrt(len(scores))
        assert abs(np.mean(scores) - match.points["first"]) < 4 * error


def test_who_invades_whom_as_published(dilemma):
    found = tournament(dilemma, strategies=["tit_for_tat", "always_break", "always_keep"], open_ended=True)
    assert found.same_for_both
    by = {(i.resident, i.mutant): i for i in found.invasions}
    # R. Axelrod and W. D. Hamilton, The evolution of cooperation, Science 211, 1981: at w = 0.9 tit-for-tat resists
    # defection, defection resists single cooperators, and one meeting in 21 with its own kind lets tit-for-tat in.
    assert by["tit_for_tat", "always_break"].invades == "no"
    assert by["always_break", "tit_for_tat"].invades == "no"
    assert by["always_break", "tit_for_tat"].cluster == pytest.approx(1 / 21)
    # Kindness drifts in among the kind, and opens the door.
    assert by["tit_for_tat", "always_keep"].invades == "neutral"
    assert by["always_keep", "always_break"].invades == "yes"
    assert by["always_keep", "always_break"].cluster == 0
    best = {tuple(r.against.values()): r.best for r in found.replies if r.player == "first"}
    assert best[("always_keep",)] == ("always_break",)
    assert set(best[("tit_for_tat",)]) == {"tit_for_tat", "always_keep"}
    assert {"first": "always_break", "second": "always_break"} in found.stable
    assert {"first": "always_keep", "second": "always_keep"} not in found.stable


def test_over_the_plan_its_rules_answer(dilemma):
    """Under the grim trigger of the text one breach ends cooperation, whatever the strategies forgive."""
    found = tournament(dilemma, strategies=["always_break", "always_keep"])
    points = {tuple(m.strategies.values()): m.points for m in found.matches}
    assert points["always_keep", "always_keep"]["first"] == pytest.approx(60)
    # 100 once, and 20 from then on; the other gets nothing once.
    assert points["always_break", "always_keep"]["first"] == pytest.approx(0.1 * 100 + 0.9 * 20)
    assert points["always_break", "always_keep"]["second"] == pytest.approx(0.9 * 20)


def test_one_player_against_those_who_keep_and_draws():
    case = load("eu-belarus-2016")
    names = ["always_keep", "always_break", "best_response"]
    found = tournament(case, "relief-as-given", actors=["minsk"], strategies=names, draws=4)
    assert found.players == ("minsk",)
    assert len(found.matches) == 3
    assert not found.same_for_both
    points = {m.strategies["minsk"]: m.points["minsk"] for m in found.matches}
    whole = study(case, "relief-as-given")
    # What the best response brings each type, by its prior.
    assert points["best_response"] == pytest.approx(
        sum(p * float(whole.responses("minsk", k)[0].values[0]) for k, p in whole.kinds("minsk").items()), abs=1e-6
    )
    assert points["always_keep"] <= points["best_response"]
    for match in found.matches:
        assert match.spread["minsk"].low <= match.spread["minsk"].high
    assert sum(s.first for s in found.ranking) >= 1 - 1e-9
    again = tournament(case, "relief-as-given", actors=["minsk"], strategies=names, draws=4)
    assert again.matches == found.matches


def test_every_published_strategy_takes_part_by_default(dilemma):
    found = tournament(dilemma, periods=5, open_ended=True)
    assert set(found.strategies) == set(STRATEGIES)
    assert len(found.matches) == len(STRATEGIES) ** 2
    assert all(strategy(s).called == s for s in found.strategies)
    assert "tit_for_tat" in found.headline()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"actors": ["nobody"]}, "nobody"),
        ({"strategies": ["tit_for_tatt"]}, "did you mean"),
        ({"periods": 0}, "periods cannot count"),
        ({"draws": 0, "strategies": ["grim"] * 2, "actors": ["first", "first"]}, None),
    ],
)
def test_what_cannot_be_played_is_refused(dilemma, asked, words):
    if words is None:
        assert len(tournament(dilemma, **asked).matches) == 1
        return
    with pytest.raises(Refusal, match=words):
        tournament(dilemma, **asked)
