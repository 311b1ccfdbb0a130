"""Play: the kernel against the plain player, against exact values, and against itself on other threads."""

from __future__ import annotations

import numpy as np
import pytest

from halfway.case import actors
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.game.solver import discounted
from halfway.conduct.play import kernel
from halfway.conduct.play.joint_chain import lay
from halfway.conduct.play.plain_player import play_one, uniform
from halfway.conduct.play.run import Cast, cast, play, run_key
from halfway.conduct.play.strategies import BREAK, KEEP, STRATEGIES, read_table, strategy
from halfway.conduct.play.streams import streams
from halfway.errors import InputError, Refusal
from halfway.record import plain
from tests.conduct.cases import GRIM, TIT_FOR_TAT, dilemma

COOPERATE = {"phases": {"for_good": {"package": {"row_act": "c", "column_act": "c"}}}}


def chain_of(case, tremble=0.0, **strategies):
    whole = study(case)
    players: Cast = cast(whole, {a: strategy(s) for a, s in strategies.items()}, tremble)
    chain = lay(players.rules, {a: players.player(a, None) for a in players.movers}, tremble)
    points = np.ascontiguousarray(whole.space.values(chain.packages).T)
    return whole, chain, points


@pytest.mark.parametrize("plan", [GRIM, TIT_FOR_TAT])
def test_kernel_plays_exactly_as_the_plain_player(plan):
    _, chain, points = chain_of(
        dilemma(plan, noise=0.05), 0.02, row="contrite_tit_for_tat", column="generous_tit_for_tat"
    )
    periods, key = 40, run_key(7)
    weights = np.full((periods, 2), 1 / periods)
    runs = np.arange(150)
    none = np.zeros(0, dtype=np.int64)
    visits, sums, _, breach, restarts, *_ = kernel.play(
        runs, np.uint64(key), periods, *chain.walked, points, weights, 2, none, none, none
    )
    plain = [play_one(chain, key, int(r), points, weights) for r in runs]
    expected = np.zeros_like(visits)
    for one in plain:
        for t, row in enumerate(one.rows):
            expected[t, row] += 1
    assert (visits == expected).all()
    assert sums.tolist() == [sum(one.averages[a] for one in plain) for a in range(2)]
    firsts = [one.first_breach for one in plain]
    assert breach[-1].tolist() == [firsts.count(t + 1) for t in range(periods)] + [firsts.count(None)]
    assert restarts[0] == len(runs)


def test_streams_are_uniform_and_the_same_everywhere():
    key = run_key(3)
    first = streams(np.arange(2000), key)
    assert first[:50].tolist() == [uniform(key, r, 0) for r in range(50)]
    counts = np.histogram(first, bins=20, range=(0, 1))[0]
    # Chi-square with 19 degrees of freedom: 43.8 has probability 0.001.
    assert ((counts - 100) ** 2 / 100).sum() < 43.8


def test_the_same_numbers_on_one_and_two_threads():
    whole = study(dilemma(GRIM, patience="0.7 ± 0.1", noise=0.05))
    one, two = (play(whole, 20_000, 11, periods=30, draws=4, threads=n) for n in (1, 2))
    assert one.draws == 4
    assert plain(one) == plain(two)


def test_means_agree_with_exact_values_within_their_errors():
    whole, chain, points = chain_of(dilemma(GRIM, patience=0.9, noise=0.05), row="tit_for_tat", column="grim")
    n = len(chain.states)
    transition, expected = np.zeros((n, n)), np.zeros((2, n))
    for node in range(n):
        for b in range(chain.first[node], chain.first[node + 1]):
            p = chain.chances()[b]
            transition[node, chain.follow[b]] += p
            expected[:, node] += p * points[chain.row[b]]
    from scipy import sparse

    exact = discounted(sparse.csr_array(transition), expected, 0.9)[:, 0]
    found = play(whole, 40_000, 5, periods=250, strategies={"row": "tit_for_tat", "column": "grim"})
    assert np.abs(found.averages - exact).max() < 4.5 * found.errors.max()


def test_kept_plan_survives_and_its_phases_are_those_of_the_kept_path():
    whole = study(dilemma(GRIM, patience=0.9, noise=0.01))
    found = play(whole, 5_000, 1, periods=20)
    assert found.departing == ()
    assert (found.survival == 1).all()
    q = 1 - 0.99**2
    share = 1 - (1 - q) ** np.arange(20)
    error = np.sqrt(share * (1 - share) / 5_000)
    assert (np.abs(found.phases[:, 1] - share) <= 4.5 * error + 1e-12).all()


def test_types_are_drawn_by_their_priors_and_strategies_stand_in():
    types = {"keeper": {"prior": 0.7, "strategy": "always_keep"}, "breaker": {"prior": 0.3, "strategy": "always_break"}}
    whole = study(dilemma(COOPERATE, patience=0.9, types=types))
    found = play(whole, 20_000, 2, periods=5)
    assert found.survival[1] == pytest.approx(0.49, abs=4.5 * (0.49 * 0.51 / 20_000) ** 0.5)


# Scores of the deterministic strategies against each other, by hand from their definitions (payoffs 5, 3, 1, 0 a turn).
@pytest.mark.parametrize(
    ("row", "column", "acts"),
    [
        ("tit_for_tat", "always_break", "cd dd dd dd"),
        ("grim", "tit_for_tat", "cc cc cc cc"),
        ("win_stay_lose_shift", "always_break", "cd dd cd dd"),
        ("tit_for_two_tats", "always_break", "cd cd dd dd"),
        ("contrite_tit_for_tat", "always_break", "cd dd dd dd"),
        ("always_keep", "win_stay_lose_shift", "cc cc cc cc"),
    ],
)
def test_strategies_play_as_published(row, column, acts):
    _, chain, points = chain_of(dilemma(COOPERATE), row=row, column=column)
    played = play_one(chain, 1, 0, points, np.full((4, 2), 0.25))
    shown = ["".join("cd"[chain.packages[r, i]] for i in range(2)) for r in played.rows]
    assert " ".join(shown) == acts


def test_every_strategy_has_a_source_and_acts_in_every_memory():
    for name, kind in STRATEGIES.items():
        one = strategy(name)
        assert kind.source
        reached, queue = {0}, [0]
        while queue:
            memory = queue.pop()
            for good in (True, False):
                assert sum(p for p, _ in one.acts(memory, good)) == pytest.approx(1)
            for others in (False, True):
                for own in (False, True):
                    after = one.learns(memory, others, own)
                    if after not in reached:
                        reached.add(after)
                        queue.append(after)


def test_a_machine_read_from_yaml():
    table = read_table("""
        good: {does: keep, others_break: angry}
        angry: {does: break, then: good, others_break: angry}
    """)
    assert table.does == (KEEP, BREAK)
    assert [table.learns(0, others, False) for others in (False, True)] == [0, 1]
    assert table.learns(1, False, False) == 0
    for text, part in (
        ("good: {does: sulk}", r"1:7.*does not say whether it does keep, break"),
        ("good: {does: keep, then: bad}", r"1:\d+.*leads to an unknown state 'bad'"),
        ("good: {does: keep, other_breaks: good}", "did you mean 'others_break'"),
        ("[good]", "does not map states"),
    ):
        with pytest.raises(Refusal, match=part):
            read_table(text)
    with pytest.raises(Refusal, match="did you mean"):
        strategy("tit-for-tatt")


def test_a_machine_in_a_file_plays_as_the_strategy_it_is(tmp_path):
    file = tmp_path / "tit.yaml"
    file.write_text("calm: {does: keep, others_break: angry}\nangry: {does: break, then: calm, others_break: angry}\n")
    whole = study(dilemma(COOPERATE, noise=0.1))
    mine, theirs = (
        play(whole, 500, 1, periods=20, strategies={"row": s, "column": "win_stay_lose_shift"})
        for s in (str(file), "tit_for_tat")
    )
    assert mine.strategies["row"] == str(file)
    assert (mine.means == theirs.means).all()
    assert mine.first_breach["row"].tolist() == theirs.first_breach["row"].tolist()
    assert strategy(str(file)).told["does"] == ["keep", "break"]
    with pytest.raises(InputError, match=r"F001.*no such file"):
        strategy(str(tmp_path / "none.yml"))


def test_a_case_knows_the_published_strategies():
    assert tuple(STRATEGIES) == actors.STRATEGIES
