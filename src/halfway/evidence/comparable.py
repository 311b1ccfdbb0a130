"""What a plan can be compared with: agreements of its shape where it ends an armed conflict, promises of its kinds anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from halfway.case.plans import Plan
from halfway.evidence.agreements import Became, NoComparableSet, Scope, Shape, became
from halfway.evidence.promises import BaseRate, base_rate
from halfway.seeds import DEFAULT_SEED


@dataclass(frozen=True)
class Comparison:
    """What became of things like a plan and like what is promised in it.

    Attributes
    ----------
    agreements : Became or NoComparableSet
    promises : tuple of BaseRate
        One for each kind that has a set of its own, in the order asked.
    without : tuple of str
        Kinds that have none.
    """

    agreements: Became | NoComparableSet
    promises: tuple[BaseRate, ...]
    without: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


def comparison(
    scope: Scope | None, all_sign: bool | None, kinds: Iterable[str] = (), seed: int = DEFAULT_SEED
) -> Comparison:
    """Return what is known of plans of a shape.

    Parameters
    ----------
    scope : str or None
        ``full``, ``partial`` or ``process`` for a plan that is to end or calm an armed conflict, None for any other.
    all_sign : bool or None
        Whether every party that fights signs. None: not known.
    kinds : iterable of str
        Of what is promised, as plans spell them.
    seed : int
        Of the resampling.
    """
    if scope is None:
        agreements: Became | NoComparableSet = NoComparableSet(
            "the plan does not end an armed conflict (its file has no `armed_conflict`), and no data set follows other agreements"
        )
    else:
        agreements = became(Shape(scope, all_sign), seed)
    rates = [base_rate(kind) for kind in dict.fromkeys(kinds)]
    return Comparison(
        agreements, tuple(r for r in rates if r.comparable), tuple(str(r.kind) for r in rates if not r.comparable)
    )


def of_plan(plan: Plan, seed: int = DEFAULT_SEED) -> Comparison:
    """Return what became of things like a plan, by what it says of itself: its `armed_conflict` and the kinds of its promises.

    Parameters
    ----------
    plan : Plan
    seed : int
        Of the resampling.
    """
    shape = plan.armed_conflict
    kinds = [o.kind for o in plan.obligations if o.kind is not None]
    if shape is None:
        return comparison(None, None, kinds, seed)
    return comparison(shape.settles, shape.all_sign, kinds, seed)
