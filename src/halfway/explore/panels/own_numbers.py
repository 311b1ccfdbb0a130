"""A case with each expert's own numbers put in: at the centre, and over what is uncertain then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.explore.futures.design import name_of
from halfway.explore.panels.answers import Answers
from halfway.space.arrays import FloatArray
from halfway.space.utilities.draws import Draws
from halfway.space.utilities.sobol import quantile


@dataclass(frozen=True)
class OwnNumbers(Draws):
    """Every expert's numbers, one block of draws an expert: first all at the centre, then spread.

    Parameters
    ----------
    answers : Answers
        A number that an expert left open stays as the case has it.
    points : mapping from path to ndarray of float, shape (spread,)
        Even numbers by which uncertain estimates are spread; the same for every expert.
    """

    answers: Answers
    points: Mapping[str, FloatArray]

    @cached_property
    def block(self) -> int:
        """How many draws an expert has."""
        return self.count // len(self.answers.experts)

    def read(self, estimate: Estimate, path: Path) -> Any:
        """Return one estimate in every draw, shape ``(draw,)``."""
        name = name_of(path)
        said = self.answers.numbers.get(name, {})
        if not said and estimate.certain:
            return estimate.mean
        out = np.empty((len(self.answers.experts), self.block))
        out[:] = self._spread(estimate, name)
        for row, expert in enumerate(self.answers.experts):
            if expert in said:
                out[row] = self._spread(said[expert], name)
        return out.ravel()

    def _spread(self, estimate: Estimate, name: str) -> FloatArray:
        row = np.full(self.block, float(estimate.mean))
        # Of what others in the panel said nothing is lent to those who were silent: the centre stands in.
        if estimate.kind != "experts" and not estimate.certain and name in self.points:
            row[1:] = quantile(estimate, self.points[name])
        return row
