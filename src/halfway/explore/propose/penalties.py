"""What can follow a breach: what is seen of it, and what the others can withhold from whoever did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from halfway.case.issues import rows_in
from halfway.settle.parties import group_of
from halfway.space.arrays import BoolArray, IntArray, holds
from halfway.space.utilities.preferences import mask_of
from halfway.space.utilities.space import Space
from halfway.tolerances import GAIN

STYLES = ("beyond", "today", "proportionate")
"""How a breach is answered: all return to today and the others add what costs nobody else more than whom it answers; all
return to today; or the others withhold what costs nobody else more, and the rest goes on."""

CLEAR = 0.05
"""A signal that is seen with no larger probability while all keep is a clear one."""


@dataclass(frozen=True)
class Ground:
    """What a package asks of the parties.

    Attributes
    ----------
    space : Space
    parties : tuple of int
    served : tuple of int
        Whom a breach must not cost anything: the parties, and those whom the plan is for.
    start, target : ndarray of int, shape (issue,)
    setters : tuple of frozenset of int
        For each issue, the actors that set it.
    bound : tuple of int
        Issues that the plan binds: those that change, and those that stay as they are and that a party could change at
        the others' material cost.
    harmful : tuple of ndarray of bool, shape (option,)
        For each issue, the options that leave one of the served materially worse off than the option aimed at; an
        issue that changes counts any loss.
    """

    space: Space
    parties: tuple[int, ...]
    served: tuple[int, ...]
    start: IntArray
    target: IntArray
    setters: tuple[frozenset[int], ...]
    bound: tuple[int, ...]
    harmful: tuple[BoolArray, ...]

    def breakers(self, issue: int) -> tuple[int, ...]:
        """Return the parties at whose door a breach on an issue is laid."""
        return tuple(sorted(self.setters[issue] & set(self.parties)))


def ground(space: Space, parties: Sequence[int], served: Sequence[int], target: IntArray, material: float) -> Ground:
    """Work out what a package asks of the parties."""
    assert space.status_quo is not None
    case, start = space.case, np.asarray(space.status_quo)
    setters = tuple(frozenset(space.actor(group_of(case, a)) for a in case.issues[i].set_by) for i in space.issues)
    changes = set(np.flatnonzero(start != target).tolist())
    bound, harmful = [], []
    there = space.values(target)[:, 0]
    for i, size in enumerate(space.sizes):
        others = np.repeat(target[None, :], size, axis=0)
        others[:, i] = np.arange(size)
        lost = there[:, None] - space.values(others)
        movers = setters[i] & set(parties)
        hurt = [a for a in served if a not in movers] or list(served)
        least = GAIN if i in changes else material - GAIN
        harm = lost[hurt].max(axis=0, initial=0.0) > least
        harm[int(target[i])] = False
        harmful.append(harm)
        if movers and (i in changes or harm.any()):
            bound.append(i)
    return Ground(space, tuple(parties), tuple(served), start, target, setters, tuple(bound), tuple(harmful))


def seen(on: Ground, issue: int, prescribed: int, *, clear: bool) -> tuple[str, ...]:
    """Return the signals by which a breach on an issue shows.

    A signal counts where a harmful option shows it more often than the prescribed one; with `clear`, only where the
    prescribed one shows it hardly ever.
    """
    space = on.space
    declared = space.case.issues[space.issues[issue]]
    names = space.options[issue]
    kept = _row(declared, names[prescribed])
    wrong = [o for o in range(len(names)) if o != prescribed and on.harmful[issue][o]]
    if issue in np.flatnonzero(on.start != on.target).tolist() and on.start[issue] != prescribed:
        # Going back to today is the breach that every change invites.
        wrong = sorted({*wrong, int(on.start[issue])})
    chances: dict[str, float] = {}
    for o in wrong:
        for signal, chance in _row(declared, names[o]).items():
            chances[signal] = max(chances.get(signal, 0.0), chance)
    limit = CLEAR if clear else 1.0
    return tuple(s for s, c in chances.items() if c > 2 * kept.get(s, 0.0) + 1e-9 and kept.get(s, 0.0) <= limit)


def _row(declared: object, option: str) -> Mapping[str, float]:
    found = declared.observed.get(option)  # type: ignore[attr-defined]
    if found is None:
        return {option: 1.0}
    return {name: float(chance) for name, chance in rows_in(found)[-1].signals.items()}


def answer(on: Ground, breakers: Sequence[int], style: str) -> IntArray | None:
    """Return the package that answers a breach; None where nothing is left to answer with.

    On issues that the plan binds, those who have not broken it pick what costs the breakers most, issue by issue, within
    the limits of lawful countermeasures (ILC 2001, articles 49 to 54): it can be taken back, crosses no red line of those
    served, conflicts with no obligation in force, and costs nobody else more than it costs the breakers.

    Parameters
    ----------
    on : Ground
    breakers : sequence of int
        Who is answered.
    style : str
        One of `STYLES`.
    """
    space = on.space
    base = on.target.copy()
    if style != "proportionate":
        for i in on.bound:
            if _and_back(space, i, int(on.target[i]), int(on.start[i])):
                base[i] = on.start[i]
    out = base.copy()
    if style != "today":
        for i in on.bound:
            enforcers = (on.setters[i] & set(on.parties)) - set(breakers)
            if enforcers:
                out[i] = _hardest(on, i, breakers, enforcers, base)
    if np.array_equal(out, on.target) or not all(bool(holds(m, out[None, :])[0]) for m in space.bounds.allowed):
        return None
    return out


def _hardest(on: Ground, issue: int, breakers: Sequence[int], enforcers: AbstractSet[int], base: IntArray) -> int:
    """Return the option of one issue that costs the breakers most and nobody else more."""
    space, kept, start = on.space, int(base[issue]), int(on.start[issue])
    # One of several setters can only refuse: the issue then falls back to today's option.
    options = range(space.sizes[issue]) if on.setters[issue] <= enforcers else (start,)
    worst, found = -GAIN, kept
    for o in options:
        if o == kept or not _and_back(space, issue, int(on.target[issue]), o):
            continue
        other = base.copy()
        other[issue] = o
        if o != start and not lawful(on, other, base):
            continue
        change = (space.values(other) - space.values(base))[:, 0]
        own = float(sum(change[a] for a in breakers))
        if own < worst and all(change[a] >= own - GAIN for a in on.served if a not in breakers):
            worst, found = own, o
    return found


def _and_back(space: Space, issue: int, kept: int, other: int) -> bool:
    """Tell whether an issue can go from one option to another and back, each in one move."""
    declared, names = space.case.issues[space.issues[issue]], space.options[issue]
    return declared.may_follow(names[kept], names[other]) and declared.may_follow(names[other], names[kept])


def lawful(on: Ground, package: IntArray, base: IntArray) -> bool:
    """Tell whether a package crosses no red line of those served and adds no conflict with an obligation in force."""
    space = on.space
    masks = [m for a in on.served for m in space.bounds.red_lines[a]]
    masks += [mask_of(space.case, o.conflicts_with) for o in space.case.obligations_in_force.values()]
    return not any(bool(holds(m, package[None, :])[0]) and not bool(holds(m, base[None, :])[0]) for m in masks)
