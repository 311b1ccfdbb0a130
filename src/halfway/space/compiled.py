"""The compiled case: made once, frozen, and handed to every analysis; what one analysis had computed, others find."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from halfway.case.case import Case
from halfway.space.arrays import FloatArray
from halfway.space.packages.levels import ideals
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.kept_path import PlanPath, follow
from halfway.space.plan.outcomes import PlanValues, path_depends_on_interests, plan_values, worth
from halfway.space.plan.rules import Rules
from halfway.space.utilities.draws import Draws, draw
from halfway.space.utilities.preferences import Wants
from halfway.space.utilities.space import Space, compile_space

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class CompiledCase:
    """A case with everything that follows from it alone, each part computed when it is first asked for, and once.

    Nothing here depends on the options of an analysis: parts are asked for by name, and the same name always means
    the same thing. So it does not matter which analyses were run before, or whether any were.

    Attributes
    ----------
    case : Case
    """

    case: Case
    _known: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _wants: dict[tuple[str, str | None], Wants] = field(default_factory=dict, repr=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns, which must follow from the case and the key alone; it is called once a key."""
        if key not in self._known:
            self._known[key] = make()
        found: T = self._known[key]
        return found

    def space(self, types: Mapping[str, str] | None = None) -> Space:
        """Return the case as arrays, some actors taken as one of their types."""
        chosen = tuple(sorted((types or {}).items()))
        return self.once(("space", chosen), lambda: compile_space(self.case, dict(chosen), self._wants))

    @cached_property
    def ideals(self) -> FloatArray:
        """Utility to each actor of each actor's ideal package in points, shape ``(actor, actor)``."""
        return ideals(self.space())

    def draws(self, count: int, seed: int, types: Mapping[str, str] | None = None) -> Draws:
        """Return draws of the uncertain numbers, some actors taken as one of their types."""
        chosen = tuple(sorted((types or {}).items()))

        def make() -> Draws:
            return self.draws(count, seed).as_types(dict(chosen)) if chosen else draw(self.case, count, seed)

        return self.once(("draws", count, seed, chosen), make)

    def path(self, plan: str, types: Mapping[str, str] | None = None) -> PlanPath:
        """Return the course that a plan takes while everyone keeps it.

        It differs between types only where a trigger weighs a signal by what the option behind it is worth; rules that
        read all signals alike lead to one path, followed once.

        Raises
        ------
        Refusal
            Where the path has more states than can be followed.
        """
        details = self.case.plans[plan]
        chosen = tuple(sorted((types or {}).items())) if path_depends_on_interests(details) else ()
        rules = self.rules(plan, dict(chosen))
        return self.once(("path", plan, rules.reading), lambda: follow(self.space(dict(chosen)), plan, details, rules))

    def rules(self, plan: str, types: Mapping[str, str] | None = None) -> Rules:
        """Return a plan's rules at the central numbers, some actors taken as one of their types."""
        chosen = tuple(sorted((types or {}).items()))
        return self.once(
            ("rules", plan, chosen), lambda: compile_rules(self.space(dict(chosen)), self.case.plans[plan])
        )

    def values(self, plan: str) -> PlanValues:
        """Return what a kept plan brings to every actor."""
        return self.once(
            ("values", plan), lambda: plan_values(self.space(), plan, self.case.plans[plan], self.path(plan))
        )

    def values_by_type(self, plan: str) -> dict[str, dict[str, float]]:
        """Return what a kept plan is worth in the long run to each actor that has types, under each of them, in points."""
        return {
            actor: {
                kind: worth(self.space({actor: kind}), self.case.plans[plan], self.path(plan, {actor: kind}), actor)
                for kind in details.types
            }
            for actor, details in self.case.actors.items()
            if details.types
        }


def compile_case(case: Case | CompiledCase) -> CompiledCase:
    """Return a case compiled; one that is compiled already is returned as it is."""
    return case if isinstance(case, CompiledCase) else CompiledCase(case)
