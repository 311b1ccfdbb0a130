"""`settle`: from a case to what could be agreed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.plans import Plan
from halfway.case.support import ask
from halfway.errors import Problem, Refusal, unknown
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED
from halfway.settle.bodies import bodies_of, named, with_bodies
from halfway.settle.packages.counting import Count, count_acceptable, count_feasible
from halfway.settle.packages.exact_worth import exact_worth, rounding, sharpened, undominated
from halfway.settle.packages.frontier import Frontier, no_frontier, pareto_frontier
from halfway.settle.packages.obstacles import find_obstacles
from halfway.settle.packages.whole_numbers import in_counts
from halfway.settle.parties import named_parties
from halfway.settle.pictures import pictures
from halfway.settle.result import (
    Chosen,
    Exclusion,
    FrontierPoint,
    FrontierResult,
    Number,
    Passing,
    Ratification,
    Represented,
    SettleResult,
    WeightRange,
)
from halfway.settle.solutions.from_frontier import NAMES, Solution, solutions_from_frontier
from halfway.settle.too_large import refusing_what_is_too_large
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.packages.blocks import TooWideError
from halfway.space.plan.outcomes import levels_of
from halfway.space.utilities.draws import draw
from halfway.space.utilities.space import Space, compile_space

DRAWS = 1000
"""Draws of uncertain numbers behind the probability that a body approves."""


def settle(
    case: Case | CompiledCase,
    plan: str | None = None,
    *,
    parties: Sequence[str] = (),
    powers: Mapping[str, float] | None = None,
    cap: int | None = None,
    sensitivity: bool = False,
    seed: int = DEFAULT_SEED,
) -> SettleResult:
    """Answer what the signatories could agree on at all.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
        The plan whose seats say who signs; the first by default. In a case without plans everyone does.
    parties : sequence of str, optional
        Who signs, whatever the plan's seats say; ``("natural",)`` for those who set or own what is at stake.
    powers : mapping, optional
        Bargaining powers for the Nash solution by actor; 1 for who is not named.
    cap : int, optional
        Most points of the frontier carried; above it the frontier is approximated and says by how much.
    sensitivity : bool
        Whether to compute, for each weight, the range within which each solution's package stays chosen.
    seed : int
        Root of the draws behind the probability of ratification; nothing else here is random.

    Returns
    -------
    SettleResult

    Raises
    ------
    Refusal
        Where an actor only ranks states, a plan is unknown, nobody signs, or the case is too large.
    """
    compiled = compile_case(case)
    with refusing_what_is_too_large(compiled.space()):
        return _settle(compiled, plan, tuple(parties), powers, cap, sensitivity, seed)


def _settle(
    compiled: CompiledCase,
    plan: str | None,
    asked: tuple[str, ...],
    powers: Mapping[str, float] | None,
    cap: int | None,
    sensitivity: bool,
    seed: int,
) -> SettleResult:
    case, space = compiled.case, compiled.space()
    space.require_cardinal("what could be settled")
    name, chosen_plan = case.plan(plan) if plan is not None or case.plans else (None, None)
    ask(case, "settle", chosen_plan)
    signatories = named_parties(case, asked) if asked else case.signatories(chosen_plan)
    if not signatories:
        raise Refusal(
            [
                Problem(
                    "R046",
                    "nobody signs under this plan",
                    "no actor is a party",
                    "seat at least one actor as a party",
                    case.place("plans", str(name), "seats"),
                )
            ]
        )
    parties = [space.actor(a) for a in signatories]
    shares = _powers(case, signatories, powers)
    frontier, solutions = _solve(space, parties, shares, cap)
    ideal = compiled.ideals if count_feasible(space.utilities, space.bounds) else None
    found = {s: _chosen(space, parties, v, ideal) for s, v in solutions.items()} if ideal is not None else {}
    acceptable = _number(count_acceptable(space.utilities, space.bounds, parties, space.threshold[parties]))
    result_frontier = _frontier(space, parties, frontier)
    ranges: tuple[WeightRange, ...] = ()
    if sensitivity and solutions:
        from halfway.settle.solutions.weight_ranges import weight_ranges

        ranges = weight_ranges(space, parties, solutions, shares)
    return SettleResult(
        plan=name,
        signatories=signatories,
        walk_away={a: float(space.walk_away[i]) for i, a in enumerate(space.actors)},
        packages=count_feasible(space.utilities, space.bounds),
        acceptable=acceptable,
        frontier=result_frontier,
        solutions=found,
        price_of_exclusion=_exclusion(space, parties, found, ideal, powers),
        represented=_represented(case, chosen_plan, space, signatories),
        ratification=_ratification(case, signatories, found, seed),
        obstacles=() if found else find_obstacles(space, parties),
        sensitivity=ranges,
        pictures=pictures(case, space, signatories, lambda seen, rows: _nash(seen, rows, shares, cap)),
        provenance=Provenance(
            case=case.name,
            case_hash=case.content_hash,
            method="block merge with dominance pruning; " + _methods(solutions),
            parameters={
                "plan": name,
                **({"parties": list(signatories)} if asked else {}),
                "powers": dict(zip(signatories, shares, strict=True)),
                "cap": cap,
                "utilities_exact": space.utilities.exact,
            },
            seed=seed,
            taken_as_indifferent=without_value(case, name),
        ),
    )


def _powers(case: Case, signatories: Sequence[str], powers: Mapping[str, float] | None) -> list[float]:
    given = dict(powers or {})
    for name in given:
        if name not in case.actors:
            raise unknown("actor", name, signatories, where="to give a bargaining power to", remedy="name a signatory")
    problems = [
        Problem(
            "R048", f"the bargaining power of '{name}' is {value:g}", "it must be positive", "give a number above 0"
        )
        for name, value in given.items()
        if not (value > 0 and math.isfinite(value))
    ]
    if problems:
        raise Refusal(problems)
    return [float(given.get(a, 1.0)) for a in signatories]


def _solve(
    space: Space, parties: list[int], powers: Sequence[float], cap: int | None
) -> tuple[Frontier, dict[str, Solution]]:
    """Find the frontier, and the solutions from it where it is exact, by integer programs where it is not."""
    # Gains are counted from the walk-away itself, not from the first count above it.
    utilities, walk_away = in_counts(space)
    floor = walk_away[parties]
    try:
        frontier = pareto_frontier(utilities, space.bounds, parties, floor, cap=cap)
    except TooWideError:
        # Single packages can still be found; the frontier stays empty, and what it may miss is everything.
        frontier = no_frontier(utilities, parties)
    unit = utilities.unit[parties]
    if frontier.exact:
        if not utilities.exact:
            frontier, floor = sharpened(space, frontier, unit)
        return frontier, solutions_from_frontier(frontier, floor, unit, powers, NAMES)
    from halfway.settle.solutions.from_programs import solutions_by_program

    return frontier, solutions_by_program(utilities, space.bounds, parties, floor, powers, NAMES)


def _nash(space: Space, parties: list[int], powers: Sequence[float], cap: int | None) -> IntArray | None:
    solution = _solve(space, parties, powers, cap)[1].get("nash")
    return None if solution is None else solution.package


def _methods(solutions: Mapping[str, Solution]) -> str:
    used = sorted({s.method for s in solutions.values()})
    return "solutions by " + " and ".join(used) if used else "nothing acceptable"


def _number(count: Count) -> Number:
    return Number(count.low, count.high)


def _chosen(space: Space, parties: Sequence[int], solution: Solution, ideal: FloatArray) -> Chosen:
    utility = space.values(solution.package)[:, 0]
    levels = levels_of(space, utility, ideal)
    return Chosen(
        package=space.labels(solution.package),
        utilities=dict(zip(space.actors, utility.tolist(), strict=True)),
        concession=_matrix(space, levels.level),
        movement=_matrix(space, levels.movement),
        value=solution.value,
        ties=solution.packages_tied - 1,
        ties_exact=solution.ties_exact,
        gap=solution.gap,
        method=solution.method,
        counted=tuple(space.actors[parties[a]] for a in solution.counted),
    )


def _matrix(space: Space, table: FloatArray) -> dict[str, dict[str, float | None]]:
    return {
        a: {b: None if math.isnan(table[i, j]) else float(table[i, j]) for j, b in enumerate(space.actors) if b != a}
        for i, a in enumerate(space.actors)
    }


def _frontier(space: Space, parties: list[int], frontier: Frontier) -> FrontierResult:
    values = space.values(frontier.packages) if frontier.size else np.zeros((len(space.actors), 0))
    unit = in_counts(space)[0].unit[parties]
    epsilon = [float(e * u) for e, u in zip(frontier.epsilon, unit, strict=True)]
    kept: Sequence[int] = range(len(frontier.packages))
    if not space.utilities.exact:
        # Whole numbers had to be rounded: points that only rounding kept apart are dropped, and what it may have
        # cost is said.
        kept = undominated(exact_worth(space, parties, frontier.packages))
        epsilon = [e + rounding(space, a, float(u)) for e, a, u in zip(epsilon, parties, unit, strict=True)]
    return FrontierResult(
        points=tuple(
            FrontierPoint(
                space.labels(package),
                dict(zip(space.actors, values[:, n].tolist(), strict=True)),
                int(frontier.ties[n]),
            )
            for n, package in ((n, frontier.packages[n]) for n in kept)
        ),
        exact=frontier.exact,
        epsilon={space.actors[a]: e for a, e in zip(parties, epsilon, strict=True)},
    )


def _exclusion(
    space: Space,
    parties: list[int],
    found: Mapping[str, Chosen],
    ideal: FloatArray | None,
    powers: Mapping[str, float] | None,
) -> Exclusion | None:
    """Ask the same with everyone seated."""
    outside = [a for a in range(len(space.actors)) if a not in parties]
    if not outside or ideal is None:
        return None
    everyone = list(range(len(space.actors)))
    shares = _powers(space.case, space.actors, powers)
    _, solutions = _solve(space, everyone, shares, None)
    seated = {name: _chosen(space, everyone, s, ideal) for name, s in solutions.items()}
    number = _number(count_acceptable(space.utilities, space.bounds, everyone, space.threshold))
    return Exclusion(
        seated=tuple(space.actors[a] for a in outside),
        acceptable=number,
        solutions=seated,
        price={
            name: {a: seated[name].utilities[a] - found[name].utilities[a] for a in space.actors}
            for name in seated
            if name in found
        },
        obstacles=() if seated else find_obstacles(space, everyone),
    )


def _represented(case: Case, plan: Plan | None, space: Space, signatories: Sequence[str]) -> dict[str, Represented]:
    """For each actor spoken for by another: what would be acceptable were its own interests asked too."""
    out = {}
    for actor, seat in case.seats(plan).items():
        if seat.represented_by is not None:
            parties = [space.actor(a) for a in (*signatories, actor)]
            count = count_acceptable(space.utilities, space.bounds, parties, space.threshold[parties])
            out[actor] = Represented(seat.represented_by, _number(count))
    return out


def _ratification(
    case: Case, signatories: Sequence[str], found: Mapping[str, Chosen], seed: int
) -> tuple[Ratification, ...]:
    """Ask every body at home of a signatory what it would approve."""
    bodies = bodies_of(case, signatories)
    if not bodies:
        return ()
    beside = with_bodies(case, signatories)
    space = compile_space(beside)
    parties = [space.actor(a) for a in signatories]
    draws = draw(beside, DRAWS, seed)
    packages = np.array([space.package(c.package) for c in found.values()]).reshape(len(found), len(space.issues))
    drawn = draws.values(packages) if found else np.zeros((DRAWS, len(space.actors), 0))
    out = []
    for a, b in bodies:
        row = space.actor(named(a, b))
        body = case.actors[a].ratifies[b]
        together = [*parties, row]
        passes = {}
        for n, name in enumerate(found):
            share = float(np.mean(drawn[:, row, n] >= draws.walk_away[:, row] - 1e-9))
            passes[name] = Passing(share, math.sqrt(share * (1 - share) / DRAWS))
        turnover = None
        if body.turnover is not None and body.by is not None:
            turnover = 1 - (1 - float(body.turnover)) ** body.by.periods(case.period)
        out.append(
            Ratification(
                actor=a,
                body=b,
                threshold=float(space.walk_away[row]),
                win_set=_number(count_acceptable(space.utilities, space.bounds, [row], space.threshold[[row]])),
                acceptable=_number(
                    count_acceptable(space.utilities, space.bounds, together, space.threshold[together])
                ),
                passes=passes,
                turnover=turnover,
            )
        )
    return tuple(out)
