"""What a group wants that states no interests of its own: what its members want, on average."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.interests import Preferences
from halfway.space.utilities.numbers import Number, plain, times, total_of
from halfway.space.utilities.preferences import Reader, Wants, read_wants, walk_away_value


def wants_of(case: Case, actor: str, preferences: Preferences, read: Reader) -> Wants:
    """Compute what an actor wants; a group that states no interests wants what its members want on average.

    The average of its members' utilities is weighted by their capabilities (equally where all are 0). A group's red
    lines are its own and those of every member.

    Parameters
    ----------
    case : Case
    actor : str
    preferences : Preferences
        The actor's own, or with those of a type laid over them.
    read : Reader
    """
    path: Path = ("actors", actor)
    wants = read_wants(case, preferences, read, path)
    if not _speaks_through_members(case, actor, preferences):
        return wants
    inner = _of_members(case, actor, read)
    tables = tuple(
        tuple(total_of(times(share, w.tables[i][o]) for share, w in inner.values()) for o in range(len(own)))
        for i, own in enumerate(wants.tables)
    )
    linkages = tuple((mask, times(share, points)) for share, w in inner.values() for mask, points in w.linkages)
    red_lines = tuple(mask for _, w in inner.values() for mask in w.red_lines)
    return Wants(tables, (*wants.linkages, *linkages), (*wants.red_lines, *red_lines))


def walk_away_of(
    case: Case,
    actor: str,
    wants: Wants,
    preferences: Preferences,
    status_quo: tuple[int, ...] | None,
    read: Reader,
) -> Number:
    """Return what an actor has without an agreement, in utility points.

    A group that states neither interests nor a walk-away has the average of its members', weighted as its utilities.
    """
    path: Path = ("actors", actor)
    if preferences.walk_away is not None or not _speaks_through_members(case, actor, preferences):
        return walk_away_value(case, actor, wants, preferences.walk_away, status_quo, read, (*path, "walk_away"))
    members = case.actors[actor].members
    return total_of(
        times(
            share,
            walk_away_value(
                case, name, w, members[name].walk_away, status_quo, read, (*path, "members", name, "walk_away")
            ),
        )
        for name, (share, w) in _of_members(case, actor, read).items()
    )


def only_ranks(case: Case, actor: str) -> bool:
    """Tell whether an actor has an order of states but no utilities, or is a group some of whose members do."""
    own = case.actors[actor]
    unsaid = not own.interests and own.ranking is None and not own.statements
    return own.ordinal_only or (unsaid and any(member.ordinal_only for member in own.members.values()))


def _speaks_through_members(case: Case, actor: str, preferences: Preferences) -> bool:
    members = case.actors[actor].members
    unsaid = not preferences.interests and preferences.ranking is None and not preferences.statements
    return unsaid and any(member.interests for member in members.values())


def _of_members(case: Case, group: str, read: Reader) -> dict[str, tuple[Number, Wants]]:
    """Return the members' shares in the capability of their group, and what they want."""
    sizes, wants = {}, {}
    for name, member in case.actors[group].members.items():
        path: Path = ("actors", group, "members", name)
        sizes[name] = read(member.strength, (*path, "capability"))
        wants[name] = read_wants(case, member, read, path)
    total = total_of(sizes.values())
    equal = Fraction(1, len(sizes))
    if isinstance(total, Fraction):
        shares = {name: size / total if total else equal for name, size in sizes.items()}
    else:
        some = np.asarray(total) > 0
        safe = np.where(some, total, 1.0)
        shares = {name: np.where(some, plain(size) / safe, float(equal)) for name, size in sizes.items()}
    return {name: (shares[name], wants[name]) for name in sizes}
