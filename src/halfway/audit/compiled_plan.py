"""The plan compiled to its automaton, once for all rules that ask what it makes of conduct; what its figures come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfway.audit.question import Question
from halfway.case.case import spoken
from halfway.errors import Refusal
from halfway.words.shares import percent

if TYPE_CHECKING:
    from halfway.audit.commitment_figures import Figure
    from halfway.conduct.game.compiled_plan import Study


def studied(question: Question) -> Study | None:
    """Return the plan compiled; None where its conduct cannot be computed (someone only ranks, or it is too large)."""
    from halfway.conduct.game.compiled_plan import study

    def make() -> Study | None:
        try:
            whole = study(question.ground.compiled, question.name)
            for a in whole.everyone:
                for kind in whole.kinds(whole.space.actors[a]):
                    whole.responses(whole.space.actors[a], kind)
        except Refusal:
            return None
        return whole

    return question.ground.compiled.once(("audit", "studied", question.name), make)


@dataclass(frozen=True)
class Together:
    """What was found of one actor at one place, whatever its type.

    Attributes
    ----------
    worst : Figure
        Of the type that weighs most.
    kinds : tuple of (str or None, float, float)
        Its types concerned: name, prior, value.
    """

    worst: Figure
    kinds: tuple[tuple[str | None, float, float], ...]

    @property
    def prior(self) -> float:
        """How probable it is that the actor is of a type concerned."""
        return sum(p for _, p, _ in self.kinds)

    @property
    def expected(self) -> float:
        """The figure averaged over all types, 0 for those not concerned."""
        return sum(p * v for _, p, v in self.kinds)


def together(whole: Study | None, figures: Iterable[Figure], *, least: bool = False) -> list[Together]:
    """Put what was found of one actor's types at one place together.

    Parameters
    ----------
    whole : Study or None
    figures : iterable of Figure
    least : bool
        Whether the worst is the least value, not the one that weighs most.
    """
    groups: dict[tuple[str, int | None, str], list[Figure]] = {}
    for f in figures:
        groups.setdefault((f.phase, f.trigger, f.actor), []).append(f)
    out = []
    for same in groups.values():
        assert whole is not None  # else there are no figures
        priors: dict[str | None, float] = whole.kinds(same[0].actor)
        kinds = tuple((f.kind, priors[f.kind], f.value) for f in same)
        worst = (
            min(same, key=lambda f: f.value) if least else max(same, key=lambda f, p=priors: p[f.kind] * f.value)  # type: ignore[misc]
        )
        out.append(Together(worst, kinds))
    return out


def who(question: Question, found: Together) -> str:
    """Name the actor, and its types where not all of them are concerned."""
    actor = found.worst.actor
    types = question.case.actors[actor].types
    if len(found.kinds) >= sum(float(t.prior) > 0 for t in types.values()):
        return question.title(actor)
    named = " or ".join(f"'{types[str(k)].title or spoken(str(k))}'" for k, _, _ in found.kinds)
    return f"{question.title(actor)} (as {named}, {percent(found.prior)})"
