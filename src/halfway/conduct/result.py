"""What `conduct` returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from halfway.conduct.chance.odds import Odds, shown_odds
from halfway.conduct.holdable.result import Holdable
from halfway.conduct.pictures import KeepingBelieved
from halfway.conduct.play.beliefs import Beliefs
from halfway.conduct.play.participation import Refusing
from halfway.conduct.play.result import Played
from halfway.conduct.verdicts.credibility import Credibility
from halfway.conduct.verdicts.enforcement import Enforcement, Exposure, Renegotiation, Temptation
from halfway.conduct.verdicts.grades import ActorVerdict, Verdict
from halfway.conduct.verdicts.judged import Outsider, grading, judged, judged_type, outsiders
from halfway.conduct.verdicts.temptation import Tempted
from halfway.evidence.comparable import Comparison
from halfway.evidence.graded import GradeRecord, record_of
from halfway.record import HIDDEN, shown, shown_as
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
    judged : Tempted or None
        How much it is tempted; None where it cannot break the plan, or always keeps.
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
    judged: Tempted | None = field(default=None, metadata=shown_as(flat=True, by=judged_type))


def _named(types: Mapping[str, TypeConduct]) -> dict[str, TypeConduct]:
    return {name: of for name, of in types.items() if name}


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
    judged : ActorVerdict or None
        How much it is tempted; None where it cannot break the plan.
    odds : Odds or None
        What the fitted link makes of that: ``chance``, ``rank`` and ``survival`` in JSON, or ``no_chance`` with the reason.
    """

    name: str = field(metadata=HIDDEN)
    seat: str
    types: Mapping[str, TypeConduct] = field(metadata=shown_as(by=_named))
    outsiders: Mapping[str, Any] | None = None
    judged: ActorVerdict | None = field(default=None, metadata=shown_as(flat=True, by=judged))
    odds: Odds | None = field(default=None, metadata=shown_as(flat=True, by=shown_odds))

    def _mean(self, what: str) -> float:
        return float(sum(t.prior * getattr(t, what) for t in self.types.values()))

    @property
    @shown(after="seat")
    def keep(self) -> float:
        """What keeping is worth, averaged over types."""
        return self._mean("keep")

    @property
    @shown(after="keep")
    def best_response(self) -> float:
        """What the best response is worth, averaged over types."""
        return self._mean("best_response")

    @property
    @shown(after="best_response")
    def exploitability(self) -> float:
        """What breaking pays, averaged over types; zero where it pays no type."""
        return self._mean("exploitability")

    @property
    def worst(self) -> TypeConduct:
        """The type that gains most by breaking, weighed by its prior."""
        return max(self.types.values(), key=lambda t: (t.prior * t.exploitability, t.prior))

    @property
    @shown(after="exploitability")
    def first_breach(self) -> int | None:
        """The first period in which the worst type departs with any chance."""
        return self.worst.first_breach

    @property
    @shown(after="first_breach")
    def calendar(self) -> tuple[dict[str, Any], ...]:
        """What the worst type does when."""
        return self.worst.calendar

    @property
    @shown(after="calendar")
    def pays(self) -> Mapping[str, float]:
        """What the worst type's best response changes for everyone."""
        return self.worst.pays

    @property
    @shown(after="pays")
    def thresholds(self) -> Mapping[str, Any]:
        """Where keeping becomes best for the worst type."""
        return self.worst.thresholds


@dataclass(frozen=True)
class RenegotiationProof:
    """Whether the parties would carry out every phase that the plan may come to.

    Attributes
    ----------
    proof : bool
    preferred : tuple of Renegotiation
        The phases that all parties would rather leave for another.
    """

    proof: bool
    preferred: tuple[Renegotiation, ...]


def _proof(found: tuple[Renegotiation, ...] | None) -> RenegotiationProof | None:
    return None if found is None else RenegotiationProof(not found, found)


@dataclass(frozen=True)
class WouldSign:
    """Whether those at the table, and the bodies at home, would accept the plan if it were kept.

    Attributes
    ----------
    all : bool
    refusing : tuple of Refusing
        Those who would not.
    """

    all: bool
    refusing: tuple[Refusing, ...]


def _signing(found: tuple[Refusing, ...]) -> WouldSign:
    return WouldSign(not found, found)


@dataclass(frozen=True, repr=False)
class ConductResult(Result):
    """Whether a plan holds, and who breaks it when and why.

    Attributes
    ----------
    plan : str
    actors : mapping from actor to ActorConduct
        Only actors that set something can break a plan; the others are listed with no exploitability.
    verdict : Verdict
        The grade, with every temptation; JSON has it as ``grade`` and ``grading``, and with each actor.
    refusing : tuple of Refusing
        Who would not sign.
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
    comparable : Comparison or None
        What became of agreements of this shape and of promises of these kinds; no figure of the case enters it.
    refused : mapping
        Parts that could not be answered, with the reason.
    pictures : tuple of KeepingBelieved
        What actors believe of one another's conduct, where they have pictures of their own (`as_seen_by`).
    """

    plan: str
    period: str
    actors: Mapping[str, ActorConduct]
    verdict: Verdict = field(metadata=shown_as("grading", by=grading))
    refusing: tuple[Refusing, ...] = field(metadata=shown_as("would_sign", by=_signing))
    enforcement: Enforcement = field(metadata=HIDDEN)
    renegotiation: tuple[Renegotiation, ...] | None = field(metadata=shown_as(by=_proof))
    exposure: Mapping[str, Exposure] | None
    consent: Mapping[str, Any]
    automaton: Mapping[str, Any]
    holdable: Holdable | None
    credibility: tuple[Credibility, ...]
    priors: Mapping[str, Any]
    play: Played | None
    provenance: Provenance
    beliefs: Mapping[str, Beliefs] = field(default_factory=dict)
    comparable: Comparison | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[KeepingBelieved, ...] = field(default=(), metadata=shown_as(unless_empty=True))

    @property
    @shown(after="period")
    def grade(self) -> int:
        """The grade, from 1 (holds by itself) to 5 (would not be kept)."""
        return self.verdict.grade

    @property
    @shown(after="grade")
    def grade_record(self) -> GradeRecord:
        """What became of the past plans that got this grade."""
        return record_of(self.grade)

    @property
    def would_sign(self) -> bool:
        """Whether every signatory, and every body at home, would accept the plan if it were kept."""
        return not self.refusing

    @property
    @shown(after="would_sign")
    def would_not_go_along(self) -> tuple[Outsider, ...]:
        """Actors that promised nothing and would do other than the plan needs."""
        return outsiders(self.verdict)

    @property
    @shown(after="grade")
    def incentive_compatible(self) -> bool:
        """Whether no actor gains by departing from the plan from the start on."""
        return all(
            t.exploitability <= 0
            for a in self.actors.values()
            for t in a.types.values()
            if t.prior > 0 and not t.strategy
        )

    @property
    @shown(after="incentive_compatible")
    def self_enforcing(self) -> bool | None:
        """Whether no departure pays in any state that conduct can reach; None where that cannot be told."""
        return self.enforcement.holds

    @property
    @shown(after="actors")
    def temptations(self) -> tuple[Temptation, ...]:
        """States in which departing for one period pays, the best for each actor and type."""
        return self.enforcement.temptations

    def headline(self) -> str:
        """Return the main figures in a line."""
        holds = {True: "self-enforcing", False: "not self-enforcing", None: "self-enforcing: not decided"}
        pays = sorted(
            ((a.exploitability, name) for name, a in self.actors.items() if a.exploitability > 0), reverse=True
        )
        said = ", ".join(f"{name} {gain:.1f} points" for gain, name in pays)
        return f"plan '{self.plan}' {holds[self.self_enforcing]}; breaking pays {said or 'nobody'}"

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
