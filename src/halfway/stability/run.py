"""The stability analysis of a case: every verdict, and what was asked for beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from halfway.case.case import Case
from halfway.case.notes import unstated_wants, without_value, without_wants
from halfway.case.support import ask
from halfway.errors import Problem, Refusal
from halfway.jit import interpreted
from halfway.progress import Progress
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.graph.model import graph_space, in_32_bits, uncertain
from halfway.stability.concepts.definitions import STANDARD_KEYS, concepts_named
from halfway.stability.concepts.inverse import requirement
from halfway.stability.examination import DEFAULT_DRAWS, Examination, state_number
from halfway.stability.result import StabilityResult

MOST_DRAWS = 100_000
"""Most draws judged: a share is then known to a sixth of a percentage point."""

MOST_DRAWN_WORK = 20_000_000_000
"""Most states times movers times actors times draws."""

MOST_WORK = 60_000_000
"""States times movers times actors beyond which, unless asked, only single states are judged."""
SMALL = 64
"""Up to so many combinations of options, kernels run as plain Python: loading the compiler would take longer."""


def stability(
    case: Case | CompiledCase,
    states: Sequence[int | Mapping[str, str]] = (),
    plan: str | None = None,
    coalitions: bool = False,
    horizon: int | None = None,
    make_stable: Sequence[int | Mapping[str, str]] = (),
    paths_from: int | Mapping[str, str] | None = None,
    draws: int | None = None,
    seed: int = DEFAULT_SEED,
    fix: Mapping[str, str] | None = None,
    concepts: Sequence[str] = STANDARD_KEYS,
    whole: bool | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> StabilityResult:
    """Judge every state of a case for every actor: who would walk away, and why not.

    Parameters
    ----------
    case : Case or CompiledCase
    states : sequence of int or mapping
        States to look at closely, by number from 1 or by their options; beside them the status quo and the packages of
        the plan.
    plan : str, optional
        The plan whose packages to look at. Default: the first, where there is one.
    coalitions : bool
        Whether to judge every set of actors acting together as well.
    horizon : int, optional
        Also limited-move stability for horizons up to this.
    make_stable : sequence of int or mapping
        States for which to work out what rankings would make them stable.
    paths_from : int or mapping, optional
        Where paths start; default the status quo.
    draws : int, optional
        Draws of the uncertain interests; default 200 where there are any and the states are at most 5,000.
    seed : int
        Root of the random streams.
    fix : mapping, optional
        Issues held at one option, to make a large case smaller.
    concepts : sequence of str
        Keys of `halfway.stability.concepts.definitions.STANDARD`.
    whole : bool, optional
        Whether to judge every state, or only those looked at. Default: every state where that takes seconds (states
        times movers times actors up to 60 million).
    executor : Executor, optional
        Where draws are judged; the numbers do not depend on it. It must share memory with this process (threads).
    progress : callable, optional
        Told how many draws are judged.

    Returns
    -------
    StabilityResult

    Raises
    ------
    Refusal
        Where the states are too many, or a state, plan or concept is unknown.
    InputError
        Where a ranking does not name every state once.
    """
    judged = concepts_named(concepts)
    compiled = compile_case(case)
    case = compiled.case
    ask(case, "stability")
    if silent := without_wants(case):
        raise Refusal([unstated_wants(case, actor) for actor in silent])
    space = graph_space(case, fix)
    with interpreted(space.model.product <= SMALL):
        work = space.model.states.size * len(space.model.movers) * len(space.actors)
        if draws is not None and (draws > MOST_DRAWS or draws * work > MOST_DRAWN_WORK):
            problem = Problem(
                "N425",
                f"{draws:,} draws of {space.model.states.size:,} states are too many",
                f"at most {min(MOST_DRAWS, MOST_DRAWN_WORK // work):,} draws are judged for this case",
                "ask for fewer draws",
                case.place("actors"),
            )
            raise Refusal([problem])
        if whole is None:
            whole = work <= MOST_WORK
        if whole:
            space = in_32_bits(space)
        job = Examination(compiled, space, judged)
        if not whole and (space.unknown or coalitions or horizon is not None or draws):
            raise Refusal(
                [
                    Problem(
                        "N424",
                        f"{space.model.states.size:,} states are judged one by one only",
                        "coalitions, horizons, draws and unknown preferences need the verdicts of all states",
                        "fix some issues at one option, or ask for all states (--whole)",
                        case.place("issues"),
                    )
                ]
            )
        if not whole:
            job.left_out["verdicts of all states"] = (
                f"{space.model.states.size:,} states; only those looked at are judged, unless asked (--whole)"
            )
        stable = job.individual() if whole else {}
        watched = job.watched(states, plan)
        if paths_from is not None:
            source = state_number(space, paths_from) - 1
        else:
            source = space.number(space.model.start) - 1 if space.model.start >= 0 else -1
        count = draws if draws is not None else (DEFAULT_DRAWS if job.small and uncertain(case) else 0)
        return StabilityResult(
            space=space,
            stable=stable,
            coalitions=job.coalitions(stable) if coalitions else (),
            unknown=job.extensions if space.unknown else {},
            strongly=job.strongly() if space.graded else {},
            pictures=job.pictures() if whole else (),
            limited=job.limited(horizon) if horizon is not None else {},
            routes=job.routes(source, stable, paths_from is not None) if whole and source >= 0 else (),
            source=source,
            looks=job.looks(watched, stable),
            requirements=tuple(
                requirement(job.walk, concept, a, state_number(space, s) - 1)
                for s in make_stable
                for a in range(len(space.actors))
                for concept in job.concepts
            ),
            robustness=job.robustness(count, seed, executor, progress) if count else None,
            left_out=dict(job.left_out),
            provenance=Provenance(
                case=case.name,
                case_hash=case.content_hash,
                method="graph model",
                parameters={
                    "concepts": [c.key for c in job.concepts],
                    "plan": plan,
                    "coalitions": coalitions,
                    "horizon": horizon,
                    "fix": dict(fix or {}),
                    "draws": count,
                    "whole": whole,
                },
                seed=seed if count else None,
                taken_as_indifferent=without_value(case, plan),
            ),
        )
