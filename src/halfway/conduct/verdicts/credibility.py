"""Credibility: how often an actor has kept promises of a kind, with what is known in general as the prior."""

from __future__ import annotations

from dataclasses import dataclass

from halfway.case.case import Case

PRIOR_WEIGHT = 2.0
"""How many promises' worth of weight the base rate has."""

IGNORANCE = 0.5
"""The base rate where the case states none: the mean of a flat prior."""

_SHARE = {"kept": 1.0, "partly": 0.5, "broken": 0.0}


@dataclass(frozen=True)
class Credibility:
    """A Beta posterior of the chance that a promise is kept.

    Attributes
    ----------
    actor : str
    kind : str or None
        None: promises of every kind.
    promises, kept : float
        How many are on record and counted, and how many of these were kept (half for one kept partly).
    disputed : int
        On record but left out.
    base_rate : float
        Mean of the prior.
    stated : bool
        Whether the case states this base rate.
    mean, low, high : float
        Posterior mean and the central 90 percent.
    """

    actor: str
    kind: str | None
    promises: float
    kept: float
    disputed: int
    base_rate: float
    stated: bool
    mean: float
    low: float
    high: float


def credibility(case: Case, actor: str, kind: str | None = None) -> Credibility:
    """Return the posterior for one actor, for one kind of promise or for all.

    The prior is a Beta distribution with the base rate of the kind as its mean and the weight of `PRIOR_WEIGHT`
    promises; a disputed promise counts for neither side. What the members of a
    group promised counts for the group.
    """
    # The quantile function of scipy.stats alone, whose import would take longer than everything else here.
    from scipy.special import betaincinv

    names = {actor, *(case.actors[actor].members if actor in case.actors else ())}
    of_kind = [p for p in case.record.promises if p.by in names and kind in (None, p.kind)]
    counted = [p for p in of_kind if p.outcome != "disputed"]
    kept = sum(_SHARE[p.outcome] for p in counted)
    rates = case.record.base_rates
    stated = kind is not None and kind in rates
    if stated:
        base = float(rates[str(kind)])
    else:
        base = sum(map(float, rates.values())) / len(rates) if rates and kind is None else IGNORANCE
        stated = bool(rates) and kind is None
    a = base * PRIOR_WEIGHT + kept
    b = (1 - base) * PRIOR_WEIGHT + len(counted) - kept
    if a <= 0 or b <= 0:
        mean = low = high = 1.0 if b <= 0 else 0.0
    else:
        mean = a / (a + b)
        low, high = float(betaincinv(a, b, 0.05)), float(betaincinv(a, b, 0.95))
    return Credibility(
        actor, kind, float(len(counted)), kept, len(of_kind) - len(counted), base, stated, mean, low, high
    )


def record(case: Case) -> tuple[Credibility, ...]:
    """Return the posterior of every actor and kind of promise on record."""
    pairs = dict.fromkeys((p.by, p.kind) for p in case.record.promises)
    return tuple(credibility(case, actor, kind) for actor, kind in pairs)


def implied_priors(case: Case, actor: str, keepers: set[str]) -> dict[str, float] | None:
    """Return the priors over an actor's types that its record implies.

    The types that would keep the plan share the posterior chance that a promise is kept, the others the rest, each in
    proportion to the stated priors.

    Parameters
    ----------
    case : Case
    actor : str
    keepers : set of str
        Types that would keep the plan.

    Returns
    -------
    dict or None
        None where there is no record, or where all types or none keep.
    """
    types = case.actors[actor].types
    found = credibility(case, actor)
    inside = sum(float(types[k].prior) for k in keepers)
    if not found.promises or not 0 < inside < 1:
        return None
    return {
        k: float(t.prior) * (found.mean / inside if k in keepers else (1 - found.mean) / (1 - inside))
        for k, t in types.items()
    }
