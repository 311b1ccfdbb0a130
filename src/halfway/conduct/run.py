"""The question `conduct` answers: does the plan hold, period after period."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any, Literal

import numpy as np

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.support import ask
from halfway.case.support import refused as not_computed
from halfway.case.time import periods_between
from halfway.conduct.chance.odds import odds
from halfway.conduct.game.compiled_plan import Study, study
from halfway.conduct.game.diagram import described
from halfway.conduct.game.solver import TOLERANCE, best_response, departure_chances, first_departure
from halfway.conduct.holdable.result import holdable
from halfway.conduct.pictures import pictures
from halfway.conduct.play.beliefs import Beliefs, beliefs
from halfway.conduct.play.participation import consent, refusing
from halfway.conduct.play.ratification import long_run_package
from halfway.conduct.play.replan import with_outsiders
from halfway.conduct.play.run import play, require_playable
from halfway.conduct.play.strategies import Strategy, strategy
from halfway.conduct.result import ActorConduct, ConductResult, TypeConduct
from halfway.conduct.thresholds import thresholds
from halfway.conduct.verdicts.calendar import Stretch, calendar
from halfway.conduct.verdicts.calendar_entries import calendar_entries
from halfway.conduct.verdicts.credibility import credibility, implied_priors, record
from halfway.conduct.verdicts.enforcement import Enforcement, Renegotiation, enforcement, exposure, renegotiation
from halfway.conduct.verdicts.grades import ActorVerdict, judge
from halfway.conduct.verdicts.temptation import Kernel, Tempted, compiled_kernel, kernel
from halfway.errors import Refusal, unknown
from halfway.evidence.comparable import of_plan
from halfway.progress import Progress, silent
from halfway.record import plain
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED
from halfway.space.arrays import IntArray
from halfway.space.compiled import CompiledCase, compile_case
from halfway.tolerances import SAME_SHARE

DEFAULT_RUNS = 2_000
DEFAULT_DRAWS = 8
BELIEF_PERIODS = 36
BELIEF_RUNS = 400
NOT_ASKED = "not asked for"


def conduct(
    case: Case | CompiledCase,
    plan: str | None = None,
    runs: int = DEFAULT_RUNS,
    seed: int = DEFAULT_SEED,
    *,
    draws: int = DEFAULT_DRAWS,
    strategies: Mapping[str, str | Strategy] | None = None,
    priors: Literal["stated", "record"] = "stated",
    threads: int = 1,
    with_thresholds: bool = True,
    with_alternatives: bool = True,
    with_enforcement: bool = True,
    material: float | None = None,
    trifling: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> ConductResult:
    """Tell whether a plan holds.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
        Default: the first of the case.
    runs : int
        Futures to play; 0 for none.
    seed : int
    draws : int
        Draws of the uncertain numbers, shared out among the runs.
    strategies : mapping from actor to strategy, optional
        In play, fixed ways of playing (a published name, or the path of a table); all others do what pays their type.
    priors : {"stated", "record"}
        Whether types count by the priors of the case, or by those that the record of promises implies where it
        implies any.
    threads : int
        For play; the numbers do not depend on it.
    with_thresholds : bool
        Whether to look for the thresholds, which takes most of the time.
    with_alternatives : bool
        Whether to give every answer a second time with those outside the room playing their best response, and to
        count the packages that could be held.
    with_enforcement : bool
        Whether to look at every state that conduct can reach for a departure that pays, and for phases that all parties
        would rather leave; without it both are refused.
    material, trifling : float, optional
        The least harm to another actor, in points of a period, at which a breach is material, and the largest gain, in
        points of the discounted average, that tempts nobody. Default: as the case says.
    executor : Executor, optional
        Where futures are played, in place of threads.
    progress : callable, optional
        Told the stage, how much of it is done, and how much there is.

    Raises
    ------
    Refusal
        Where an actor only ranks states, does not discount, or the plan's automaton is too large.
    """
    compiled = compile_case(case)
    ask(compiled.case, "best_response", compiled.case.plan(plan)[1])
    case, whole = compiled.case, study(compiled, plan)
    require_playable(whole, runs, case.horizon)
    say = progress or silent
    for actor in strategies or {}:
        if actor not in case.actors:
            raise unknown("actor", actor, case.actors, where="in this case")
    refused: dict[str, str] = {}
    fixed = {a: strategy(s) if isinstance(s, str) else s for a, s in (strategies or {}).items()}
    told = _priors(whole)
    if priors == "record":
        whole = whole.with_priors({a: p["from_record"] for a, p in told.items() if p["from_record"] is not None})
        left = [a for a, p in told.items() if p["from_record"] is None]
        if left:
            refused["priors"] = "; ".join(f"{case.title_of('actors', a)}: {told[a]['why_not']}" for a in left)
            refused["priors"] += "; the stated priors stand"
    judging = (
        kernel(whole, material, trifling)
        if priors == "record"
        else compiled_kernel(compiled, whole.name, material, trifling)
    )
    graded = judge(judging, seed)
    if graded.reason is not None:
        refused["holds_by_itself"] = graded.reason
    actors: dict[str, ActorConduct] = {}
    for name in whole.space.actors:
        say("actors' best responses", len(actors), len(whole.space.actors))
        asking = None
        if with_thresholds:
            if problems := not_computed(case, "thresholds", whole.plan):
                refused["thresholds"] = "; ".join(map(str, problems))
            else:
                asking = judging
        actors[name] = _actor(whole, name, asking, with_alternatives, refused, graded.actors.get(name))
    played = None
    if runs > 0:
        try:
            played = play(
                whole, runs, seed, draws=draws, strategies=fixed, threads=threads, executor=executor, progress=say
            )
        except Refusal as refusal:
            refused["play"] = str(refusal)
    believed: dict[str, Beliefs] = {}
    for name in whole.space.actors if runs > 0 else ():
        try:
            told_of = beliefs(whole, name, min(case.horizon, BELIEF_PERIODS), min(runs, BELIEF_RUNS), seed)
        except Refusal as refusal:
            refused.setdefault("beliefs", str(refusal))
        else:
            if told_of is not None:
                believed[name] = told_of
    found = enforcement(whole) if with_enforcement else Enforcement(None, (), 0, NOT_ASKED)
    if found.reason is not None:
        refused["self_enforcing"] = found.reason
    preferred: tuple[Renegotiation, ...] | None = None
    try:
        preferred = renegotiation(whole) if with_enforcement else None
    except Refusal as refusal:
        refused["renegotiation"] = str(refusal)
    if not with_enforcement:
        refused["renegotiation"] = NOT_ASKED
    held = None
    try:
        held = holdable(whole, long_run_package(whole), seed) if with_alternatives else None
    except Refusal as refusal:
        refused["holdable"] = str(refusal)
    if held is None and with_alternatives and "holdable" not in refused:
        refused["holdable"] = "the case states no status quo, from which departures and punishments start"
    seen = pictures(case, whole, refused)
    return ConductResult(
        plan=whole.name,
        period=case.period,
        actors=actors,
        verdict=graded,
        refusing=refusing(whole),
        enforcement=found,
        renegotiation=preferred,
        exposure=exposure(whole, case.horizon),
        consent=consent(whole),
        automaton={**described(whole), "long_run": _long_run(whole)},
        holdable=held,
        credibility=record(case),
        priors={a: {**p, "used": "record" if a in whole.priors else "stated"} for a, p in told.items()},
        play=played,
        beliefs=believed,
        comparable=of_plan(whole.plan, seed),
        provenance=Provenance(
            case.name,
            case.content_hash,
            "conduct",
            {
                "plan": whole.name,
                "runs": runs,
                "draws": played.draws if played else 0,
                "strategies": {a: s.told for a, s in fixed.items()},
                "priors": priors,
                "material": graded.material,
                "trifling": graded.trifling,
                "tolerance": TOLERANCE,
            },
            seed,
            taken_as_indifferent=without_value(case, whole.name),
        ),
        refused=refused,
        pictures=seen,
    )


def seat_of(whole: Study, actor: str) -> str:
    """Return an actor's seat in words."""
    seat = whole.case.seats(whole.plan)[actor]
    return seat.seat or f"represented by {seat.represented_by}"


def _actor(
    whole: Study,
    name: str,
    asking: Kernel | None,
    with_alternatives: bool,
    refused: dict[str, str],
    judged: ActorVerdict | None,
) -> ActorConduct:
    found = {} if judged is None else judged.types
    types = {
        kind or "": _type(whole, name, kind, prior, asking, found[kind][1] if kind in found else None)
        for kind, prior in whole.kinds(name).items()
    }
    outsiders = None
    try:
        outsiders = _with_outsiders(whole, name) if with_alternatives else None
    except Refusal as refusal:
        refused.setdefault("outsiders", str(refusal))
    likely = odds(name, judged, whole.plan, whole.case.period)
    return ActorConduct(name, seat_of(whole, name), types, outsiders, judged, likely)


def _type(
    whole: Study, name: str, kind: str | None, prior: float, asking: Kernel | None, judged: Tempted | None
) -> TypeConduct:
    number = whole.space.actor(name)
    games, answers = whole.games(name, kind), whole.responses(name, kind)
    gap = whole.gap(name, kind)
    horizon = whole.case.horizon
    keep = whole.keep(name, kind)
    steps: list[Stretch] = []
    firsts, chances = [], np.zeros(horizon)
    for k, (priced, found) in enumerate(zip(games, answers, strict=True)):
        policy: IntArray = found.policy if gap else np.zeros_like(found.policy)
        course = calendar(priced, number, policy, horizon)
        steps += [s for s in course if k == 0 or s.picks]
        firsts += [first] if (first := first_departure(priced.game, number, policy)) else []
        chances = np.maximum(chances, departure_chances(priced.game, number, policy, horizon) if gap else 0.0)
    return TypeConduct(
        prior=prior,
        strategy=whole.fixed_strategy(name, kind),
        patience=whole.patience(name, kind),
        keep=keep,
        best_response=keep + gap,
        exploitability=gap,
        first_breach=min(firsts, default=None),
        calendar=calendar_entries(whole, name, steps),
        breach_by=tuple(float(x) for x in chances) if gap else (),
        pays=whole.losses(name, kind) if gap else {},
        thresholds=_thresholds(asking, name, kind) if asking is not None and judged is not None else {},
        judged=judged,
    )


def _long_run(whole: Study) -> dict[str, float]:
    """Return the share of time in each phase in the long run, when everyone follows the letter."""
    names, phase_of = whole.rules.phase_names, whole.kept.automaton.phase_of
    shares = np.bincount(phase_of, weights=whole.long_run, minlength=len(names))
    return {n: float(x) for n, x in zip(names, shares, strict=True) if x > SAME_SHARE}


def _thresholds(plan: Kernel, name: str, kind: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"patience": plain(thresholds.patience(plan, name, kind))}
    least = found["patience"]["at"]
    yearly = periods_between("year", plan.whole.case.period)
    found["patience"]["at_per_year"] = None if least is None else least**yearly
    harsher = thresholds.penalty(plan, name, kind)
    found["penalty"] = None if harsher is None else plain(harsher)
    found["breach_cost"] = plain(thresholds.breach_cost(plan, name, kind))
    found["detection"] = plain(thresholds.detection(plan, name, kind))
    reacting = thresholds.reactions(plan, name, kind)
    if reacting is not None:
        found["reactions"] = plain(reacting)
    longest = thresholds.trial(plan, name, kind)
    names = plan.whole.rules.phase_names
    found["trial"] = None if longest is None else {"phase": names[longest[0]], **plain(longest[1])}
    return found


def _with_outsiders(whole: Study, name: str) -> dict[str, Any] | None:
    number = whole.space.actor(name)
    priced = with_outsiders(whole, name, None, whole.utilities())
    if priced is None:
        return None
    game, discount = whole.valued(priced, name)
    answer = best_response(game, number, discount)
    gap = float(answer.values[0] - answer.kept[0])
    return {
        "departing": [whole.space.actors[b] for b in whole.outside if b != number],
        "keep": float(answer.kept[0]),
        "best_response": float(answer.values[0]),
        "exploitability": gap if gap > TOLERANCE else 0.0,
    }


def _priors(whole: Study) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, declared in whole.case.actors.items():
        if not declared.types:
            continue
        keepers = {
            k
            for k, t in declared.types.items()
            if t.strategy == "always_keep" or (t.strategy in (None, "best_response") and whole.gap(name, k) <= 0)
        }
        implied = implied_priors(whole.case, name, keepers)
        no_record = not credibility(whole.case, name).promises
        out[name] = {
            "stated": {k: float(t.prior) for k, t in declared.types.items()},
            "from_record": implied,
            "keepers": sorted(keepers),
            "why_not": None
            if implied is not None
            else "no promise of its own is on record"
            if no_record
            else "its types do not differ in whether they would keep the plan",
        }
    return out
