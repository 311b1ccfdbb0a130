"""Ratification in play: when bodies at home refuse or change hands, and what their actors then turn into.

Every body has streams of its own, keyed by seed, run, actor and body: the same luck whatever the plan, the strategies
and the other bodies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from halfway.conduct.play.joint_chain import Changing, Player
from halfway.conduct.play.streams import BLOCK, streams
from halfway.seeds import seed_sequence
from halfway.space.arrays import FloatArray, IntArray

HANDS, ANSWERS, KINDS = "hands", "answers", "kinds"
"""What the streams of a body decide: when it changes hands, what a new one answers, which type of actor it brings."""


@dataclass(frozen=True)
class Body:
    """A body that must approve, in one draw of the uncertain numbers.

    Attributes
    ----------
    actor, name : str
    by : int
        The period at whose end it first decides; 0 is before the first.
    approves : bool
        What the body that sits at the start answers.
    chance : float
        The chance that one which has changed hands approves.
    hazard : float
        The chance, in each period, that it changes hands.
    until : int
        The last period in which it may.
    """

    actor: str
    name: str
    by: int
    approves: bool
    chance: float
    hazard: float
    until: int

    @property
    def turns_until(self) -> int:
        """The last period at whose end it can change hands; -1 where it never does."""
        return self.until if self.hazard > 0 and self.until > 0 else -1

    @property
    def leaves_until(self) -> int:
        """The last period at whose end it can refuse; -1 where it never does."""
        last = self.by if not self.approves else -1
        if self.turns_until > 0 and self.chance < 1:
            last = max(last, self.turns_until, self.by)
        return last


@dataclass(frozen=True)
class History:
    """What became of one body in some runs.

    Attributes
    ----------
    changed : ndarray of int, shape (run,)
        The period at whose end it first changed hands; `NEVER` where it does not.
    refused : ndarray of int, shape (run,)
        The period at whose end it first refused.
    turns : tuple of (ndarray of int, ndarray of int)
        For each change of hands in turn: the places of the runs that have one, and the period at whose end.
    """

    changed: IntArray
    refused: IntArray
    turns: tuple[tuple[IntArray, IntArray], ...]


NEVER = np.iinfo(np.int64).max


def body_key(seed: int, body: Body, what: str) -> int:
    """Return the key of one of a body's streams."""
    return int(seed_sequence(seed, "conduct", "play", body.actor, body.name, what).generate_state(1, np.uint64)[0])


def history(body: Body, runs: IntArray, seed: int) -> History:
    """Follow one body through some runs.

    Its n-th change of hands, the answer of the n-th new body and the type that comes with it each take the n-th number
    of a stream of their own. A body that changes hands before it has decided decides when it was to; afterwards every
    new one decides at once.

    Parameters
    ----------
    body : Body
    runs : ndarray of int, shape (run,)
        Their numbers, which key the streams.
    seed : int
    """
    count = len(runs)
    refused = np.full(count, NEVER)
    sitting = np.zeros(count, dtype=np.int64)
    turns: list[tuple[IntArray, IntArray]] = []
    places, at = np.arange(count), np.zeros(count, dtype=np.int64)
    # Chance that it has changed hands by the end of each period, counted from the last change.
    upto = 1.0 - (1.0 - body.hazard) ** np.arange(1, body.until + 1)
    hands, answers = body_key(seed, body, HANDS), body_key(seed, body, ANSWERS)
    while len(places) and body.turns_until > 0:
        n = len(turns) + 1
        at = at + 1 + np.searchsorted(upto, streams(runs[places], hands, n), side="right")
        places, at = places[at <= body.until], at[at <= body.until]
        if len(places):
            turns.append((places, at))
            sitting[places[at <= body.by]] = n
            late = at > body.by
            refuses = streams(runs[places[late]], answers, n) >= body.chance
            _earliest(refused, places[late][refuses], at[late][refuses])
    if not body.approves:
        refused[sitting == 0] = body.by
    for n in range(1, len(turns) + 1):
        new = np.flatnonzero(sitting == n)
        refuses = streams(runs[new], answers, n) >= body.chance
        refused[new[refuses]] = body.by
    changed = np.full(count, NEVER)
    if turns:
        changed[turns[0][0]] = turns[0][1]
    return History(changed, refused, tuple(turns))


def _earliest(into: IntArray, places: IntArray, at: IntArray) -> None:
    into[places] = np.minimum(into[places], at)


@dataclass(frozen=True)
class Leaver:
    """An actor with bodies that can turn it into another type, or take it out of the plan.

    Attributes
    ----------
    actor : int
    bodies : tuple of Body
        All of its bodies.
    kinds : tuple of str or None
        Its types.
    priors : ndarray of float, shape (kind,)
    """

    actor: int
    bodies: tuple[Body, ...]
    kinds: tuple[str | None, ...]
    priors: FloatArray

    @property
    def changes(self) -> bool:
        """Whether it can become anything else than it is."""
        return self.turns_until > 0 or self.leaves_until >= 0

    @property
    def turns_until(self) -> int:
        """The last period at whose end it can become another type; -1 where it never does."""
        return max(b.turns_until for b in self.bodies) if len(self.kinds) > 1 else -1

    @property
    def leaves_until(self) -> int:
        """The last period at whose end it can withdraw; -1 where it never does."""
        return max(b.leaves_until for b in self.bodies)

    def changing(self, kind: str | None, player: Callable[[str | None], Player]) -> Changing:
        """Return the actor as the chain takes it, starting as one of its types."""
        players = tuple(player(k) for k in self.kinds)
        return Changing(self.actor, self.kinds.index(kind), players, self.turns_until, self.leaves_until)


@dataclass(frozen=True)
class Changes:
    """Who turns into what in some runs, in the order of play, as the kernel takes it.

    Attributes
    ----------
    when : ndarray of int, shape (block * period + 1,)
    run : ndarray of int, shape (change,)
        Places among the runs.
    after : ndarray of int, shape (change,)
        The period at whose end.
    column : ndarray of int, shape (change,)
        Of `Chain.turns`.
    """

    when: IntArray
    run: IntArray
    after: IntArray
    column: IntArray

    def of(self, run: int) -> list[tuple[int, int]]:
        """Return the changes of one run as `halfway.conduct.play.plain_player.play_one` takes them."""
        return [(int(self.after[k]), int(self.column[k])) for k in np.flatnonzero(self.run == run)]


def withdrawn(histories: Sequence[History]) -> IntArray:
    """Return the period at whose end an actor withdraws, by the histories of its bodies; `NEVER` where it does not."""
    return np.min([h.refused for h in histories], axis=0)  # type: ignore[no-any-return]


def changes(
    leavers: Sequence[Leaver],
    starts: Sequence[int],
    histories: Sequence[Sequence[History]],
    runs: IntArray,
    seed: int,
    periods: int,
) -> Changes:
    """Put in order what actors turn into.

    Parameters
    ----------
    leavers : sequence of Leaver
        In the order of the chain's `changing`.
    starts : sequence of int
        The kind that each is at the start.
    histories : sequence of sequence of History
        For each, those of its bodies.
    runs : ndarray of int, shape (run,)
    seed : int
    periods : int
        What comes after the last but one period no longer counts.
    """
    parts: list[tuple[IntArray, IntArray, IntArray]] = []
    offset = 0
    for leaver, start, own in zip(leavers, starts, histories, strict=True):
        run, after, kind, gone = _turned(leaver, start, own, runs, seed)
        parts.append((run, after, offset + 2 * kind + gone))
        offset += 2 * len(leaver.kinds)
    run, after, column = (np.concatenate([p[k] for p in parts]) for k in range(3))
    inside = after < periods
    run, after, column = run[inside], after[inside], column[inside]
    order = np.lexsort((np.arange(len(run)), run, after, run // BLOCK))
    run, after, column = run[order], after[order], column[order]
    cells = (len(runs) + BLOCK - 1) // BLOCK * periods
    return Changes(np.searchsorted(run // BLOCK * periods + after, np.arange(cells + 1)), run, after, column)


def _turned(
    leaver: Leaver, start: int, histories: Sequence[History], runs: IntArray, seed: int
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return where one actor becomes something else: run, period at whose end, kind, whether it has withdrawn."""
    leaves = withdrawn(histories)
    run, after, kind = [np.flatnonzero(leaves < NEVER)], [leaves[leaves < NEVER]], [np.full((leaves < NEVER).sum(), -1)]
    upto = np.cumsum(leaver.priors / leaver.priors.sum())
    if len(leaver.kinds) > 1:
        for body, one in zip(leaver.bodies, histories, strict=True):
            key = body_key(seed, body, KINDS)
            for n, (places, at) in enumerate(one.turns, 1):
                counts = at <= leaves[places]
                places, at = places[counts], at[counts]
                new = np.searchsorted(upto, streams(runs[places], key, n), side="right")
                run.append(places)
                after.append(at)
                kind.append(np.minimum(new, len(upto) - 1))
    who, when, what = np.concatenate(run), np.concatenate(after), np.concatenate(kind)
    # Bodies that change hands in the same period count in the order of the file; a withdrawal comes last.
    order = np.lexsort((what < 0, when, who))
    who, when, what = who[order], when[order], what[order]
    gone = what < 0
    # A withdrawal changes no type: the last one named in the run stands.
    named = np.maximum.accumulate(np.where(gone, -1, np.arange(len(what))))
    what = np.where((named >= 0) & (who[named] == who), what[named], start)
    last = np.append((who[1:] != who[:-1]) | (when[1:] != when[:-1]), True)[: len(who)]
    who, when, what, gone = who[last], when[last], what[last], gone[last]
    before = np.where(np.append(False, who[1:] == who[:-1])[: len(who)], np.roll(what, 1), start)
    new = gone | (what != before)
    return who[new], when[new], what[new], gone[new].astype(np.int64)
