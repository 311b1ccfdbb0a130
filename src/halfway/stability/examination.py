"""The parts of a stability analysis, each judged when it is asked for; what is too large is left out and said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from itertools import combinations

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.progress import Progress, silent
from halfway.space.arrays import BoolArray
from halfway.space.compiled import CompiledCase
from halfway.space.graph.arrays import RankArray
from halfway.space.graph.model import GraphSpace, drawn_ranks
from halfway.stability.concepts.comparisons import (
    BAD,
    BAD_OR_UNKNOWN,
    GOOD,
    GOOD_OR_UNKNOWN,
    MUCH_WORSE_ONLY,
    Preferences,
    preferences_of,
)
from halfway.stability.concepts.definitions import GMR, SEQ, Concept
from halfway.stability.concepts.individual import Bench
from halfway.stability.concepts.limited_moves import limited_move
from halfway.stability.concepts.pairwise import stable_states
from halfway.stability.explain import departures, deterrent, explain, names_of
from halfway.stability.graph.moves import Graph, write_out
from halfway.stability.graph.paths import Route, routes
from halfway.stability.graph.walk import Step, Walk
from halfway.stability.parts import Coalition, Departure, Look, Picture, Robustness

ALWAYS_TRACED = 5_000
"""Up to so many states, paths are traced and draws are made without being asked for."""
DEFAULT_DRAWS = 200
MOST_ROUTES = 60
MOST_DEPARTURES = 12
MOST_ACTORS_TOGETHER = 8

# How the four extensions treat unknown preference: who leaves for what, and what deters.
EXTENSIONS: dict[str, tuple[BoolArray, BoolArray]] = {
    "a": (GOOD_OR_UNKNOWN, BAD),
    "b": (GOOD, BAD),
    "c": (GOOD_OR_UNKNOWN, BAD_OR_UNKNOWN),
    "d": (GOOD, BAD_OR_UNKNOWN),
}


def state_number(space: GraphSpace, state: int | Mapping[str, str]) -> int:
    """Return a state's number from 1, given by number or by its options.

    Raises
    ------
    Refusal
        Where there is no such state.
    """
    if isinstance(state, Mapping):
        return space.find(state)
    if not 1 <= state <= space.model.states.size:
        raise Refusal(
            [
                Problem(
                    "N421",
                    f"there is no state {state}",
                    f"the case has {space.model.states.size:,} states, numbered from 1",
                    "name one of them, or give its options as issue=option",
                    space.case.place("issues"),
                )
            ]
        )
    return state


class Examination:
    """One case under examination: what several parts share, and what had to be left out."""

    def __init__(self, compiled: CompiledCase, space: GraphSpace, concepts: tuple[Concept, ...]) -> None:
        self.compiled = compiled
        self.space, self.model, self.concepts = space, space.model, concepts
        self.bench = Bench(space.model)
        self.walk = Walk(space.model)
        self.names = names_of(space)
        self.left_out: dict[str, str] = {}
        self.extensions: dict[str, dict[str, BoolArray]] = {}
        self.small = space.model.states.size <= ALWAYS_TRACED
        self._graph: Graph | None = None

    @property
    def graph(self) -> Graph:
        """The graph written out, when it is first needed."""
        if self._graph is None:
            self._graph = write_out(self.model)
        return self._graph

    def attempt(self, part: str, work: Callable[[], dict[str, BoolArray]]) -> dict[str, BoolArray]:
        """Do a part that may be too large; if it is, say so and go on without it."""
        try:
            return work()
        except Refusal as refusal:
            self.left_out[part] = "; ".join(f"{p.what} ({p.why})" for p in refusal.problems)
            return {}

    def everyone(
        self,
        concept: Concept,
        preferences: Preferences,
        leave: BoolArray = GOOD,
        sanction: BoolArray = BAD,
        answer: BoolArray = GOOD,
    ) -> BoolArray:
        """Judge every actor pair by pair, shape ``(actor, state)``."""
        return np.stack(
            [
                stable_states(self.graph, concept, (i,), preferences, leave, sanction, answer)
                for i in range(self.model.actors)
            ]
        )

    def individual(self) -> dict[str, BoolArray]:
        """Return the verdicts of single actors; with unknown preferences, those of extension a."""
        if self.space.unknown:
            preferences = preferences_of(self.graph)
            for c in self.concepts:
                if not c.by_least_value:
                    self.left_out[c.key] = "it is not defined for unknown preferences"
            judged = [c for c in self.concepts if c.by_least_value]
            for name, (leave, sanction) in EXTENSIONS.items():
                self.extensions[name] = {
                    c.key: self.everyone(c, preferences, leave, sanction, GOOD_OR_UNKNOWN) for c in judged
                }
            return self.extensions["a"]
        return self.verdicts("{}", None)

    def verdicts(self, called: str, ranks: RankArray | None) -> dict[str, BoolArray]:
        """Return everybody's verdicts under some ranks, over the product of options; the model's own by default."""
        found = self.bench.verdicts(ranks, concepts=self.concepts)
        stable = {c: s[:, self.model.states] for c, s in found.stable.items()}
        own = self.plain if ranks is None else np.ascontiguousarray(ranks[:, self.model.states])
        for c in self.concepts:
            if not c.by_least_value and c.key not in self.left_out:
                stable |= self.attempt(
                    called.format(c.key),
                    lambda c=c: {c.key: self.everyone(c, preferences_of(self.graph, own))},  # type: ignore[misc]
                )
        return {c.key: stable[c.key] for c in self.concepts if c.key in stable}

    @property
    def plain(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
        """Everybody's ranks over the states that count."""
        return np.ascontiguousarray(self.model.settled_ranks[:, self.model.states])

    def strongly(self) -> dict[str, BoolArray]:
        """Return where every departure is met by an answer that leaves the mover much worse off."""
        return self.attempt(
            "strongly_stable",
            lambda: {
                c.key: self.everyone(c, preferences_of(self.graph), GOOD, MUCH_WORSE_ONLY, GOOD)
                for c in self.concepts
                if c.answered and c.by_least_value
            },
        )

    def coalitions(self, stable: Mapping[str, BoolArray]) -> tuple[Coalition, ...]:
        """Judge every set of two actors or more."""
        n = self.model.actors
        if n > MOST_ACTORS_TOGETHER:
            self.left_out["coalitions"] = f"{2**n - n - 1:,} coalitions of {n} actors; at most 8 actors are combined"
            return ()
        if self.space.unknown:
            self.left_out["coalitions"] = "coalitions are not judged under unknown preferences"
            return ()
        out = []
        for size in range(2, n + 1):
            for members in combinations(range(n), size):
                key = "coalition " + "+".join(self.space.actors[m] for m in members)
                judged: dict[str, BoolArray] = {}
                for c in self.concepts:
                    judged |= self.attempt(
                        f"{key}, {c.key}",
                        lambda c=c, members=members: {  # type: ignore[misc]
                            c.key: stable_states(self.graph, c, members, preferences_of(self.graph, self.plain))
                        },
                    )
                escapes = [
                    explain(self.walk, self.names, c, members, int(k))
                    for c in self.concepts
                    if c.key in judged and c.key in stable
                    for k in np.flatnonzero(stable[c.key].all(axis=0) & ~judged[c.key])[:MOST_DEPARTURES]
                ]
                out.append(Coalition(members, judged, tuple(escapes)))
        return tuple(out)

    def pictures(self) -> tuple[Picture, ...]:
        """Judge the game as each actor with a picture of its own sees it."""
        out = []
        for viewer, ranks in self.space.views():
            stable = self.verdicts(f"{{}} as seen by {viewer}", ranks)
            out.append(Picture(self.space.actors.index(viewer), stable))
        return tuple(out)

    def limited(self, horizon: int) -> dict[int, BoolArray]:
        """Return limited-move stability for every horizon up to the given one."""
        if horizon < 1:
            raise Refusal(
                [Problem("N422", f"a horizon of {horizon}", "an actor looks one move ahead or more", "give 1 or more")]
            )
        return {h: limited_move(self.graph, h)[0] for h in range(1, horizon + 1)}

    def routes(self, source: int, stable: Mapping[str, BoolArray], asked: bool) -> tuple[tuple[bool, Route], ...]:
        """Trace the shortest ways from a state to the equilibria."""
        if not (asked or self.small):
            self.left_out["routes"] = (
                f"{self.model.states.size:,} states; name a state to start from to have them traced"
            )
            return ()
        # Those that hold under most concepts first.
        votes = np.sum([s.all(axis=0) for s in stable.values()], axis=0)
        ends = [int(k) for k in np.lexsort((np.arange(votes.size), -votes)) if votes[k] > 0]
        if len(ends) > MOST_ROUTES:
            self.left_out["routes"] = f"to {len(ends) - MOST_ROUTES:,} of {len(ends):,} equilibria"
        try:
            return tuple(
                (improving, route)
                for improving in (True, False)
                for route in routes(self.graph, source, ends[:MOST_ROUTES], improving)
            )
        except Refusal as refusal:
            self.left_out["routes"] = refusal.problems[0].what
            return ()

    def watched(self, states: Sequence[int | Mapping[str, str]], plan: str | None) -> dict[int, tuple[str, ...]]:
        """Return the states to look at closely, from 0, each with what it is."""
        space, case = self.space, self.space.case
        found: dict[int, list[str]] = {}
        for state in states:
            found.setdefault(state_number(space, state) - 1, []).append("asked for")
        if self.model.start >= 0:
            found.setdefault(space.number(self.model.start) - 1, []).append("status quo")
        if plan is not None or case.plans:
            from halfway.space.plan.prescribed import resolve_packages

            name, chosen = case.plan(plan)
            compiled = self.compiled.space()
            for phase, package in zip(chosen.phases, resolve_packages(compiled, chosen), strict=True):
                labels = compiled.labels(package)
                called = f"{case.title_of('plans', name)}: {case.title_of('plans', name, phase)}"
                try:
                    number = space.find(labels)
                except Refusal as refusal:
                    self.left_out[called] = refusal.problems[0].what
                    continue
                found.setdefault(number - 1, []).append(called)
        return {k: tuple(why) for k, why in found.items()}

    def looks(self, watched: Mapping[int, tuple[str, ...]], stable: Mapping[str, BoolArray]) -> tuple[Look, ...]:
        """Look at several states closely."""
        return tuple(self.look(state, why, stable) for state, why in watched.items())

    def answer(self, concept: Concept, actor: int, state: int, s1: int) -> tuple[Step, ...]:
        """Return how the others answer a departure; nothing where they cannot, or where it leads too far to tell."""
        try:
            found = deterrent(self.walk, concept, (actor,), state, s1)
        except Refusal:
            return ()
        return found[1] if found else ()

    def look(self, state: int, why: tuple[str, ...], stable: Mapping[str, BoolArray]) -> Look:
        """Look at one state: who would leave it, to where, and who could answer."""
        listed, more = [], 0
        for i in range(self.model.actors):
            ends = list(departures(self.walk, (i,), state))
            more += max(0, len(ends) - MOST_DEPARTURES)
            for s1 in ends[:MOST_DEPARTURES]:
                credible = self.answer(SEQ, i, state, s1)
                listed.append(Departure(i, s1, credible, credible or self.answer(GMR, i, state, s1)))
        told = tuple(
            explain(self.walk, self.names, c, (i,), state, bool(stable[c.key][i, state]) if c.key in stable else None)
            for i in range(self.model.actors)
            for c in self.concepts
            if not self.space.unknown
        )
        return Look(state, why, tuple(listed), more, told)

    def judged_in_draw(self, ranks: RankArray) -> dict[str, BoolArray]:
        """Judge every state by the ranks of one draw; by concept, shape ``(actor, state)``."""
        found = self.bench.verdicts(ranks, concepts=self.concepts)
        return {c.key: found.stable[c.key][:, self.model.states] for c in self.concepts if c.by_least_value}

    def robustness(
        self, count: int, seed: int, executor: Executor | None = None, progress: Progress | None = None
    ) -> Robustness:
        """Judge every state under draws of the uncertain interests."""
        states = self.model.states
        concepts = [c.key for c in self.concepts if c.by_least_value]
        if self.space.unknown:
            raise Refusal(
                [
                    Problem(
                        "N423",
                        "draws are not made where preferences are unknown",
                        "an unknown preference has no distribution to draw from",
                        "give interests with uncertainty, or ask for no draws",
                        self.space.case.place("actors", self.space.unknown[0]),
                    )
                ]
            )
        share = {c: np.zeros((self.model.actors, states.size)) for c in concepts}
        equilibrium = {c: np.zeros(states.size) for c in concepts}
        say = progress or silent
        drawn = drawn_ranks(self.space, self.compiled.draws(count, seed))
        judge = self.judged_in_draw
        for done, found in enumerate(map(judge, drawn) if executor is None else executor.map(judge, drawn)):
            for c in concepts:
                share[c] += found[c]
                equilibrium[c] += found[c].all(axis=0)
            say("draws judged", done + 1, count)
        under = f"{', '.join(concepts[:-1])} and {concepts[-1]}"
        for concept in self.concepts:
            if not concept.by_least_value:
                self.left_out[f"robustness of {concept.key}"] = f"draws are judged under {under} only"
        return Robustness(
            count, {c: s / count for c, s in share.items()}, {c: s / count for c, s in equilibrium.items()}
        )
