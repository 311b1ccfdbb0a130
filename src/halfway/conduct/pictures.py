"""What each party thinks the others would keep, beside what they would (hypergames; Bennett 1977)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from halfway.case.case import Case
from halfway.case.pictures import as_seen_by, pictured_by, viewers
from halfway.conduct.game.compiled_plan import Study, study
from halfway.errors import Refusal
from halfway.record import shown
from halfway.space.compiled import CompiledCase


@dataclass(frozen=True)
class KeepingBelieved:
    """What a viewer believes that breaking the plan pays another actor.

    Attributes
    ----------
    viewer, actor : str
    exploitability, exploitability_believed : float
        What breaking pays the actor, averaged over its types, in points of the discounted average; in the viewer's picture.
    keeps, keeps_believed : bool
        Whether no type that may be there gains by breaking.
    """

    viewer: str
    actor: str
    exploitability: float
    exploitability_believed: float
    keeps: bool
    keeps_believed: bool

    @property
    @shown()
    def mistaken(self) -> bool:
        """Whether the viewer is wrong on whether the actor keeps the plan."""
        return self.keeps != self.keeps_believed


def pictures(case: Case, whole: Study, refused: dict[str, str]) -> tuple[KeepingBelieved, ...]:
    """Return what each actor believes of the conduct of those of whom it has a picture.

    Parameters
    ----------
    case : Case
    whole : Study
        The plan as it is.
    refused : dict
        Is given the reason where the plan cannot be followed in somebody's picture.
    """
    found = []
    for viewer in viewers(case):
        try:
            seen = study(CompiledCase(as_seen_by(case, viewer)), whole.name)
            for actor in pictured_by(case, viewer):
                is_, thought = _gaps(whole, actor), _gaps(seen, actor)
                found.append(
                    KeepingBelieved(
                        viewer,
                        actor,
                        exploitability=_mean(whole, actor, is_),
                        exploitability_believed=_mean(seen, actor, thought),
                        keeps=not any(is_.values()),
                        keeps_believed=not any(thought.values()),
                    )
                )
        except Refusal as refusal:
            refused[f"as seen by {viewer}"] = str(refusal)
    return tuple(found)


def _gaps(plan: Study, actor: str) -> dict[str | None, float]:
    return {kind: plan.gap(actor, kind) for kind, prior in plan.kinds(actor).items() if prior > 0}


def _mean(plan: Study, actor: str, gaps: Mapping[str | None, float]) -> float:
    kinds = plan.kinds(actor)
    return float(sum(kinds[kind] * gap for kind, gap in gaps.items()))
