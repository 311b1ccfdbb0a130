"""What the public sees in one period, kept only as far as a phase's rules can still tell it apart.

Twelve noisy signals under one ``any`` make thousands of sets of facts, and yet all that counts is whether one of them
has been a breach. Issues are gone through one by one; after each, the triggers are simplified by what is known by then,
and sets of facts that leave the same questions open are one. This is an ordered decision diagram (R. E. Bryant,
Graph-based algorithms for Boolean function manipulation, IEEE Transactions on Computers 35, 1986) walked from the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Test: TypeAlias = tuple[str, Any]
"""A condition over the bits: ("bit", n), ("not", test), ("all", tests) or ("any", tests)."""

Open: TypeAlias = tuple[tuple[tuple[int, "Test | bool"], ...], tuple["Test | bool", ...]]
"""What is not decided yet: triggers that may still be the first to match, with their numbers, and further questions."""


class Reader:
    """Reads the facts of one phase, issue by issue.

    Parameters
    ----------
    triggers : sequence of Test
        Of the phase, in the order in which they are read.
    questions : sequence of Test
        Further conditions to be answered.
    bits : mapping from issue to int
        The bits that each issue read can set.
    last : iterable of int
        Issues to come last, because what they show is remembered.
    told : int
        Bits that are known before anything is seen, see `given`.
    """

    def __init__(
        self,
        triggers: Sequence[Test],
        questions: Sequence[Test],
        bits: Mapping[int, int],
        last: Iterable[int] = (),
        told: int = 0,
    ) -> None:
        behind = set(last)
        # Issues of one condition are read one after another, so that it is decided early.
        named = [bit for test in (*triggers, *questions) for bit in _bits(test)]
        place = {bit: n for n, bit in reversed(list(enumerate(named)))}

        def rank(issue: int) -> tuple[bool, int, int]:
            places = [place[b] for b in place if bits[issue] >> b & 1]
            return issue in behind, min(places, default=len(named)), issue

        self.order: tuple[int, ...] = tuple(sorted(bits, key=rank))
        self.size = 1 + len(named)
        self.known: list[Open] = []
        self.numbers: dict[Open, int] = {}
        self.steps: dict[tuple[int, int, int], int] = {}
        self.final: list[int] = []
        later = 0
        for issue in reversed(self.order):
            self.final.append(bits[issue] & ~later)
            later |= bits[issue]
        self.final.reverse()
        self.start = self._number((tuple(enumerate(triggers)), tuple(questions)), 0, ~(later | told))

    def step(self, node: int, position: int, bits: int) -> int:
        """Return what is open once the issue at a position of `order` has shown some bits, where `node` was before."""
        key = (node, position, bits)
        found = self.steps.get(key)
        if found is None:
            found = self.steps[key] = self._number(self.known[node], bits, self.final[position] & ~bits)
        return found

    def given(self, node: int, yes: int, no: int) -> int:
        """Return what is open once some bits are known to be set, and others not to be."""
        return self._number(self.known[node], yes, no)

    @property
    def work(self) -> int:
        """What it has taken to tell sets of facts apart so far, in conditions looked at."""
        return self.size * len(self.steps)

    def answer(self, node: int, count: int) -> tuple[int, tuple[bool, ...]]:
        """Return the first trigger that matches (`count` where none does) and the answers, once all issues are read."""
        triggers, questions = self.known[node]
        return (triggers[0][0] if triggers else count), tuple(q is True for q in questions)

    def trigger_most_open(self, nodes: Iterable[int]) -> int | None:
        """Return the trigger about which some nodes differ most; None where it is no trigger."""
        left: dict[int, set[Any]] = {}
        for node in nodes:
            for k, test in self.known[node][0]:
                left.setdefault(k, set()).add(test)
        return max(left, key=lambda k: len(left[k]), default=None)

    def _number(self, node: Open, yes: int, no: int) -> int:
        triggers: list[tuple[int, Test | bool]] = []
        for k, test in node[0]:
            now = test if isinstance(test, bool) else _given(test, yes, no)
            if now is False or any(now == earlier for _, earlier in triggers):
                continue
            triggers.append((k, now))
            if now is True:
                break
        questions = tuple(q if isinstance(q, bool) else _given(q, yes, no) for q in node[1])
        found: Open = (tuple(triggers), questions)
        number = self.numbers.get(found)
        if number is None:
            number = self.numbers[found] = len(self.known)
            self.known.append(found)
        return number


def _given(test: Test, yes: int, no: int) -> Test | bool:
    """Simplify a test when some bits are known to be set and others not to be."""
    kind, content = test
    if kind == "bit":
        return True if yes >> content & 1 else False if no >> content & 1 else test
    if kind == "not":
        part = _given(content, yes, no)
        return not part if isinstance(part, bool) else ("not", part)
    settles = kind == "any"
    left: dict[Test, None] = {}
    for one in content:
        now = _given(one, yes, no)
        if now is settles:
            return settles
        if not isinstance(now, bool):
            left[now] = None
    if len(left) == 1:
        return next(iter(left))
    return (kind, tuple(left)) if left else not settles


def _bits(test: Test) -> Iterable[int]:
    kind, content = test
    if kind == "bit":
        yield content
    elif kind == "not":
        yield from _bits(content)
    else:
        for part in content:
            yield from _bits(part)
