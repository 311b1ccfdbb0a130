"""The long run of a chain: against averages over a long time, and entry by entry against fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.errors import Refusal
from halfway.space.plan import long_run as chains
from halfway.space.plan.long_run import long_run_shares, stationary


@st.composite
def rows_of_chances(draw):
    """Random chains, many of them with several closed classes and with periods."""
    size = draw(st.integers(1, 7))
    rows = []
    for _ in range(size):
        targets = draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=3, unique=True))
        parts = draw(st.lists(st.integers(1, 5), min_size=len(targets), max_size=len(targets)))
        rows.append({t: p / sum(parts) for t, p in zip(targets, parts, strict=True)})
    return rows


@st.composite
def hardly_left(draw):
    """Random chains some of whose moves are rare, down to 10⁻³⁰, so that groups of states are hardly ever left."""
    size = draw(st.integers(2, 9))
    rows = []
    for state in range(size):
        targets = draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=4, unique=True))
        rare = {t: 2.0 ** -draw(st.sampled_from((0, 1, 2, 3, 20, 40, 100))) / 8 for t in targets if t != state}
        # What is left stays: chances are fractions of the machine, which the slow twin takes as they are.
        rows.append(rare)
    return rows


def edges(rows):
    found = [(s, t, p) for s, row in enumerate(rows) for t, p in row.items()]
    sources, targets, chances = zip(*found, strict=True) if found else ((), (), ())
    return np.array(sources, dtype=np.int64), np.array(targets, dtype=np.int64), np.array(chances, dtype=np.float64)


def with_staying(rows):
    """The same chain with the chance of staying written out where a state is left at all."""
    return [{**row, s: row.get(s, 0.0) + 1 - sum(row.values())} if row else {s: 1.0} for s, row in enumerate(rows)]


def solved(matrix, right):
    """Solve a system of equations in fractions, by elimination."""
    n = len(matrix)
    rows = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    for k in range(n):
        pivot = next(r for r in range(k, n) if rows[r][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for r in range(n):
            if r != k and rows[r][k]:
                rows[r] = [x - rows[r][k] * y for x, y in zip(rows[r], rows[k], strict=True)]
    return [row[n] for row in rows]


def exact_shares(rows):
    """Long-run shares from state 0 by their definition, in fractions; a move's chance is taken as written."""
    size = len(rows)
    moves = [{t: Fraction(p) for t, p in row.items() if t != s} for s, row in enumerate(rows)]
    reach = [{s} for s in range(size)]
    for _ in range(size):
        reach = [set().union({s}, *(reach[t] for t in moves[s])) for s in range(size)]
    closed = [all(s in reach[t] for t in reach[s]) for s in range(size)]
    shares = [Fraction(0)] * size
    opened = [s for s in range(size) if not closed[s]]
    for group in {frozenset(reach[s]) for s in range(size) if closed[s]}:
        members = sorted(group)
        # h(s) = Σ p(s,t) h(t), the chance of ending here.
        if closed[0]:
            ending = Fraction(int(0 in group))
        else:
            system = [[(sum(moves[s].values()) if s == t else 0) - moves[s].get(t, Fraction(0)) for t in opened]
                      for s in opened]  # fmt: skip
            into = [sum((p for t, p in moves[s].items() if t in group), Fraction(0)) for s in opened]
            ending = solved(system, into)[opened.index(0)]
        balance = [[(-sum(moves[t].values(), Fraction(0)) if s == t else moves[s].get(t, Fraction(0))) for s in members]
                   for t in members]  # fmt: skip
        balance[-1] = [Fraction(1)] * len(members)
        for s, x in zip(members, solved(balance, [Fraction(0)] * (len(members) - 1) + [Fraction(1)]), strict=True):
            shares[s] = ending * x
    return shares


def is_exact(found, rows, units=200):
    """Whether every entry is right to so many units of its own last place."""
    return all(
        abs(Fraction(x) - y) <= units * Fraction(np.finfo(float).eps) * y
        for x, y in zip(found.tolist(), exact_shares(rows), strict=True)
    )


@settings(max_examples=300, deadline=None)
@given(rows_of_chances())
def test_long_run_shares_are_averages_over_a_long_time(rows):
    size = len(rows)
    step = np.zeros((size, size))
    for s, row in enumerate(rows):
        for t, p in row.items():
            step[s, t] = p
    # (I + P + … + P^(n−1)) / n, doubling n twenty times.
    power, average = step.copy(), np.eye(size)
    for _ in range(20):
        average = (average + average @ power) / 2
        power = power @ power
    assert long_run_shares(size, *edges(rows)) == pytest.approx(average[0], abs=1e-3)


@settings(max_examples=400, deadline=None)
@given(hardly_left(), st.booleans())
def test_every_entry_is_exact_however_rarely_a_part_is_left(rows, crowded):
    few, share = chains.FEW, chains.CROWDED
    try:
        if crowded:
            # As if the states were so many that a full matrix is used at once.
            chains.FEW, chains.CROWDED = 0, 0.0
        found = long_run_shares(len(rows), *edges(with_staying(rows)))
    finally:
        chains.FEW, chains.CROWDED = few, share
    assert is_exact(found, rows)


@pytest.mark.parametrize("months", [3, 11, 60, 250])
def test_a_trial_that_false_alarms_start_again_nearly_always(months):
    """Each month a false alarm (0.9) starts the trial again; after so many quiet months it ends, well or badly.

    By hand: it ends well with 0.75 and badly with 0.25, whatever its length, though it ends once in 10^months tries.
    """
    rows = [{0: 0.9, k + 1: 0.1} for k in range(months)]
    rows += [{months + 1: 0.75, months + 2: 0.25}, {months + 1: 1.0}, {months + 2: 1.0}]
    shares = long_run_shares(len(rows), *edges(rows))
    assert shares[:-2].tolist() == [0.0] * (months + 1)
    assert shares[-2:] == pytest.approx([0.75, 0.25], rel=1e-14)


@pytest.mark.parametrize("months", [3, 11, 60, 250])
def test_a_peace_that_is_hardly_ever_reached_and_hardly_ever_left(months):
    """As before, but peace is left with chance 0.1^months too: by hand it holds half the time but for the wait.

    From its first month a trial ends after 0.1^−1 + … + 0.1^−months months on average, and peace lasts 0.1^−months.
    """
    rows = [{0: 0.9, k + 1: 0.1} for k in range(months)] + [{0: 0.1**months, months: 1.0}]
    wait = sum(Fraction(10) ** k for k in range(1, months + 1))
    peace = Fraction(10) ** months
    shares = long_run_shares(len(rows), *edges(rows))
    assert shares[-1] == pytest.approx(float(peace / (peace + wait)), rel=1e-12)


def test_long_run_shares_of_a_long_cycle():
    size = 3000
    sources = np.arange(size)
    shares = long_run_shares(size, sources, (sources + 1) % size, np.ones(size))
    assert shares == pytest.approx(np.full(size, 1 / size))


def test_a_large_crowded_class():
    """Beyond few states that mostly lead to one another a full matrix is used; it solves the balance equations."""
    generator = np.random.default_rng(3)
    size = 300
    chance = generator.random((size, size)) * (generator.random((size, size)) < 0.6)
    chance /= chance.sum(axis=1, keepdims=True)
    sources, targets = np.nonzero(chance)
    shares = stationary(size, sources, targets, chance[sources, targets])
    assert shares @ chance == pytest.approx(shares, rel=1e-12)
    assert shares.sum() == pytest.approx(1)


def test_what_no_number_of_the_machine_can_say_is_refused():
    rows = [{0: 0.9, k + 1: 0.1} for k in range(400)] + [{401: 0.5, 402: 0.5}, {401: 1.0}, {402: 1.0}]
    with pytest.raises(Refusal, match="R031"):
        long_run_shares(len(rows), *edges(rows))
