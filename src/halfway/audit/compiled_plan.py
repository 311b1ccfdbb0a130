"""The plan compiled to its automaton, once for all rules that ask what it makes of conduct; what its figures come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfway.audit.question import Question
from halfway.case.case import spoken
from halfway.errors import Refusal
from halfway.space.arrays import FloatArray
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


def compelled(question: Question) -> tuple[FloatArray, FloatArray]:
    """Return what today and the kept plan are worth in the long run, with what `reactions` and `events` do to either.

    In points, shape ``(actor,)`` each. Where the case states neither, or conduct cannot be computed, as `Question` has them.
    """
    from halfway.conduct.verdicts.grades import today
    from halfway.conduct.verdicts.temptation import compiled_kernel

    case = question.case
    beyond = (case.reactions or case.events) and question.space.status_quo is not None
    whole = studied(question) if beyond else None
    if whole is None:
        return question.today, question.values.long_run
    try:
        still = today(compiled_kernel(question.ground.compiled, question.name))
    except Refusal:
        return question.today, question.values.long_run
    assert still is not None  # there is a status quo
    before, after = (one.kept.game.kept[1] @ one.long_run for one in (still.whole, whole))
    return np.asarray(before), np.asarray(after)


def deed(whole: Study, actor: str, issues: Iterable[int]) -> str:
    """Return what to call what an actor does on some issues: a breach, obstruction, or acting freely.

    Who has signed or owes something breaks the plan by what it does on what the plan binds; who has signed nothing
    obstructs it; what the plan leaves open anyone does freely.
    """
    from halfway.conduct.game.bound import bound_issues, breakers

    if not set(issues) & bound_issues(whole.space, whole.plan):
        return "acting freely"
    return "breach" if actor in breakers(whole.case, whole.plan) else "obstruction"


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
