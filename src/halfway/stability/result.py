"""What the stability analysis returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from halfway.result import Provenance, Result, Table
from halfway.space.arrays import BoolArray
from halfway.space.graph.model import GraphSpace
from halfway.stability.concepts.definitions import concept_named
from halfway.stability.concepts.inverse import Requirement
from halfway.stability.explain import Names, explain
from halfway.stability.graph.paths import Route
from halfway.stability.graph.walk import Step, Walk
from halfway.stability.parts import Coalition, Look, Picture, Robustness, Verdict

MAX_TABLE = 100_000
"""Most states that the state table of `StabilityResult.to_dict` lists."""


@dataclass(frozen=True)
class StabilityResult(Result):
    """Who would walk away from which state.

    Attributes
    ----------
    space : GraphSpace
        The graph model with its names. States are numbered from 1 in all output, and from 0 in arrays.
    stable : mapping of str to ndarray of bool, shape (actor, state)
        By concept.
    left_out : mapping of str to str
        Parts that were not computed, with the reason.
    coalitions : tuple of Coalition
    unknown : mapping of str to Verdict
        Where preferences are unknown: verdicts under the extensions ``a`` to ``d``; ``stable`` then holds those of a.
    strongly : Verdict
        Where preferences are graded: stable because the answer leaves the mover *much* worse off.
    pictures : tuple of Picture
        For each actor that sees another's preferences differently.
    limited : mapping of int to ndarray of bool, shape (actor, state)
        Limited-move stability by horizon.
    routes : tuple of (bool, Route)
        From the state of departure to equilibria: improvements only or any moves, and the way.
    source : int
        The state that routes start from, -1 for none.
    looks : tuple of Look
    requirements : tuple of Requirement
        Inverse analysis.
    robustness : Robustness or None
    """

    space: GraphSpace
    stable: Verdict
    left_out: Mapping[str, str]
    coalitions: tuple[Coalition, ...]
    unknown: Mapping[str, Verdict]
    strongly: Verdict
    pictures: tuple[Picture, ...]
    limited: Mapping[int, BoolArray]
    routes: tuple[tuple[bool, Route], ...]
    source: int
    looks: tuple[Look, ...]
    requirements: tuple[Requirement, ...]
    robustness: Robustness | None
    provenance: Provenance = field(kw_only=True)

    @property
    def actors(self) -> tuple[str, ...]:
        """Keys of the actors."""
        return self.space.actors

    @property
    def states(self) -> int:
        """Number of states that count."""
        return int(self.space.model.states.size)

    @cached_property
    def names(self) -> Names:
        """What actors are called in sentences."""
        return Names(tuple(self.space.case.title_of("actors", a) for a in self.actors))

    @cached_property
    def walk(self) -> Walk:
        """Moves from single states."""
        return Walk(self.space.model)

    def equilibria(self, concept: str) -> list[int]:
        """Return the states that are stable for every actor, numbered from 1.

        Raises
        ------
        KeyError
            For a concept that was not computed.
        """
        return (np.flatnonzero(self.stable[concept].all(axis=0)) + 1).tolist()

    def verdicts(self, actor: str, concept: str) -> list[int]:
        """Return the states that are stable for an actor, numbered from 1."""
        return (np.flatnonzero(self.stable[concept][self.actors.index(actor)]) + 1).tolist()

    def state(self, number: int) -> dict[str, str | None]:
        """Return the options of a state; None where an issue no longer matters."""
        return self.space.labels(number)

    def explain(self, actors: str | Sequence[str], concept: str, number: int) -> str:
        """Say in a sentence why a state is or is not stable for an actor or a coalition."""
        who = (actors,) if isinstance(actors, str) else tuple(actors)
        positions = tuple(self.actors.index(a) for a in who)
        return explain(self.walk, self.names, concept_named(concept), positions, number - 1).text

    def judged(self, look: Look, verdict: bool | None) -> dict[str, list[str]]:
        """Return, by concept, the actors with a given verdict on a state looked at; None for undecided."""
        if look.explanations:
            concepts = dict.fromkeys(e.concept for e in look.explanations)
            return {
                c: [self.actors[e.actors[0]] for e in look.explanations if e.concept == c and e.stable is verdict]
                for c in concepts
            }
        return {
            c: [a for i, a in enumerate(self.actors) if verdict is bool(s[i, look.state])]
            for c, s in self.stable.items()
        }

    def state_rows(self) -> list[dict[str, Any]]:
        """Return every state with its options, everybody's rank (1 is best) and under which concepts it is one."""
        ranks = self.space.model.settled_ranks[:, self.space.model.states]
        places = np.stack([_places(r) for r in ranks])
        kept = {concept: everyone(stable) for concept, stable in self.stable.items()}
        return [
            {
                "state": k + 1,
                "options": self.state(k + 1),
                "ranks": {a: int(places[i, k]) for i, a in enumerate(self.actors)},
                "equilibrium": [concept for concept, stable in kept.items() if stable[k]],
            }
            for k in range(self.states)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the documented JSON form."""
        space, left = self.space, dict(self.left_out)
        if self.states > MAX_TABLE:
            left["state_table"] = f"{self.states:,} states; the table is written for at most {MAX_TABLE:,}"
        keys = self.actors
        out: dict[str, Any] = {
            "states": self.states,
            "actors": list(keys),
            "options": [
                {"issue": key, "options": list(names), "set_by": list(space.case.issues[key].set_by)}
                for key, names in zip(space.issues, space.options, strict=True)
            ],
            "state_table": self.state_rows() if self.states <= MAX_TABLE else [],
            "equilibria": {concept: self.equilibria(concept) for concept in self.stable},
            "verdicts": {a: {concept: self.verdicts(a, concept) for concept in self.stable} for a in keys},
            "left_out": left,
        }
        if self.coalitions:
            out["coalitions"] = [
                {
                    "members": [keys[m] for m in c.members],
                    "stable": {concept: numbers_of(s) for concept, s in c.stable.items()},
                    "escapes": [e.as_dict(self.walk, keys) for e in c.escapes],
                }
                for c in self.coalitions
            ]
            out["coalition_equilibria"] = {
                concept: numbers_of(np.logical_and.reduce([everyone(s), *(c.stable[concept] for c in self.coalitions)]))
                for concept, s in self.stable.items()
                if all(concept in c.stable for c in self.coalitions)
            }
        if self.unknown:
            out["unknown"] = {
                "actors": list(space.unknown),
                "extensions": {name: self._verdict_dict(v) for name, v in self.unknown.items()},
            }
        if self.strongly:
            out["strongly_stable"] = {"actors": list(space.graded), **self._verdict_dict(self.strongly)}
        if self.pictures:
            out["misperception"] = {
                "pictures": {keys[p.viewer]: self._verdict_dict(p.stable) for p in self.pictures},
                "hypergame_equilibria": {c: numbers_of(s) for c, s in self.hypergame().items()},
            }
        if self.limited:
            out["limited_move"] = {
                str(h): {
                    "equilibria": numbers_of(everyone(s)),
                    "verdicts": {a: numbers_of(s[i]) for i, a in enumerate(keys)},
                }
                for h, s in self.limited.items()
            }
        if self.source >= 0:
            out["routes"] = {
                "from": self.source + 1,
                "ways": [
                    {
                        "to": r.to + 1,
                        "improvements_only": improving,
                        "steps": self._steps(r.steps),
                        "shortest_ways": r.ways,
                    }
                    for improving, r in self.routes
                ],
            }
        if self.looks:
            out["looks"] = [self._look_dict(look) for look in self.looks]
        if self.requirements:
            out["inverse"] = [self._requirement_dict(r) for r in self.requirements]
        if self.robustness is not None:
            out["robustness"] = self._robustness_dict(self.robustness)
        out["provenance"] = self.provenance.as_dict()
        return out

    def hypergame(self) -> dict[str, BoolArray]:
        """Return, by concept, the states that every actor finds stable in its own picture of the game."""
        own = {p.viewer: p for p in self.pictures}
        found = {}
        for concept, stable in self.stable.items():
            if all(concept in p.stable for p in self.pictures):
                rows = [own[i].stable[concept][i] if i in own else stable[i] for i in range(len(self.actors))]
                found[concept] = np.asarray(np.logical_and.reduce(rows), dtype=np.bool_)
        return found

    def tables(self) -> dict[str, Table]:
        """Return the tables ``states``, ``verdicts``, ``routes`` and ``departures``.

        Where only single states were judged, ``departures`` is the only one.
        """
        departures = Table(
            "departures",
            ("state", "why", "by", "to", "credible_answer", "possible_answer"),
            tuple(
                (
                    look.state + 1,
                    "; ".join(look.why),
                    self.actors[d.by],
                    d.to + 1,
                    self._way(d.credible),
                    self._way(d.possible),
                )
                for look in self.looks
                for d in look.departures
            ),
        )
        if not self.stable:
            return {"departures": departures}
        issues = self.space.issues
        concepts = tuple(self.stable)
        columns = ("state", *issues, *(f"rank_{a}" for a in self.actors), *(f"equilibrium_{c}" for c in concepts))
        states = tuple(
            (
                row["state"],
                *(row["options"][i] or "-" for i in issues),
                *row["ranks"].values(),
                *(int(c in row["equilibrium"]) for c in concepts),
            )
            for row in self.state_rows()
        )
        verdicts = tuple(
            (k + 1, a, c, int(self.stable[c][i, k]))
            for k in range(self.states)
            for i, a in enumerate(self.actors)
            for c in concepts
        )
        routes = tuple(
            (self.source + 1, r.to + 1, int(improving), n + 1, self.mover(m), s + 1, t + 1)
            for improving, r in self.routes
            for n, (m, s, t) in enumerate(r.steps)
        )
        return {
            "states": Table("states", columns, states),
            "verdicts": Table("verdicts", ("state", "actor", "concept", "stable"), verdicts),
            "routes": Table("routes", ("from", "to", "improvements_only", "step", "by", "before", "after"), routes),
            "departures": departures,
        }

    def mover(self, number: int) -> str:
        """Return a mover's key, or its members' keys joined by a plus sign."""
        return "+".join(self.actors[a] for a in self.space.model.movers[number])

    def _way(self, steps: Sequence[Step]) -> str:
        return ", ".join(f"{self.mover(m)} {s + 1}→{t + 1}" for m, s, t in steps)

    def _steps(self, steps: Sequence[Step]) -> list[dict[str, Any]]:
        movers = self.space.model.movers
        return [{"by": [self.actors[a] for a in movers[m]], "from": s + 1, "to": t + 1} for m, s, t in steps]

    def _verdict_dict(self, verdict: Verdict) -> dict[str, Any]:
        return {
            "equilibria": {c: numbers_of(everyone(s)) for c, s in verdict.items()},
            "verdicts": {a: {c: numbers_of(s[i]) for c, s in verdict.items()} for i, a in enumerate(self.actors)},
        }

    def _look_dict(self, look: Look) -> dict[str, Any]:
        return {
            "state": look.state + 1,
            "options": self.state(look.state + 1),
            "why": list(look.why),
            "stable_for": self.judged(look, True),
            "undecided_for": self.judged(look, None),
            "departures": [
                {
                    "by": self.actors[d.by],
                    "to": d.to + 1,
                    "options": self.state(d.to + 1),
                    "credible_answer": self._steps(d.credible),
                    "possible_answer": self._steps(d.possible),
                }
                for d in look.departures
            ],
            "more_departures": look.more,
            "explanations": [e.as_dict(self.walk, self.actors) for e in look.explanations],
        }

    def _requirement_dict(self, r: Requirement) -> dict[str, Any]:
        ranks = self.walk.ranks[r.actor]
        count = r.rankings(self.states)
        return {
            "state": r.state + 1,
            "actor": self.actors[r.actor],
            "concept": r.concept.key,
            "at_least_as_good_as_one_whole_set": [sorted(x + 1 for x in s) for s in r.minimal],
            "sets": len(r.minimal),
            "complete": r.complete,
            "changes_needed": min((sum(int(ranks[x] > ranks[r.state]) for x in s) for s in r.minimal), default=0),
            "share_of_rankings": None if r.share is None else float(r.share),
            "rankings": None if count is None else str(count),
        }

    def _robustness_dict(self, r: Robustness) -> dict[str, Any]:
        shown = sorted(
            {k for s in self.stable.values() for k in np.flatnonzero(s.all(axis=0)).tolist()}
            | {k for s in r.equilibrium.values() for k in np.flatnonzero(s >= 0.05).tolist()}
            | {look.state for look in self.looks}
        )[:500]

        def line(p: float) -> dict[str, float]:
            return {"share": p, "standard_error": float(np.sqrt(p * (1 - p) / r.draws))}

        return {
            "draws": r.draws,
            "states": [
                {
                    "state": k + 1,
                    "equilibrium": {c: line(float(s[k])) for c, s in r.equilibrium.items()},
                    "stable_for": {
                        a: {c: line(float(s[i, k])) for c, s in r.share.items()} for i, a in enumerate(self.actors)
                    },
                }
                for k in shown
            ],
        }


def everyone(stable: BoolArray) -> BoolArray:
    """Return which states are stable for every actor, shape ``(state,)``."""
    return np.asarray(stable.all(axis=0), dtype=np.bool_)


def numbers_of(mask: BoolArray) -> list[int]:
    """Return the numbers, from 1, of the states that a mask holds for."""
    return (np.flatnonzero(mask) + 1).tolist()


def _places(ranks: Any) -> Any:
    distinct, inverse = np.unique(ranks, return_inverse=True)
    return distinct.size - inverse
