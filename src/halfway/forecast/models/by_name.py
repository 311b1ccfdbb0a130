"""The forecasting models by name: each takes the issues of one proposal and answers for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from halfway.errors import unknown
from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import Answer
from halfway.forecast.models.central import compromise, mean, median, median_by_weight
from halfway.forecast.models.challenge import READINGS, challenge
from halfway.forecast.models.exchange import exchange
from halfway.forecast.models.nash import strict, with_costly_failure
from halfway.forecast.models.procedural import proposal
from halfway.forecast.models.reference_point import state_dependent
from halfway.forecast.models.spatial import spatial


@dataclass(frozen=True)
class Model:
    """One model: its name, what it is called, where it is from, and what answers.

    Attributes
    ----------
    answer : callable
        From the issues of one proposal, with the same actors, to an answer for each.
    """

    name: str
    label: str
    source: str
    answer: Callable[[Sequence[Dispute]], list[Answer]]


def _each(one: Callable[[Dispute], Answer]) -> Callable[[Sequence[Dispute]], list[Answer]]:
    return lambda disputes: [one(dispute) for dispute in disputes]


_EXPECTED = "Bueno de Mesquita 1994; Scholz, Calbert and Smith 2011"

MODELS: dict[str, Model] = {
    m.name: m
    for m in (
        Model("compromise", "Compromise mean", "Van den Bos 1991", _each(compromise)),
        Model("mean", "Mean of positions", "", _each(mean)),
        Model("median", "Median position", "Black 1958", _each(median)),
        Model("weighted-median", "Weighted median", "Black 1958", _each(median_by_weight)),
        Model("exchange", "Exchange at equal gain", "Stokman and Van Oosten 1994", exchange),
        *(
            Model(name, r.label, _EXPECTED, _each(lambda d, r=r: challenge(d, r)))  # type: ignore[misc]
            for name, r in READINGS.items()
        ),
        Model("spatial", "Spatial bargaining with votes", "KTAB (KAPSARC 2015)", _each(spatial)),
        Model("state-dependent", "State-dependent bargaining", "defined here", _each(state_dependent)),
        Model("nash", "Nash bargaining, strict", "Nash 1950", _each(strict)),
        Model("nash-costly", "Nash bargaining, costly failure", "Achen 2006", _each(with_costly_failure)),
        Model("procedural", "Agenda setter and reference point", "Crombez 1996; Steunenberg 1994", _each(proposal)),
    )
}

OURS = "halfway"
"""Name under which Halfway's own distribution is asked for beside the models."""


def named(names: Sequence[str] | None) -> list[Model]:
    """Return models by name, all of them by default.

    Raises
    ------
    InputError
        Where a name is unknown.
    """
    if names is None:
        return list(MODELS.values())
    known = [*MODELS, OURS]
    for name in names:
        if name not in known:
            raise unknown("model", name, known, remedy=f"choose among {', '.join(known)}")
    return [MODELS[name] for name in names if name != OURS]
