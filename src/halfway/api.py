"""The functions that ``import halfway as hw`` offers: each takes a case, or the path or name of one.

A case may be given as its name in the catalogue, as a path, as a `Case`, or compiled (`compile`), which saves work where
several questions are put to it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union

from halfway.case.case import Case
from halfway.case.catalog import Entry, entries
from halfway.case.reader import build, load_text
from halfway.errors import InputError, Problem, unknown
from halfway.formats.files import load_case as _load
from halfway.progress import Progress
from halfway.result import Result, shown_by
from halfway.seeds import DEFAULT_SEED

if TYPE_CHECKING:
    from halfway.audit.rule import Rule
    from halfway.audit.run import AuditResult
    from halfway.case.upgrade import Upgraded
    from halfway.conduct.play.strategies import Strategy
    from halfway.conduct.repair.run import RepairResult
    from halfway.conduct.result import ConductResult
    from halfway.elicit.result import Elicited
    from halfway.explore.agreements import Agreements
    from halfway.explore.comparison import CompareResult
    from halfway.explore.execution import Progress as PartsDone
    from halfway.explore.explored import ExploreResult
    from halfway.explore.panels.result import PanelResult
    from halfway.explore.propose.result import ProposeResult
    from halfway.explore.tournament.result import TournamentResult
    from halfway.forecast.result import ForecastResult
    from halfway.forecast.scoring.validate import ValidationResult
    from halfway.forecast.sealed.grading import Grade, Verification
    from halfway.formats.files import Converted
    from halfway.formats.format import Imported
    from halfway.settle.ladder import LadderResult
    from halfway.settle.one_issue import OneIssueResult
    from halfway.settle.result import SettleResult
    from halfway.settle.talks.run import TalksResult
    from halfway.sheets.run import Sheet
    from halfway.site.run import Site
    from halfway.space.compiled import CompiledCase
    from halfway.stability.result import StabilityResult
    from halfway.text.run import TextResult

Subject: TypeAlias = Union[str, Path, Case, "CompiledCase"]
"""A case: its name in the catalogue, its path, itself, or compiled."""

StateName: TypeAlias = int | Mapping[str, str]
"""A state: its number from 1, or the option of every issue."""


def _given(case: Subject) -> Case | CompiledCase:
    return _load(case) if isinstance(case, str | Path | Case) else case


def _case(case: Subject) -> Case:
    return _load(case) if isinstance(case, str | Path | Case) else case.case


def _in_notebook(result: Result) -> str:
    # Loaded only when a notebook asks.
    from halfway.charts.notebook import as_html

    return as_html(result)


shown_by(_in_notebook)

# Cases


def load(case: str | Path | Case) -> Case:
    """Load a case by path (YAML, or a workbook that ends in ``.xlsx``) or by its name in the catalogue.

    Raises
    ------
    InputError
        Where there is no such case, or with every problem of its file.
    """
    return _load(case)


def loads(text: str | Mapping[str, Any], file: str = "<text>") -> Case:
    """Make a case of YAML text, or of plain data in the same form.

    Parameters
    ----------
    text : str or mapping
        What ``yaml.safe_load`` makes of a case file will do, and so will what ``case.model_dump()`` returns: a case that
        nobody edited comes back with the same content hash.
    file : str
        What problems call the text.

    Raises
    ------
    InputError
        With every problem.
    """
    return load_text(text, file) if isinstance(text, str) else build(text)


def cases(
    tag: str | None = None,
    search: str | None = None,
    *,
    outcomes: Sequence[str] = (),
    kind: str | None = None,
    region: str | None = None,
) -> list[Entry]:
    """List the catalogue: all cases, or those that match everything asked for.

    Parameters
    ----------
    tag : str, optional
        Only cases under this tag.
    search : str, optional
        Only cases that contain all these words.
    outcomes : sequence of str
        Only plans of the past with one of these outcomes: ``held``, ``held in part``, ``failed``.
    kind, region : str, optional
        Only bargains of this kind, such as peace or water; only this part of the world.
    """
    return entries(tag, search, outcomes=outcomes, kind=kind, region=region)


def check(case: str | Path | Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return every problem of a case file, or of plain data in the same form; none where it is sound."""
    try:
        loads(case) if isinstance(case, Mapping) else load(case)
    except InputError as error:
        return error.problems
    return ()


def new(name: str, output: str | Path | None = None, *, full: bool = False) -> str:
    """Return the text of a small commented case to start from.

    Parameters
    ----------
    name : str
        What the case is called: small letters, digits and hyphens.
    output : path, optional
        Where to write it; beside it goes the schema by which editors complete and check. Nothing is overwritten.
    full : bool
        Whether it has everything that a case can say, to keep what is needed.

    Raises
    ------
    InputError
    """
    from halfway.case.new_case import text_of, write_new_case

    text = text_of(name, full)
    if output is not None:
        write_new_case(text, Path(output))
    return text


def upgrade(path: str | Path) -> Upgraded:
    """Return the text of a case file in the current version of the format, and what was changed; nothing is written.

    Parameters
    ----------
    path : path
        A case file.

    Raises
    ------
    InputError
        With every problem of the file that bringing it up to date does not solve.
    """
    from halfway.case.reader import text_of
    from halfway.case.upgrade import upgraded

    return upgraded(text_of(path), str(path))


def opened(case: str | Path | Case, group: str) -> Case:
    """Return a case in which the members of a group act for themselves.

    Raises
    ------
    Refusal
        Where there is no such group, or what it holds cannot be divided without inventing numbers.
    """
    from halfway.case.groups import opened as run

    return run(_load(case), group)


def compile(case: Subject) -> CompiledCase:
    """Compile a case: analyses that are handed the same compiled case share what they compute."""
    from halfway.space.compiled import compile_case

    return compile_case(_given(case))


# Other formats


def read(
    path: str | Path,
    format: str | None = None,
    *,
    encoding: str | None = None,
    domain: str | None = None,
    profiles: Sequence[str] = (),
    steps: int | None = None,
) -> Imported:
    """Read a peer's file or folder: the case, and what of the file it could not carry.

    Parameters
    ----------
    path : path
    format : str, optional
        Default: what it looks like.
    encoding : str, optional
        Where the text is not UTF-8 and does not say what it is.
    domain : str, optional
        The domain file, where a folder holds several; the proposal, where a table of DEU does.
    profiles : sequence of str
        Profiles to read, in this order. Default: all that fit the domain.
    steps : int, optional
        How many values, evenly spaced, are to stand for all of an issue of numbers (Genius).

    Raises
    ------
    InputError
        With every problem of the file.
    """
    from halfway.formats.files import read as run

    return run(path, format, encoding=encoding, domain=domain, profiles=profiles, steps=steps)


def write(case: Subject, path: str | Path, format: str | None = None) -> tuple[str, ...]:
    """Write a case in a peer's format, and return what of the case that format cannot hold."""
    from halfway.formats.files import write as run

    return run(_case(case), path, format)


def convert(
    source: str | Path,
    target: str | Path,
    *,
    source_format: str | None = None,
    target_format: str | None = None,
    encoding: str | None = None,
    domain: str | None = None,
    profiles: Sequence[str] = (),
    steps: int | None = None,
    force: bool = False,
) -> Converted:
    """Convert a case from one format to another; `source` may be the name of a catalogue case.

    Parameters
    ----------
    source, target : path
    source_format, target_format : str, optional
        Default: what the source looks like, and what the ending of the target says.
    encoding, domain, profiles, steps
        As for `read`.
    force : bool
        Whether to write over what is there already.

    Raises
    ------
    InputError
    """
    from halfway.formats.files import convert as run

    return run(
        source,
        target,
        source_format=source_format,
        target_format=target_format,
        encoding=encoding,
        domain=domain,
        profiles=profiles,
        steps=steps,
        force=force,
    )


# What could be agreed


def settle(
    case: Subject,
    plan: str | None = None,
    *,
    parties: Sequence[str] = (),
    powers: Mapping[str, float] | None = None,
    cap: int | None = None,
    sensitivity: bool = False,
    seed: int = DEFAULT_SEED,
) -> SettleResult:
    """Answer what the signatories could agree on.

    Parameters
    ----------
    case : Subject
    plan : str, optional
        Whose seats say who signs. Default: the first.
    parties : sequence of str, optional
        Who signs, whatever the plan's seats say; ``("natural",)`` for those who set or own what is at stake.
    powers : mapping, optional
        Bargaining powers for the Nash solution by actor; 1 for an actor that is not named.
    cap : int, optional
        Most points of the frontier carried; above it the frontier is approximated and says by how much.
    sensitivity : bool
        Whether to compute between which values of each weight each solution's package stays chosen.
    seed : int

    Raises
    ------
    Refusal
        Where an actor only ranks states, or nobody signs.
    """
    from halfway.settle.run import settle as run

    return run(_given(case), plan, parties=parties, powers=powers, cap=cap, sensitivity=sensitivity, seed=seed)


def ladder(
    case: Subject,
    side: str,
    towards: str | None = None,
    plan: str | None = None,
    *,
    parties: Sequence[str] = (),
    rungs: Sequence[float] = (50.0, 60.0, 70.0, 80.0, 90.0, 100.0),
) -> LadderResult:
    """Climb from one side's ideal towards the other's: the best package at each rung, who pays, and where it ends.

    Parameters
    ----------
    case : Subject
    side : str
        Who goes.
    towards : str, optional
        To whom. Default: the other side of the plan's headline.
    plan : str, optional
        Whose seats say who signs. Default: the first.
    parties : sequence of str, optional
        Who signs, whatever the plan's seats say; ``("natural",)`` for those who set or own what is at stake.
    rungs : sequence of float
        Percent of the other's way, from 0 to 100.

    Raises
    ------
    Refusal
        Where there is no other side, or it has no way to go.
    """
    from halfway.settle.ladder import ladder as run

    return run(_given(case), side, towards, plan, parties=parties, rungs=rungs)


def one_issue(case: Subject, issue: str) -> OneIssueResult:
    """Say what each option of one issue would cost and buy everyone against today, all else as it is.

    Parameters
    ----------
    case : Subject
    issue : str

    Raises
    ------
    Refusal
        Where there is no such issue, or the case states no status quo.
    """
    from halfway.settle.one_issue import one_issue as run

    return run(_given(case), issue)


def talks(
    case: Subject,
    plan: str | None = None,
    *,
    strategies: Mapping[str, str] | None = None,
    deadline: int = 100,
    runs: int = 200,
    breakdown: float = 0.0,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> TalksResult:
    """Simulate alternating offers among the signatories.

    Parameters
    ----------
    case : Subject
    plan : str, optional
        Whose seats say who signs. Default: the first.
    strategies : mapping, optional
        Signatory to ``boulware``, ``linear``, ``conceder``, ``tit_for_tat`` or ``negmas:NAME``; boulware for a signatory
        that is not named. Default: each strategy, played by all.
    deadline : int
        Rounds.
    runs : int
        Repetitions.
    breakdown : float
        Probability of breakdown after each round.
    seed : int
    executor : Executor, optional
        Where repetitions run; the numbers do not depend on it.
    progress : callable, optional
        Told the stage, how much of it is done, and how much there is.

    Raises
    ------
    Refusal
    """
    from halfway.settle.talks.run import talks as run

    return run(
        _given(case),
        plan,
        strategies=strategies,
        deadline=deadline,
        runs=runs,
        breakdown=breakdown,
        seed=seed,
        executor=executor,
        progress=progress,
    )


def tournament(
    case: Subject,
    plan: str | None = None,
    *,
    actors: Sequence[str] = (),
    strategies: Sequence[str] = (),
    noise: float = 0.0,
    periods: int | None = None,
    open_ended: bool = False,
    draws: int = 0,
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
) -> TournamentResult:
    """Play published strategies of repeated play against one another.

    Parameters
    ----------
    case : Subject
    plan : str, optional
        Default: the first.
    actors : sequence of str
        Who plays; everyone else keeps the plan. Default: the signatories that set something the plan binds.
    strategies : sequence of str
        Published names, or paths of YAML files. Default: all published ones.
    noise : float
        Chance, for each player and period, of doing the other thing.
    periods : int, optional
        How many count, all alike. Default: discounted averages of play without end.
    open_ended : bool
        Play open-ended repetition of what the plan prescribes for longest, with none of its rules.
    draws : int
        Draws of the uncertain numbers, for the spread of every figure.
    seed : int
        Of these draws.
    progress : callable, optional
        Told how many combinations are played.

    Raises
    ------
    Refusal
    """
    from halfway.explore.tournament.run import tournament as run

    return run(
        _given(case),
        plan,
        actors=actors,
        strategies=strategies,
        noise=noise,
        periods=periods,
        open_ended=open_ended,
        draws=draws,
        seed=seed,
        progress=progress,
    )


# Who would walk away


def stability(
    case: Subject,
    states: Sequence[StateName] = (),
    plan: str | None = None,
    *,
    coalitions: bool = False,
    horizon: int | None = None,
    make_stable: Sequence[StateName] = (),
    paths_from: StateName | None = None,
    draws: int | None = None,
    seed: int = DEFAULT_SEED,
    fix: Mapping[str, str] | None = None,
    concepts: Sequence[str] | None = None,
    whole: bool | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> StabilityResult:
    """Judge every state of a case for every actor: who would walk away, and why not.

    Parameters
    ----------
    case : Subject
    states : sequence of int or mapping
        States to look at closely, by number from 1 or by their options.
    plan : str, optional
        The plan whose packages to look at. Default: the first, where there is one.
    coalitions : bool
        Whether to judge every set of actors acting together as well.
    horizon : int, optional
        Also limited-move stability for horizons up to this.
    make_stable : sequence of int or mapping
        States for which to work out what rankings would make them stable.
    paths_from : int or mapping, optional
        Where paths start. Default: the status quo.
    draws : int, optional
        Draws of the uncertain interests.
    seed : int
    fix : mapping, optional
        Issues held at one option.
    concepts : sequence of str, optional
        Default: all five.
    whole : bool, optional
        Whether to judge every state. Default: where that takes seconds.
    executor : Executor, optional
        Where draws are judged; the numbers do not depend on it. It must share memory with this process (threads).
    progress : callable, optional
        Told the stage, how much of it is done, and how much there is.

    Raises
    ------
    Refusal
    """
    from halfway.stability.concepts.definitions import STANDARD_KEYS
    from halfway.stability.run import stability as run

    return run(
        _given(case),
        states,
        plan,
        coalitions,
        horizon,
        make_stable,
        paths_from,
        draws,
        seed,
        fix,
        STANDARD_KEYS if concepts is None else concepts,
        whole,
        executor=executor,
        progress=progress,
    )


# Whether a plan holds


def conduct(
    case: Subject,
    plan: str | None = None,
    runs: int = 2_000,
    seed: int = DEFAULT_SEED,
    *,
    draws: int = 8,
    strategies: Mapping[str, str | Strategy] | None = None,
    priors: Literal["stated", "record"] = "stated",
    threads: int = 1,
    with_thresholds: bool = True,
    with_alternatives: bool = True,
    material: float | None = None,
    trifling: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> ConductResult:
    """Answer whether a plan holds, period after period.

    Parameters
    ----------
    case : Subject
    plan : str, optional
        Default: the first.
    runs : int
        Futures to play; 0 for none.
    seed : int
    draws : int
        Draws of the uncertain numbers, shared out among the runs.
    strategies : mapping, optional
        Actor to a fixed way of playing (a published name, or the path of a table); all others do what pays their type.
    priors : {"stated", "record"}
        Whether types count by the priors of the case, or by those that the record of promises implies.
    threads : int
        For play; the numbers do not depend on it.
    with_thresholds, with_alternatives : bool
        Whether to look for thresholds, and to give every answer a second time with those outside the room playing.
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
    """
    from halfway.conduct.run import conduct as run

    return run(
        _given(case),
        plan,
        runs,
        seed,
        draws=draws,
        strategies=strategies,
        priors=priors,
        threads=threads,
        with_thresholds=with_thresholds,
        with_alternatives=with_alternatives,
        material=material,
        trifling=trifling,
        executor=executor,
        progress=progress,
    )


def agreements(case: Subject, plan: str | None = None, *, seed: int = DEFAULT_SEED) -> Agreements | None:
    """Put side by side what the signatories of a plan could accept and what could hold; None where that is not asked.

    Raises
    ------
    Refusal
    """
    from halfway.explore.agreements import agreements as run

    return run(_given(case), plan, seed=seed)


def repair(
    case: Subject,
    plan: str | None = None,
    *,
    most: int = 4_096,
    weighed: int | None = None,
    text: bool = True,
    free: Sequence[Literal["issues", "seats", "order"]] = (),
    improvements: int = 24,
    progress: Progress | None = None,
    interruptible: bool = False,
) -> RepairResult:
    """Find the cheapest declared changes that make a plan hold.

    Parameters
    ----------
    case : Subject
    plan : str, optional
        Default: the first.
    most : int
        The most sets of changes tried.
    weighed : int, optional
        Among how many of the cheapest sets the nearest is looked for. Default: all that are tried.
    text : bool
        Whether to write the changed case out.
    free : sequence of str
        Kinds of change tried for the best improvement beside the declared ones: leaving an issue as it is today, seating
        an owner or an implementer, delaying a change by one phase.
    improvements : int
        The most sets judged for the best improvement, where nothing makes the plan hold; 0 for none.
    progress : callable, optional
        Told the stage, how much of it is done, and how much there is.
    interruptible : bool
        Whether a KeyboardInterrupt ends the search with what is known by then.

    Raises
    ------
    Refusal
    """
    from halfway.conduct.repair.run import repair as run

    return run(
        _given(case),
        plan,
        most=most,
        weighed=weighed,
        text=text,
        free=free,
        improvements=improvements,
        watch=progress,
        interruptible=interruptible,
    )


def diagram(case: Subject, plan: str | None = None) -> str:
    """Return a plan's phases and triggers as a Mermaid diagram."""
    from halfway.conduct.game.compiled_plan import study
    from halfway.conduct.game.diagram import described, mermaid

    return mermaid(described(study(_given(case), plan)))


# Audit, comparison, forecast, brief


def audit(
    case: Subject,
    plan: str | None = None,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    seed: int = DEFAULT_SEED,
) -> AuditResult:
    """Audit one plan, or all plans of a case.

    Parameters
    ----------
    case : Subject
    plan : str, optional
        Default: all.
    select, ignore : sequence of str
        Codes, or the beginnings of codes, to run or to leave out.
    seed : int

    Raises
    ------
    Refusal
        Where there is no such plan or rule.
    """
    from halfway.audit.run import audit as run

    return run(_given(case), plan=plan, select=select, ignore=ignore, seed=seed)


def rules() -> tuple[Rule, ...]:
    """Return the rules of the audit."""
    from halfway.audit.run import all_rules

    return all_rules()


def sarif(result: AuditResult) -> dict[str, Any]:
    """Return an audit's findings as a SARIF 2.1.0 log."""
    from halfway.audit.sarif import as_sarif

    return as_sarif(result)


def propose(
    case: Subject,
    *,
    parties: Sequence[str] = ("natural",),
    solution: Literal["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"] = "nash",
    plan: str | None = None,
    keep: Sequence[str] = (),
    name: str = "found",
    aims: int = 2,
    most: int = 120,
    together: int = 3,
    text: bool = True,
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
) -> ProposeResult:
    """Say what the parties could sign, and build a plan that gets there.

    Parameters
    ----------
    case : Subject
    parties : sequence of str
        Who signs. Default: those who set or own what is at stake.
    solution : str
        By which packages are ranked.
    plan : str, optional
        The plan whose headline, verifier and kept phases are taken over. Default: the first.
    keep : sequence of str
        Phases of that plan to open with, as they stand.
    name : str
        What the plan is called.
    aims : int
        Packages that plans are built for: half of them first by the solution, the others by the chance that all accept.
    most : int
        The most designs looked at for each.
    together : int
        The most issues that change at one step.
    text : bool
        Whether to write the case with the plan found out, as `text` of the result.
    seed : int
    progress : callable, optional
        Told the stage of the work.

    Raises
    ------
    Refusal
        Where the case states no status quo, or names are unknown.
    """
    from halfway.explore.propose.run import propose as run

    return run(
        _given(case),
        parties=parties,
        solution=solution,
        plan=plan,
        keep=keep,
        name=name,
        aims=aims,
        most=most,
        together=together,
        text=text,
        seed=seed,
        progress=progress,
    )


def compare(
    case: Subject,
    plans: Sequence[str] = (),
    *,
    members: Sequence[str] = (),
    parties: Sequence[str] = ("natural",),
    draws: int = 1_000,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> CompareResult:
    """Put the plans of a case side by side.

    Parameters
    ----------
    case : Subject
    plans : sequence of str
        Default: all.
    members : sequence of str
        Groups whose members act for themselves.
    parties : sequence of str
        Whose acceptance is counted before and after phases that change facts. Default: those who set or own what is at
        stake.
    draws : int
        Draws of the uncertain numbers behind the intervals. All plans see the same.
    seed : int
    executor : Executor, optional
        Where plans are valued; the numbers do not depend on it.
    progress : callable, optional
        Told the stage, how much of it is done, and how much there is.

    Raises
    ------
    Refusal
        Where the case has no plan, or an actor that only ranks states.
    """
    from halfway.explore.compare import compare as run

    return run(
        _given(case),
        plans,
        members=members,
        parties=parties,
        draws=draws,
        seed=seed,
        executor=executor,
        progress=progress,
    )


def explore(
    case: Subject,
    plans: Sequence[str] = (),
    *,
    futures: int = 1_024,
    on: Collection[str] = (),
    success: Sequence[str] = (),
    inputs: int = 4,
    with_levers: bool = False,
    findings: Sequence[str] = (),
    seed: int = DEFAULT_SEED,
    store: str | Path | None = None,
    fresh: bool = False,
    executor: Executor | None = None,
    workers: int = 1,
    progress: Callable[[PartsDone], None] | None = None,
) -> ExploreResult:
    """Explore a case over many futures of its uncertain numbers: how plans fare, where they fail, what decides.

    Parameters
    ----------
    case : Subject
    plans : sequence of str
        Default: all.
    futures : int
        Points of a scrambled Sobol sequence over the uncertain estimates.
    on : collection of str
        Which estimates: interests, walk_away, patience, signals, payments, capability, costs. Default: all.
    success : sequence of str
        Rules that must all hold: signed, kept, aims, or comparisons such as ``over_today:west >= 5``.
    inputs : int
        Most inputs that the box describing failure may limit.
    with_levers : bool
        Whether to say which single numbers move the answer.
    findings : sequence of str
        Rules of the audit to be asked in every future, by code or by its beginning; ``all`` for all that can differ.
    seed : int
    store : path, optional
        A folder to keep the run in and to resume it from.
    fresh : bool
        Whether to begin again in a store that holds a run.
    executor : Executor, optional
        Where parts are computed; the numbers do not depend on it.
    workers : int
        How many tasks the executor works on at once.
    progress : callable, optional
        Told after every part how many are done.

    Raises
    ------
    Refusal
        Where nothing is uncertain, a name is unknown, or the store holds another run.
    """
    from halfway.explore.futures.design import GROUPS
    from halfway.explore.run import explore as run

    return run(
        _given(case),
        plans=plans,
        futures=futures,
        on=tuple(on) or GROUPS,
        success=success,
        inputs=inputs,
        with_levers=with_levers,
        findings=findings,
        seed=seed,
        store=store,
        fresh=fresh,
        executor=executor,
        workers=workers,
        progress=progress,
    )


def scenario(case: Subject, explored: ExploreResult, plan: str | None = None, box: int | None = None) -> Case:
    """Return a case as it stands in a box in which a plan fails, to ask anything else of it, such as `repair`.

    Parameters
    ----------
    case : Subject
        The case that was explored.
    explored : ExploreResult
    plan : str, optional
        Default: the first.
    box : int, optional
        Which of its boxes, from 0. Default: the one that is shown.

    Raises
    ------
    Refusal
        Where there is no such box.
    """
    from halfway.errors import Problem, Refusal
    from halfway.explore.box_as_case import case_in_box
    from halfway.space.compiled import compile_case

    compiled = compile_case(_given(case))
    found = explored.plans[compiled.case.plan(plan)[0]].boxes
    which = box if box is not None or found is None else found.chosen
    if found is None or which is None or not 0 <= which < len(found.boxes):
        what, why = (
            "no box says where the plan fails",
            "it holds everywhere, nowhere, or no few inputs tell futures apart",
        )
        raise Refusal([Problem("R629", what, why, "ask about another plan, more futures or another rule of success")])
    return case_in_box(compiled, found.boxes[which].limits)[0]


def panel(
    case: Subject,
    sheets: str | Path | None = None,
    plans: Sequence[str] = (),
    *,
    success: Sequence[str] = (),
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> PanelResult:
    """Judge plans on each expert's own figures: who is on which side, and which number divides the camps best.

    Parameters
    ----------
    case : Subject
    sheets : path, optional
        A CSV file or a folder of them, as `halfway panel new` writes them. Default: what the case quotes from experts.
    plans : sequence of str
        Default: all.
    success : sequence of str
        Rules that must all hold, as in `explore`. Default: signed, kept, and the plan's own aims met.
    seed : int
    executor : Executor, optional
        Where experts' figures are judged; the numbers do not depend on it.
    progress : callable, optional
        Told how many experts' figures a plan has been judged on.

    Raises
    ------
    InputError
        With every fault of the sheets at its place.
    Refusal
        Where nobody stated a number, or a plan or rule is unknown.
    """
    from halfway.explore.panels.answers import answers_in_case, read_answers
    from halfway.explore.panels.verdicts import panel as run
    from halfway.space.compiled import compile_case

    compiled = compile_case(_given(case))
    answers = answers_in_case(compiled) if sheets is None else read_answers(sheets, compiled)
    return run(compiled, answers, plans=plans, success=success, seed=seed, executor=executor, progress=progress)


def forecast(
    case: Subject,
    issue: str | None = None,
    model: str | None = None,
    *,
    plan: str | None = None,
    point: Literal["median", "mean"] = "median",
    draws: int = 200,
    seed: int = DEFAULT_SEED,
) -> ForecastResult:
    """Forecast where talks would land without a plan.

    Parameters
    ----------
    case : Subject
    issue : str, optional
        One ordered issue. Default: all.
    model : str, optional
        One model; its rounds are then part of the answer. Default: all.
    plan : str, optional
        The plan whose distance from the forecast is stated. Default: the first.
    point : {"median", "mean"}
        Statistic to report as the point forecast.
    draws : int
        Over how many draws of uncertain numbers the distribution is averaged.
    seed : int

    Raises
    ------
    Refusal
    """
    from halfway.forecast.run import forecast as run

    return run(_given(case), issue, model, plan, point, draws, seed)


def validate(
    data: str | Path,
    mode: Literal["held-out", "refit"],
    models: Sequence[str] | None = None,
    *,
    seed: int = DEFAULT_SEED,
) -> ValidationResult:
    """Score the forecasting models on real decisions (a file in DEU III's column format).

    Parameters
    ----------
    data : path
    mode : {"held-out", "refit"}
        A test of the forecast as shipped, on proposals that it has not seen and with nothing learned from the file; or
        everything learned again on the file, fold by fold, which measures the method.
    models : sequence of str, optional
        Beside Halfway's own and the compromise mean. Default: all.
    seed : int

    Raises
    ------
    InputError, Refusal
    """
    from halfway.forecast.scoring.validate import validate_deu3

    return validate_deu3(data, mode, models, seed)


def seal(
    case: Subject,
    output: str | Path | None = None,
    issue: str | None = None,
    *,
    seed: int = DEFAULT_SEED,
    today: datetime.date | None = None,
) -> tuple[Path, dict[str, Any]]:
    """Write a dated record of a forecast, with hashes; return its path and the record.

    Parameters
    ----------
    case : Subject
    output : path, optional
        Default: ``NAME-DATE.forecast.json`` here. Nothing is overwritten.
    issue : str, optional
        One ordered issue. Default: all.
    seed : int
    today : date, optional

    Raises
    ------
    InputError, Refusal
    """
    from halfway.forecast.sealed.seal import seal as run

    return run(_case(case), output, issue, seed, today)


def verify(record: str | Path, case: Subject | None = None) -> Verification:
    """Recompute a sealed forecast and its hashes.

    Parameters
    ----------
    record : path
    case : Subject, optional
        Default: the case of this name in the catalogue.
    """
    from halfway.forecast.sealed.grading import verify as run

    return run(record, None if case is None else _case(case))


def grade(record: str | Path, outcome: float, issue: str | None = None) -> Grade:
    """Score a sealed forecast against what was decided.

    Parameters
    ----------
    record : path
    outcome : float
        In the scale's own unit.
    issue : str, optional
        Needed where the record holds several.

    Raises
    ------
    InputError
    """
    from halfway.forecast.sealed.grading import grade as run

    return run(record, outcome, issue)


def brief(
    case: Subject,
    output: str | Path | None = None,
    *,
    plan: str | None = None,
    seed: int = DEFAULT_SEED,
    draws: int = 64,
    audience: Literal["minister", "analyst", "class"] = "minister",
    full: bool = False,
    earlier: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> str:
    """Write the brief on one plan, or on a case without plans, as one HTML file, and return its text.

    Parameters
    ----------
    case : Subject
    output : path, optional
        Where to write it. A file that Halfway did not write is never overwritten.
    plan : str, optional
        Default: the first.
    seed, draws : int
    audience : {"minister", "analyst", "class"}
        For whom the annex is written; the facts are the same.
    full : bool
        Whether the annex is open, and printed.
    earlier : mapping, optional
        The ``facts`` that ``halfway brief --json`` printed of an earlier brief, with which these are compared.
    progress : callable, optional
        Told the stage, how much of it is done, and how much there is.

    Raises
    ------
    InputError, Refusal
    """
    from halfway.brief.render import brief as run

    return run(
        _given(case),
        output,
        plan=plan,
        seed=seed,
        draws=draws,
        audience=audience,
        full=full,
        earlier=earlier,
        progress=progress,
    )


def site(
    folder: str | Path,
    *,
    tags: Sequence[str] = (),
    cases: Sequence[str | Path] = (),
    base: str = "",
    feed: bool = False,
    zenodo: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Site:
    """Write an archive of cases as static pages: an index with search, a page a tag, a page a case.

    Parameters
    ----------
    folder : path
        Missing, empty, or an archive written before.
    tags : sequence of str
        Only cases of the catalogue with one of these. Default: all.
    cases : sequence of path
        Case files of your own; alone where no tag is given.
    base : str
        The address at which the archive is to be.
    feed, zenodo : bool
        Whether Atom feeds (they need `base`), and the metadata for Zenodo, are written.
    executor : Executor, optional
        Where front pages are worked out.
    progress : callable, optional
        Told the stage, how much of it is done, and how much there is.

    Raises
    ------
    InputError
    """
    from halfway.site.run import site as run

    return run(
        folder,
        tags=tags,
        cases=cases,
        base=base,
        feed=feed,
        zenodo=zenodo,
        executor=executor,
        progress=progress,
    )


def sheet(
    case: Subject,
    role: str,
    output: str | Path | None = None,
    *,
    plan: str | None = None,
    progress: Progress | None = None,
) -> Sheet:
    """Make the sheet of one role: what it may see of a case, and nothing else.

    Parameters
    ----------
    case : Subject
    role : str
        An actor, ``mediator`` or ``public``.
    output : path, optional
        A folder to write the page into, as ``CASE-ROLE.html``; nothing is overwritten.
    plan : str, optional
        Default: the first that the role may see.
    progress : callable, optional
        Is called with a stage, how much of it is done, and how much there is in all.

    Raises
    ------
    InputError, Refusal
    """
    from halfway.sheets.run import sheet as run
    from halfway.sheets.run import write_sheets

    made = run(_given(case), role, plan=plan, progress=progress)
    if output is not None:
        write_sheets((made,), output)
    return made


def text(
    case: Subject,
    plan: str | None = None,
    *,
    against: str | None = None,
    facts: bool = False,
    progress: Progress | None = None,
) -> TextResult:
    """Show a draft of the single negotiating text, and who moved since another draft.

    Parameters
    ----------
    case : Subject
    plan : str, optional
        Default: the draft with the highest number, else the first plan.
    against : str, optional
        Default: the draft that it revises.
    facts : bool
        Whether to judge the plan under each party's own figures, where they dispute any.
    progress : callable, optional
        Is called with a stage, how much of it is done, and how much there is in all.

    Raises
    ------
    Refusal
    """
    from halfway.text.run import text as run

    return run(_given(case), plan, against=against, facts=facts, progress=progress)


def redraft(case: Subject, file: str | Path, name: str, *, date: str | None = None) -> Case:
    """Return the case with one more draft, read from an edited text (.md or .docx).

    Parameters
    ----------
    case : Subject
    file : path
        What `TextResult.write` wrote, as somebody edited it.
    name : str
        What the new draft's plan is called.
    date : str, optional
        When it is handed to the parties.

    Raises
    ------
    InputError
        With every line that cannot be read.
    """
    from halfway.text.files import read_text
    from halfway.text.reading import redraft as run

    return run(_case(case), read_text(file), name, str(file), date)


def elicit(
    case: Subject, actor: str, answers: Sequence[Mapping[str, Any]] = (), *, by: str = "", seed: int = DEFAULT_SEED
) -> Elicited:
    """Ask what an actor wants: what follows from the answers so far, and what to ask next (`Elicited.question`).

    Parameters
    ----------
    case : Subject
    actor : str
    answers : sequence of mapping
        As `Elicited.answers` has them; the next is put at the end.
    by : str
        Who answers.
    seed : int
        Of the draws by which pairs of packages are chosen and shares are counted.

    Raises
    ------
    InputError
        With every answer that cannot be read.
    Refusal
        Where there is no such actor.
    """
    from halfway.elicit.answers import from_data
    from halfway.elicit.result import elicited
    from halfway.elicit.standing import Standing

    full = _case(case)
    if actor not in full.actors:
        raise unknown("actor", actor, full.actors, where="in this case")
    return elicited(Standing(full, actor, from_data(full, answers, "answers")), by, seed)


# The forms in which answers leave


def results() -> dict[str, type[Result]]:
    """Return the class of the result of every function that has one, by the function's name."""
    from halfway.audit.run import AuditResult
    from halfway.conduct.repair.run import RepairResult
    from halfway.conduct.result import ConductResult
    from halfway.elicit.result import Elicited
    from halfway.explore.comparison import CompareResult
    from halfway.explore.propose.result import ProposeResult
    from halfway.explore.tournament.result import TournamentResult
    from halfway.forecast.result import ForecastResult
    from halfway.forecast.scoring.validate import ValidationResult
    from halfway.forecast.sealed.grading import Grade, Verification
    from halfway.settle.ladder import LadderResult
    from halfway.settle.one_issue import OneIssueResult
    from halfway.settle.result import SettleResult
    from halfway.settle.talks.run import TalksResult
    from halfway.sheets.run import Sheet
    from halfway.stability.result import StabilityResult
    from halfway.text.run import TextResult

    return {
        "audit": AuditResult,
        "compare": CompareResult,
        "conduct": ConductResult,
        "elicit": Elicited,
        "forecast": ForecastResult,
        "grade": Grade,
        "ladder": LadderResult,
        "one_issue": OneIssueResult,
        "propose": ProposeResult,
        "repair": RepairResult,
        "settle": SettleResult,
        "sheet": Sheet,
        "stability": StabilityResult,
        "talks": TalksResult,
        "text": TextResult,
        "tournament": TournamentResult,
        "validate": ValidationResult,
        "verify": Verification,
    }


def schema(result: str | None = None) -> dict[str, Any]:
    """Return the JSON Schema of case files, or of the JSON of a result.

    Parameters
    ----------
    result : str, optional
        The function or verb that returns it, such as ``settle``.

    Raises
    ------
    UnknownName
    """
    if result is None:
        from halfway.case.schema import json_schema as of_case

        return of_case()
    from halfway.record import json_schema

    known = results()
    if result not in known:
        raise unknown("result", result, known)
    return json_schema(known[result])
