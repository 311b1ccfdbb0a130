"""What is too large is refused with its size, and ideals found all at once equal those found one by one."""

import numpy as np
import pytest
from hypothesis import given, settings

from halfway.api import loads
from halfway.errors import Refusal
from halfway.limits import allow_memory, in_words, memory_allowed, read_size, require_memory
from halfway.settle.packages.counting import count_acceptable
from halfway.settle.packages.frontier import no_frontier, pareto_frontier
from halfway.settle.run import settle
from halfway.settle.solutions import integer_program
from halfway.settle.talks.run import talks
from halfway.space.packages import blocks
from halfway.space.packages.optima import ideal_matrix, lexicographic_best
from halfway.space.utilities.space import compile_space
from halfway.testing import cases


@settings(max_examples=150, deadline=None)
@given(cases(linkages=True, constraints=True, actors=(2, 4)))
def test_ideals_all_at_once(case):
    space = compile_space(case)
    found = ideal_matrix(space.utilities, space.bounds)
    for a in range(len(space.actors)):
        for b in range(len(space.actors)):
            best = lexicographic_best(space.utilities, space.bounds, (a,) if a == b else (b, a))
            assert found[a, b] == best.values[-1]


def tied(issues: int) -> str:
    """Return a case in which every issue is tied to every other."""
    names = [f"i{k}" for k in range(issues)]
    lines = ["name: tied", "issues:"]
    lines += [f"  {i}: {{options: [o0, o1, o2], set_by: a, owner: a}}" for i in names]
    lines += ["actors:"]
    for k, actor in enumerate("ab"):
        lines += [f"  {actor}:", "    interests:"]
        lines += [f"      {i}: {{weight: 1, values: {{o0: {40 * k}, o1: 50, o2: {100 - 70 * k}}}}}" for i in names]
        lines += ["    linkages:"]
        pairs = [(i, j) for n, i in enumerate(names) for j in names[:n]]
        lines += [
            f"      - {{when: {{{i}: o1, {j}: o2}}, points: {(7 * n) % 11 - 5}}}" for n, (i, j) in enumerate(pairs)
        ]
    return "\n".join(lines)


def test_issues_tied_too_tightly_are_refused_with_their_number(monkeypatch):
    monkeypatch.setattr(blocks, "WIDEST", 200)
    case = loads(tied(9), "tied.yaml")
    with pytest.raises(Refusal) as caught:
        settle(case)
    (problem,) = caught.value.problems
    assert problem.code == "R052"
    assert "9 issues, 72 linkages" in problem.what
    assert problem.place is not None


def test_a_count_of_what_is_tied_too_tightly_is_bounded(monkeypatch):
    space = compile_space(loads(tied(7)))
    exact = count_acceptable(space.utilities, space.bounds, [0, 1], space.threshold)
    assert exact.exact
    monkeypatch.setattr(blocks, "WIDEST", 50)
    loose = count_acceptable(space.utilities, space.bounds, [0, 1], space.threshold)
    assert loose.low <= exact.low <= loose.high


def test_a_solver_without_time_ends_in_a_refusal(monkeypatch):
    monkeypatch.setattr(integer_program, "SECONDS", 0.0)
    with pytest.raises(Refusal) as caught:
        settle(loads(tied(6)), cap=1)
    assert caught.value.problems[0].code == "R053"


def test_no_frontier_may_have_missed_everything():
    space = compile_space(loads(tied(4)))
    empty = no_frontier(space.utilities, [0, 1])
    whole = pareto_frontier(space.utilities, space.bounds, [0, 1])
    assert not empty.exact
    assert not empty.size
    # Nothing lies above the least by as much as what may be missed.
    spread = whole.vectors.max(axis=0) - whole.vectors.min(axis=0)
    assert np.all(empty.epsilon > spread)


def test_talks_that_would_not_end_are_refused_before_they_begin():
    with pytest.raises(Refusal, match=r"R055 these talks are too long \(4 × 1,000,000 runs of up to 100,000 rounds\)"):
        talks(loads(tied(2)), runs=1_000_000, deadline=100_000)


def test_memory_is_refused_by_size_and_allowed_by_name():
    before = memory_allowed()
    with pytest.raises(Refusal, match=r"they take about 8\.0 GB of memory, and 2\.0 GB are allowed"):
        require_memory(8_000_000_000, "1,000 draws", "ask for fewer")
    try:
        allow_memory(read_size("9 GB"))
        require_memory(8_000_000_000, "1,000 draws", "ask for fewer")
    finally:
        allow_memory(before)


@pytest.mark.parametrize(
    ("text", "size"), [("4GB", 4 * 10**9), ("800 mb", 8 * 10**8), ("2e9", 2 * 10**9), ("1k", 1000)]
)
def test_sizes_are_read(text, size):
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GB", "nan", "1e30", "inf"])
def test_what_is_no_size_is_not_read(text):
    with pytest.raises(ValueError, match="is not a size"):
        read_size(text)


def test_sizes_in_words():
    assert [in_words(n) for n in (999, 1_500_000, 2 * 10**9, 3 * 10**13)] == [
        "999 bytes",
        "1.5 MB",
        "2.0 GB",
        "30.0 TB",
    ]
