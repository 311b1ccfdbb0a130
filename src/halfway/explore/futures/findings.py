"""Which findings of the audit a plan has in each future, for the rules whose answer can differ between futures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from halfway.audit.run import all_rules, chosen, find
from halfway.errors import Problem, Refusal
from halfway.explore.futures.design import FutureDraws
from halfway.explore.futures.typed_in import typed_futures
from halfway.space.arrays import BoolArray
from halfway.space.compiled import CompiledCase, compile_case


def codes_of(asked: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of the rules asked for, of those whose answer can differ between futures.

    Parameters
    ----------
    asked : sequence of str
        Codes or their beginnings; ``all`` for every such rule.

    Raises
    ------
    Refusal
        Where no such rule is among those asked for.
    UnknownName
        Where there is no rule that begins so.
    """
    if not asked:
        return ()
    rules = all_rules() if "all" in asked else chosen(asked, ())
    found = tuple(r.code for r in rules if r.per_future)
    if not found:
        able = ", ".join(r.code for r in all_rules() if r.per_future)
        what = f"{', '.join(asked)} finds the same in every future"
        raise Refusal([Problem("R628", what, "the rule does not look at uncertain numbers", f"ask for some of {able}")])
    return found


def findings(compiled: CompiledCase, plan: str, drawn: FutureDraws, codes: Sequence[str]) -> dict[str, BoolArray]:
    """Return by rule in which futures a plan has a finding of it, shape ``(future,)``.

    Each future is typed into the case and audited by itself, which takes far longer than a verdict: tens of futures
    are a matter of seconds, thousands are work for a pool.
    """
    typed = typed_futures(compiled, drawn)
    out = {code: np.zeros(drawn.count, dtype=np.bool_) for code in codes}
    for f in range(drawn.count):
        found = {x.code for x in find(compile_case(typed.case_in(f)), plan=plan, select=codes, seed=drawn.seed).kept}
        for code, column in out.items():
            column[f] = code in found
    return out
