"""What a tournament finds: who gets what, who ranks where, what answers what best, and what invades what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from halfway.result import Provenance, Result, Table


@dataclass(frozen=True)
class Spread:
    """Where a figure lies in nine draws of ten of the uncertain numbers: the 5th and 95th percentiles."""

    low: float
    high: float


@dataclass(frozen=True)
class Match:
    """One combination of strategies.

    Attributes
    ----------
    strategies : mapping from player to str
    points : mapping from player to float
        Average points, exact at the centre of the uncertain numbers.
    spread : mapping from player to Spread
        Empty where nothing was drawn.
    """

    strategies: Mapping[str, str]
    points: Mapping[str, float]
    spread: Mapping[str, Spread]


@dataclass(frozen=True)
class Standing:
    """How one strategy does against all combinations of the others', its own twin included.

    Attributes
    ----------
    player : str or None
        Whose points these are; None where the game is the same for both, and they are of either.
    strategy : str
    points : float
        The mean.
    rank : int
        1 is best; equal means share a rank.
    first : float or None
        The share of draws in which it ranks first; None where nothing was drawn.
    """

    player: str | None
    strategy: str
    points: float
    rank: int
    first: float | None


@dataclass(frozen=True)
class Reply:
    """What one player does best when the others play some strategies.

    Attributes
    ----------
    player : str
    against : mapping from player to str
    best : tuple of str
        All that bring most, of the strategies that take part.
    points : float
    """

    player: str
    against: Mapping[str, str]
    best: tuple[str, ...]
    points: float


@dataclass(frozen=True)
class Invasion:
    """Whether a strategy gains a foothold where everyone plays another.

    Attributes
    ----------
    resident, mutant : str
    player : str or None
        Who tries the other strategy; None where the game is the same for both.
    resident_points, mutant_points : float
        What the player gets among residents, by the one and by the other.
    invades : str
        ``yes`` where the mutant gets more; ``neutral`` where it gets as much and, in a game that is the same for both, does
        as well against itself; else ``no``.
    cluster : float or None
        The least share of its own kind that mutants must meet to do better than residents: 0 where they invade alone; None
        where no share is enough, or the game is not the same for both.
    """

    resident: str
    mutant: str
    player: str | None
    resident_points: float
    mutant_points: float
    invades: str
    cluster: float | None


@dataclass(frozen=True, repr=False)
class TournamentResult(Result):
    """A tournament of strategies.

    Attributes
    ----------
    plan : str
    players : tuple of str
        Whose strategies are combined; everyone else keeps the plan.
    strategies : tuple of str
    open_ended : bool
        Whether it is played over open-ended repetition of what the plan prescribes for longest, with no rule of the plan.
    noise : float
        Chance, for each player and period, of doing the other thing.
    periods : int or None
        How many count, all alike; None for discounted averages of play without end.
    draws : int
        Of the uncertain numbers, for the spreads.
    same_for_both : bool
        Whether two players have the same table, so that one ranking serves both.
    matches : tuple of Match
    ranking : tuple of Standing
        Best first, player by player.
    replies : tuple of Reply
    stable : tuple of mapping from player to str
        The combinations from which no player gains by another of the strategies alone.
    invasions : tuple of Invasion
    provenance : Provenance
    """

    plan: str
    players: tuple[str, ...]
    strategies: tuple[str, ...]
    open_ended: bool
    noise: float
    periods: int | None
    draws: int
    same_for_both: bool
    matches: tuple[Match, ...]
    ranking: tuple[Standing, ...]
    replies: tuple[Reply, ...]
    stable: tuple[Mapping[str, str], ...]
    invasions: tuple[Invasion, ...]
    provenance: Provenance

    def headline(self) -> str:
        """Return the main figures in a line."""
        best = ", ".join(
            f"{s.strategy}{'' if s.player is None else f' as {s.player}'} ({s.points:.1f})"
            for s in self.ranking
            if s.rank == 1
        )
        return f"first of {len(self.strategies)} strategies: {best}"

    def tables(self) -> dict[str, Table]:
        """Return ``ranking``, ``matches``, ``replies`` and ``invasions``."""
        either = "either"
        return {
            "ranking": Table(
                "ranking",
                ("player", "rank", "strategy", "points", "share of draws first"),
                tuple((s.player or either, s.rank, s.strategy, s.points, s.first) for s in self.ranking),
            ),
            "matches": Table(
                "matches",
                (*self.players, "player", "points", "low", "high"),
                tuple(
                    (*m.strategies.values(), p, m.points[p], m.spread[p].low, m.spread[p].high)
                    if m.spread
                    else (*m.strategies.values(), p, m.points[p], None, None)
                    for m in self.matches
                    for p in self.players
                ),
            ),
            "replies": Table(
                "replies",
                ("player", "against", "best", "points"),
                tuple(
                    (r.player, "; ".join(f"{a}: {s}" for a, s in r.against.items()), b, r.points)
                    for r in self.replies
                    for b in r.best
                ),
            ),
            "invasions": Table(
                "invasions",
                ("resident", "mutant", "player", "resident points", "mutant points", "invades", "cluster"),
                tuple(
                    (i.resident, i.mutant, i.player or either, i.resident_points, i.mutant_points, i.invades, i.cluster)
                    for i in self.invasions
                ),
            ),
        }
