"""`explore`: what the answer hangs on, over many futures of a case's uncertain numbers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halfway._version import __version__
from halfway.case.case import Case
from halfway.case.estimates import Estimate
from halfway.case.interests import Interest
from halfway.case.notes import without_value
from halfway.case.support import ask
from halfway.errors import Problem, Refusal
from halfway.explore.execution import Progress, run_missing
from halfway.explore.explored import Boxes, ExploreResult, PlanFutures, boxes_of
from halfway.explore.futures.design import GROUPS, PANEL, dimensions, futures, name_of, read_everything
from halfway.explore.futures.findings import codes_of
from halfway.explore.futures.outcomes import KERNEL, outcome_columns, plan_in_futures
from halfway.explore.levers import levers
from halfway.explore.measures import measures
from halfway.explore.scenarios.limits import Inputs
from halfway.explore.scenarios.prim import discover
from halfway.explore.success import default_rule, rule
from halfway.explore.weights.ranked import RankedComparison, compare_ranked
from halfway.explore.weights.regions import Region, best_regions
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED
from halfway.space.arrays import BoolArray, FloatArray
from halfway.space.compiled import CompiledCase, compile_case
from halfway.store.run_folder import Manifest, RunFolder, merge, open_run

FUTURES = 1_024
MOST_FUTURES = 2**22
AUDITED = 8
"""Futures that a part holds where each is audited."""
WORK = 7_500_000
"""Entries of a plan's chains times futures that a part holds: about a second of work."""


def explore(
    case: Case | CompiledCase,
    *,
    plans: Sequence[str] = (),
    futures: int = FUTURES,
    on: Collection[str] = GROUPS,
    success: Sequence[str] = (),
    inputs: int = 4,
    with_levers: bool = False,
    findings: Sequence[str] = (),
    seed: int = DEFAULT_SEED,
    store: str | Path | None = None,
    fresh: bool = False,
    executor: Executor | None = None,
    workers: int = 1,
    progress: Callable[[Progress], None] | None = None,
) -> ExploreResult:
    """Explore a case: every plan in every future, and what the differences hang on.

    Parameters
    ----------
    case : Case or CompiledCase
    plans : sequence of str
        Default: all.
    futures : int
        Points of a scrambled Sobol sequence over the uncertain estimates.
    on : collection of str
        Which estimates, by the part of the case they stand in (`halfway.explore.futures.design.GROUPS`).
    success : sequence of str
        Rules, all of which must hold; default: signed, kept, and the plan's own aims met.
    inputs : int
        Most inputs that the box describing failure may limit.
    with_levers : bool
        Whether to say which single numbers move the answer.
    findings : sequence of str
        Rules of the audit to be asked in every future, by code or by its beginning; ``all`` for all that can differ.
    seed : int
    store : path, optional
        A folder to keep the run in and to resume it from; a temporary one by default.
    fresh : bool
        Whether to begin again in a store that holds a run.
    executor : Executor, optional
        Where to compute; by default in this process.
    workers : int
        How many tasks the executor works on at once.
    progress : callable, optional

    Returns
    -------
    ExploreResult

    Raises
    ------
    Refusal
        Where nothing is uncertain, a plan or group is unknown, or the store holds another run.
    """
    compiled = compile_case(case)
    ask(compiled.case, "explore")
    if store is None:
        with tempfile.TemporaryDirectory(prefix="halfway-explore-") as folder:
            run = begin(compiled, Path(folder), plans, futures, on, seed, fresh=False, findings=findings)
            done = run_missing(run, executor, workers=workers, progress=progress, compiled=compiled)
            return analyse(compiled, run, success, inputs, done.computed, with_levers=with_levers)
    run = begin(compiled, Path(store), plans, futures, on, seed, fresh=fresh, findings=findings)
    done = run_missing(run, executor, workers=workers, progress=progress, compiled=compiled)
    return analyse(compiled, run, success, inputs, done.computed, with_levers=with_levers)


def prepare(
    case: Case | CompiledCase,
    store: str | Path,
    *,
    plans: Sequence[str] = (),
    futures: int = FUTURES,
    on: Collection[str] = GROUPS,
    seed: int = DEFAULT_SEED,
    fresh: bool = False,
    findings: Sequence[str] = (),
    merge_from: Sequence[str | Path] = (),
) -> RunFolder:
    """Open or make the store of a run without computing, for shards and for merging them; options as in `explore`.

    Parameters
    ----------
    merge_from : sequence of path
        Stores of the same run, made elsewhere, whose parts are copied.

    Raises
    ------
    Refusal
        See `explore`; also where a store to merge from holds another run.
    """
    run = begin(compile_case(case), Path(store), plans, futures, on, seed, fresh=fresh, findings=findings)
    if merge_from:
        merge([Path(p) for p in merge_from], run)
    return run


def begin(
    compiled: CompiledCase,
    folder: Path,
    plans: Sequence[str],
    count: int,
    on: Collection[str],
    seed: int,
    *,
    fresh: bool,
    findings: Sequence[str] = (),
) -> RunFolder:
    """Open or make the folder of a run.

    Raises
    ------
    Refusal
        See `explore`.
    """
    case = compiled.case
    if not 1 <= count <= MOST_FUTURES:
        raise Refusal(
            [
                Problem(
                    "R622",
                    f"{count:,} futures cannot be explored",
                    f"1 to {MOST_FUTURES:,} can",
                    "ask for fewer; 1,024 tell shares to a percent or two",
                )
            ]
        )
    compiled.space().require_cardinal("what plans bring over many futures")
    names = tuple(case.plan(p)[0] for p in plans) or tuple(case.plans)
    if not names:
        case.plan(None)
    known = dimensions(compiled, on)
    if not known:
        raise Refusal(
            [
                Problem(
                    "R623",
                    "nothing is uncertain, so all futures are one",
                    f"no estimate among {', '.join(on)} has a spread",
                    "give estimates as '60 ± 10' or '50..70'",
                    case.place(),
                )
            ]
        )
    audited = codes_of(findings)
    manifest = Manifest(
        case=case.name,
        case_hash=case.content_hash,
        case_text=json.dumps(case.model_dump(mode="json", exclude_unset=True), ensure_ascii=False),
        version=__version__,
        kernel=KERNEL,
        plans=names,
        futures=count,
        block=min(_block(compiled, names), AUDITED) if audited else _block(compiled, names),
        seed=seed,
        dimensions=tuple(d.name for d in known),
        parameters={"on": sorted(on), **({"findings": list(audited)} if audited else {})},
    )
    return open_run(folder, manifest, fresh)


def _block(compiled: CompiledCase, plans: Sequence[str]) -> int:
    """Return how many futures a part holds: a power of two that follows from the case alone, for a second of work."""
    most = max((plan_in_futures(compiled, name).size for name in plans if _judged(compiled, name)), default=1)
    return int(min(4_096, max(32, 2 ** round(float(np.log2(max(WORK / max(most, 1), 1)))))))


def _judged(compiled: CompiledCase, plan: str) -> bool:
    try:
        return plan_in_futures(compiled, plan).size >= 0
    except Refusal:
        # Its parts will say so, one by one.
        return False


def analyse(
    compiled: CompiledCase,
    run: RunFolder,
    success: Sequence[str],
    inputs: int,
    computed: int,
    *,
    with_levers: bool = False,
) -> ExploreResult:
    """Read a finished run and say what it shows; nothing of it is computed again."""
    manifest, case = run.manifest, compiled.case
    by_plan: dict[str, dict[str, list[NDArray[Any]]]] = {p: {} for p in manifest.plans}
    refused = run.failures()
    for key, columns in run.read(skip=[k for k in manifest.keys if manifest.plans[k.plan] in refused]):
        for name, column in columns.items():
            by_plan[manifest.plans[key.plan]].setdefault(name, []).append(column)
    whole = {p: {n: np.concatenate(c) for n, c in by_plan[p].items()} for p in manifest.plans if p not in refused}
    actors = compiled.space().actors
    utility = (
        np.stack([np.stack([outcome_columns(c, "utility")[a] for a in actors], axis=1) for c in whole.values()])
        if whole
        else np.zeros((0, manifest.futures, len(actors)))
    )
    fare = measures(utility, tuple(whole), actors) if whole else {}
    design = inputs_of(case, manifest)
    asked = rule(" and ".join(success)) if success else None
    met: dict[str, BoolArray] = {}
    found: dict[str, PlanFutures] = {}
    for plan in manifest.plans:
        title = case.title_of("plans", plan)
        if plan in refused:
            found[plan] = PlanFutures(title, None, None, None, {}, None, refused[plan])
            continue
        columns = whole[plan]
        wanted = asked or default_rule(columns)
        met[plan] = wanted.met(columns)
        boxes: Boxes | None = None
        if met[plan].any() and not met[plan].all():
            searched = discover(design, ~met[plan], most_inputs=inputs, seed=manifest.seed)
            boxes = boxes_of(wanted.text, searched, design.categories)
        found[plan] = PlanFutures(
            title,
            float(met[plan].mean()),
            float(rule("signed").met(columns).mean()),
            float(rule("kept").met(columns).mean()),
            fare[plan],
            boxes,
            satisfied={part: float(rule(part).met(columns).mean()) for part in wanted.parts},
            findings={c: float(x.mean()) for c, x in outcome_columns(columns, "finding").items()},
        )
    return ExploreResult(
        plans=found,
        futures=manifest.futures,
        dimensions=manifest.dimensions,
        weights=weights_of(compiled, tuple(whole)),
        ranked=ranked_of(compiled, tuple(whole)),
        digest=run.digest(skip=[k for k in manifest.keys if manifest.plans[k.plan] in refused]),
        computed=computed,
        levers={p: levers(compiled, p, manifest.parameters["on"], seed=manifest.seed) for p in whole}
        if with_levers
        else {},
        actors=actors,
        utility=utility,
        met=met,
        provenance=Provenance(
            case.name,
            case.content_hash,
            "plans over futures of the uncertain numbers (scrambled Sobol), robust decision making",
            {
                "plans": list(manifest.plans),
                "futures": manifest.futures,
                "on": manifest.parameters["on"],
                "success": list(success),
                "inputs": inputs,
            },
            manifest.seed,
            taken_as_indifferent=without_value(case, *manifest.plans),
        ),
    )


def inputs_of(case: Case, manifest: Manifest) -> Inputs:
    """Return what the uncertain estimates are in every future, in their own units."""
    drawn = futures(case, manifest.dimensions, manifest.seed, range(manifest.futures))
    columns: dict[str, FloatArray] = {}

    def note(estimate: Estimate, path: Any) -> Any:
        name = name_of(path)
        if name in drawn.columns and name not in columns and not estimate.certain:
            columns[name] = np.asarray(drawn.read(estimate, path), dtype=np.float64)
        if estimate.kind == "experts":
            for expert, own in estimate.experts:
                note(own, (*path, expert))
        return estimate.mean

    read_everything(compile_case(case), note)
    categories: dict[str, tuple[str, ...]] = {}
    if PANEL in drawn.columns:
        names = tuple(case.experts)
        categories[PANEL] = names
        columns[PANEL] = np.minimum((drawn.columns[PANEL] * len(names)).astype(np.int64), len(names) - 1).astype(float)
    order = [n for n in manifest.dimensions if n in columns]
    return Inputs(tuple(order), np.stack([columns[n] for n in order], axis=1), categories)


def weights_of(compiled: CompiledCase, plans: Sequence[str]) -> dict[str, tuple[Region, ...]]:
    """Return for each actor under which weights each plan is best for it, at the central numbers."""
    return {
        actor: best_regions(rows, issues, constants)
        for actor, (issues, rows, constants) in worth_by_issue(compiled, plans).items()
    }


def ranked_of(compiled: CompiledCase, plans: Sequence[str]) -> dict[str, dict[str, RankedComparison]]:
    """Return for each actor how its plans compare, two by two, where only the order of its weights is known.

    The order is that of its central weights, equal ones as the case lists them; the keys are ``FIRST>SECOND``.
    """
    out = {}
    for actor, (issues, rows, constants) in worth_by_issue(compiled, plans).items():
        interests = compiled.case.actors[actor].interests
        sizes = {i: weight_of(interests[i]) for i in issues}
        if None in sizes.values():
            continue
        order = sorted(range(len(issues)), key=lambda k: -float(sizes[issues[k]] or 0.0))
        # Weights sum to one, so what does not depend on them may stand beside every value.
        table = {p: [Fraction(rows[p][k] + constants[p]) for k in order] for p in rows}
        out[actor] = {f"{a}>{b}": compare_ranked(table[a], table[b]) for a, b in combinations(rows, 2)}
    return out


def weight_of(interest: Interest) -> Estimate | None:
    """Return an interest's weight; None where it is stated as a swing."""
    return None if interest.swing is not None else interest.weight


ByIssue = tuple[tuple[str, ...], dict[str, list[float]], dict[str, float]]


def worth_by_issue(compiled: CompiledCase, plans: Sequence[str]) -> dict[str, ByIssue]:
    """Return for each actor its issues, what each plan's long run is worth on each, and what does not depend on weights.

    Left out are actors whose utilities are not weighted sums of values from 0 to 100 (groups that speak through their
    members, lexicographic ones, unnormalised ones).
    """
    from halfway.space.plan.prescribed import transfers_by_phase
    from halfway.space.utilities.preferences import mean_of, option_values

    case, space = compiled.case, compiled.space()
    out: dict[str, ByIssue] = {}
    for a, (actor, declared) in enumerate(case.actors.items()):
        if not declared.interests or declared.lexicographic or not declared.normalise:
            continue
        issues = tuple(declared.interests)
        values = {
            issue: [
                float(x)
                for x in option_values(case.issues[issue], interest, mean_of, ("actors", actor, "interests", issue))
            ]
            for issue, interest in declared.interests.items()
        }
        rows, constants = {}, {}
        for plan in plans:
            kept = compiled.values(plan)
            rows[plan] = [
                float(
                    sum(
                        s * values[i][int(p[space.issues.index(i)])]
                        for p, s in zip(kept.packages, kept.shares, strict=True)
                    )
                )
                for i in issues
            ]
            linked = sum(
                float(space.points.unit[a]) * float(link.points[(a, *(p[i] for i in link.issues))]) * s
                for link in space.points.linkages
                for p, s in zip(kept.packages, kept.shares, strict=True)
            )
            path = compiled.path(plan)
            paid = transfers_by_phase(space, case.plans[plan])[path.phase_of][:, a] @ path.long_run
            constants[plan] = float(linked + paid)
        if len(issues) > 1 and len(rows) > 1:
            out[actor] = (issues, rows, constants)
    return out
