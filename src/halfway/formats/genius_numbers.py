"""Issues of Genius whose values are numbers: which values stand for all of them, and what each is worth.

A linear evaluator is ``offset + slope · (value − lower bound)`` or, in older files, ``parameter0 + parameter1 · value``;
a triangular one rises from ``parameter0`` to its top at ``parameter2`` and falls to ``parameter1``; a constant one is
``parameter0``. All are cut off at 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from halfway.errors import InputError, Problem
from halfway.formats.profiles import decimal
from halfway.formats.xml_tree import Node
from halfway.reading.numbers import brief, exact
from halfway.reading.schema import one_line

WIDEST = 10_000
"""The most values of an integer issue."""
FEWEST_STEPS = 2


@dataclass(frozen=True)
class Numbers:
    """The values of an issue of numbers.

    Attributes
    ----------
    low, high : Fraction
        The ends.
    whole : bool
        Whether only whole numbers count.
    kept : tuple of Fraction
        The values that stand for all, ascending.
    """

    low: Fraction
    high: Fraction
    whole: bool
    kept: tuple[Fraction, ...]

    @property
    def thinned(self) -> bool:
        """Whether values were left out."""
        return not self.whole or len(self.kept) < self.high - self.low + 1

    @property
    def options(self) -> tuple[str, ...]:
        """The kept values as the options' names."""
        return tuple(decimal(value) for value in self.kept)


@dataclass(frozen=True)
class Evaluator:
    """What a party thinks a number is worth, 0–1: straight between its corners, level beyond them.

    Attributes
    ----------
    corners : tuple of (Fraction, Fraction)
        Values and what they are worth, ascending.
    """

    corners: tuple[tuple[Fraction, Fraction], ...]

    def worth(self, value: Fraction) -> Fraction:
        """Return what a value is worth, cut off at 0 and 1."""
        before = self.corners[0]
        if value <= before[0]:
            return _cut(before[1])
        for corner in self.corners[1:]:
            if value <= corner[0]:
                share = (value - before[0]) / (corner[0] - before[0])
                return _cut(before[1] + share * (corner[1] - before[1]))
            before = corner
        return _cut(before[1])

    def lost_between(self, numbers: Numbers) -> Fraction:
        """Return by how much, at most, a value that was left out differs in worth from the nearest one kept."""
        worst = Fraction(0)
        for low, high in zip(numbers.kept, numbers.kept[1:], strict=False):
            middle = (low + high) / 2
            looked_at = [middle, *(x for x in self._bends() if low < x < high)]
            if numbers.whole:
                looked_at = [Fraction(n) for x in looked_at for n in (x.__floor__(), x.__ceil__()) if low <= n <= high]
            for value in looked_at:
                near = [end for end in (low, high) if abs(end - value) <= min(value - low, high - value)]
                worst = max([worst, *(abs(self.worth(end) - self.worth(value)) for end in near)])
        return worst

    def _bends(self) -> list[Fraction]:
        """Return where the line bends: its corners, and where it is cut off."""
        found = [x for x, _ in self.corners]
        for (x, u), (y, v) in zip(self.corners, self.corners[1:], strict=False):
            found += [x + (level - u) * (y - x) / (v - u) for level in (0, 1) if min(u, v) < level < max(u, v)]
        return found


def _cut(worth: Fraction) -> Fraction:
    return min(max(worth, Fraction(0)), Fraction(1))


def read_numbers(issue: Node, kind: str, steps: int | None) -> Numbers:
    """Read the values of an issue of numbers.

    Parameters
    ----------
    issue : Node
    kind : {"integer", "real"}
    steps : int or None
        How many values, evenly spaced, are to stand for all; an integer issue that has no more keeps its own.

    Raises
    ------
    InputError
        Where the bounds are not sound, or the issue has too many values and no number of steps is asked for.
    """
    low, high = (_bound(issue, name, kind) for name in ("lowerbound", "upperbound"))
    whole = kind == "integer"
    if high < low or (high == low and not whole):
        what = f"the {kind} issue runs from {decimal(low)} to {decimal(high)}"
        raise _wrong("F115", what, "the lower bound comes first", "check its bounds", issue)
    if steps is None and not whole:
        what, why = (
            "the issue is of type 'real'",
            "an issue of a case has options, and this one has every number as a value",
        )
        raise _wrong(
            "F116", what, why, "say with --steps how many values are to stand for all, such as --steps 11", issue
        )
    if whole and (steps is None or high - low < steps):
        if high - low >= WIDEST:
            what = f"the integer issue runs from {low} to {high}"
            remedy = "check its bounds, or say with --steps how many values are to stand for all"
            raise _wrong("F115", what, f"it needs between 1 and {WIDEST:,} values", remedy, issue)
        return Numbers(low, high, whole, tuple(Fraction(v) for v in range(int(low), int(high) + 1)))
    assert steps is not None
    spaced = [low + (high - low) * Fraction(k, steps - 1) for k in range(steps)]
    return Numbers(low, high, whole, tuple(Fraction(round(v)) for v in spaced) if whole else tuple(spaced))


def read_evaluator(issue: Node, evaluator: Node, numbers: Numbers) -> Evaluator:
    """Read what a profile says of an issue of numbers.

    Raises
    ------
    InputError
    """
    kind = evaluator.attributes.get("ftype", "")
    low, high = numbers.low, numbers.high
    if kind == "linear":
        if "slope" in evaluator.attributes:
            slope = fraction(evaluator, "slope")
            # The offset is counted from the lower bound that the profile itself gives, where it gives one.
            has_own = "lowerbound" in issue.attributes or any(child.tag == "range" for child in issue.children)
            start = _bound(issue, "lowerbound", "integer" if numbers.whole else "real") if has_own else low
            at_low = fraction(evaluator, "offset") + slope * (low - start)
        else:
            slope = fraction(evaluator, "parameter1")
            at_low = fraction(evaluator, "parameter0") + slope * low
        if low == high:
            return Evaluator(((low, at_low),))
        return Evaluator(((low, at_low), (high, at_low + slope * (high - low))))
    if kind == "constant":
        return Evaluator(((low, fraction(evaluator, "parameter0")),))
    if kind == "triangular":
        first, last, top = (fraction(evaluator, f"parameter{n}") for n in range(3))
        if not first <= top <= last or first == last:
            what = f"the triangle from {decimal(first)} to {decimal(last)} has its top at {decimal(top)}"
            raise _wrong("F117", what, "the top lies between the ends", "check the evaluator", evaluator)
        corners = [*([(first, Fraction(0))] if first < top else []), (top, Fraction(1))]
        return Evaluator((*corners, *([(last, Fraction(0))] if top < last else [])))
    what = f"the evaluator is of type '{kind}'"
    raise _wrong(
        "F117", what, "linear, triangular and constant ones are read", "give an evaluation for each value", evaluator
    )


def said_of_steps(name: str, numbers: Numbers, worst: Sequence[tuple[str, Fraction]]) -> str:
    """Say what it costs that some values stand for all.

    Parameters
    ----------
    name : str
    numbers : Numbers
    worst : sequence of (str, Fraction)
        For each party, by how many points of utility a left-out value differs from the nearest kept one, at most.
    """
    values = ", ".join(numbers.options[:3]) + (f" … {numbers.options[-1]}" if len(numbers.kept) > 3 else "")
    what = "whole number" if numbers.whole else "number"
    said = f"issue '{name}' has every {what} from {decimal(numbers.low)} to {decimal(numbers.high)} as a value: "
    said += f"{len(numbers.kept)} of them stand for all ({values})"
    if worst:
        party, points = max(worst, key=lambda pair: pair[1])
        said += f"; a value left out is worth up to {float(points):.3g} points more or less than the nearest kept, to {party}"
    return said


def _bound(issue: Node, name: str, kind: str) -> Fraction:
    """Read a bound from the issue or from its range."""
    inside = next((child for child in issue.children if child.tag == "range"), issue)
    node = issue if name in issue.attributes else inside
    value = fraction(node, name)
    if kind == "integer" and value.denominator != 1:
        raise _wrong("F118", f"'{name}' is not a whole number", "the issue is integer", "correct it", node)
    return value


def attribute(node: Node, name: str) -> str:
    """Return an attribute as one line of text.

    Raises
    ------
    InputError
    """
    if name not in node.attributes:
        raise _wrong("F118", f"<{node.tag}> has no '{name}'", "it is needed", "add the attribute", node)
    return one_line(node.attributes[name])


def fraction(node: Node, name: str) -> Fraction:
    """Return an attribute as an exact number.

    Raises
    ------
    InputError
    """
    text = attribute(node, name)
    try:
        return exact(text)
    except ValueError as error:
        what = f"{brief(text)} is not a number that can be read"
        raise _wrong("F118", what, f"{error}, as the {name} of <{node.tag}>", "correct it", node) from None


def _wrong(code: str, what: str, why: str, remedy: str, node: Node) -> InputError:
    return InputError([Problem(code, what, why, remedy, node.place)])
