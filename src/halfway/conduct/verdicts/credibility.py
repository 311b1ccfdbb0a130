"""Credibility: how often an actor has kept its promises, by kind and by addressee, each shrunk to what is known above it.

Three levels: all promises of the actor, those of one kind, those of that kind to one addressee. Each is a Beta posterior whose
prior has the mean of the level above, learned from the promises that are not on this level, so that none counts twice, and
the weight that `halfway.evidence.promises` gives. Above the actor stands the base rate. Where a kind has a base rate of its own
(stated in the case, or counted in `evidence`), the actor's odds are moved by as much as that kind's odds differ from those of
all promises.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from halfway.case.case import Case
from halfway.case.record import Promise
from halfway.evidence.promises import PRIOR_WEIGHT, BaseRate, base_rate

_SHARE = {"kept": 1.0, "partly": 0.5, "broken": 0.0}


@dataclass(frozen=True)
class Credibility:
    """A Beta posterior of the chance that a promise is kept.

    Attributes
    ----------
    actor : str
    kind : str or None
        None: promises of every kind.
    addressee : str or None
        None: promises to anyone.
    promises, kept : float
        How many are on record on this level and counted, and how many of these were kept (half for one kept partly).
    disputed : int
        On record but left out.
    base_rate : float
        How often promises of the kind are kept in general.
    stated : bool
        Whether the case states this base rate.
    comparable : bool
        Whether it was counted on promises of this very kind, or is stated in the case. Where not, alliances stand in.
    prior : float
        Mean of the prior: what the level above says.
    weight : float
        Of the prior, in promises.
    mean, low, high : float
        Posterior mean and the central 90 percent.
    """

    actor: str
    kind: str | None
    addressee: str | None
    promises: float
    kept: float
    disputed: int
    base_rate: float
    stated: bool
    comparable: bool
    prior: float
    weight: float
    mean: float
    low: float
    high: float


def credibility(case: Case, actor: str, kind: str | None = None, addressee: str | None = None) -> Credibility:
    """Return the posterior for one actor: for all its promises, for one kind, or for one kind to one addressee.

    A disputed promise counts for neither side. What the members of a group promised counts for the group, and what was
    promised to a group, to one of its members or to the group of a member counts as promised to any of these.

    Parameters
    ----------
    case : Case
    actor : str
    kind : str, optional
    addressee : str, optional
        Read with `kind` only.
    """
    # The quantile function of scipy.stats alone, whose import would take longer than everything else here.
    from scipy.special import betaincinv

    own = _by(case, actor)
    general = base_rate()
    of_kind = [p for p in own if kind in (None, p.kind)]
    rate, stated = _rate(case, kind)
    prior = general.kept.point
    if kind is not None:
        above = _mean([p for p in own if p.kind != kind], general.kept.point)
        prior = _moved(
            above, general.kept.point, rate.kept.point if not stated else float(case.record.base_rates[kind])
        )
    counted = of_kind
    if kind is not None and addressee is not None:
        same = _same(case, addressee)
        counted = [p for p in of_kind if same & set(p.to)]
        prior = _mean([p for p in of_kind if not same & set(p.to)], prior)
    a, b = _beta(counted, prior)
    known = _counted(counted)
    return Credibility(
        actor,
        kind,
        addressee if kind is not None else None,
        float(len(known)),
        sum(_SHARE[p.outcome] for p in known),
        len(counted) - len(known),
        float(case.record.base_rates[str(kind)]) if stated else rate.kept.point,
        stated,
        stated or rate.comparable,
        prior,
        PRIOR_WEIGHT,
        a / (a + b),
        float(betaincinv(a, b, 0.05)),
        float(betaincinv(a, b, 0.95)),
    )


def record(case: Case) -> tuple[Credibility, ...]:
    """Return the posterior of every actor on record: for all promises, for each kind, for each kind and addressee.

    An addressee to whom every promise of the kind was made says nothing beyond the kind and is left out.
    """
    found: list[Credibility] = []
    for actor in dict.fromkeys(p.by for p in case.record.promises):
        own = [p for p in case.record.promises if p.by == actor]
        found.append(credibility(case, actor))
        for kind in dict.fromkeys(p.kind for p in own):
            whole = credibility(case, actor, kind)
            found.append(whole)
            addressees = dict.fromkeys(name for p in own if p.kind == kind for name in p.to)
            single = (credibility(case, actor, kind, name) for name in addressees)
            found += [c for c in single if (c.promises, c.disputed) != (whole.promises, whole.disputed)]
    return tuple(found)


def _by(case: Case, actor: str) -> list[Promise]:
    names = {actor, *(case.actors[actor].members if actor in case.actors else ())}
    return [p for p in case.record.promises if p.by in names]


def _same(case: Case, name: str) -> set[str]:
    """Return the names under which something may have been promised to someone."""
    groups = {g for g, actor in case.actors.items() if name in actor.members}
    return {name, *groups, *(case.actors[name].members if name in case.actors else ())}


def _rate(case: Case, kind: str | None) -> tuple[BaseRate, bool]:
    return base_rate(kind), kind is not None and kind in case.record.base_rates


def _counted(promises: Iterable[Promise]) -> list[Promise]:
    return [p for p in promises if p.outcome != "disputed"]


def _beta(promises: Iterable[Promise], prior: float) -> tuple[float, float]:
    # A stated rate of 0 or 1 leaves room for being wrong, or no record could ever move it.
    prior = min(max(prior, _EDGE), 1 - _EDGE)
    known = _counted(promises)
    kept = sum(_SHARE[p.outcome] for p in known)
    return prior * PRIOR_WEIGHT + kept, (1 - prior) * PRIOR_WEIGHT + len(known) - kept


_EDGE = 0.001


def _mean(promises: Iterable[Promise], prior: float) -> float:
    a, b = _beta(promises, prior)
    return a / (a + b)


def _moved(mean: float, general: float, of_kind: float) -> float:
    """Move a chance by the ratio of the odds of a kind to those of all promises."""
    of_kind = min(max(of_kind, _EDGE), 1 - _EDGE)
    odds = mean / (1 - mean) * (of_kind / (1 - of_kind)) / (general / (1 - general))
    return odds / (1 + odds)


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
