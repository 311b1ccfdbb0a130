"""A graph model as plain arrays: who can change what, which states there are, and who prefers which.

States are numbered by mixed radix over the issues' options, first issue fastest. Arrays over states have the length of
the whole product; states that cannot occur are marked, and coalesced states are stood for by their last member.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from halfway.errors import Problem, Refusal
from halfway.space.arrays import BoolArray, IntArray

RankArray: TypeAlias = NDArray[np.signedinteger[Any]]

MAX_PRODUCT = 1 << 24
"""Most states, feasible or not, that arrays are laid out for (about 3 GB with four actors)."""

MILD, STRONG, UNKNOWN = 1, 2, 3
"""What a difference at a level means: preferred, much preferred, or nobody knows which way."""


@dataclass(frozen=True)
class Level:
    """One step of a lexicographic comparison.

    Attributes
    ----------
    kind : int
        `MILD`, `STRONG` or `UNKNOWN`: what it means when two states differ here and at no earlier level.
    classes : ndarray of int32, shape (state,)
        Higher is better; for `UNKNOWN` only whether two states differ matters.
    """

    kind: int
    classes: RankArray


class Moves(NamedTuple):
    """What the movers can change, as arrays for compiled code.

    A mover is an actor alone, or the setters of a jointly set issue acting together.

    Attributes
    ----------
    strides, sizes : ndarray of int64, shape (issue,)
    width : ndarray of int64, shape (mover,)
        How many issues the mover can change.
    issues : ndarray of int64, shape (mover, position)
        Which ones, padded with -1.
    allowed : ndarray of bool, shape (mover, position, option before, option after)
        The diagonal is False: keeping an option is no change.
    free : ndarray of bool, shape (mover, position)
        Whether every change of that issue is allowed to the mover.
    members : ndarray of bool, shape (mover, actor)
    apart : ndarray of bool, shape (mover, mover)
        Whether two movers share no actor, so that one may follow the other.
    feasible : ndarray of bool, shape (state,)
    stands_for : ndarray of int32, shape (state,)
        The state that takes this one's place: itself, the last member of its coalesced group, or -1 if infeasible.
    group_start, group_members : ndarray
        For the groups of coalesced states, ``group_members[group_start[g]:group_start[g + 1]]``.
    group : ndarray of int32, shape (state,)
        Number of the group a state belongs to, -1 for none.
    ends : ndarray of bool, shape (issue,)
        Whether an option of the issue ends the matter.
    """

    strides: IntArray
    sizes: IntArray
    width: IntArray
    issues: IntArray
    allowed: BoolArray
    free: BoolArray
    members: BoolArray
    apart: BoolArray
    feasible: BoolArray
    stands_for: NDArray[np.int32]
    group_start: IntArray
    group_members: NDArray[np.int32]
    group: NDArray[np.int32]
    ends: BoolArray


@dataclass(frozen=True)
class GraphModel:
    """A conflict in graph form.

    Attributes
    ----------
    sizes : tuple of int
        Number of options of each issue.
    feasible : ndarray of bool, shape (state,)
    setters : tuple of tuple of int
        Per issue, the actors that set it; several act together, but any one of them can take the issue back to its
        status quo option. An issue that nobody sets never changes.
    transitions : tuple of ndarray of bool
        Per issue, shape (option before, option after).
    status_quo : tuple of int
        One option per issue; -1 where none is stated, and then nobody alone can undo what is set jointly.
    ranks : ndarray of int32, shape (actor, state)
        Ordinal preferences, higher is better, equal means indifferent.
    coalescing : tuple of (int, tuple of int)
        Issues with the options after which no other issue matters. Where two such issues apply to one state, the
        first in this order decides.
    levels : tuple, one per actor
        Empty for plain ranks; else the actor's comparison level by level (strength, unknown preference).
    """

    sizes: tuple[int, ...]
    feasible: BoolArray
    setters: tuple[tuple[int, ...], ...]
    transitions: tuple[BoolArray, ...]
    status_quo: tuple[int, ...]
    ranks: RankArray
    coalescing: tuple[tuple[int, tuple[int, ...]], ...] = ()
    levels: tuple[tuple[Level, ...], ...] = field(default=())

    def __post_init__(self) -> None:
        refuse_if_too_large(self.sizes)

    @property
    def product(self) -> int:
        """Number of combinations of options, feasible or not."""
        return int(np.prod(self.sizes, dtype=object)) if self.sizes else 1

    @property
    def actors(self) -> int:
        """Number of actors."""
        return int(self.ranks.shape[0])

    @cached_property
    def movers(self) -> tuple[tuple[int, ...], ...]:
        """Every actor alone, then every set of actors that sets an issue together."""
        joint = dict.fromkeys(tuple(sorted(set(s))) for s in self.setters if len(set(s)) > 1)
        return (*((a,) for a in range(self.actors)), *joint)

    @cached_property
    def moves(self) -> Moves:
        """The movers' powers and the coalesced groups as arrays."""
        return _moves(self)

    @cached_property
    def states(self) -> IntArray:
        """The states that count, ascending: feasible, one for each coalesced group; shape (state,)."""
        own = self.moves.stands_for
        return np.flatnonzero(own == np.arange(own.size, dtype=np.int32)).astype(np.int64)

    @cached_property
    def settled_ranks(self) -> RankArray:
        """Ranks with every coalesced state given its last member's, shape (actor, state)."""
        if not self.coalescing:
            return self.ranks
        own = self.moves.stands_for
        return np.ascontiguousarray(self.ranks[:, np.where(own < 0, 0, own)])

    @property
    def start(self) -> int:
        """The state of the status quo, or -1 where it is not stated or a constraint forbids it."""
        if any(option < 0 for option in self.status_quo):
            return -1
        index = int(np.dot(self.moves.strides, np.asarray(self.status_quo, dtype=np.int64)))
        return int(self.moves.stands_for[index])

    def options(self, state: int) -> tuple[int, ...]:
        """Return the option of each issue in a state."""
        return tuple(int(state // stride % size) for stride, size in zip(self.moves.strides, self.sizes, strict=True))

    def index(self, options: Sequence[int]) -> int:
        """Return the state that counts for a combination of options, or -1 if it cannot occur."""
        raw = int(np.dot(self.moves.strides, np.asarray(options, dtype=np.int64)))
        return int(self.moves.stands_for[raw])


def refuse_if_too_large(sizes: Sequence[int]) -> None:
    """Refuse a product of options that arrays cannot be laid out for.

    Raises
    ------
    Refusal
        With the size and what to do about it.
    """
    product = int(np.prod(np.asarray(sizes, dtype=object))) if len(sizes) else 1
    if product > MAX_PRODUCT:
        raise Refusal(
            [
                Problem(
                    "N401",
                    f"the options of the issues combine to {product:,} states",
                    f"stability lays its arrays out for at most {MAX_PRODUCT:,}",
                    "fix some issues at one option, declare coalesce_when on an option that ends the matter, "
                    "or look around one state only",
                )
            ]
        )


def _moves(model: GraphModel) -> Moves:
    sizes = np.asarray(model.sizes, dtype=np.int64)
    strides = np.ones(len(sizes), dtype=np.int64)
    strides[1:] = np.cumprod(sizes[:-1])
    movers = model.movers
    powers: list[list[tuple[int, BoolArray]]] = []
    for mover in movers:
        power: list[tuple[int, BoolArray]] = []
        for issue, setters in enumerate(model.setters):
            together = tuple(sorted(set(setters)))
            allowed = model.transitions[issue].astype(np.bool_).copy()
            np.fill_diagonal(allowed, False)
            if together != mover:
                if not (len(mover) == 1 and mover[0] in together):
                    continue
                # One setter alone can only take a joint issue back to where it was.
                back = np.zeros_like(allowed)
                today = model.status_quo[issue]
                if today >= 0:
                    back[:, today] = allowed[:, today]
                allowed = back
            if allowed.any():
                power.append((issue, allowed))
        powers.append(power)
    width, widest = max((len(p) for p in powers), default=0), max(model.sizes, default=1)
    issues = np.full((len(movers), max(width, 1)), -1, dtype=np.int64)
    table = np.zeros((len(movers), max(width, 1), widest, widest), dtype=np.bool_)
    free = np.zeros((len(movers), max(width, 1)), dtype=np.bool_)
    members = np.zeros((len(movers), model.actors), dtype=np.bool_)
    for m, (mover, power) in enumerate(zip(movers, powers, strict=True)):
        members[m, list(mover)] = True
        for k, (issue, allowed) in enumerate(power):
            size = model.sizes[issue]
            issues[m, k] = issue
            table[m, k, :size, :size] = allowed
            free[m, k] = bool((allowed | np.eye(size, dtype=np.bool_)).all())
    stands_for, group, starts, listed = _coalesce(model, strides)
    return Moves(
        strides,
        sizes,
        np.asarray([len(p) for p in powers], dtype=np.int64),
        issues,
        table,
        free,
        members,
        ~(members.astype(np.int64) @ members.T.astype(np.int64) > 0),
        np.ascontiguousarray(model.feasible, dtype=np.bool_),
        stands_for,
        starts,
        listed,
        group,
        np.isin(np.arange(len(sizes)), [issue for issue, _ in model.coalescing]),
    )


def _coalesce(
    model: GraphModel, strides: IntArray
) -> tuple[NDArray[np.int32], NDArray[np.int32], IntArray, NDArray[np.int32]]:
    index = np.arange(model.product, dtype=np.int32)
    stands_for = np.where(model.feasible, index, np.int32(-1)).astype(np.int32)
    group = np.full(model.product, -1, dtype=np.int32)
    lists: list[NDArray[np.int32]] = []
    for issue, options in model.coalescing:
        digit = index // strides[issue] % model.sizes[issue]
        for option in options:
            member = np.flatnonzero((digit == option) & model.feasible & (group < 0)).astype(np.int32)
            if member.size > 1:
                group[member] = len(lists)
                stands_for[member] = member[-1]
                lists.append(member)
            elif member.size:
                # Alone, it still must not be claimed by a later rule.
                group[member] = len(lists)
                lists.append(member)
    starts = np.zeros(len(lists) + 1, dtype=np.int64)
    starts[1:] = np.cumsum([len(x) for x in lists])
    listed = np.concatenate(lists) if lists else np.zeros(0, dtype=np.int32)
    return stands_for, group, starts, listed
