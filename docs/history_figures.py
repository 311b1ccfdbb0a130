"""Figures from rows of measured plans: how often who failed was tempted more, calibration, rivals from outside, two codings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

try:
    from docs.history_rows import Row
except ModuleNotFoundError:  # run as a script: its own folder is on the path
    from history_rows import Row  # type: ignore[no-redef]
from halfway.evidence import logit
from halfway.evidence.agreements import Agreement, agreements
from halfway.evidence.scoring import Estimate, log_losses, mean, ratio
from halfway.seeds import DEFAULT_SEED, generator

Floats = npt.NDArray[np.float64]
BINS = 4
DRAWS = 2_000


def auc(scores: Floats, failed: Floats) -> float:
    """Return how often an actor that failed has the higher score than one that kept, ties counted half."""
    fell, kept = scores[failed > 0], scores[failed == 0]
    if not fell.size or not kept.size:
        return float("nan")
    return float((fell[:, None] > kept[None, :]).mean() + 0.5 * (fell[:, None] == kept[None, :]).mean())


def auc_resampled(scores: Floats, failed: Floats, plans: Sequence[str], seed: int = DEFAULT_SEED) -> Estimate:
    """Return the same with the central 95 percent over resampled plans; nothing is fitted here, so pooling plans is fair."""
    labels = np.array(plans)
    names = list(dict.fromkeys(plans))
    of_plan = [np.flatnonzero(labels == p) for p in names]
    rng = generator(seed, "history", "auc")
    drawn = []
    for _ in range(DRAWS):
        rows = np.concatenate([of_plan[k] for k in rng.integers(0, len(names), len(names))])
        value = auc(scores[rows], failed[rows])
        if not np.isnan(value):
            drawn.append(value)
    low, high = np.quantile(drawn, [0.025, 0.975]).tolist() if drawn else (float("nan"), float("nan"))
    return Estimate(auc(scores, failed), low, high, len(names))


@dataclass(frozen=True)
class Bin:
    """Actors whose left-out chances lie together.

    Attributes
    ----------
    low, high : float
        Least and greatest chance.
    mean : float
    failed : Estimate
        Share that failed, plans resampled.
    actors : int
    """

    low: float
    high: float
    mean: float
    failed: Estimate
    actors: int


def calibration(chances: Floats, failed: Floats, plans: Sequence[str], bins: int = BINS) -> list[Bin]:
    """Return as many bins of about as many actors, from the least chance to the greatest; equal chances stay together."""
    order = np.argsort(chances, kind="stable")
    edges = [chances[order[round(k * len(order) / bins)]] for k in range(1, bins)]
    place = np.searchsorted(np.unique(edges), chances, side="right")
    found = []
    for k in np.unique(place):
        inside = place == k
        share = ratio(failed * inside, inside.astype(np.float64), plans, "calibration", str(int(k)))
        p = chances[inside]
        found.append(Bin(float(p.min()), float(p.max()), float(p.mean()), share, int(inside.sum())))
    return found


SHAPE = (lambda a: a.scope == "full", lambda a: a.scope == "partial", lambda a: a.all_sign)
CLAUSES = (*SHAPE, lambda a: a.power_sharing, lambda a: a.monitoring, lambda a: a.third_party)


def ended_chances(numbers: Sequence[int], *, clauses: bool) -> Floats:
    """Return the chance, by UCDP alone, that each agreement ends within five years: a logit fitted on all other conflicts.

    Parameters
    ----------
    numbers : sequence of int
        UCDP's numbers.
    clauses : bool
        Whether power sharing, monitoring and a third party are used beside type and who signs.
    """
    known = {a.number: a for a in agreements()}
    used = [a for a in agreements() if a.stood is not None]
    ended = np.array([not a.stood for a in used], dtype=np.float64)
    predictors = _features(used, clauses)
    found = []
    for number in numbers:
        own = known[number]
        others = np.array([a.linked != own.linked for a in used])
        fitted = logit.fit(predictors[others], ended[others])
        found.append(float(logit.predict(fitted, _features([own], clauses))[0]))
    return np.array(found)


def _features(used: Sequence[Agreement], clauses: bool) -> Floats:
    return np.array([[float(f(a)) for f in (CLAUSES if clauses else SHAPE)] for a in used], dtype=np.float64)


@dataclass(frozen=True)
class Rival:
    """How one prediction does on the civil wars that UCDP lists.

    Attributes
    ----------
    title : str
    log_loss, gain : Estimate
        Gain over the base rate.
    """

    title: str
    log_loss: Estimate
    gain: Estimate


def on_civil_wars(
    rows: Sequence[Row], chances: Floats, base: Floats, numbers: Mapping[str, int]
) -> tuple[int, list[Rival]]:
    """Compare left-out predictions with UCDP's own on the plans that are in its data; every actor has its plan's chance there.

    Returns
    -------
    int
        Plans.
    list of Rival
    """
    inside = np.array([r.case in numbers for r in rows])
    if not inside.any():
        return 0, []
    mine = [r for r in rows if r.case in numbers]
    failed = np.array([r.outcome == "failed" for r in mine], dtype=np.float64)
    plans = [r.key for r in mine]
    asked = [numbers[r.case] for r in mine]
    predicted = {
        "the base rate of the coded plans": base[inside],
        "the link": chances[inside],
        "UCDP: type and who signs": ended_chances(asked, clauses=False),
        "UCDP: these and power sharing, monitoring, third party": ended_chances(asked, clauses=True),
    }
    losses = {name: log_losses(p, failed) for name, p in predicted.items()}
    reference = next(iter(losses.values()))
    return len(set(plans)), [
        Rival(name, mean(x, plans, "civil wars", name), mean(reference - x, plans, "civil wars", "gain", name))
        for name, x in losses.items()
    ]


@dataclass(frozen=True)
class Twice:
    """One actor of a plan that was coded twice."""

    plan: str
    actor: str
    first: Row
    second: Row


def matched(first: Sequence[Row], second: Sequence[Row]) -> list[Twice]:
    """Pair the actors of both codings by case and name; who is in one only is not paired."""
    there = {(r.case, r.actor): r for r in second}
    return [Twice(r.case, r.actor, r, there[r.case, r.actor]) for r in first if (r.case, r.actor) in there]


@dataclass(frozen=True)
class Agreeing:
    """How far two codings agree.

    Attributes
    ----------
    actors : int
    outcomes, tempted : int
        Actors whose outcome, and whose being tempted by more than half a point, is the same in both.
    kappa : float
        Cohen's, of the outcomes that both tell; NaN where one value only occurs.
    order : float
        Share of pairs of actors that are ordered by temptation in both codings alike, ties in either counted half.
    typical : float
        Median difference of the temptations, in points.
    """

    actors: int
    outcomes: int
    tempted: int
    kappa: float
    order: float
    typical: float


def agreeing(pairs: Sequence[Twice], trifling: float = 0.5) -> Agreeing:
    """Return how far two codings agree (Cohen 1960 for kappa)."""
    a = np.array([p.first.temptation for p in pairs])
    b = np.array([p.second.temptation for p in pairs])
    same = sum(p.first.outcome == p.second.outcome for p in pairs)
    told = [p for p in pairs if "open" not in (p.first.outcome, p.second.outcome)]
    x = np.array([p.first.outcome == "failed" for p in told], dtype=np.float64)
    y = np.array([p.second.outcome == "failed" for p in told], dtype=np.float64)
    chance = float(x.mean() * y.mean() + (1 - x.mean()) * (1 - y.mean())) if told else 1.0
    kappa = float(((x == y).mean() - chance) / (1 - chance)) if chance < 1 else float("nan")
    left, right = np.triu_indices(len(pairs), 1)
    signs = np.sign(a[left] - a[right]) * np.sign(b[left] - b[right])
    order = float((signs > 0).mean() + 0.5 * (signs == 0).mean()) if signs.size else float("nan")
    return Agreeing(
        len(pairs), same, int(((a > trifling) == (b > trifling)).sum()), kappa, order, float(np.median(np.abs(a - b)))
    )
