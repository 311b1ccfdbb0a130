"""A panel's verdicts as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from halfway.explore.panels.division import Division
from halfway.record import shown
from halfway.result import Provenance, Result, Table


@dataclass(frozen=True)
class ExpertVerdict:
    """A plan on one expert's own figures, all at their centres; what the expert left open is as the case has it.

    Attributes
    ----------
    name : str
    stated : int
        How many numbers the expert stated.
    success, signed, kept : bool
        Whether the rule is met, every signatory accepts, and nobody is materially tempted.
    grade : int
        2, 3 or 5, as in futures.
    shortest : str or None
        The signatory with the least margin over its walk-away.
    margin : float or None
        That margin, in points.
    most_tempted : str or None
    temptation : float
        Of that actor, in points.
    success_over_spread : float or None
        Share of futures of what stays uncertain on the expert's figures in which the rule is met.
    """

    name: str
    stated: int
    success: bool
    signed: bool
    kept: bool
    grade: int
    shortest: str | None
    margin: float | None
    most_tempted: str | None
    temptation: float
    success_over_spread: float | None


@dataclass(frozen=True)
class Apart:
    """Disagreement between experts beside the uncertainty that each leaves.

    Attributes
    ----------
    disagreement : float
        Standard deviation between experts of the outcome at their centres, in points.
    uncertainty : float
        Root of the experts' mean variance of the outcome over what stays uncertain on their figures, in points.
    """

    disagreement: float
    uncertainty: float


@dataclass(frozen=True)
class PanelVerdict:
    """A plan before a panel.

    Attributes
    ----------
    title : str
    rule : str
        What counts as success.
    experts : tuple of ExpertVerdict
        Those who stated at least one number.
    dividing : tuple of Division
        The numbers that divide the camps best.
    apart : mapping from outcome to Apart
        ``over_walk_away:ACTOR`` of signatories, ``temptation:ACTOR`` of those who can break the plan.
    refused : str or None
        Why the plan could not be judged.
    """

    title: str
    rule: str
    experts: tuple[ExpertVerdict, ...]
    dividing: tuple[Division, ...]
    apart: Mapping[str, Apart]
    refused: str | None = None

    @property
    @shown(after="rule")
    def met(self) -> tuple[str, ...]:
        """The experts on whose figures the rule is met."""
        return tuple(e.name for e in self.experts if e.success)

    @property
    @shown(after="met")
    def not_met(self) -> tuple[str, ...]:
        """The experts on whose figures it is not met."""
        return tuple(e.name for e in self.experts if not e.success)


@dataclass(frozen=True)
class PanelResult(Result):
    """Plans before a panel of experts.

    Attributes
    ----------
    plans : mapping from plan to PanelVerdict
    silent : tuple of str
        Experts who stated no number; they are counted on neither side.
    spreads : int
        Futures in which each expert's remaining uncertainty was looked at.
    provenance : Provenance
    """

    plans: Mapping[str, PanelVerdict]
    silent: tuple[str, ...]
    spreads: int
    provenance: Provenance = field(kw_only=True)

    def tables(self) -> dict[str, Table]:
        """Return the tables ``panel`` (one row an expert and plan), ``dividing`` and ``apart``."""
        names = (
            "stated", "success", "signed", "kept", "grade", "shortest", "margin", "most_tempted", "temptation",
            "success_over_spread",
        )  # fmt: skip
        experts = tuple(
            (plan, e.name, *(int(v) if isinstance(v := getattr(e, n), bool) else v for n in names))
            for plan, found in self.plans.items()
            for e in found.experts
        )
        columns = ("input", "at", "yes_above", "stated", "right", "yes", "no", "by_chance")
        dividing = tuple(
            (plan, *(int(v) if isinstance(v := getattr(d, n), bool) else v for n in columns))
            for plan, found in self.plans.items()
            for d in found.dividing
        )
        apart = tuple(
            (plan, outcome, a.disagreement, a.uncertainty)
            for plan, found in self.plans.items()
            for outcome, a in found.apart.items()
        )
        return {
            "panel": Table("panel", ("plan", "expert", *names), experts),
            "dividing": Table("dividing", ("plan", *columns), dividing),
            "apart": Table("apart", ("plan", "outcome", "disagreement", "uncertainty"), apart),
        }
