"""The sheet that respondents of a panel fill in: one row a number, without the figure that the case has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from halfway.case.estimates import Estimate
from halfway.explore.futures.design import dimensions, estimates
from halfway.explore.panels.answers import KNOWN, answers_in_case
from halfway.result import Table
from halfway.space.compiled import CompiledCase


def sheet(compiled: CompiledCase, named: Callable[[str], str], *, everything: bool = False) -> Table:
    """Return the sheet as a table with the columns ``number``, ``question``, ``scale``, ``expert``, ``value``, ``note``.

    The case's own figures are left out: who sees a number first stays near it.

    Parameters
    ----------
    compiled : CompiledCase
    named : callable
        Puts a number's path into words.
    everything : bool
        Whether to ask for the numbers that the case is certain of as well.
    """
    known = estimates(compiled)
    for path, said in answers_in_case(compiled).numbers.items():
        known.setdefault(path, next(iter(said.values())))
    uncertain = {d.name for d in dimensions(compiled)} | set(answers_in_case(compiled).numbers)
    asked = [n for n in known if n in uncertain or everything]
    rows = tuple((n, named(n), _scale(compiled, n, known[n]), "", "", "") for n in asked)
    return Table("sheet", KNOWN, rows)


def _scale(compiled: CompiledCase, path: str, estimate: Estimate) -> str:
    steps = path.split("/")
    if np.isfinite(estimate.low) and np.isfinite(estimate.high):
        return f"from {estimate.low:g} to {estimate.high:g}"
    beyond = f"{estimate.low:g} or more" if np.isfinite(estimate.low) else "any number"
    if steps[0] == "actors" and steps[-1] == "weight" and "interests" in steps:
        interests = compiled.case.actors[steps[1]].interests
        total = sum(float(i.weight) for i in interests.values() if i.weight is not None)
        return f"{beyond}; the weights of all issues of this actor add up to about {total:.3g}"
    return beyond
