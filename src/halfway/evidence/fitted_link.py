"""The fitted link as it is shipped: a frozen record, and a reader that refuses where there is none."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from halfway.errors import InputError, Place, Problem, Refusal
from halfway.evidence.coded import CodedActor
from halfway.evidence.fitting import RUNS, WANTED
from halfway.evidence.links import LINKS, Link
from halfway.evidence.scoring import FloatArray

Probability = Annotated[float, Field(gt=0, lt=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Gain(_Frozen):
    """Log loss of the base rate less the link's, left-out plans, in natural units an actor."""

    point: float
    low: float = Field(description="Lower end of the central 95 percent, plans resampled.")
    high: float


class Anchor(_Frozen):
    """The population that a probability speaks of; the coded set is about half failures by design."""

    name: str = Field(min_length=1, description="What population, in words.")
    failure_rate: Probability
    source: str = Field(min_length=1, description="Where the rate comes from.")


class CodedOutcome(_Frozen):
    """One coded actor, so that a rank can be given."""

    plan: str
    actor: str
    score: float = Field(description="The link's chance before anchoring.")
    failed: bool


class FittedLink(_Frozen):
    """A link fitted on coded plans, with its measured skill.

    It gives a probability only where it may (`gives_probabilities`): its gain over the base rate excludes 0, the procedure is
    quiet on permuted outcomes, and there is a population to anchor the intercept to. Otherwise only the rank is shown.
    """

    link: str
    coefficients: dict[str, float]
    resampled: tuple[tuple[float, ...], ...] = Field(description="Refits on resampled plans, one a row.")
    plans: int = Field(ge=1)
    actors: int = Field(ge=1)
    base_rate: Probability = Field(description="Share of the coded actors that failed.")
    log_score_gain: Gain
    permutation_runs: int = Field(ge=1)
    permutation_quiet: int = Field(ge=0, description="Runs that said: no better than the base rate.")
    anchor: Anchor | None = None
    support: tuple[float, float] = Field(description="Least and greatest temptation that was coded, in points.")
    coded: tuple[CodedOutcome, ...]
    rows_sha256: str
    seed: int
    version: str

    @model_validator(mode="after")
    def _agrees(self) -> FittedLink:
        if self.link not in LINKS or LINKS[self.link].role != "candidate":
            raise ValueError(f"there is no candidate link '{self.link}'")
        names = LINKS[self.link].parameters
        if tuple(self.coefficients) != names:
            raise ValueError(f"the coefficients of '{self.link}' are {', '.join(names)}")
        if any(len(row) != len(names) for row in self.resampled):
            raise ValueError(f"every refit has {len(names)} coefficients")
        if len(self.coded) != self.actors or len({c.plan for c in self.coded}) != self.plans:
            raise ValueError("'coded' does not have as many actors and plans as stated")
        if self.permutation_quiet > self.permutation_runs:
            raise ValueError("more quiet runs than runs")
        return self

    @property
    def model(self) -> Link:
        """The family."""
        return LINKS[self.link]

    @property
    def withheld(self) -> str | None:
        """Why it gives no probabilities, as a clause; None where it does."""
        if self.log_score_gain.low <= 0:
            return "on plans left out the link is not measurably better than the base rate"
        if self.permutation_runs < RUNS or self.permutation_quiet * RUNS < WANTED * self.permutation_runs:
            quiet = f"{self.permutation_quiet} of {self.permutation_runs}"
            return f"on permuted outcomes it was quiet in {quiet} runs; {WANTED} of {RUNS} are needed"
        if self.anchor is None:
            return "no population is named that the coded plans could stand for"
        return None

    @property
    def gives_probabilities(self) -> bool:
        """Whether a chance may be shown."""
        return self.withheld is None

    def inside(self, row: CodedActor) -> bool:
        """Say whether an actor's temptation lies within what was coded; outside there are no odds."""
        return self.support[0] <= row.temptation <= self.support[1]

    def score(self, row: CodedActor) -> float:
        """Return the link's chance before anchoring: it ranks, and is no probability for any population but the coded set."""
        return float(self._chances(np.array(list(self.coefficients.values())), row))

    def chance(self, row: CodedActor, level: float = 0.9) -> tuple[float, float, float] | None:
        """Return the chance of failing within five years with an interval, anchored; None where it may not be given.

        Parameters
        ----------
        row : CodedActor
            Its outcome is not read.
        level : float
            Of the interval over refits on resampled plans.
        """
        if self.anchor is None or not self.gives_probabilities or not self.inside(row):
            return None
        point = anchored(self.score(row), self.base_rate, self.anchor.failure_rate)
        drawn = [
            anchored(float(self._chances(np.array(c), row)), self.base_rate, self.anchor.failure_rate)
            for c in self.resampled
        ]
        low, high = np.quantile([*drawn, point], [0.5 - level / 2, 0.5 + level / 2]).tolist()
        return point, min(low, point), max(high, point)

    def rank(self, row: CodedActor) -> tuple[int, int, int, int]:
        """Place an actor among the coded ones.

        Returns
        -------
        tuple of int
            Of the actors that kept: how many have a lower score, how many there are; the same of those that failed.
        """
        own = self.score(row)
        kept = [c.score for c in self.coded if not c.failed]
        fell = [c.score for c in self.coded if c.failed]
        return sum(s < own for s in kept), len(kept), sum(s < own for s in fell), len(fell)

    def _chances(self, coefficients: FloatArray, row: CodedActor) -> float:
        return float(self.model.predict(coefficients, self.model.predictors([row]))[0])


def anchored(chance: float, coded_rate: float, population_rate: float) -> float:
    """Move a chance from a set coded by outcome to a population: prior correction of the intercept (King and Zeng 2001)."""
    odds = chance / max(1 - chance, 1e-300)
    shift = (population_rate / (1 - population_rate)) / (coded_rate / (1 - coded_rate))
    return odds * shift / (1 + odds * shift)


def read_link(path: str | Path) -> FittedLink:
    """Read a fitted link from a file written by ``scripts/fit_chance.py``.

    Raises
    ------
    InputError
        Where it is not such a file, with every fault.
    """
    path = Path(path)
    try:
        return FittedLink.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            [Problem("F654", f"the fitted link '{path}' cannot be read", str(error), "give a file of a fitted link")]
        ) from error
    except ValidationError as error:
        raise InputError(
            Problem(
                "F655",
                f"'{'.'.join(map(str, e['loc'])) or path.name}' is no part of a fitted link",
                e["msg"],
                "write the file with scripts/fit_chance.py",
                Place(str(path)),
            )
            for e in error.errors()
        ) from error


@cache
def shipped_link() -> FittedLink:
    """Return the link that comes with Halfway.

    Raises
    ------
    Refusal
        Where none is shipped yet.
    """
    place = files("halfway.evidence") / "data" / "fitted_link.json"
    if not place.is_file():
        raise Refusal(
            [
                Problem(
                    "R071",
                    "no chance can be given",
                    "no link between temptation and outcome has been fitted on coded plans",
                    "read the temptation itself, or fit a link with scripts/fit_chance.py",
                )
            ]
        )
    return FittedLink.model_validate_json(place.read_text(encoding="utf-8"))
