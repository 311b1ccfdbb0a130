"""Measure one plan of the past, in a process of its own: what tempts whom, the grade, whether all would sign.

python docs/history_measure.py FILE PLAN

Prints a line of JSON for each stage (temptation, then the grade), so that what was found before a time bound stands.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.case.reader import load_file
from halfway.case.support import refused
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.participation import refusing
from halfway.conduct.verdicts.grades import Verdict, judge, judge_quickly
from halfway.conduct.verdicts.temptation import compiled_kernel
from halfway.errors import Refusal
from halfway.seeds import DEFAULT_SEED
from halfway.space.compiled import compile_case


def temptations(verdict: Verdict) -> dict[str, Any]:
    """Return what is found of every actor that can break the plan."""
    found = {}
    for name, one in verdict.actors.items():
        worst = one.types[one.worst][1].temptation if one.types else None
        found[name] = {
            "points": one.points,
            "percent_of_stake": one.percent,
            "material": one.material,
            "month": None if worst is None else worst.period,
            "acts": {} if worst is None else dict(worst.acts),
        }
    return found


def stages(case: Case, plan: str) -> Iterator[dict[str, Any]]:
    """Measure one thing after another, the most important first; a refusal is a stage, too."""
    begun = time.monotonic()
    try:
        compiled = compile_case(case)
        kernel = compiled_kernel(compiled, plan)
        first = judge(kernel, DEFAULT_SEED, draws=0, restraint=False)
        # Without draws nothing separates the fourth grade from the fifth.
        grade = first.grade if first.grade < 4 else None
        yield {"actors": temptations(first), "grade": grade, "would_not_go_along": list(first.would_not_go_along)}
        yield {"grade": judge_quickly(kernel, DEFAULT_SEED).grade, "seconds": round(time.monotonic() - begun, 1)}
        if problems := refused(case, "best_response", case.plans[plan]):
            yield {"would_sign": None, "signing_refused": "; ".join(dict.fromkeys(p.what for p in problems))}
        else:
            yield {"would_sign": [r.actor for r in refusing(study(compiled, plan))]}
    except Refusal as refusal:
        yield {"refused": "; ".join(dict.fromkeys(f"{p.what}: {p.why}" for p in refusal.problems))}
    except MemoryError:
        yield {"refused": "out of memory"}


def main() -> int:
    """Measure what the command line names."""
    file, plan = sys.argv[1:]
    case = load_file(Path(file))
    for stage in stages(case, plan):
        print(json.dumps(stage), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
