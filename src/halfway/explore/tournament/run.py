"""Run a tournament: all combinations, the ranking, best replies, and who invades whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.support import ask
from halfway.conduct.game.bound import bound_issues
from halfway.conduct.game.compiled_plan import Study, study
from halfway.conduct.play.draws import studies, uncertain
from halfway.conduct.play.strategies import STRATEGIES, strategy
from halfway.errors import Problem, Refusal, unknown
from halfway.explore.tournament.matches import Game, repetition
from halfway.explore.tournament.result import Invasion, Match, Reply, Spread, Standing, TournamentResult
from halfway.progress import Progress, silent
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED
from halfway.space.arrays import FloatArray
from halfway.space.compiled import CompiledCase, compile_case

MOST_MATCHES = 20_000
"""The most combinations of strategies, those of each draw counted."""

MOST_PERIODS = 100_000
"""The most periods that may count."""

SAME = 1e-9
"""Points that differ by less are equal."""


def tournament(
    case: Case | CompiledCase,
    plan: str | None = None,
    *,
    actors: Sequence[str] = (),
    strategies: Sequence[str] = (),
    noise: float = 0.0,
    periods: int | None = None,
    open_ended: bool = False,
    draws: int = 0,
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
) -> TournamentResult:
    """Play every combination of published strategies for some actors.

    What each combination brings is exact, errors of hand and false alarms included: joint conduct is a finite chain.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
    actors : sequence of str
        The players; everyone else keeps the plan. Default: the signatories that set something the plan binds.
    strategies : sequence of str
        Published names, or paths of tables. Default: all published ones.
    noise : float
        Chance, for each player and period, of doing the other thing.
    periods : int, optional
        How many count, all alike. Default: discounted averages of play without end.
    open_ended : bool
        Play open-ended repetition of what the plan prescribes for longest, with no rule of the plan.
    draws : int
        Draws of the uncertain numbers, for the spread of every figure.
    seed : int
        Of these draws.
    progress : callable, optional
        Told how many combinations are played.

    Raises
    ------
    Refusal
        Where there is no such actor, strategy or plan, the combinations are too many, or joint conduct is too large.
    """
    compiled = compile_case(case)
    whole = study(compiled, plan)
    ask(whole.case, "strategies", whole.plan)
    named = [strategy(s) for s in dict.fromkeys(strategies or STRATEGIES)]
    labels = tuple(s.called for s in named)
    players = tuple(whole.space.actor(a) for a in _players(whole, actors))
    size = len(named) ** len(players)
    drawn = draws if draws and uncertain(whole) else 0
    if size * (1 + drawn) > MOST_MATCHES:
        raise _refused(
            whole,
            f"{size:,} combinations of strategies{f' under {drawn} draws' if drawn else ''} are too many",
            f"at most {MOST_MATCHES:,} are played",
            "name fewer actors or strategies, or ask for fewer draws",
        )
    if periods is not None and not 1 <= periods <= MOST_PERIODS:
        raise _refused(
            whole, f"{periods:,} periods cannot count", f"they may be 1 to {MOST_PERIODS:,}", "ask for fewer periods"
        )
    say, done = progress or silent, 0

    def table(one: Study) -> FloatArray:
        nonlocal done
        game = Game(repetition(one) if open_ended else one, players, tuple(named), noise, periods)
        found = game.table(lambda n: say("combinations played", done + n, size * (1 + drawn)))
        done += size
        return found

    centre = table(whole)
    others = np.array([table(one) for one in studies(whole, drawn, seed)]) if drawn else None
    names = tuple(whole.space.actors[a] for a in players)
    same = len(players) == 2 and bool(np.allclose(centre[..., 0], centre[..., 1].T, rtol=0, atol=SAME))
    return TournamentResult(
        plan=whole.name,
        players=names,
        strategies=labels,
        open_ended=open_ended,
        noise=noise,
        periods=periods,
        draws=drawn,
        same_for_both=same,
        matches=tuple(_matches(centre, others, names, labels)),
        ranking=tuple(_ranking(centre, others, names, labels, same)),
        replies=tuple(_replies(centre, names, labels)),
        stable=tuple(_stable(centre, names, labels)),
        invasions=tuple(_invasions(centre, names, labels, same)),
        provenance=Provenance(
            compiled.case.name,
            compiled.case.content_hash,
            "tournament of strategies, exact on the chain of joint conduct",
            {
                "plan": whole.name,
                "actors": list(names),
                "strategies": [s.told for s in named],
                "noise": noise,
                "periods": periods,
                "open_ended": open_ended,
                "draws": drawn,
            },
            seed if drawn else None,
            taken_as_indifferent=without_value(compiled.case, plan),
        ),
    )


def _players(whole: Study, actors: Sequence[str]) -> tuple[str, ...]:
    bound = bound_issues(whole.space, whole.plan)
    able = [n for a, n in enumerate(whole.space.actors) if bound & set(whole.rules.sets(a))]
    if not actors:
        signing = [n for n in able if n in whole.case.signatories(whole.plan)]
        if not signing:
            raise _refused(
                whole, "nobody can play", "no signatory sets anything that the plan binds", "name the actors"
            )
        return tuple(signing)
    for name in actors:
        if name not in whole.space.actors:
            raise unknown("actor", name, whole.space.actors)
        if name not in able:
            raise _refused(
                whole,
                f"'{name}' cannot play",
                "it sets nothing that the plan binds, so that it can neither keep nor break",
                f"name {', '.join(able)}",
            )
    return tuple(dict.fromkeys(actors))


def _refused(whole: Study, what: str, why: str, remedy: str) -> Refusal:
    return Refusal([Problem("R063", what, why, remedy, whole.case.place("plans", whole.name))])


def _profiles(table: FloatArray) -> Iterator[tuple[int, ...]]:
    yield from np.ndindex(table.shape[:-1])


def _matches(
    centre: FloatArray, drawn: FloatArray | None, names: tuple[str, ...], labels: tuple[str, ...]
) -> Iterator[Match]:
    ends = None if drawn is None else np.quantile(drawn, [0.05, 0.95], axis=0)
    for profile in _profiles(centre):
        points = centre[profile]
        spread = {}
        if ends is not None:
            spread = {n: Spread(float(ends[0][profile][p]), float(ends[1][profile][p])) for p, n in enumerate(names)}
        yield Match(
            {n: labels[s] for n, s in zip(names, profile, strict=True)},
            {n: float(x) for n, x in zip(names, points, strict=True)},
            spread,
        )


def means(table: FloatArray, player: int) -> FloatArray:
    """Return what each strategy brings a player over all combinations of the others', shape ``(strategy,)``."""
    own = np.moveaxis(table[..., player], player, 0)
    return np.asarray(own.reshape(len(own), -1).mean(axis=1))


def _ranking(
    centre: FloatArray, drawn: FloatArray | None, names: tuple[str, ...], labels: tuple[str, ...], same: bool
) -> Iterator[Standing]:
    for p, name in enumerate(names[:1] if same else names):
        found = means(centre, p)
        first = None
        if drawn is not None:
            each = np.array([means(one, p) for one in drawn])
            first = (each >= each.max(axis=1, keepdims=True) - SAME).mean(axis=0)
        for s in sorted(range(len(labels)), key=lambda s: -found[s]):
            rank = 1 + int((found > found[s] + SAME).sum())
            yield Standing(
                None if same else name, labels[s], float(found[s]), rank, None if first is None else float(first[s])
            )


def _replies(table: FloatArray, names: tuple[str, ...], labels: tuple[str, ...]) -> Iterator[Reply]:
    for p, name in enumerate(names):
        own = np.moveaxis(table[..., p], p, -1)
        rest = [n for n in names if n != name]
        for others in np.ndindex(own.shape[:-1]):
            points = own[others]
            best = np.flatnonzero(points >= points.max() - SAME)
            yield Reply(
                name,
                {n: labels[s] for n, s in zip(rest, others, strict=True)},
                tuple(labels[s] for s in best),
                float(points.max()),
            )


def _stable(table: FloatArray, names: tuple[str, ...], labels: tuple[str, ...]) -> Iterator[dict[str, str]]:
    most = [table[..., p].max(axis=p, keepdims=True) for p in range(len(names))]
    held = np.all([table[..., p] >= m - SAME for p, m in enumerate(most)], axis=0)
    for profile in zip(*np.nonzero(held), strict=True):
        yield {n: labels[int(s)] for n, s in zip(names, profile, strict=True)}


def _invasions(table: FloatArray, names: tuple[str, ...], labels: tuple[str, ...], same: bool) -> Iterator[Invasion]:
    for r, resident in enumerate(labels):
        for m, mutant in enumerate(labels):
            if r == m:
                continue
            for p, name in enumerate(names[:1] if same else names):
                home = [r] * len(names)
                away = [m if k == p else r for k in range(len(names))]
                stays, tries = float(table[(*home, p)]), float(table[(*away, p)])
                twin = float(table[(m,) * len(names)][p])
                against = float(table[tuple(r if k == p else m for k in range(len(names)))][p])
                yield Invasion(
                    resident,
                    mutant,
                    None if same else name,
                    stays,
                    tries,
                    _invades(stays, tries, twin - against if same else None),
                    _cluster(stays, tries, twin) if same else None,
                )


def _invades(stays: float, tries: float, among: float | None) -> str:
    """Tell whether a mutant gains a foothold (J. Maynard Smith, Evolution and the Theory of Games, 1982).

    Parameters
    ----------
    stays, tries : float
        What a resident gets among residents, and a mutant.
    among : float or None
        What a mutant gets against mutants over what a resident gets there, where the game is the same for both.
    """
    if tries > stays + SAME:
        return "yes"
    if tries < stays - SAME:
        return "no"
    if among is None or abs(among) <= SAME:
        return "neutral"
    return "yes" if among > 0 else "no"


def _cluster(stays: float, tries: float, twin: float) -> float | None:
    """Return the least share of their own kind that mutants must meet (R. Axelrod and W. D. Hamilton, 1981)."""
    if tries > stays + SAME:
        return 0.0
    if twin <= stays + SAME:
        return None
    return max(stays - tries, 0.0) / (twin - tries)
