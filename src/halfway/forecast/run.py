"""The forecast of a case: Case → arrays → models and distribution → `ForecastResult`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from halfway.case.case import Case
from halfway.case.catalog import load
from halfway.case.pictures import as_seen_by, viewers
from halfway.case.support import ask
from halfway.errors import Problem, Refusal, unknown
from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import Answer
from halfway.forecast.models.by_name import MODELS, OURS, Model, named
from halfway.forecast.models.central import levers as exact_levers
from halfway.forecast.own.distribution import Distribution
from halfway.forecast.own.predictive import distribution
from halfway.forecast.result import (
    INTERVALS,
    ForecastBelieved,
    ForecastResult,
    IssueForecast,
    Lever,
    ModelForecast,
    PlanDistance,
    Position,
    Step,
)
from halfway.forecast.scoring.measured import held_out, measured, measured_on
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.positions import OrderedIssue, ordered_issue, ordered_issues
from halfway.space.utilities.space import Space

DRAWS = 200
"""Draws over which the distribution is averaged where the case's numbers are uncertain."""


def forecast(
    case: Case | CompiledCase | str | Path,
    issue: str | None = None,
    model: str | None = None,
    plan: str | None = None,
    point: Literal["median", "mean"] = "median",
    draws: int = DRAWS,
    seed: int = DEFAULT_SEED,
) -> ForecastResult:
    """Forecast where talks would land without a plan.

    Parameters
    ----------
    case : Case, CompiledCase, path or name in the catalogue
    issue : str, optional
        One ordered issue. Default: all.
    model : str, optional
        One model; its rounds are then part of the answer. Default: all, without their rounds.
    plan : str, optional
        The plan whose distance from the forecast is stated. Default: the first of the case, if it has one.
    point : str
        Whether the point forecast is the distribution's median or its mean.
    draws : int
        Over how many draws of uncertain numbers the distribution is averaged.
    seed : int
        Root of these draws.

    Raises
    ------
    Refusal
        Where the case has no ordered issue on which anyone has a position, or not the one asked for.
    InputError
        Where the model is unknown.
    """
    compiled = compile_case(case if isinstance(case, CompiledCase) else load(case))
    loaded = compiled.case
    ask(loaded, "forecast")
    chosen = named([model] if model is not None else None)
    with_ours = model in (None, OURS)
    keys = _issues(loaded, issue)
    everything = compiled.draws(draws, seed)
    drawn = {key: ordered_issue(loaded, key, everything) for key in keys}
    central = {key: ordered_issue(loaded, key) for key in ordered_issues(loaded)}
    disputes = {key: _dispute(arrays, 0) for key, arrays in central.items()}
    answers: dict[str, dict[str, Answer]] = {}
    for one in chosen:
        # All ordered issues are decided together, so that models of exchange see every trade.
        answers[one.name] = dict(zip(disputes, one.answer(list(disputes.values())), strict=True))
    distances = _plan_points(compiled, plan, keys)
    forecasts = tuple(
        _one(
            loaded,
            central[key],
            drawn[key],
            chosen,
            {name: found[key] for name, found in answers.items()},
            with_ours,
            model is not None,
            point,
            distances.get(key),
        )
        for key in keys
    )
    uncertain = any(_varies(arrays) for arrays in drawn.values())
    parameters = {"issues": keys, "model": model, "point": point, "plan": plan, "draws": draws if uncertain else None}
    provenance = Provenance(loaded.name, loaded.content_hash, "forecast", parameters, seed if uncertain else None)
    names = {actor: loaded.title_of("actors", actor) for actor in loaded.actors}
    pictures = tuple(
        _believed(as_seen_by(loaded, viewer), viewer, one, central[one.issue], point, draws, seed)
        for viewer in viewers(loaded)
        for one in forecasts
    )
    return ForecastResult(provenance, held_out(), measured_on(), forecasts, names, pictures)


def _believed(
    game: Case, viewer: str, actual: IssueForecast, arrays: OrderedIssue, point: str, draws: int, seed: int
) -> ForecastBelieved:
    """Forecast one issue in the game that a viewer believes it is in."""
    own = _spread(ordered_issue(game, actual.issue, CompiledCase(game).draws(draws, seed)))
    seen = ordered_issue(game, actual.issue)
    landing = actual.to_scale(own.median if point == "median" else own.mean)
    return ForecastBelieved(
        viewer,
        actual.issue,
        landing,
        landing - actual.point,
        {
            actor: Position(float(seen.positions[0, a]), float(arrays.positions[0, a]))
            for a, actor in enumerate(game.actors)
            if not np.array_equal(seen.positions[0, a], arrays.positions[0, a], equal_nan=True)
        },
    )


def _issues(case: Case, issue: str | None) -> list[str]:
    known = ordered_issues(case)
    if issue is not None and issue not in known:
        if issue not in case.issues:
            raise unknown("issue", issue, known, where="with an order in this case")
        raise Refusal(
            [
                Problem(
                    "R602",
                    f"no forecast for '{issue}'",
                    "the issue has no scale",
                    "give the issue a scale {from, to, unit}",
                    case.place("issues", issue),
                )
            ]
        )
    keys = [issue] if issue is not None else list(known)
    positioned = [k for k in keys if np.isfinite(ordered_issue(case, k).positions).any()]
    if not positioned:
        raise Refusal(
            [
                Problem(
                    "R601",
                    "nothing to forecast",
                    "no ordered issue has an actor with a position"
                    if known
                    else "forecasts need an issue with an order, and none of this case has a scale",
                    "give an issue a scale, and actors positions with saliences on it",
                    case.place("issues"),
                )
            ]
        )
    return positioned


def _dispute(arrays: OrderedIssue, row: int) -> Dispute:
    def stretch(value: np.ndarray) -> np.ndarray:
        return np.asarray(100.0 * (value - arrays.low) / (arrays.high - arrays.low))

    return Dispute(
        stretch(arrays.positions[row]),
        arrays.saliences[row],
        arrays.capabilities[row],
        float(stretch(np.array(arrays.reference))),
        quota=arrays.quota,
        setter=arrays.setter,
    )


def _varies(arrays: OrderedIssue) -> bool:
    return any(
        bool(np.nanmax(np.ptp(table, axis=0), initial=0.0) > 0)
        for table in (arrays.positions, arrays.saliences, arrays.capabilities)
    )


def _spread(arrays: OrderedIssue) -> Distribution:
    """Average Halfway's distribution over the draws."""
    if not _varies(arrays):
        return distribution(_dispute(arrays, 0))
    return Distribution.mixture([distribution(_dispute(arrays, row)) for row in range(arrays.positions.shape[0])])


def _one(
    case: Case,
    arrays: OrderedIssue,
    drawn: OrderedIssue,
    chosen: Sequence[Model],
    answers: dict[str, Answer],
    with_ours: bool,
    with_rounds: bool,
    point: str,
    plan: tuple[str, float] | None,
) -> IssueForecast:
    dispute, own = _dispute(arrays, 0), _spread(drawn)
    length = arrays.high - arrays.low

    def back(value: float) -> float:
        return arrays.low + length * value / 100.0

    median, mean = back(own.median), back(own.mean)
    best = median if point == "median" else mean
    errors = measured()
    models = []
    if with_ours:
        line = errors[OURS]
        low, high = own.interval(0.8)
        models.append(
            ModelForecast(
                OURS,
                "Halfway's own distribution",
                "defined here",
                best,
                f"its {point}",
                line.mae * length / 100.0,
                line.crps * length / 100.0,
                line.issues,
                (back(low), back(high)),
            )
        )
    models.extend(_model(case, one, answers[one.name], arrays, with_rounds) for one in chosen)
    title = case.title_of("issues", arrays.issue)
    scale = case.issues[arrays.issue].scale
    return IssueForecast(
        arrays.issue,
        title,
        scale.unit if scale else "",
        arrays.low,
        arrays.high,
        own,
        best,
        median,
        mean,
        tuple((level, back(own.interval(level)[0]), back(own.interval(level)[1])) for level in INTERVALS),
        _by_option(case, arrays, own),
        arrays.reference,
        arrays.reference_from,
        arrays.outcome,
        tuple(models),
        _levers(case, arrays, dispute),
        _distance(plan, own, arrays, median),
        _notes(case, arrays, drawn),
    )


def _model(case: Case, model: Model, answer: Answer, arrays: OrderedIssue, with_rounds: bool) -> ModelForecast:
    length, names = arrays.high - arrays.low, list(case.actors)

    def back(value: float) -> float:
        return arrays.low + length * value / 100.0

    line = measured()[model.name]
    interval = (float("nan"), float("nan"))
    if answer.given:
        low, high = line.around(answer.point).interval(0.8)
        interval = (back(low), back(high))
    steps = tuple(
        Step(
            number,
            names[move.actor] if move.actor >= 0 else "",
            back(move.start),
            back(move.end),
            names[move.toward] if move.toward >= 0 else "",
            move.why,
            back(played.point),
        )
        for number, played in enumerate(answer.rounds, start=1)
        for move in played.moves
        if with_rounds
    )
    return ModelForecast(
        model.name,
        model.label,
        model.source,
        back(answer.point),
        answer.note,
        line.mae * length / 100.0,
        line.crps * length / 100.0,
        line.issues,
        interval,
        tuple(back(r.point) for r in answer.rounds) if with_rounds else (),
        steps,
    )


def _by_option(case: Case, arrays: OrderedIssue, own: Distribution) -> tuple[tuple[str, float], ...]:
    """Give each option the probability of landing nearer to it than to any other; halves on a tie."""
    points = 100.0 * (arrays.options - arrays.low) / (arrays.high - arrays.low)
    order = np.argsort(points, kind="stable")
    borders = 0.5 * (points[order][1:] + points[order][:-1])
    reached = [0.0, *(0.5 * sum(own.cdf(float(b))) for b in borders), 1.0]
    shares = np.diff(reached)
    out = np.empty(len(order))
    out[order] = shares
    return tuple(zip(case.issues[arrays.issue].options, out.tolist(), strict=True))


def _levers(case: Case, arrays: OrderedIssue, dispute: Dispute) -> tuple[Lever, ...]:
    length = (arrays.high - arrays.low) / 100.0
    per_unit, gone = exact_levers(dispute)
    base = distribution(dispute).mean
    found = []
    for a, name in enumerate(case.actors):
        if not np.isfinite(arrays.positions[0, a]):
            continue
        without = dispute.positions.copy()
        without[a] = np.nan
        alone = not np.isfinite(without).any()
        ours = float("nan") if alone else distribution(replace(dispute, positions=without)).mean - base
        found.append(
            Lever(
                name,
                float(arrays.positions[0, a]),
                float(arrays.saliences[0, a]),
                float(arrays.capabilities[0, a]),
                float(per_unit[a]),
                float(gone[a]) * length,
                ours * length,
            )
        )
    return tuple(sorted(found, key=lambda lever: (-lever.per_unit, lever.actor)))


def _plan_points(compiled: CompiledCase, plan: str | None, keys: list[str]) -> dict[str, tuple[str, float]]:
    """Return where the plan stands on each issue in the long run."""
    case = compiled.case
    if plan is None and not case.plans:
        return {}
    name, _ = case.plan(plan)
    space: Space = compiled.space()
    packages, shares = compiled.path(name).long_run_packages()
    found = {}
    for key in keys:
        i = space.issues.index(key)
        points = np.array([case.issues[key].point(option) for option in space.options[i]])
        found[key] = (name, float(points[packages[:, i]] @ shares))
    return found


def _distance(
    plan: tuple[str, float] | None, own: Distribution, arrays: OrderedIssue, median: float
) -> PlanDistance | None:
    if plan is None:
        return None
    name, at = plan
    below, at_most = own.cdf(round(100.0 * (at - arrays.low) / (arrays.high - arrays.low), 9))
    return PlanDistance(name, at, at - median, below, at_most)


def _notes(case: Case, arrays: OrderedIssue, drawn: OrderedIssue) -> tuple[str, ...]:
    notes = []
    names = [case.title_of("actors", actor) for actor in case.actors]
    if arrays.read_off:
        who = ", ".join(names[a] for a in arrays.read_off)
        notes.append(f"position taken from the most valued option: {who}")
    silent = [names[a] for a in range(len(names)) if not np.isfinite(arrays.positions[0, a])]
    if silent:
        notes.append(f"without a position, so without part: {', '.join(silent)}")
    if arrays.reference_from == "none":
        notes.append("no reference point: models that need one have no answer")
    elif arrays.reference_from == "status quo":
        notes.append("the status quo is taken as the reference point")
    if case.issues[arrays.issue].voting_rule is None:
        notes.append("no voting rule stated: unanimity is taken where a model asks")
    if _varies(drawn):
        notes.append(
            f"averaged over {drawn.positions.shape[0]} draws of the uncertain numbers; models at their centres"
        )
    return tuple(notes)


__all__ = ["DRAWS", "MODELS", "forecast"]
