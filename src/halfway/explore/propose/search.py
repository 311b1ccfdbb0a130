"""The search for a plan: every design of a grid, cut by what is found to tempt, then answers changed one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from halfway.case.case import Case
from halfway.case.reader import with_plan
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.play.participation import refusing
from halfway.conduct.verdicts.temptation import Kernel, Tempted, averaged, kernel
from halfway.errors import InputError, Refusal
from halfway.explore.propose.designs import Design, grid, neighbours
from halfway.explore.propose.penalties import Ground
from halfway.explore.propose.sequences import Order
from halfway.space.compiled import CompiledCase
from halfway.space.plan.compile_rules import compile_rules
from halfway.tolerances import GAIN

MOST_GRADED = 4
"""Designs whose grade is computed: the best of those judged in full."""


@dataclass(frozen=True)
class Found:
    """A design and what it comes to.

    Attributes
    ----------
    design : Design
    order : Order
    data : mapping
        The plan as a case file has it.
    kernel : Kernel
    temptation : mapping from actor to float
        In points, averaged over types.
    level : int
        The grade that the centre of the numbers points to, the largest over actors: see `level_of`.
    """

    design: Design
    order: Order
    data: Mapping[str, Any]
    kernel: Kernel
    temptation: Mapping[str, float]
    level: int

    @property
    def worst(self) -> float:
        """The largest temptation."""
        return max(self.temptation.values(), default=0.0)

    @property
    def rank(self) -> tuple[int, float, float]:
        """What is to be small: the grade that the centre points to, the largest temptation, then all of them together."""
        return self.level, self.worst, sum(self.temptation.values())


@dataclass
class Tally:
    """How far a search came.

    Attributes
    ----------
    designs : int
        Of the grid.
    judged : int
        Designs whose temptations were all computed.
    cut : int
        Designs given up when one actor was found more tempted than under the best design so far.
    refused : int
        Designs that somebody would not sign, that are no sound plans, or that are too large.
    left : int
        Designs of the grid that were not looked at.
    beside : int
        Designs looked at beside the grid.
    """

    designs: int = 0
    judged: int = 0
    cut: int = 0
    refused: int = 0
    left: int = 0
    beside: int = 0

    @property
    def looked_at(self) -> int:
        """Designs looked at in all."""
        return self.judged + self.cut + self.refused


@dataclass
class Search:
    """A search among the designs that lead to one package.

    Attributes
    ----------
    compiled : CompiledCase
    name : str
        What the plan is called.
    on : Ground
    orders : mapping from int to Order
        By number of steps.
    write : callable
        Makes a plan as a case file has it of an order and a design.
    most : int
        The most designs looked at.
    """

    compiled: CompiledCase
    name: str
    on: Ground
    orders: Mapping[int, Order]
    write: Callable[[Order, Design], Mapping[str, Any]]
    most: int
    best: Found | None = None
    runners_up: list[Found] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    _seen: set[tuple[Any, ...]] = field(default_factory=set)
    _first: str | None = None

    def run(self, watch: Callable[[int], None]) -> Found | None:
        """Look at the grid, then at other answers to whoever is tempted most, as long as that helps."""
        designs = list(grid(self.on, self.orders))
        self.tally.designs = len(designs)
        self._look(designs, watch)
        self.tally.left = self.tally.designs - self.tally.looked_at
        while self.best is not None and self.best.worst > GAIN and self.tally.looked_at < self.most:
            before = self.best
            for name in sorted(before.temptation, key=lambda n: -before.temptation[n]):
                others = neighbours(before.design, self.on.space.actor(name), self.orders)
                self.tally.beside += self._look(others, watch, until_better=True)
                if self.best is not before:
                    break
            else:
                break
        return self.best

    def _look(self, designs: Iterable[Design], watch: Callable[[int], None], *, until_better: bool = False) -> int:
        looked, before = 0, self.best
        for design in designs:
            if self.tally.looked_at >= self.most or (until_better and self.best is not before):
                break
            if design.key in self._seen:
                continue
            self._seen.add(design.key)
            watch(self.tally.looked_at)
            self._judge(design)
            looked += 1
        return looked

    def _judge(self, design: Design) -> None:
        order = self.orders[design.steps]
        data = self.write(order, design)
        try:
            case = with_plan(self.compiled.case, self.name, data)
            made = kernel(studied(self.compiled, case, self.name))
            if refusing(made.whole):
                self.tally.refused += 1
                return
            found = self._tempted(made)
        except (InputError, Refusal):
            # No sound plan, or too large a one.
            self.tally.refused += 1
            return
        if found is None:
            self.tally.cut += 1
            return
        self.tally.judged += 1
        one = Found(design, order, data, made, *found)
        self.runners_up = sorted([*self.runners_up, one], key=lambda f: f.rank)[:MOST_GRADED]
        if self.best is None or _better(one.rank, self.best.rank):
            self.best = one

    def _tempted(self, made: Kernel) -> tuple[dict[str, float], int] | None:
        """Return temptations and level; None where they are found worse than the best design's before all are known."""
        names = sorted(made.breakers, key=lambda n: n != self._first)
        out: dict[str, float] = {}
        level = 2
        for name in names:
            found = {k: made.tempted(name, k) for k in made.kinds(name)}
            out[name] = float(averaged(made.courses(name), {k: t.temptation.points for k, t in found.items()}))
            level = max(level, level_of(made.kinds(name), found, made.trifling))
            # Both only grow with further actors.
            if self.best is not None and _better(self.best.rank[:2], (level, max(out.values()))):
                # Whoever was tempted too much under this design is the first to be asked under the next.
                self._first = name
                return None
        return out, level


def _better(rank: Sequence[float], other: Sequence[float]) -> bool:
    """Tell whether one rank is smaller, the first entries before the later; what differs by rounding is equal."""
    for a, b in zip(rank, other, strict=True):
        if a < b - GAIN:
            return True
        if a > b + GAIN:
            return False
    return False


def level_of(priors: Mapping[str | None, float], found: Mapping[str | None, Tempted], trifling: float) -> int:
    """Return the grade that one actor's temptations at the centre of the numbers allow.

    2 where no type is tempted by more than what is trifling, 3 where none is materially, 4 where types that are
    materially tempted have less than half of the prior together, else 5. The fourth grade itself takes draws.
    """
    if all(t.temptation.points <= trifling for t in found.values()):
        return 2
    tempted = sum(priors[k] for k, t in found.items() if t.material.points > trifling)
    if tempted <= 0:
        return 3
    return 4 if tempted < 0.5 * sum(priors.values()) else 5


def studied(compiled: CompiledCase, case: Case, name: str) -> Study:
    """Compile one plan of a case that differs from the compiled one in that plan only."""
    space, plan = compiled.space(), case.plans[name]
    return Study(case, name, plan, space, compile_rules(space, plan), compiled)
