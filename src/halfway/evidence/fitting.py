"""Choosing and fitting the link between temptation and outcome: plan by plan left out, with the check on permuted outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.evidence.coded import Coded
from halfway.evidence.links import BASE, LINKS, Link
from halfway.evidence.resampled import DRAWS
from halfway.evidence.scoring import (
    Estimate,
    FloatArray,
    PlanScore,
    brier_scores,
    by_plan,
    concordance_within,
    log_losses,
    mean,
)
from halfway.seeds import DEFAULT_SEED, generator

RUNS = 100
"""Permutations of outcomes on which the procedure is repeated."""

WANTED = 90
"""In how many of them it must say that the link is no better than the base rate."""

FEWEST_PLANS = 6


@dataclass(frozen=True)
class Line:
    """How one link or rival predicts plans that it was not fitted on.

    Attributes
    ----------
    link, title, role : str
    log_loss, brier : Estimate
        Means over actors, plans resampled.
    gain : Estimate
        Log loss of the base rate less this one's, on the same actors.
    concordance : Estimate
        Within plans.
    """

    link: str
    title: str
    role: str
    log_loss: Estimate
    brier: Estimate
    gain: Estimate
    concordance: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Choice:
    """The best candidate, left-out predictions, and whether they beat the base rate.

    Attributes
    ----------
    link : Link
    chances : ndarray, shape (actor,)
        Left-out predictions of the chosen link.
    lines : tuple of Line
        Of every link, in the order of `LINKS`.
    plans : tuple of PlanScore
        The chosen link's, plan by plan.
    beats_base_rate : bool
        The interval of its gain excludes 0.
    """

    link: Link
    chances: FloatArray
    lines: tuple[Line, ...]
    plans: tuple[PlanScore, ...]
    beats_base_rate: bool

    @property
    def line(self) -> Line:
        """The chosen link's line."""
        return next(line for line in self.lines if line.link == self.link.name)


def usable(coded: Coded) -> tuple[Link, ...]:
    """Return the links that the coded columns allow."""
    counted = all(row.promises is not None for row in coded.rows)
    return tuple(link for link in LINKS.values() if counted or not link.needs_promises)


def left_out_chances(link: Link, coded: Coded, failed: FloatArray) -> FloatArray:
    """Return the chance of every actor by a fit on all other plans, shape (actor,)."""
    predictors = link.predictors(coded.rows)
    labels = np.array(coded.plans)
    found = np.empty(len(labels))
    for plan in dict.fromkeys(coded.plans):
        inside = labels == plan
        found[inside] = link.predict(link.fit(predictors[~inside], failed[~inside]), predictors[inside])
    return found


def choose(coded: Coded, failed: FloatArray | None = None, seed: int = DEFAULT_SEED, draws: int = DRAWS) -> Choice:
    """Choose the candidate with the best left-out log score, and score all links.

    Parameters
    ----------
    coded : Coded
    failed : ndarray, optional
        Other outcomes than the coded ones, for the permutation check.
    seed, draws : int
        Of the resampling of plans.

    Raises
    ------
    Refusal
        Where there are fewer than six plans, or all actors share one outcome.
    """
    y = coded.failed if failed is None else failed
    plans = coded.plans
    _enough(plans, y)
    chances = {link.name: left_out_chances(link, coded, y) for link in usable(coded)}
    losses = {name: log_losses(p, y) for name, p in chances.items()}
    best = _best(losses)
    lines = tuple(
        Line(
            name,
            LINKS[name].title,
            LINKS[name].role,
            mean(losses[name], plans, "log", seed=seed, draws=draws),
            mean(brier_scores(p, y), plans, "brier", seed=seed, draws=draws),
            mean(losses[BASE.name] - losses[name], plans, "gain", seed=seed, draws=draws),
            concordance_within(p, y, plans, seed=seed, draws=draws),
        )
        for name, p in chances.items()
    )
    found = Choice(LINKS[best], chances[best], lines, by_plan(chances[best], y, plans), False)
    return replace(found, beats_base_rate=found.line.gain.low > 0)


def _enough(plans: tuple[str, ...], failed: FloatArray) -> None:
    if len(set(plans)) < FEWEST_PLANS or len(set(failed.tolist())) < 2:
        what = f"{len(set(plans))} plans with {int(failed.sum())} of {len(failed)} actors failed cannot be fitted"
        why = f"leaving plans out needs {FEWEST_PLANS} plans and both outcomes"
        raise Refusal([Problem("R072", what, why, "code more plans")])


def _best(losses: dict[str, FloatArray]) -> str:
    return min((n for n in losses if LINKS[n].role == "candidate"), key=lambda n: float(losses[n].mean()))


def beats_base_rate(coded: Coded, failed: FloatArray, seed: int = DEFAULT_SEED, draws: int = 1_000) -> bool:
    """Say what `choose` would say of other outcomes, without scoring what does not matter for it."""
    _enough(coded.plans, failed)
    tried = [link for link in LINKS.values() if link.role == "candidate" or link is BASE]
    losses = {link.name: log_losses(left_out_chances(link, coded, failed), failed) for link in tried}
    gains = losses[BASE.name] - losses[_best(losses)]
    return mean(gains, coded.plans, "gain", seed=seed, draws=draws).low > 0


def quiet_on_permuted(
    coded: Coded,
    runs: int = RUNS,
    seed: int = DEFAULT_SEED,
    draws: int = 1_000,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Return in how many permutations of the outcomes among actors the procedure says "no better than the base rate".

    Everything is repeated, the choice among candidates too: a procedure that finds skill where there is none is caught.
    Outcomes are permuted among all actors, so that no plan keeps its share of failures.
    """
    rng = generator(seed, "evidence", "permutation")
    quiet = 0
    for k in range(runs):
        quiet += not beats_base_rate(coded, rng.permutation(coded.failed), seed, draws)
        if progress is not None:
            progress(k + 1)
    return quiet


def resampled_coefficients(link: Link, coded: Coded, seed: int = DEFAULT_SEED, draws: int = 200) -> FloatArray:
    """Refit on resampled plans, for the interval of a chance.

    Returns
    -------
    ndarray, shape (draw, parameter)
    """
    plans = tuple(dict.fromkeys(coded.plans))
    labels = np.array(coded.plans)
    of_plan = {p: np.flatnonzero(labels == p) for p in plans}
    predictors, failed = link.predictors(coded.rows), coded.failed
    rng = generator(seed, "evidence", "coefficients")
    found = []
    for _ in range(draws):
        rows = np.concatenate([of_plan[plans[i]] for i in rng.integers(0, len(plans), len(plans))])
        found.append(link.fit(predictors[rows], failed[rows]))
    return np.array(found)
