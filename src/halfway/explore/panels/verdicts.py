"""A plan judged on each expert's own figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.reader import load_text
from halfway.case.support import ask
from halfway.errors import Problem, Refusal
from halfway.explore.futures.design import PANEL, dimensions, group_of
from halfway.explore.futures.outcomes import PlanInFutures, outcome_columns, plan_in_futures
from halfway.explore.futures.sobol import sobol_points
from halfway.explore.panels.answers import Answers
from halfway.explore.panels.division import dividing_numbers
from halfway.explore.panels.own_numbers import OwnNumbers
from halfway.explore.panels.result import Apart, ExpertVerdict, PanelResult, PanelVerdict
from halfway.explore.success import Rule, default_rule, rule
from halfway.progress import Progress, silent
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED
from halfway.space.arrays import FloatArray
from halfway.space.compiled import CompiledCase, compile_case

MOST_SPREADS = 8
LEAST_SPREADS = 2
BUDGET = 60_000_000
"""Entries of a plan's chains times draws: how far remaining uncertainty is looked at, whatever the machine."""
CHUNK = 7_500_000
"""Entries of chains times draws that are solved at once: as in futures, about a second of work."""


def panel(
    case: Case | CompiledCase,
    answers: Answers,
    *,
    plans: Sequence[str] = (),
    success: Sequence[str] = (),
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> PanelResult:
    """Judge plans on each expert's own figures.

    Parameters
    ----------
    case : Case or CompiledCase
    answers : Answers
    plans : sequence of str
        Default: all.
    success : sequence of str
        Rules, all of which must hold; default: signed, kept, and the plan's own aims met.
    seed : int
        For the futures of what stays uncertain, and for the shuffles that show what chance would do.
    executor : Executor, optional
        Where experts' figures are judged, some experts at a time; the numbers do not depend on it.
    progress : callable, optional

    Raises
    ------
    Refusal
        Where nobody stated a number, a plan is unknown, or a rule names no outcome.
    """
    compiled = compile_case(case)
    ask(compiled.case, "explore")
    compiled.space().require_cardinal("what plans bring on experts' figures")
    names = tuple(compiled.case.plan(p)[0] for p in plans) or tuple(compiled.case.plans)
    spoke = tuple(e for e in answers.experts if answers.stated(e))
    if not spoke:
        what, why = "no expert stated a number", "there is nobody whose figures a plan could be judged on"
        remedy = "write a sheet with `halfway panel new`, have experts fill it in, and name the folder with --panel"
        raise Refusal([Problem("R627", what, why, remedy, compiled.case.place())])
    asked = rule(" and ".join(success)) if success else None
    say = progress or silent
    found: dict[str, PanelVerdict] = {}
    fewest = MOST_SPREADS
    for plan in names:
        title = compiled.case.title_of("plans", plan)
        try:
            judged = plan_in_futures(compiled, plan)
        except Refusal as refusal:
            found[plan] = PanelVerdict(title, "", (), (), {}, str(refusal))
            continue
        spreads = _spreads(judged.size, len(spoke))
        fewest = min(fewest, spreads)
        columns = _columns(judged, answers.of(spoke), spreads, seed, executor, say)
        found[plan] = _verdict(compiled, plan, answers.of(spoke), columns, asked, seed)
    return PanelResult(
        found,
        tuple(e for e in answers.experts if e not in spoke),
        fewest,
        provenance=Provenance(
            compiled.case.name,
            compiled.case.content_hash,
            "plans on each expert's own figures",
            {
                "plans": list(names),
                "success": list(success),
                "answers": answers.digest,
                "experts": len(answers.experts),
            },
            seed,
            taken_as_indifferent=without_value(compiled.case, *names),
        ),
    )


def _spreads(size: int, experts: int) -> int:
    """Return in how many futures each expert's remaining uncertainty is looked at: it follows from the work alone."""
    affordable = BUDGET // max(size * experts, 1) - 1
    return int(np.clip(affordable, LEAST_SPREADS, MOST_SPREADS))


def _columns(
    judged: PlanInFutures, answers: Answers, spreads: int, seed: int, executor: Executor | None, say: Progress
) -> dict[str, NDArray[Any]]:
    """Return the outcomes, one row for each draw of each expert."""
    compiled = judged.compiled
    own = tuple(d.name for d in dimensions(compiled) if d.name != PANEL)
    stated = (n for n, said in answers.numbers.items() if any(not e.certain for e in said.values()))
    names = tuple(dict.fromkeys((*own, *stated)))
    points = sobol_points(names, seed, 0, spreads)
    by_name = {n: points[:, d] for d, n in enumerate(names)}
    signals = any(group_of(tuple(n.split("/"))) == "signals" for n in answers.numbers)
    block = 1 + spreads
    many = max(1, CHUNK // max(judged.size * block, 1))
    blocks = [answers.of(answers.experts[i : i + many]) for i in range(0, len(answers.experts), many)]
    if executor is None:
        own_blocks = (_outcomes(compiled, judged.name, some, block, seed, by_name, signals) for some in blocks)
    else:
        text = json.dumps(compiled.case.model_dump(mode="json", exclude_unset=True), ensure_ascii=False)
        waiting = [
            executor.submit(_elsewhere, text, judged.name, some, block, seed, by_name, signals) for some in blocks
        ]
        own_blocks = (one.result() for one in waiting)
    parts: list[dict[str, NDArray[Any]]] = []
    for found in own_blocks:
        parts.append(found)
        told = min(len(parts) * many, len(answers.experts))
        say(f"experts on '{judged.name}'", told, len(answers.experts))
    return {n: np.concatenate([p[n] for p in parts]) for n in parts[0]}


def _outcomes(
    compiled: CompiledCase,
    plan: str,
    some: Answers,
    block: int,
    seed: int,
    by_name: Mapping[str, FloatArray],
    signals: bool,
) -> dict[str, NDArray[Any]]:
    """Return the outcomes of some experts, `block` rows each."""
    drawn = OwnNumbers(compiled.case, len(some.experts) * block, seed, {}, some, by_name)
    return plan_in_futures(compiled, plan).outcomes(drawn, signals)


def _elsewhere(
    text: str, plan: str, some: Answers, block: int, seed: int, by_name: Mapping[str, FloatArray], signals: bool
) -> dict[str, NDArray[Any]]:
    """Do the same in another process, which reads the case once."""
    return _outcomes(_read(text), plan, some, block, seed, by_name, signals)


@lru_cache(maxsize=2)
def _read(text: str) -> CompiledCase:
    return compile_case(load_text(text, "case"))


def _verdict(
    compiled: CompiledCase,
    plan: str,
    answers: Answers,
    columns: Mapping[str, NDArray[Any]],
    asked: Rule | None,
    seed: int,
) -> PanelVerdict:
    title = compiled.case.title_of("plans", plan)
    wanted = asked or default_rule(columns)
    shape = (len(answers.experts), -1)
    rows = {**columns, "future": np.arange(len(columns["grade"]))}
    met = wanted.met(rows).reshape(shape)
    signed, kept = rule("signed").met(rows).reshape(shape), rule("kept").met(rows).reshape(shape)
    grade = columns["grade"].reshape(shape)
    case = compiled.case
    signatories = case.signatories(case.plans[plan])
    over = outcome_columns(columns, "over_walk_away")
    margins = {a: over[a].reshape(shape) for a in signatories}
    tempted = {a: x.reshape(shape) for a, x in outcome_columns(columns, "temptation").items()}
    experts = []
    for row, name in enumerate(answers.experts):
        shortest = min(margins, key=lambda a: margins[a][row, 0], default=None)
        most = max(tempted, key=lambda a: tempted[a][row, 0], default=None)
        points = 0.0 if most is None else float(tempted[most][row, 0])
        experts.append(
            ExpertVerdict(
                name,
                answers.stated(name),
                bool(met[row, 0]),
                bool(signed[row, 0]),
                bool(kept[row, 0]),
                int(grade[row, 0]),
                shortest,
                None if shortest is None else float(margins[shortest][row, 0]),
                most if points > 0 else None,
                points,
                float(met[row, 1:].mean()),
            )
        )
    camps = {name: bool(met[row, 0]) for row, name in enumerate(answers.experts)}
    stated = {n: {e: float(x) for e, x in said.items()} for n, said in answers.numbers.items()}
    spread = {f"over_walk_away:{a}": x for a, x in margins.items()} | {f"temptation:{a}": x for a, x in tempted.items()}
    apart = {
        outcome: Apart(
            float(x[:, 0].std(ddof=1)) if len(x) > 1 else 0.0, float(np.sqrt(x[:, 1:].var(axis=1, ddof=1).mean()))
        )
        for outcome, x in spread.items()
    }
    return PanelVerdict(title, wanted.text, tuple(experts), dividing_numbers(camps, stated, seed), apart)
