"""What `conduct` returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from halfway.conduct.holdable.result import Holdable
from halfway.conduct.play.beliefs import Beliefs
from halfway.conduct.play.result import Played
from halfway.conduct.verdicts.credibility import Credibility
from halfway.conduct.verdicts.enforcement import Enforcement, Exposure, Renegotiation
from halfway.result import Provenance, Result, Table


@dataclass(frozen=True)
class TypeConduct:
    """One actor, as one of its types, against the others' keeping the plan.

    Attributes
    ----------
    prior : float
    strategy : str or None
        A fixed way of playing; the best response is then what it could do, not what it does.
    patience : float
        Discount factor of one period.
    keep, best_response, exploitability : float
        Points of the discounted average from the start: of keeping, of the best response, and the difference.
    first_breach : int or None
        The first period (from 1) in which the best response departs with any chance.
    calendar : tuple of dict
        What the best response does when, along the likeliest course of events; each entry with ``words``.
    breach_by : tuple of float
        The chance that the best response has departed by each period of the horizon.
    pays : mapping from actor to float
        What the best response changes for everyone, in points of their discounted averages.
    thresholds : mapping
        Where keeping becomes best: ``patience``, ``penalty``, ``detection``, ``trial``.
    """

    prior: float
    strategy: str | None
    patience: float
    keep: float
    best_response: float
    exploitability: float
    first_breach: int | None
    calendar: tuple[dict[str, Any], ...]
    breach_by: tuple[float, ...]
    pays: Mapping[str, float]
    thresholds: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "prior": self.prior,
            "strategy": self.strategy,
            "patience": self.patience,
            "keep": self.keep,
            "best_response": self.best_response,
            "exploitability": self.exploitability,
            "first_breach": self.first_breach,
            "calendar": list(self.calendar),
            "breach_by": list(self.breach_by),
            "pays": dict(self.pays),
            "thresholds": dict(self.thresholds),
        }


@dataclass(frozen=True)
class ActorConduct:
    """One actor over all its types.

    Attributes
    ----------
    seat : str
        ``party``, ``observer``, ``absent`` or ``represented by X``.
    types : mapping from type to TypeConduct
        One under the empty name where the actor has no types.
    outsiders : mapping or None
        ``keep``, ``best_response`` and ``exploitability`` when every actor outside the room plays its best response;
        None where nobody else outside the room sets anything.
    """

    name: str
    seat: str
    types: Mapping[str, TypeConduct]
    outsiders: Mapping[str, Any] | None = None

    def _mean(self, what: str) -> float:
        return float(sum(t.prior * getattr(t, what) for t in self.types.values()))

    @property
    def keep(self) -> float:
        """What keeping is worth, averaged over types."""
        return self._mean("keep")

    @property
    def best_response(self) -> float:
        """What the best response is worth, averaged over types."""
        return self._mean("best_response")

    @property
    def exploitability(self) -> float:
        """What breaking pays, averaged over types; zero where it pays no type."""
        return self._mean("exploitability")

    @property
    def worst(self) -> TypeConduct:
        """The type that gains most by breaking, weighed by its prior."""
        return max(self.types.values(), key=lambda t: (t.prior * t.exploitability, t.prior))

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        worst = self.worst
        return {
            "seat": self.seat,
            "keep": self.keep,
            "best_response": self.best_response,
            "exploitability": self.exploitability,
            "first_breach": worst.first_breach,
            "calendar": list(worst.calendar),
            "pays": dict(worst.pays),
            "thresholds": dict(worst.thresholds),
            "types": {k: t.as_dict() for k, t in self.types.items() if k},
            "outsiders": None if self.outsiders is None else dict(self.outsiders),
        }


@dataclass(frozen=True)
class ConductResult(Result):
    """Whether a plan holds, and who breaks it when and why.

    Attributes
    ----------
    plan : str
    actors : mapping from actor to ActorConduct
        Only actors that set something can break a plan; the others are listed with no exploitability.
    enforcement : Enforcement
    renegotiation : tuple of Renegotiation, or None
        The phases that all parties would rather leave for another; None where the states are too many to tell.
    exposure : mapping from actor to Exposure, or None
    consent : mapping
        Whether each signatory, and each actor spoken for, has more from the kept plan than from walking away.
    automaton : mapping
        States, phases, triggers and the edges of the diagram.
    holdable : Holdable or None
    credibility : tuple of Credibility
    priors : mapping
        For actors with types: stated priors, those that the record implies (or why it implies none), and which of
        them count.
    play : Played or None
    beliefs : mapping from actor to Beliefs
        For actors with types, what the others come to believe; empty where nothing was played.
    refused : mapping
        Parts that could not be answered, with the reason.
    """

    plan: str
    period: str
    actors: Mapping[str, ActorConduct]
    enforcement: Enforcement
    renegotiation: tuple[Renegotiation, ...] | None
    exposure: Mapping[str, Exposure] | None
    consent: Mapping[str, Any]
    automaton: Mapping[str, Any]
    holdable: Holdable | None
    credibility: tuple[Credibility, ...]
    priors: Mapping[str, Any]
    play: Played | None
    provenance: Provenance
    beliefs: Mapping[str, Beliefs] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def incentive_compatible(self) -> bool:
        """Whether no actor gains by departing from the plan from the start on."""
        return all(
            t.exploitability <= 0
            for a in self.actors.values()
            for t in a.types.values()
            if t.prior > 0 and not t.strategy
        )

    @property
    def self_enforcing(self) -> bool | None:
        """Whether no departure pays in any state that conduct can reach; None where that cannot be told."""
        return self.enforcement.holds

    def to_dict(self) -> dict[str, Any]:
        """Return the documented JSON form as plain data."""
        return {
            "plan": self.plan,
            "period": self.period,
            "incentive_compatible": self.incentive_compatible,
            "self_enforcing": self.self_enforcing,
            "actors": {name: a.as_dict() for name, a in self.actors.items()},
            "temptations": [dict(t.__dict__) for t in self.enforcement.temptations],
            "renegotiation": None
            if self.renegotiation is None
            else {
                "proof": not self.renegotiation,
                "preferred": [dict(r.__dict__) for r in self.renegotiation],
            },
            "exposure": None
            if self.exposure is None
            else {
                a: {
                    "given": [float(x) for x in e.given],
                    "received": [float(x) for x in e.received],
                    "balance": [float(x) for x in e.balance],
                    "worst": {"period": e.worst[0], "balance": e.worst[1]},
                }
                for a, e in self.exposure.items()
            },
            "consent": dict(self.consent),
            "automaton": dict(self.automaton),
            "holdable": None if self.holdable is None else self.holdable.as_dict(),
            "credibility": [c.as_dict() for c in self.credibility],
            "priors": dict(self.priors),
            "play": None if self.play is None else self.play.as_dict(),
            "beliefs": {a: b.as_dict() for a, b in self.beliefs.items()},
            "refused": dict(self.refused),
            "provenance": self.provenance.as_dict(),
        }

    def tables(self) -> dict[str, Table]:
        """Return the actors' values, the calendars, and what play brought."""
        rows = []
        steps = []
        for name, a in self.actors.items():
            for kind, t in a.types.items():
                rows.append(
                    (name, a.seat, kind, t.prior, t.patience, t.keep, t.best_response, t.exploitability, t.first_breach)
                )
                steps += [
                    (name, kind, e["first"], e["last"], e["phase"], e["conduct"], e["gain"], e["words"])
                    for e in t.calendar
                ]
        found = {
            "actors": Table(
                "actors",
                (
                    "actor",
                    "seat",
                    "type",
                    "prior",
                    "patience",
                    "keep",
                    "best_response",
                    "exploitability",
                    "first_breach",
                ),
                tuple(rows),
            ),
            "calendar": Table(
                "calendar", ("actor", "type", "first", "last", "phase", "conduct", "gain", "words"), tuple(steps)
            ),
        }
        if self.play is not None:
            p = self.play
            found["survival"] = Table(
                "survival", ("period", "survival"), tuple((t, float(x)) for t, x in enumerate(p.survival))
            )
            found["welfare"] = Table(
                "welfare",
                ("period", "actor", "mean", "p05", "p25", "p50", "p75", "p95"),
                tuple(
                    (t + 1, a, float(p.means[t, k]), *(float(p.quantiles[q, t, k]) for q in range(5)))
                    for t in range(p.periods)
                    for k, a in enumerate(p.actors)
                ),
            )
        return found
