"""Plans side by side: who gets what, how far each side moves, what cannot be undone, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.estimates import Estimate
from halfway.case.groups import opened
from halfway.case.notes import without_value
from halfway.case.support import ask
from halfway.conduct.chance.odds import odds
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.participation import refusing
from halfway.conduct.verdicts.grades import NAMES, judge_quickly
from halfway.conduct.verdicts.temptation import compiled_kernel
from halfway.errors import Refusal
from halfway.evidence.comparable import of_plan
from halfway.explore.break_evens import BreakEven, break_evens
from halfway.explore.comparison import (
    ActorOutcome,
    CompareResult,
    Interval,
    Kept,
    PackageShare,
    PlanOutcome,
    SideOutcome,
)
from halfway.explore.while_talks_last import while_talks_last
from halfway.progress import Progress, silent
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED
from halfway.settle.parties import NATURAL, named_parties
from halfway.space.arrays import FloatArray
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.packages.levels import drawn_ideals, level
from halfway.space.plan.outcomes import (
    Known,
    Levels,
    PlanValues,
    drawn_levels,
    drawn_values,
    leave_one_out,
    levels_of,
    no_way_back,
)
from halfway.space.utilities.space import Space

DRAWS = 1_000
"""How many draws an interval rests on by default."""

INTERVAL = (5.0, 95.0)
"""Percentiles between which an interval runs: it holds 90 percent of the draws."""


def compare(
    case: Case | CompiledCase,
    plans: Sequence[str] = (),
    *,
    members: Sequence[str] = (),
    parties: Sequence[str] = (NATURAL,),
    draws: int = DRAWS,
    seed: int = DEFAULT_SEED,
    graded: bool = True,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> CompareResult:
    """Put the plans of a case side by side.

    Parameters
    ----------
    case : Case or CompiledCase
    plans : sequence of str
        Default: all.
    members : sequence of str
        Groups whose members act for themselves.
    parties : sequence of str
        Whose acceptance is counted before and after phases that change facts. Default: those who set or own what is at
        stake.
    draws : int
        How many draws of the uncertain numbers the intervals rest on.
    seed : int
        Root of the random streams. All plans see the same draws.
    graded : bool
        Whether to judge of every plan whether it would be signed and kept, which takes most of the time.
    executor : Executor, optional
        Where plans are valued; the numbers do not depend on it.
    progress : callable, optional
        Told how many plans are valued.

    Raises
    ------
    Refusal
        Where the case has no plan, or an actor that only ranks states; where a group cannot be opened up.
    """
    compiled = compile_case(case)
    for group in members:
        compiled = compile_case(opened(compiled.case, group))
    case, space = compiled.case, compiled.space()
    case.plan(None)
    ask(case, "explore")
    names = list(dict.fromkeys(case.plan(name)[0] for name in plans)) or list(case.plans)
    space.require_cardinal("what plans are worth")
    one = partial(_outcome, compiled, draws, seed, graded, named_parties(case, parties))
    say = progress or silent
    outcomes = []
    for done, outcome in enumerate(map(one, names) if executor is None else executor.map(one, names)):
        outcomes.append(outcome)
        say("plans valued", done + 1, len(names))
    asked: dict[str, Any] = {"draws": draws, "interval": "5th to 95th percentile"}
    if members:
        asked["opened"] = list(members)
    return CompareResult(
        plans=tuple(outcomes),
        status_quo=None
        if space.status_quo is None
        else dict(zip(space.actors, space.values(space.status_quo)[:, 0].tolist(), strict=True)),
        walk_away=dict(zip(space.actors, space.walk_away.tolist(), strict=True)),
        names={a: case.title_of("actors", a) for a in space.actors},
        provenance=Provenance(
            case.name,
            case.content_hash,
            "plans compared by Monte Carlo over uncertain numbers, common random numbers",
            asked,
            seed,
            taken_as_indifferent=without_value(case, *names),
        ),
    )


def _drawn_ideals(compiled: CompiledCase, draws: int, seed: int) -> FloatArray:
    """Return the ideals under every draw, as far as the sides of any plan's headline ask for them."""
    case, space = compiled.case, compiled.space()
    pairs = [case.pair(plan) for plan in case.plans.values()]
    asked = [(space.actor(p[0]), space.actor(p[1])) for p in pairs if p is not None]
    return compiled.once(("drawn ideals", draws, seed), lambda: drawn_ideals(space, compiled.draws(draws, seed), asked))


def _outcome(
    compiled: CompiledCase, draws: int, seed: int, graded: bool, parties: tuple[str, ...], name: str
) -> PlanOutcome:
    case, space, drawn = compiled.case, compiled.space(), compiled.draws(draws, seed)
    central, by_draw = compiled.ideals, _drawn_ideals(compiled, draws, seed)
    plan = case.plans[name]
    values = compiled.values(name)
    utility = drawn_values(space, plan, values, drawn)
    levels = levels_of(space, values.long_run, central)
    drawn_level = drawn_levels(space, utility, drawn, by_draw)
    today = None if space.status_quo is None else space.values(space.status_quo)[:, 0]
    drawn_today = None if space.status_quo is None else drawn.values(space.status_quo[None, :])[:, :, 0]
    types = compiled.values_by_type(name)
    actors = {}
    signatories = case.signatories(plan)
    for a, actor in enumerate(space.actors):
        gain = None if today is None else values.long_run[a] - today[a]
        drawn_gain = None if drawn_today is None else utility[:, a] - drawn_today[:, a]
        margin = utility[:, a] - drawn.walk_away[:, a]
        actors[actor] = ActorOutcome(
            utility=interval(values.long_run[a], utility[:, a]),
            discounted=float(values.discounted[a]),
            over_status_quo=None if gain is None or drawn_gain is None else interval(gain, drawn_gain),
            over_walk_away=interval(values.long_run[a] - space.walk_away[a], margin),
            better_than_status_quo=None if drawn_gain is None else float((drawn_gain > 1e-9).mean()),
            no_worse_than_walk_away=float((margin >= -1e-9).mean()),
            by_type=types.get(actor, {}),
            break_evens=_break_evens(compiled, name, actor) if actor in signatories else (),
        )
    pair = case.pair(plan)
    known = compiled.once(("leaving one option out",), Known)
    sides = [
        _side(space, central, values, levels, drawn_level, mover, towards, actors, known)
        for mover, towards in ((pair, pair[::-1]) if pair is not None else ())
    ]
    return PlanOutcome(
        name=name,
        title=case.title_of("plans", name),
        seats={
            a: f"represented by {s.represented_by}" if s.represented_by else str(s.seat)
            for a, s in case.seats(plan).items()
        },
        long_run_phases=values.path.long_run_phases(),
        packages=tuple(
            PackageShare(space.labels(p), float(s)) for p, s in zip(values.packages, values.shares, strict=True)
        ),
        actors=actors,
        sides=tuple(sides),
        levels=_matrix(space, levels.level),
        movements=_matrix(space, levels.movement),
        irreversible=no_way_back(space, plan, values.path),
        kept=_kept(compiled, name, seed) if graded else None,
        comparable=of_plan(plan, seed),
        while_talking=while_talks_last(compiled, name, parties),
    )


def _break_evens(compiled: CompiledCase, plan: str, actor: str) -> tuple[BreakEven, ...]:
    """Return the break-evens among the uncertain numbers of an actor and of a plan's payments."""
    own = (f"actors/{actor}/", f"plans/{plan}/transfers/")

    def asked(path: str, estimate: Estimate) -> bool:
        return path.startswith(own) and not estimate.certain

    return break_evens(compiled, plan, actor, only=asked)


def _kept(compiled: CompiledCase, name: str, seed: int) -> Kept | None:
    """Grade a plan; None where its conduct is not computed."""
    case = compiled.case
    try:
        found = judge_quickly(compiled_kernel(compiled, name), seed)
        refuse = refusing(study(compiled, name))
    except Refusal:
        return None
    return Kept(
        found.grade,
        NAMES[found.grade],
        found.hangs_on,
        refuse,
        {n: a.points for n, a in found.actors.items()},
        found.would_not_go_along,
        {n: odds(n, a, case.plans[name], case.period) for n, a in found.actors.items()},
    )


def interval(centre: float, drawn: FloatArray) -> Interval:
    """Return a centre with the 5th and 95th percentile of its draws."""
    low, high = np.percentile(drawn, INTERVAL)
    return Interval(float(centre), float(low), float(high))


def _side(
    space: Space,
    ideal: FloatArray,
    values: PlanValues,
    levels: Levels,
    drawn: Levels,
    mover: str,
    towards: str,
    actors: Mapping[str, ActorOutcome],
    known: Known,
) -> SideOutcome:
    a, b = space.actor(mover), space.actor(towards)
    keep = values.packages if space.status_quo is None else np.vstack([values.packages, space.status_quo[None, :]])
    defined = not np.isnan(levels.level[a, b])
    one_out = leave_one_out(space, a, b, values.long_run, keep, known) if defined else (float("nan"), float("nan"))
    own, other = actors[mover].over_status_quo, actors[towards].over_status_quo
    share = None
    if (
        own is not None
        and other is not None
        and own.centre >= 0
        and other.centre >= 0
        and own.centre + other.centre > 0
    ):
        share = own.centre / (own.centre + other.centre)
    return SideOutcome(
        mover=mover,
        towards=towards,
        level=_defined(levels.level[a, b], drawn.level[:, a, b]),
        movement=_defined(levels.movement[a, b], drawn.movement[:, a, b]),
        leaving_one_out=None if np.isnan(one_out[0]) else one_out,
        joint_gain_share=share,
        status_quo_level=_number(levels.level[a, b] - levels.movement[a, b]),
        walk_away_level=_number(level(ideal, space.walk_away)[a, b]),
    )


def _defined(centre: float, drawn: FloatArray) -> Interval | None:
    kept = drawn[~np.isnan(drawn)]
    return None if np.isnan(centre) or not len(kept) else interval(centre, kept)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _matrix(space: Space, table: FloatArray) -> dict[str, dict[str, float | None]]:
    return {
        mover: {
            towards: None if np.isnan(table[a, b]) else float(table[a, b])
            for b, towards in enumerate(space.actors)
            if a != b
        }
        for a, mover in enumerate(space.actors)
    }
