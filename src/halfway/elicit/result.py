"""What follows from the answers: bounds, the centre, and what holds for sure and what probably."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.elicit.answers import as_data
from halfway.elicit.questions import Question, next_question, packages_of
from halfway.elicit.standing import Standing
from halfway.errors import Problem, Refusal
from halfway.record import HIDDEN, shown
from halfway.result import Provenance, Result, Table
from halfway.seeds import DEFAULT_SEED, generator

DRAWS = 2_000


@dataclass(frozen=True)
class Weight:
    """How much an issue matters, the weights of all issues summing to 100.

    Attributes
    ----------
    low, high : float
        Exact bounds under the answers.
    centre : float
        Of the polytope.
    error : float
        Standard error of the centre; 0 where it is exact.
    spread : float
        Standard deviation over the polytope, from draws.
    swing : float
        The centre where that of the weightiest issue is 100.
    """

    low: float
    high: float
    centre: float
    error: float
    spread: float
    swing: float


@dataclass(frozen=True)
class Comparison:
    """Two packages that the case names, as the actor sees them.

    Attributes
    ----------
    first, second : mapping
    least, most : float
        By how many points the first is better, exact bounds under the answers; negative: worse.
    share : float
        The share of draws in which the first is better; 1 or 0 where that is sure.
    """

    first: Mapping[str, str]
    second: Mapping[str, str]
    least: float
    most: float
    share: float


@dataclass(frozen=True, repr=False)
class Elicited(Result):
    """What is known of an actor's interests after some answers.

    Attributes
    ----------
    actor : str
    by : str
        Who answered.
    values : mapping
        Issue → option → points, on the issues whose options are placed.
    ranked : tuple of str
        Issues, the weightiest first, as far as that was answered.
    weights : mapping
        By issue; empty while nothing was said about weights, and where answers clash.
    clashing : tuple of int
        Answers, by number from 0, that cannot all be true; none of them could be left out of the clash.
    misplaced : list of tuple
        Options whose points contradict their order: (issue, better, worse).
    comparisons : tuple of Comparison
        Of the packages that the case names.
    question : Question or None
        What to ask next.
    """

    actor: str
    by: str
    values: Mapping[str, Mapping[str, float]]
    ranked: tuple[str, ...]
    weights: Mapping[str, Weight]
    clashing: tuple[int, ...]
    misplaced: list[tuple[str, str, str]]
    comparisons: tuple[Comparison, ...]
    question: Question | None
    standing: Standing = field(metadata=HIDDEN)
    provenance: Provenance

    @property
    @shown(after="by")
    def answers(self) -> list[dict[str, Any]]:
        """What was answered, as `halfway.elicit` takes it."""
        return [as_data(a) for a in self.standing.answers]

    @property
    def complete(self) -> bool:
        """Whether there are values and weights for every issue."""
        return len(self.values) == len(self.standing.issues) and bool(self.weights) and not self.misplaced

    def headline(self) -> str:
        """Return the main figures in a line."""
        first = max(self.weights, key=lambda i: self.weights[i].centre, default=None)
        return f"{len(self.standing.answers)} answers" + (
            f"; {first} weighs {self.weights[first].low:.0f} to {self.weights[first].high:.0f} of 100" if first else ""
        )

    def tables(self) -> dict[str, Table]:
        """Return ``weights`` and ``values``."""
        weights = tuple((i, w.low, w.high, w.centre, w.spread, w.swing) for i, w in self.weights.items())
        values = tuple((i, o, x) for i, of in self.values.items() for o, x in of.items())
        columns = ("issue", "low", "high", "centre", "spread", "swing")
        return {"weights": Table("weights", columns, weights),
                "values": Table("values", ("issue", "option", "points"), values)}  # fmt: skip

    def panel(self) -> Table:
        """Return one respondent's rows of a panel, as `halfway explore --panel` reads them.

        Raises
        ------
        Refusal
            Where the answers are not complete, or the case has the actor's interests in another form.
        """
        self._must_be_complete()
        case, rows = self.standing.case, []
        interests = case.actors[self.actor].interests
        sizes = {i: float(x.size) if x.size is not None else 1.0 for i, x in interests.items()}
        missing = [i for i in self.standing.issues if i not in interests or interests[i].values is None]
        if missing or case.actors[self.actor].lexicographic:
            raise Refusal([Problem(
                "R710", f"the case does not state {self.actor}'s interests as points for the options of every issue",
                f"a panel answers the numbers that stand in the case; there are none on {', '.join(missing) or 'weights'}",
                "write a case instead: name a file that ends in .yaml", case.place("actors", self.actor),
            )])  # fmt: skip
        total = sum(sizes.values())
        for issue, interest in interests.items():
            key = "swing" if interest.swing is not None else "weight"
            weight = self.weights[issue]
            said = weight.swing if key == "swing" else weight.centre / 100 * total
            where = f"actors/{self.actor}/interests/{issue}"
            if interest.size is not None:
                rows.append(
                    (f"{where}/{key}", "", "", self.by, f"{said:.4g}", f"{weight.low:.1f} to {weight.high:.1f} of 100")
                )
            rows += [(f"{where}/values/{o}", "", "", self.by, f"{x:g}", "") for o, x in self.values[issue].items()]
        return Table("panel", ("number", "question", "scale", "expert", "value", "note"), tuple(rows))

    def as_case(self, note: str) -> Case:
        """Return the case with these interests in place of the actor's: swings as centre and spread, values as placed.

        Parameters
        ----------
        note : str
            Who said so, when, and how long it took.

        Raises
        ------
        Refusal
            Where the answers are not complete.
        """
        self._must_be_complete()
        interests = {}
        for issue in self.standing.issues:
            weight = self.weights[issue]
            spread = weight.spread / weight.centre * weight.swing if weight.centre > 0 else 0.0
            said = f"{weight.swing:.1f}" + (f" ± {spread:.1f}" if spread >= 0.05 and weight.swing < 100 else "")
            interests[issue] = {
                "swing": {"value": said, "note": f"{note}; weight {weight.low:.1f} to {weight.high:.1f} of 100"},
                "values": {o: round(x, 1) for o, x in self.values[issue].items()},
            }
        return self.standing.case.with_(f'actors."{self.actor}".interests', interests)

    def _must_be_complete(self) -> None:
        if not self.complete:
            why = (
                "some answers contradict one another" if self.clashing or self.misplaced else "some questions are open"
            )
            raise Refusal([Problem("R711", f"the interests of {self.actor} are not complete", why, "answer on")])


def elicited(standing: Standing, by: str = "", seed: int = DEFAULT_SEED) -> Elicited:
    """Return what follows from the answers so far.

    Parameters
    ----------
    standing : Standing
    by : str
        Who answered.
    seed : int
    """
    case = standing.case
    clashing = standing.clashing
    weights = {} if clashing or len(standing.ranked) < len(standing.issues) else _weights(standing, seed)
    return Elicited(
        actor=standing.actor,
        by=by,
        values=standing.values,
        ranked=standing.ranked,
        weights=weights,
        clashing=clashing,
        misplaced=standing.misplaced,
        comparisons=_comparisons(standing, seed) if weights and len(standing.values) == len(standing.issues) else (),
        question=next_question(standing, seed),
        standing=standing,
        provenance=Provenance(
            case.name,
            case.content_hash,
            "elicitation",
            {"actor": standing.actor, "answers": len(standing.answers)},
            seed,
        ),
    )


def _weights(standing: Standing, seed: int) -> dict[str, Weight]:
    polytope, issues = standing.polytope, standing.issues
    centre, error = polytope.centre(generator(seed, "elicit", standing.actor, "centre"))
    spread = polytope.draws(DRAWS, generator(seed, "elicit", standing.actor, "spread")).std(axis=0)
    top = float(centre.max())
    found = {}
    for k, issue in enumerate(issues):
        low, high = polytope.bounds(np.eye(len(issues))[k])
        found[issue] = Weight(
            100 * low, 100 * high, 100 * float(centre[k]), 100 * float(error[k]), 100 * float(spread[k]),
            100 * float(centre[k]) / top,
        )  # fmt: skip
    return found


def _comparisons(standing: Standing, seed: int) -> tuple[Comparison, ...]:
    drawn = standing.polytope.draws(DRAWS, generator(seed, "elicit", standing.actor, "comparisons"))
    out = []
    for first, second in combinations(packages_of(standing.case), 2):
        one, other = standing.points(first), standing.points(second)
        assert one is not None
        assert other is not None
        least, most = standing.polytope.bounds(one - other)
        share = 1.0 if least > 0 else 0.0 if most < 0 else float((drawn @ (one - other) > 0).mean())
        out.append(Comparison(first, second, least, most, share))
    return tuple(out)
