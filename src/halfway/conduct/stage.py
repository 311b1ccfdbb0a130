"""The stage game: what an actor can be held down to, and where play falls back without a plan."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from halfway.space.arrays import BoolArray, Bounds, FloatArray, IntArray, Utilities, holds


def pure_minmax(payoffs: FloatArray) -> FloatArray:
    """Return each player's minmax value in pure strategies, shape ``(player,)``.

    Parameters
    ----------
    payoffs : ndarray of float, shape (strategy of player 0, strategy of player 1, …, player)

    Notes
    -----
    ``min over the others' strategies of max over own strategies`` (D. Fudenberg and E. Maskin, The folk theorem in
    repeated games with discounting or with incomplete information, Econometrica 54, 1986).
    """
    players = payoffs.shape[-1]
    out = np.zeros(players)
    for i in range(players):
        out[i] = payoffs[..., i].max(axis=i).min()
    return out


_MOST_ENUMERATED = 100_000


@dataclass(frozen=True)
class Stage:
    """The stage game of a case, apart from any plan.

    Attributes
    ----------
    utilities : Utilities
        In points.
    bounds : Bounds
    setters : tuple of tuple of int
        For each issue.
    reach : tuple of ndarray of bool, shape (option, option)
        For each issue: which options can ever follow which.
    status_quo : ndarray of int, shape (issue,)
    breach : tuple of ndarray of float, shape (option, option)
        ``breach[i][x, d]``: the chance that a breach is seen on issue i while d is in force and x is prescribed.
    """

    utilities: Utilities
    bounds: Bounds
    setters: tuple[tuple[int, ...], ...]
    reach: tuple[BoolArray, ...]
    status_quo: IntArray
    breach: tuple[FloatArray, ...]

    def sets_alone(self, actor: int) -> tuple[int, ...]:
        """Return the issues that an actor sets alone."""
        return tuple(i for i, who in enumerate(self.setters) if who == (actor,))

    @property
    def additive(self) -> bool:
        """Whether no linkage and no constraint ties issues together."""
        return not self.utilities.linkages and not self.bounds.allowed

    def held_down(self, actor: int) -> tuple[tuple[FloatArray, ...], float]:
        """Return what an actor can be held down to, as a sum over issues.

        Returns
        -------
        tables : tuple of ndarray of float, shape (option,)
            For each issue, the points that remain to the actor once an option is in force there: its own best option
            within reach on what it sets alone, its worst on what others set, the status quo (where within reach) on
            what it sets with others.
        linkages : float
            The least that all linkages together can bring it; with constraints ignored, the sum is a lower bound on
            the minmax value, and equals it where there are neither.
        """
        tables = []
        for i, who in enumerate(self.setters):
            own = self.utilities.tables[i][actor].astype(np.float64)
            within = self.reach[i]
            if who == (actor,):
                tables.append(np.where(within, own[None, :], -np.inf).max(axis=1))
            elif actor in who:
                back = within[:, self.status_quo[i]]
                tables.append(np.where(back, own[self.status_quo[i]], own))
            else:
                tables.append(np.where(within, own[None, :], np.inf).min(axis=1))
        least = float(sum(min(float(x.points[actor].min()), 0.0) for x in self.utilities.linkages))
        return tuple(tables), least

    @property
    def unlocked(self) -> bool:
        """Whether every option can follow every other in the end."""
        return all(bool(r.all()) for r in self.reach)

    def held_down_exactly(self, actor: int) -> float | None:
        """Return an actor's minmax value in pure strategies, linkages and constraints included.

        None where locks make it depend on what is in force, or where there are too many packages.
        """
        sizes = self.utilities.sizes
        if not self.unlocked or prod(sizes) > _MOST_ENUMERATED:
            return None
        own = [i for i, who in enumerate(self.setters) if who == (actor,)]
        theirs = [i for i, who in enumerate(self.setters) if actor not in who]
        packages = np.repeat(
            self.status_quo[None, :], prod(sizes[i] for i in own) * prod(sizes[i] for i in theirs), axis=0
        )
        order = [*theirs, *own]
        if order:
            packages[:, order] = np.array(list(product(*(range(sizes[i]) for i in order))), dtype=np.int64)
        worth = self.points(actor, packages)
        worth[~self.feasible(packages)] = -np.inf
        best = worth.reshape(prod(sizes[i] for i in theirs), -1).max(axis=1)
        possible = best > -np.inf
        return float(best[possible].min()) if possible.any() else None

    def points(self, actor: int, packages: IntArray) -> FloatArray:
        """Return one actor's points, shape ``(package,)``."""
        total = np.zeros(len(packages))
        for i, table in enumerate(self.utilities.tables):
            total += table[actor, packages[:, i]]
        for link in self.utilities.linkages:
            own = link.points[actor]
            if own.any():
                total += own[tuple(packages[:, i] for i in link.issues)]
        return total

    def feasible(self, packages: IntArray) -> BoolArray:
        """Return which packages the constraints allow, shape ``(package,)``."""
        ok = np.ones(len(packages), dtype=np.bool_)
        for mask in self.bounds.allowed:
            ok &= holds(mask, packages)
        return ok

    def equilibrium(self, start: IntArray, most_rounds: int = 200) -> IntArray | None:
        """Return a package at which no actor gains by changing what it sets alone, reached by best replies.

        Issues with several setters stay where they are: any of them can refuse to move. None where best replies
        come to no rest.
        """
        package = start.copy()
        actors = range(self.utilities.actors)
        for _ in range(most_rounds):
            moved = False
            for a in actors:
                better = self._reply(package, a)
                if better is not None:
                    package, moved = better, True
            if not moved:
                return package
        return None

    def _reply(self, package: IntArray, actor: int) -> IntArray | None:
        own = self.sets_alone(actor)
        if not own:
            return None
        choices = [np.flatnonzero(self.reach[i][package[i]]) for i in own]
        if np.prod([len(c) for c in choices]) > 200_000:
            return None
        options = np.repeat(package[None, :], int(np.prod([len(c) for c in choices])), axis=0)
        options[:, own] = np.array(list(product(*choices)))
        options = options[self.feasible(options)]
        if not len(options):
            return None
        worth = self.points(actor, options)
        now = float(self.points(actor, package[None, :])[0])
        top = int(worth.argmax())
        return options[top] if worth[top] > now + 1e-9 else None


@dataclass(frozen=True)
class Holding:
    """Which packages could hold if they were agreed.

    Attributes
    ----------
    not_ruled_out : ndarray of bool, shape (package,)
        Keeping beats every departure when departures are punished as hard as any punishment could.
    can_be_held : ndarray of bool, shape (package,)
        The same when departures are answered by falling back to an equilibrium of the stage game.
    """

    not_ruled_out: BoolArray
    can_be_held: BoolArray


def holding(stage: Stage, packages: IntArray, patience: FloatArray) -> Holding:
    """Tell which packages could hold.

    With false-alarm rate φ, detection ρ and punishment P, keeping is worth ``[(1−δ)u + δφP] / (1−δ+δφ)`` and departing
    for ever ``[(1−δ)u(d) + δρP_d] / (1−δ+δρ)``; P counts what the package, and the departure, lock in.

    Parameters
    ----------
    stage : Stage
    packages : ndarray of int, shape (package, issue)
    patience : ndarray of float, shape (actor,)
    """
    upper = np.ones(len(packages), dtype=np.bool_)
    lower = np.ones(len(packages), dtype=np.bool_)
    fallen = stage.equilibrium(stage.status_quo)
    if fallen is None:
        lower[:] = False
    alarm = _seen(stage, packages, packages)
    values = np.asarray(stage.utilities.of(packages), dtype=np.float64)
    for a in range(stage.utilities.actors):
        delta = float(patience[a])
        tables, least = stage.held_down(a)
        exact = None if stage.additive else stage.held_down_exactly(a)
        if exact is not None:
            tables, least = tuple(np.zeros(n) for n in stage.utilities.sizes), exact
        hard = _worth(delta, values[a], alarm, _held(stage, tables, least, packages, packages, a))
        soft = hard
        if fallen is not None:
            soft = _worth(delta, values[a], alarm, _fallen_values(stage, packages, packages, fallen, a)[0])
        for options, allowed in _one_by_one(stage, packages, a):
            rho = _seen(stage, packages, options)
            gain = stage.points(a, options)
            stays = ~(allowed & (options != packages).any(axis=1))
            punished = _held(stage, tables, least, packages, options, a)
            upper &= stays | (hard >= _worth(delta, gain, rho, punished) - 1e-9)
            if fallen is not None:
                punished, locked = _fallen_values(stage, packages, options, fallen, a)
                enough = soft >= _worth(delta, gain, rho, punished) - 1e-9
                # Where a lock keeps play from the equilibrium, what it falls back to is known only without ties.
                lower &= stays | (enough & (~locked | stage.additive))
    return Holding(upper, lower & upper)


def _held(
    stage: Stage, tables: tuple[FloatArray, ...], least: float, packages: IntArray, options: IntArray, actor: int
) -> FloatArray:
    """Return what an actor can be held down to: its own issues start from what it did, the others' from the package."""
    total = np.full(len(packages), least)
    for i, table in enumerate(tables):
        total += table[options[:, i] if stage.setters[i] == (actor,) else packages[:, i]]
    return total


def _worth(delta: float, points: FloatArray, rate: FloatArray, punished: FloatArray) -> FloatArray:
    return np.asarray(((1 - delta) * points + delta * rate * punished) / (1 - delta + delta * rate))


def _seen(stage: Stage, packages: IntArray, options: IntArray) -> FloatArray:
    clean = np.ones(len(packages))
    for i, table in enumerate(stage.breach):
        clean *= 1.0 - table[packages[:, i], options[:, i]]
    return 1.0 - clean


def _fallen_values(
    stage: Stage, packages: IntArray, options: IntArray, fallen: IntArray, actor: int
) -> tuple[FloatArray, BoolArray]:
    """Return the points of falling back with locks respected, and where a lock stands in the way."""
    ends = np.repeat(fallen[None, :], len(packages), axis=0)
    locked = np.zeros(len(packages), dtype=np.bool_)
    for i, who in enumerate(stage.setters):
        now = options[:, i] if who == (actor,) else packages[:, i]
        stuck = ~stage.reach[i][now, fallen[i]]
        if stuck.any():
            best = _best_within(stage, i, who, now)
            ends[stuck, i] = best[stuck]
            locked |= stuck
    return stage.points(actor, ends), locked


def _best_within(stage: Stage, issue: int, who: tuple[int, ...], now: IntArray) -> IntArray:
    if len(who) > 1:
        return now
    worth = stage.utilities.tables[issue][who[0]].astype(np.float64)
    best: IntArray = np.where(stage.reach[issue], worth[None, :], -np.inf).argmax(axis=1)
    return np.asarray(best[now], dtype=np.int64)


def _one_by_one(stage: Stage, packages: IntArray, actor: int) -> list[tuple[IntArray, BoolArray]]:
    """Return each way an actor can depart, applied to all packages at once, and where it can."""
    own: list[tuple[int, IntArray]] = []
    for i, who in enumerate(stage.setters):
        if who == (actor,):
            own.append((i, np.arange(stage.utilities.sizes[i])))
        elif actor in who:
            own.append((i, np.array([-1, stage.status_quo[i]])))
    out = []
    for combination in product(*(options for _, options in own)):
        options = packages.copy()
        allowed = np.ones(len(packages), dtype=np.bool_)
        for (i, _), option in zip(own, combination, strict=True):
            if option >= 0:
                allowed &= stage.reach[i][packages[:, i], option]
                options[:, i] = option
        allowed &= stage.feasible(options)
        out.append((options, allowed))
    return out


def departure_count(stage: Stage, actor: int) -> int:
    """Return how many ways of departing one actor has."""
    count = 1
    for i, who in enumerate(stage.setters):
        if who == (actor,):
            count *= stage.utilities.sizes[i]
        elif actor in who:
            count *= 2
    return count
