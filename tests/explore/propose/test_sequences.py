"""Orders of steps against every ordered partition of the changing issues, one by one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.explore.propose.sequences import changing, orders
from halfway.space.arrays import holds
from halfway.space.compiled import compile_case
from halfway.testing import cases


def partitions(issues: tuple[int, ...], steps: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """List every way of changing these issues in exactly so many steps."""
    if steps == 1:
        if issues:
            yield (issues,)
        return
    for pattern in range(1, 2 ** len(issues) - 1):
        first = tuple(i for k, i in enumerate(issues) if pattern >> k & 1)
        rest = tuple(i for i in issues if i not in first)
        for others in partitions(rest, steps - 1):
            yield (first, *others)


def brute(space, start, target, parties, steps, together):
    """Apply the definition to every order, and return the best worst moment and, for it, the best sum."""
    case = space.case
    today = space.values(start)[:, 0]
    found = []
    for order in partitions(changing(start, target), steps):
        here, exposures, sound = start.copy(), [], max(map(len, order)) <= together
        for number, step in enumerate(order):
            for i in step:
                a, b = space.options[i][here[i]], space.options[i][target[i]]
                sound &= case.issues[space.issues[i]].may_follow(a, b)
                here[i] = target[i]
            sound &= all(bool(holds(m, here[None, :])[0]) for m in space.bounds.allowed)
            now = space.values(here)[:, 0]
            if number + 1 < len(order):
                worse = max([0.0, *(today[a] - now[a] for a in parties)])
                exposures.append(worse)
                for i in step:
                    back, seen = [space.options[i][target[i]]], set()
                    while back:
                        option = back.pop()
                        if option in seen:
                            continue
                        seen.add(option)
                        back += [o for o in space.options[i] if case.issues[space.issues[i]].may_follow(option, o)]
                    # What stays in force once it is changed: nobody may be worse off, then or at any later step.
                    if space.options[i][start[i]] not in seen:
                        sound &= worse <= 1e-9
                        later = here.copy()
                        for more in order[number + 1 : -1]:
                            for k in more:
                                later[k] = target[k]
                            sound &= all(today[a] - space.values(later)[a, 0] <= 1e-9 for a in parties)
        if sound:
            found.append((max(exposures, default=0.0), sum(exposures)))
    return min(found, default=None)


@settings(max_examples=200, deadline=None)
@given(
    cases(issues=(2, 5), options=(2, 3), linkages=True, constraints=True, transitions=True, decimals=True),
    st.integers(0, 2**16),
)
def test_the_best_order_is_that_of_listing_all(case, seed):
    space = compile_case(case).space()
    rng = np.random.default_rng(seed)
    start = np.array(space.status_quo)
    target = np.array([rng.integers(0, s) for s in space.sizes])
    parties = sorted(rng.choice(len(space.actors), size=rng.integers(1, len(space.actors) + 1), replace=False).tolist())
    together = int(rng.integers(1, 6))
    found = orders(space, start, target, parties, 5, together)
    for steps in range(1, len(changing(start, target)) + 1):
        best = brute(space, start, target, parties, steps, together)
        assert (best is None) == (steps not in found), (steps, best)
        if best is not None:
            order = found[steps]
            assert order.exposure == pytest.approx(best[0], abs=1e-7)
            assert order.total == pytest.approx(best[1], abs=1e-7)
            assert len(order.steps) == steps
            assert sorted(i for s in order.steps for i in s) == list(changing(start, target))
            assert np.array_equal(order.packages[-1], target)
