"""What a plan's text does not move: reactions and events, each as a machine of a few statuses.

A machine looks at one thing a period, its *input*, and passes from one status to the next, with a probability where
that is a matter of chance. A state of the plan carries the status of each machine.

- A **reaction**: idle, on its way, running, or spent until a period passes without its signal. Its input is whether its
  signal was seen. Where it lasts while the signal is seen, a period without it calls it off even before it begins.
- An **event**: not in force, in force, or over for good; or, where it is decided at one time, so many periods before
  that. It has no input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, TypeAlias

Turn: TypeAlias = tuple[tuple[float, int], ...]
"""The statuses that may follow, with their probabilities."""

Lasts: TypeAlias = Literal["while_seen", "fixed", "mean", "for_good"]

World: TypeAlias = tuple[int, ...]
"""The status of each machine."""


@dataclass(frozen=True)
class Machine:
    """One reaction or event.

    Attributes
    ----------
    kind : {"reaction", "event"}
    name : str
        For messages only.
    start : int
        The status at the start of the plan.
    on : tuple of bool, shape (status,)
        Whether it is in force.
    turn : tuple of (Turn, Turn), shape (status,)
        What follows each status where the input is no, and where it is yes.
    timed : bool
        Whether it counts periods: what multiplies the states most.
    """

    kind: Literal["reaction", "event"]
    name: str
    start: int
    on: tuple[bool, ...]
    turn: tuple[tuple[Turn, Turn], ...]
    timed: bool = False


def turned(machines: Sequence[Machine], world: World, inputs: Sequence[bool]) -> list[tuple[float, World]]:
    """Return where the machines may stand in the next period, independently of each other."""
    ways = [m.turn[s][seen] for m, s, seen in zip(machines, world, inputs, strict=True)]
    out = []
    for combination in product(*ways):
        chance = 1.0
        for p, _ in combination:
            chance *= p
        if chance > 0:
            out.append((chance, tuple(s for _, s in combination)))
    return out


def reaction(
    name: str,
    after: int,
    probability: float,
    lasts: Lasts,
    periods: float,
) -> Machine:
    """Make the machine of a reaction.

    Parameters
    ----------
    name : str
    after : int
        Periods between the signal and the first period in which it acts, beyond the next one.
    probability : float
        That it reacts, drawn once whenever its signal comes up.
    lasts : str
        As long as its signal is seen, a fixed time, a time of which the mean is known, or for good.
    periods : float
        The time, or its mean.
    """
    idle, spent, first = 0, 1, 2
    running = first + after
    length = int(periods) if lasts == "fixed" else 1
    statuses: list[tuple[Turn, Turn]] = []
    starts = _mix((probability, first), (1 - probability, spent))
    statuses.append((_to(idle), starts))
    statuses.append((_to(idle), _to(spent)))
    for k in range(after):
        on = _to(first + k + 1)
        statuses.append((_to(idle) if lasts == "while_seen" else on, on))
    if lasts == "while_seen":
        statuses.append((_to(idle), _to(running)))
    elif lasts == "for_good":
        statuses.append((_to(running), _to(running)))
    elif lasts == "mean":
        ends = 1 / periods
        statuses.append((_mix((ends, idle), (1 - ends, running)), _mix((ends, spent), (1 - ends, running))))
    else:
        statuses += [(_to(running + k + 1),) * 2 for k in range(length - 1)]
        statuses.append((_to(idle), _to(spent)))
    on_ = tuple(s >= running for s in range(len(statuses)))
    return Machine("reaction", name, idle, on_, tuple(statuses), timed=after > 1 or length > 1)


def reacting(machine: Machine, probability: float) -> Machine:
    """Return a reaction that comes with another probability whenever its signal comes up."""
    idle, spent, first = 0, 1, 2
    starts = (machine.turn[idle][0], _mix((probability, first), (1 - probability, spent)))
    return replace(machine, turn=(starts, *machine.turn[1:]))


def event(
    name: str,
    chance: float,
    lasts: Lasts,
    periods: float,
    once: bool,
    at: int = 0,
) -> Machine:
    """Make the machine of an event.

    Parameters
    ----------
    name : str
    chance : float
        That it comes at the end of a period in which it is not in force; with `at`, that it comes then.
    lasts : str
        A fixed time, a time of which the mean is known, or for good (nothing is seen that it could last as long as).
    periods : float
        The time, or its mean.
    once : bool
        Whether it can come only once. What is decided at one time can.
    at : int
        The period at whose end it is decided; 0 where it can come at any time.
    """
    length = int(periods) if lasts == "fixed" else 1
    # 0 is over for good; then come the periods in force, and last those before.
    over, first = 0, 1
    waiting = first + length
    rest = over if once or at else waiting
    statuses: list[Turn] = [_to(over)]
    if lasts == "for_good":
        statuses.append(_to(first))
    elif lasts == "mean":
        statuses.append(_mix((1 / periods, rest), (1 - 1 / periods, first)))
    else:
        statuses += [_to(first + k + 1) for k in range(length - 1)]
        statuses.append(_to(rest))
    last = _mix((chance, first), (1 - chance, over if at else waiting))
    statuses.append(last)
    for k in range(max(at, 1) - 1):
        statuses.append(_to(waiting + k))
    on = tuple(first <= s < waiting for s in range(len(statuses)))
    return Machine("event", name, len(statuses) - 1, on, tuple((t, t) for t in statuses), timed=length > 1 or at > 1)


def _to(status: int) -> Turn:
    return ((1.0, status),)


def _mix(*ways: tuple[float, int]) -> Turn:
    """Return what may follow, equal statuses added up and impossible ones left out."""
    found: dict[int, float] = {}
    for chance, status in ways:
        found[status] = found.get(status, 0.0) + chance
    return tuple((p, s) for s, p in found.items() if p > 0)
