"""Bodies at home that refuse, change hands and take their actors out of a plan."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play import joint_chain as chain
from halfway.conduct.play import kernel
from halfway.conduct.play.draws import studies
from halfway.conduct.play.joint_chain import Column
from halfway.conduct.play.plain_player import play_one, uniform
from halfway.conduct.play.ratification import approvals, bodies, long_run_package, performance, ratification
from halfway.conduct.play.run import _weights, cast, play, points_of, profiles, run_key
from halfway.conduct.play.strategies import strategy
from halfway.conduct.play.streams import BLOCK
from halfway.conduct.play.turnover import (
    ANSWERS,
    HANDS,
    KINDS,
    NEVER,
    Body,
    Leaver,
    body_key,
    changes,
    history,
)
from halfway.errors import Refusal
from halfway.record import plain
from tests.conduct.cases import R, dilemma
from tests.conduct.reference import Naive
from tests.conduct.reference_play import NaivePlay, Undecided
from tests.space.plan.test_automaton import ACTORS, _settings, plans

PLAYED = ("always_keep", "always_break", "tit_for_tat", "grim", "generous_tit_for_tat")
PERIODS = 4


@st.composite
def homes(draw):
    """Up to three bodies of two actors."""
    out = []
    for k in range(draw(st.integers(1, 3))):
        hazard, until = draw(st.sampled_from([0.0, 0.3, 1.0])), draw(st.integers(0, 3))
        chance = draw(st.sampled_from([0.0, 0.4, 1.0]))
        out.append(
            Body(
                draw(st.sampled_from(ACTORS)),
                f"body {k}",
                draw(st.integers(0, 3)),
                draw(st.booleans()),
                chance,
                hazard,
                until,
            )
        )
    return out


def walked(laid, players, naive, start, home, whole):
    """The chain followed exactly, in the form of `NaivePlay.follow`."""
    actors = whole.space.actors
    place = {c: k for k, c in enumerate(laid.columns)}
    now = {(0, tuple(start.items()), frozenset(), (False,) * len(home)): 1.0}
    out = []
    for t in range(PERIODS):
        here, following = Counter(), Counter()
        for (node, kinds, gone, flags), p in now.items():
            for q, flags2, kinds2, gone2 in naive.bodies_after(t, flags, dict(kinds), gone):
                at = node
                for one in players.leavers:
                    name = actors[one.actor]
                    was, new = (dict(kinds)[name], name in gone), (kinds2[name], name in gone2)
                    if new != was:
                        at = int(laid.turns[at, place[Column(one.actor, one.kinds.index(new[0]), new[1])]])
                        assert at >= 0
                upto = 0.0
                for b in range(laid.first[at], laid.first[at + 1]):
                    r, upto = laid.upto[b] - upto, laid.upto[b]
                    row = int(laid.row[b])
                    for k, one in enumerate(players.leavers):
                        assert one.kinds[laid.kinds[row][k]] == kinds2[actors[one.actor]]
                    what = (
                        whole.rules.phase_names[laid.phases[row]],
                        tuple(whole.space.options[i][o] for i, o in enumerate(laid.packages[row])),
                        frozenset(a for k, a in enumerate(actors) if laid.departs[b] >> k & 1),
                        tuple(kinds2[a] for a in actors),
                    )
                    here[what] += p * q * r
                    following[(int(laid.follow[b]), tuple(kinds2.items()), gone2, flags2)] += p * q * r
        out.append(here)
        now = following
    return out


@_settings(200)
@given(plans(strategies=PLAYED), homes(), st.fixed_dictionaries({a: st.sampled_from([None, *PLAYED]) for a in ACTORS}))
def test_what_is_played_is_what_the_definitions_say(case, home, chosen):
    _as_defined(case, home, chosen)


@_settings(100)
@given(
    st.sampled_from([("any_can",), ("when",), ("reactions",), ("events",), ("any_can", "when", "reactions", "events")])
    .flatmap(lambda nouns: plans(strategies=PLAYED, nouns=nouns)),
    st.fixed_dictionaries({a: st.sampled_from([None, *PLAYED]) for a in ACTORS}),
)  # fmt: skip
def test_play_follows_what_no_text_says(case, chosen):
    _as_defined(case, [], chosen)


def _as_defined(case, home, chosen):
    fixed = {a: s for a, s in chosen.items() if s and not case.actors[a].types}
    whole = study(case, "plan")
    kinds = {a: whole.kinds(a) for a in ACTORS}
    playing = {(a, None): s for a, s in fixed.items()}
    playing |= {(a, k): t.strategy for a in ACTORS for k, t in case.actors[a].types.items()}
    naive = NaivePlay(Naive(case, "plan"), playing, home, kinds)
    # Actors without a fixed strategy do what pays them, which is `Planner`'s matter: here they keep.
    fixed |= {a: "always_keep" for a in ACTORS if (a, None) not in playing and not case.actors[a].types}
    try:
        players = cast(whole, {a: strategy(s) for a, s in fixed.items()}, bodies=home)
        expected = {}
        for _, of in profiles(whole):
            start = {a: of.get(k) for k, a in enumerate(ACTORS)}
            expected[tuple(start.items())] = naive.follow(PERIODS, start)
    except (Refusal, Undecided):
        assume(False)
    for _, of in profiles(whole):
        start = {a: of.get(k) for k, a in enumerate(ACTORS)}
        laid = players.chain(of, 0.0)
        for mine, theirs in zip(
            walked(laid, players, naive, start, home, whole), expected[tuple(start.items())], strict=True
        ):
            assert {k for k, p in mine.items() if p > 1e-12} == {k for k, p in theirs.items() if p > 1e-12}
            for what, p in theirs.items():
                assert mine[what] == pytest.approx(p, abs=1e-12)
        # Points follow the type that an actor then is.
        points = points_of(whole, laid, of, players.leavers)
        for row, (package, phase) in enumerate(zip(laid.packages, laid.phases, strict=True)):
            then = dict(start)
            for k, one in enumerate(players.leavers):
                then[ACTORS[one.actor]] = one.kinds[laid.kinds[row][k]]
            named = {i: whole.space.options[n][package[n]] for n, i in enumerate(case.issues)}
            for k, a in enumerate(ACTORS):
                assert points[row, k] == pytest.approx(naive.points(a, then[a], whole.rules.phase_names[phase], named))


def plain_history(body, run, seed):
    """One body in one run, in plain Python: when it changes hands, and when it first refuses."""
    turns, at, n = [], 0, 0
    while body.hazard > 0:
        n += 1
        u = uniform(body_key(seed, body, HANDS), run, n)
        gap = 1
        while u >= 1.0 - (1.0 - body.hazard) ** gap and at + gap <= body.until:
            gap += 1
        at += gap
        if at > body.until:
            break
        turns.append(at)
    refused, sitting = [], sum(t <= body.by for t in turns)
    if sitting == 0:
        refused += [] if body.approves else [body.by]
    for n, t in enumerate(turns, 1):
        decides = body.by if n == sitting else t if t > body.by else None
        if decides is not None and uniform(body_key(seed, body, ANSWERS), run, n) >= body.chance:
            refused.append(decides)
    return turns, min(refused, default=None)


def plain_changes(leavers, starts, run, seed):
    """What the actors turn into in one run, period by period."""
    out, offset = [], 0
    for one, start in zip(leavers, starts, strict=True):
        told = [plain_history(b, run, seed) for b in one.bodies]
        leaves = min((r for _, r in told if r is not None), default=None)
        kind = start
        for t in range(200):
            new = kind
            for body, (turns, _) in zip(one.bodies, told, strict=True):
                if t in turns and len(one.kinds) > 1:
                    u, n = uniform(body_key(seed, body, KINDS), run, turns.index(t) + 1), 0
                    while u >= np.cumsum(one.priors)[n]:
                        n += 1
                    new = n
            if new != kind or t == leaves:
                out.append((t, offset + 2 * new + (t == leaves)))
            kind = new
            if t == leaves:
                break
        offset += 2 * len(one.kinds)
    return sorted(out, key=lambda x: x[0])


@_settings(60)
@given(homes(), st.integers(0, 1000), st.integers(1, 5))
def test_changes_are_drawn_as_told_one_by_one(home, seed, many):
    runs = np.arange(seed, seed + 600)
    leavers = []
    for a, name in enumerate(ACTORS):
        own = tuple(b for b in home if b.actor == name)
        if own:
            priors = np.array([0.5, 0.25, 0.25]) if many > 2 else np.array([1.0])
            leavers.append(Leaver(a, own, tuple("uvw")[: len(priors)], priors))
    histories = [[history(b, runs, seed) for b in one.bodies] for one in leavers]
    starts = [len(one.kinds) - 1 for one in leavers]
    found = changes(leavers, starts, histories, runs, seed, many)
    for place in range(0, 600, 7):
        expected = plain_changes(leavers, starts, int(runs[place]), seed)
        assert found.of(place) == [c for c in expected if c[0] < many]
    # As the kernel takes them: block by block, period by period.
    for cell in range(len(found.when) - 1):
        block, t = divmod(cell, many)
        inside = slice(found.when[cell], found.when[cell + 1])
        assert (found.run[inside] // BLOCK == block).all()
        assert (found.after[inside] == t).all()
    assert found.when[-1] == len(found.run)


def test_the_kernel_plays_changes_as_the_plain_player_does():
    types = {"mild": {"prior": 0.5, "strategy": "tit_for_tat"}, "wild": {"prior": 0.5, "strategy": "always_break"}}
    whole = study(dilemma({"phases": {"on": {"package": {"row_act": "c", "column_act": "c"}}}}, noise=0.1, types=types))
    home = [Body("row", "senate", 3, True, 0.5, 0.2, 12), Body("column", "council", 0, False, 0.5, 0.1, 20)]
    players = cast(whole, {}, bodies=home)
    _, of = profiles(whole)[0]
    laid = players.chain(of, 0.0)
    periods, key, runs = 25, run_key(7), np.arange(700)
    points, weights = points_of(whole, laid, of, players.leavers), _weights(whole, of, periods)
    own = [[history(b, runs, 7) for b in one.bodies] for one in players.leavers]
    found = changes(players.leavers, [0, 0], own, runs, 7, periods)
    visits, sums, squares, breach, *_ = kernel.play(
        runs, np.uint64(key), periods, *laid.walked, points, weights, 2, found.when, found.run, found.column
    )
    plain = [play_one(laid, key, int(r), points, weights, found.of(int(r))) for r in runs]
    expected = np.zeros_like(visits)
    for one in plain:
        for t, row in enumerate(one.rows):
            expected[t, row] += 1
    assert (visits == expected).all()
    assert sums.tolist() == [sum(one.averages[a] for one in plain) for a in range(2)]
    assert squares.tolist() == [sum(one.averages[a] ** 2 for one in plain) for a in range(2)]
    firsts = [one.first_breach for one in plain]
    assert breach[-1].tolist() == [firsts.count(t + 1) for t in range(periods)] + [firsts.count(None)]


LASTING = {
    "phases": {
        "begun": {"package": {"row_act": "c", "column_act": "c"}, "lasts": "10 months", "then": "done"},
        "done": {"package": {"row_act": "c", "column_act": "c"}},
    }
}


KEPT = {"row": "always_keep", "column": "always_keep"}


def governed(hazard, threshold, by="0 months", **extra):
    """The dilemma kept for ever by two sides, each of which has a parliament."""
    return dilemma(
        LASTING, patience=0.95, ratifies={"parliament": {"threshold": threshold, "turnover": hazard, "by": by}}, **extra
    )


def test_withdrawals_are_geometric_by_hand():
    hazard, runs, draws, seed = 0.1, 40_000, 8, 3
    # Cooperation is worth 30 to either; about half of the parliaments that there could be ask for more.
    whole = study(governed(hazard, "20..40"))
    package, chances = long_run_package(whole), approvals(whole, seed)
    assert performance(whole) == 10
    assert all(abs(c - 0.5) < 4.5 * np.sqrt(0.25 / 500) for c in chances.values())
    periods = 14
    gone = {a: np.zeros((draws, periods + 1)) for a in ("row", "column")}
    for d, one in enumerate(studies(whole, draws, seed)):
        for body in bodies(one, package, 10, chances):
            # One that approves at first stays while it does not change hands, or those that follow it approve.
            stays = (1 - hazard * (1 - body.chance)) ** np.minimum(np.arange(periods + 1), 10)
            gone[body.actor][d] = 1 - stays if body.approves else 1
    found = play(whole, runs, seed, periods=periods, draws=draws, strategies=KEPT)
    for actor, chance in gone.items():
        expected = chance.mean(axis=0)
        error = np.sqrt((chance * (1 - chance)).mean(axis=0) / runs)
        seen = np.cumsum(found.withdrew[actor]) / runs
        assert (np.abs(seen - expected) <= 4.5 * error + 1e-12).all()
        assert expected[10] == expected[14]
        assert 0 < expected[0] < expected[10] < 1
    changed = next(a for a in found.answers if a.actor == "row").changed
    expected = 1 - (1 - hazard) ** np.minimum(np.arange(periods + 1), 10)
    assert (np.abs(np.cumsum(changed) / runs - expected) <= 4.5 * np.sqrt(0.25 / runs)).all()
    # Who has withdrawn defects, and is counted as departing in the next period.
    row, column = (gone[a][:, :periods] for a in ("row", "column"))
    survives = ((1 - row) * (1 - column)).mean(axis=0)
    assert (np.abs(found.survival[1:] - survives) <= 4.5 * np.sqrt(0.25 / runs)).all()
    worth = 30 * (1 - row) * (1 - column) + 50 * row * (1 - column) + 10 * row * column
    assert (np.abs(found.means[:, 0] - worth.mean(axis=0)) <= 4.5 * 25 / np.sqrt(runs)).all()


def test_a_body_that_surely_refuses_takes_its_actor_out_when_it_decides():
    found = play(study(governed(0.0, R + 1, by="3 months")), 500, 1, periods=6, strategies=KEPT)
    assert found.withdrew["row"].tolist() == [0, 0, 0, 500, 0, 0, 0]
    assert found.survival.tolist() == [1, 1, 1, 1, 0, 0, 0]
    assert found.means[:, 0].tolist() == [30, 30, 30, 10, 10, 10]
    assert found.departing == ("row", "column")
    told = plain(found)
    assert told["withdrew"]["row"] == {"ever": 1.0, "error": 0.0, "by_period": [0, 0, 0, 500, 0, 0, 0]}
    assert told["ratification"][0]["refused"]["ever"] == 1.0


def test_bodies_that_are_content_change_nothing():
    with_, without = study(governed(0.3, R)), study(dilemma(LASTING, patience=0.95))
    mine, theirs = (plain(play(w, 2_000, 4, periods=12, strategies=KEPT)) for w in (with_, without))
    assert mine.pop("ratification")[0]["changed_hands"]["ever"] > 0.9
    assert set(mine.pop("withdrew")) == {"row", "column"}
    assert theirs.pop("ratification") == []
    assert theirs.pop("withdrew") == {}
    assert mine == theirs


def test_the_same_numbers_on_one_and_two_threads_and_in_any_order():
    types = {"dove": {"prior": 0.75, "strategy": "tit_for_tat"}, "hawk": {"prior": 0.25, "strategy": "always_break"}}
    whole = study(governed(0.2, "20..40", by="2 months", noise=0.05, types=types))
    one, two = (plain(play(whole, 40_000, 11, periods=20, draws=2, threads=n)) for n in (1, 2))
    assert one == two
    assert 0 < one["withdrew"]["row"]["ever"] < 1


def test_luck_of_a_body_is_the_same_in_every_plan():
    body = Body("row", "senate", 2, True, 0.5, 0.1, 30)
    other = Body("row", "senate", 2, True, 0.5, 0.1, 12)
    runs = np.arange(3_000)
    longer, shorter = history(body, runs, 5), history(other, runs, 5)
    assert (longer.changed[shorter.changed < NEVER] == shorter.changed[shorter.changed < NEVER]).all()
    assert (longer.changed[shorter.changed == NEVER] > 12).all()
    assert (longer.refused[shorter.refused < NEVER] == shorter.refused[shorter.refused < NEVER]).all()


def test_a_new_type_comes_with_a_change_of_hands():
    # A government of hawks follows one of doves for ever once the body has changed hands: each period with chance 0.2,
    # and then it is a hawk with chance 0.25 (also where it was one before).
    types = {
        "dove": {"prior": 0.75, "strategy": "always_keep"},
        "hawk": {"prior": 0.25, "strategy": "always_break"},
    }
    runs = 40_000
    found = play(study(governed(0.2, R, types=types)), runs, 9, periods=14)
    assert (np.abs(found.phases[:, 0] - (np.arange(14) < 10)) < 1e-12).all()
    # Stationary priors: at any time a quarter are hawks, independently on both sides.
    worth = 0.75**2 * 30 + 0.25 * 0.75 * 50 + 0.25**2 * 10
    assert (np.abs(found.means[:, 0] - worth) < 4.5 * 20 / np.sqrt(runs)).all()
    # Never seen to depart by the end of period t: a dove at first and at every change of hands since.
    survives = (0.75 * (1 - 0.2 * 0.25) ** np.minimum(np.arange(14), 10)) ** 2
    assert (np.abs(found.survival[1:] - survives) < 4.5 * np.sqrt(0.25 / runs)).all()


def test_the_report_and_play_agree_on_what_bodies_ask():
    whole = study(governed("0.1 ± 0.02", "20..40"))
    told = ratification(whole, 3)
    assert [(r.value, r.threshold, r.periods) for r in told] == [(30.0, 30.0, 10)] * 2
    assert [r.approves for r in told] == list(approvals(whole, 3).values())
    hazards = [b.hazard for one in studies(whole, 4, 3) for b in bodies(one, long_run_package(whole), 10, {})]
    assert len(set(hazards)) == 8
    assert all(0 < h < 0.2 for h in hazards)


def test_too_many_ways_to_change_are_refused(monkeypatch):
    monkeypatch.setattr(chain, "MOST_NODES", 4)
    with pytest.raises(Refusal, match=r"R037.*turnover"):
        play(study(governed(0.1, "20..40")), 100, 1)
