"""What the stability analysis returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from halfway.errors import unknown
from halfway.record import HIDDEN, shown
from halfway.result import Provenance, Result, Table
from halfway.space.arrays import BoolArray
from halfway.space.graph.model import GraphSpace
from halfway.stability.concepts.definitions import concept_named
from halfway.stability.concepts.inverse import Requirement
from halfway.stability.explain import Explanation, Names, explain, names_of
from halfway.stability.graph.paths import Route
from halfway.stability.graph.walk import Step, Walk
from halfway.stability.labelled import (
    LabelledCoalition,
    LabelledDeparture,
    LabelledExplanation,
    LabelledIssue,
    LabelledLook,
    LabelledRequirement,
    LabelledRobustness,
    LabelledRoute,
    LabelledRoutes,
    LabelledStep,
    LabelledVerdicts,
    LimitedMove,
    Misperception,
    RobustState,
    Share,
    StateRow,
    StronglyStable,
    UnknownPreferences,
)
from halfway.stability.parts import Coalition, Look, Picture, Robustness, Verdict

MAX_TABLE = 100_000
"""Most states that the state table of `StabilityResult.to_dict` lists."""


@dataclass(frozen=True, repr=False)
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

    space: GraphSpace = field(metadata=HIDDEN)
    stable: Verdict = field(metadata=HIDDEN)
    left_out: Mapping[str, str] = field(metadata=HIDDEN)
    coalitions: tuple[Coalition, ...] = field(metadata=HIDDEN)
    unknown: Mapping[str, Verdict] = field(metadata=HIDDEN)
    strongly: Verdict = field(metadata=HIDDEN)
    pictures: tuple[Picture, ...] = field(metadata=HIDDEN)
    limited: Mapping[int, BoolArray] = field(metadata=HIDDEN)
    routes: tuple[tuple[bool, Route], ...] = field(metadata=HIDDEN)
    source: int = field(metadata=HIDDEN)
    looks: tuple[Look, ...] = field(metadata=HIDDEN)
    requirements: tuple[Requirement, ...] = field(metadata=HIDDEN)
    robustness: Robustness | None = field(metadata=HIDDEN)
    provenance: Provenance = field(kw_only=True)

    @property
    @shown(after="states")
    def actors(self) -> tuple[str, ...]:
        """Keys of the actors."""
        return self.space.actors

    @property
    @shown()
    def states(self) -> int:
        """Number of states that count."""
        return int(self.space.model.states.size)

    @cached_property
    def names(self) -> Names:
        """What actors are called in sentences."""
        return names_of(self.space)

    @cached_property
    def walk(self) -> Walk:
        """Moves from single states."""
        return Walk(self.space.model)

    def equilibria(self, concept: str) -> list[int]:
        """Return the states that are stable for every actor, numbered from 1.

        Raises
        ------
        UnknownName
            For a concept that was not computed.
        """
        self._computed(concept)
        return (np.flatnonzero(self.stable[concept].all(axis=0)) + 1).tolist()

    def verdicts(self, actor: str, concept: str) -> list[int]:
        """Return the states that are stable for an actor, numbered from 1.

        Raises
        ------
        UnknownName
            For an actor that the case does not have, or a concept that was not computed.
        """
        self._computed(concept)
        if actor not in self.actors:
            raise unknown("actor", actor, self.actors)
        return (np.flatnonzero(self.stable[concept][self.actors.index(actor)]) + 1).tolist()

    def _computed(self, concept: str) -> None:
        if concept not in self.stable:
            raise unknown("concept", concept, self.stable, where="in this result")

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

    @cached_property
    def state_rows(self) -> tuple[StateRow, ...]:
        """Every state with its options, everybody's rank (1 is best) and under which concepts it is an equilibrium."""
        ranks = self.space.model.settled_ranks[:, self.space.model.states]
        places = np.stack([_places(r) for r in ranks])
        kept = {concept: everyone(stable) for concept, stable in self.stable.items()}
        return tuple(
            StateRow(
                k + 1,
                self.state(k + 1),
                {a: int(places[i, k]) for i, a in enumerate(self.actors)},
                tuple(concept for concept, stable in kept.items() if stable[k]),
            )
            for k in range(self.states)
        )

    @property
    @shown("options", after="actors")
    def labelled_issues(self) -> tuple[LabelledIssue, ...]:
        """The issues with their options."""
        space = self.space
        return tuple(
            LabelledIssue(key, tuple(names), tuple(space.case.issues[key].set_by))
            for key, names in zip(space.issues, space.options, strict=True)
        )

    @property
    @shown("state_table", after="options")
    def labelled_states(self) -> tuple[StateRow, ...]:
        """Every state; none where there are too many to list."""
        return self.state_rows if self.states <= MAX_TABLE else ()

    @property
    @shown("equilibria", after="state_table")
    def labelled_equilibria(self) -> dict[str, list[int]]:
        """By concept, the states that are stable for every actor."""
        return {concept: self.equilibria(concept) for concept in self.stable}

    @property
    @shown("verdicts", after="equilibria")
    def labelled_verdicts(self) -> dict[str, dict[str, list[int]]]:
        """By actor and concept, the states that are stable for the actor."""
        return {a: {concept: self.verdicts(a, concept) for concept in self.stable} for a in self.actors}

    @property
    @shown("left_out", after="verdicts")
    def labelled_left_out(self) -> dict[str, str]:
        """Parts that were not computed or are not listed, with the reason."""
        if self.states <= MAX_TABLE:
            return dict(self.left_out)
        return {
            **self.left_out,
            "state_table": f"{self.states:,} states; the table is written for at most {MAX_TABLE:,}",
        }

    @property
    @shown("coalitions", after="left_out", unless_empty=True)
    def labelled_coalitions(self) -> tuple[LabelledCoalition, ...]:
        """Verdicts on actors acting together."""
        return tuple(
            LabelledCoalition(
                tuple(self.actors[m] for m in c.members),
                {concept: numbers_of(s) for concept, s in c.stable.items()},
                tuple(self._explanation(e) for e in c.escapes),
            )
            for c in self.coalitions
        )

    @property
    @shown(after="coalitions", unless_empty=True)
    def coalition_equilibria(self) -> dict[str, list[int]] | None:
        """By concept, states that are stable for every actor and every coalition."""
        if not self.coalitions:
            return None
        return {
            concept: numbers_of(np.logical_and.reduce([everyone(s), *(c.stable[concept] for c in self.coalitions)]))
            for concept, s in self.stable.items()
            if all(concept in c.stable for c in self.coalitions)
        }

    @property
    @shown("unknown", after="coalition_equilibria", unless_empty=True)
    def labelled_unknown(self) -> UnknownPreferences | None:
        """Verdicts where preferences are unknown."""
        if not self.unknown:
            return None
        return UnknownPreferences(
            tuple(self.space.unknown), {name: self._labelled(v) for name, v in self.unknown.items()}
        )

    @property
    @shown("strongly_stable", after="unknown", unless_empty=True)
    def labelled_strongly(self) -> StronglyStable | None:
        """States that are stable because the answer leaves the mover much worse off."""
        if not self.strongly:
            return None
        found = self._labelled(self.strongly)
        return StronglyStable(found.equilibria, found.verdicts, tuple(self.space.graded))

    @property
    @shown("misperception", after="strongly_stable", unless_empty=True)
    def labelled_pictures(self) -> Misperception | None:
        """The game as each actor sees it."""
        if not self.pictures:
            return None
        return Misperception(
            {self.actors[p.viewer]: self._labelled(p.stable) for p in self.pictures},
            {c: numbers_of(s) for c, s in self.hypergame().items()},
        )

    @property
    @shown("limited_move", after="misperception", unless_empty=True)
    def labelled_limited(self) -> dict[str, LimitedMove]:
        """Limited-move stability by horizon."""
        return {
            str(h): LimitedMove(numbers_of(everyone(s)), {a: numbers_of(s[i]) for i, a in enumerate(self.actors)})
            for h, s in self.limited.items()
        }

    @property
    @shown("routes", after="limited_move", unless_empty=True)
    def labelled_routes(self) -> LabelledRoutes | None:
        """Shortest ways to the equilibria."""
        if self.source < 0:
            return None
        ways = (LabelledRoute(r.to + 1, improving, self._steps(r.steps), r.ways) for improving, r in self.routes)
        return LabelledRoutes(self.source + 1, tuple(ways))

    @property
    @shown("looks", after="routes", unless_empty=True)
    def labelled_looks(self) -> tuple[LabelledLook, ...]:
        """States looked at closely."""
        return tuple(
            LabelledLook(
                look.state + 1,
                self.state(look.state + 1),
                look.why,
                self.judged(look, True),
                self.judged(look, None),
                tuple(
                    LabelledDeparture(
                        self.actors[d.by],
                        d.to + 1,
                        self.state(d.to + 1),
                        self._steps(d.credible),
                        self._steps(d.possible),
                    )
                    for d in look.departures
                ),
                look.more,
                tuple(self._explanation(e) for e in look.explanations),
            )
            for look in self.looks
        )

    @property
    @shown("inverse", after="looks", unless_empty=True)
    def labelled_requirements(self) -> tuple[LabelledRequirement, ...]:
        """What rankings would make states stable."""
        return tuple(self._requirement(r) for r in self.requirements)

    @property
    @shown("robustness", after="inverse", unless_empty=True)
    def labelled_robustness(self) -> LabelledRobustness | None:
        """In what share of draws each verdict holds."""
        return None if self.robustness is None else self._robust(self.robustness)

    def hypergame(self) -> dict[str, BoolArray]:
        """Return, by concept, the states that every actor finds stable in its own picture of the game."""
        own = {p.viewer: p for p in self.pictures}
        found = {}
        for concept, stable in self.stable.items():
            if all(concept in p.stable for p in self.pictures):
                rows = [own[i].stable[concept][i] if i in own else stable[i] for i in range(len(self.actors))]
                found[concept] = np.asarray(np.logical_and.reduce(rows), dtype=np.bool_)
        return found

    def headline(self) -> str:
        """Return the main figures in a line."""
        found = (f"{c} {len(self.equilibria(c)):,}" for c in self.stable)
        return f"{self.states:,} states, {len(self.actors)} actors; equilibria: {', '.join(found) or 'not listed'}"

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
                row.state,
                *(row.options[i] or "-" for i in issues),
                *row.ranks.values(),
                *(int(c in row.equilibrium) for c in concepts),
            )
            for row in self.state_rows
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

    def _steps(self, steps: Sequence[Step]) -> tuple[LabelledStep, ...]:
        movers = self.space.model.movers
        return tuple(LabelledStep(tuple(self.actors[a] for a in movers[m]), s + 1, t + 1) for m, s, t in steps)

    def _labelled(self, verdict: Verdict) -> LabelledVerdicts:
        return LabelledVerdicts(
            {c: numbers_of(everyone(s)) for c, s in verdict.items()},
            {a: {c: numbers_of(s[i]) for c, s in verdict.items()} for i, a in enumerate(self.actors)},
        )

    def _explanation(self, e: Explanation) -> LabelledExplanation:
        return LabelledExplanation(
            tuple(self.actors[a] for a in e.actors),
            e.concept,
            e.state + 1,
            e.stable,
            self._steps(e.leaving),
            self._steps(e.answer),
            e.departures,
            e.text,
        )

    def _requirement(self, r: Requirement) -> LabelledRequirement:
        ranks = self.walk.ranks[r.actor]
        count = r.rankings(self.states)
        return LabelledRequirement(
            state=r.state + 1,
            actor=self.actors[r.actor],
            concept=r.concept.key,
            at_least_as_good_as_one_whole_set=[sorted(x + 1 for x in s) for s in r.minimal],
            sets=len(r.minimal),
            complete=r.complete,
            changes_needed=min((sum(int(ranks[x] > ranks[r.state]) for x in s) for s in r.minimal), default=0),
            share_of_rankings=None if r.share is None else float(r.share),
            rankings=None if count is None else str(count),
        )

    def _robust(self, r: Robustness) -> LabelledRobustness:
        listed = sorted(
            {k for s in self.stable.values() for k in np.flatnonzero(s.all(axis=0)).tolist()}
            | {k for s in r.equilibrium.values() for k in np.flatnonzero(s >= 0.05).tolist()}
            | {look.state for look in self.looks}
        )[:500]

        def share(p: float) -> Share:
            return Share(p, float(np.sqrt(p * (1 - p) / r.draws)))

        return LabelledRobustness(
            r.draws,
            tuple(
                RobustState(
                    k + 1,
                    {c: share(float(s[k])) for c, s in r.equilibrium.items()},
                    {a: {c: share(float(s[i, k])) for c, s in r.share.items()} for i, a in enumerate(self.actors)},
                )
                for k in listed
            ),
        )


def everyone(stable: BoolArray) -> BoolArray:
    """Return which states are stable for every actor, shape ``(state,)``."""
    return np.asarray(stable.all(axis=0), dtype=np.bool_)


def numbers_of(mask: BoolArray) -> list[int]:
    """Return the numbers, from 1, of the states that a mask holds for."""
    return (np.flatnonzero(mask) + 1).tolist()


def _places(ranks: Any) -> Any:
    distinct, inverse = np.unique(ranks, return_inverse=True)
    return distinct.size - inverse
