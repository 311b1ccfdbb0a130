"""One issue at a time: what each of its options would cost and buy everyone against today, all else as it is.

Where the move is made in hope of a return (a linkage with a probability), the break-even is the probability from which on
the move leaves the actor no worse off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.truth import holds
from halfway.errors import Problem, Refusal, unknown
from halfway.result import Provenance, Result, Table
from halfway.space.arrays import holds as within
from halfway.space.compiled import CompiledCase, compile_case


@dataclass(frozen=True)
class HopedFor:
    """A return that an actor hopes for.

    Attributes
    ----------
    actor : str
    name : str
    probability : float
        As the case has it, at its centre.
    break_even : float or None
        From which on the move costs the actor nothing; None where no probability is enough.
    """

    actor: str
    name: str
    probability: float
    break_even: float | None


@dataclass(frozen=True)
class Move:
    """One option in place of today's.

    Attributes
    ----------
    option : str
    allowed : bool
        Whether the constraints allow it, all else as today.
    change : mapping from actor to float
        Points against today.
    crosses : tuple of str
        Actors one of whose red lines it crosses and today does not.
    hoped_for : tuple of HopedFor
    """

    option: str
    allowed: bool
    change: Mapping[str, float]
    crosses: tuple[str, ...]
    hoped_for: tuple[HopedFor, ...]


@dataclass(frozen=True, repr=False)
class OneIssueResult(Result):
    """What each option of one issue would cost and buy.

    Attributes
    ----------
    issue, today : str
    set_by, owner : tuple of str
    moves : tuple of Move
        One for every other option.
    provenance : Provenance
    """

    issue: str
    today: str
    set_by: tuple[str, ...]
    owner: tuple[str, ...]
    moves: tuple[Move, ...]
    provenance: Provenance

    def headline(self) -> str:
        """Return the main figures in a line."""
        return "; ".join(f"{m.option}: " + ", ".join(f"{a} {x:+.1f}" for a, x in m.change.items()) for m in self.moves)

    def tables(self) -> dict[str, Table]:
        """Return ``moves`` (a row an option and actor) and ``hoped_for``."""
        rows = tuple((m.option, a, x, a in m.crosses) for m in self.moves for a, x in m.change.items())
        hoped = tuple((m.option, h.actor, h.name, h.probability, h.break_even) for m in self.moves for h in m.hoped_for)
        return {
            "moves": Table("moves", ("option", "actor", "change", "crosses_red_line"), rows),
            "hoped_for": Table("hoped_for", ("option", "actor", "return", "probability", "break_even"), hoped),
        }


def one_issue(case: Case | CompiledCase, issue: str) -> OneIssueResult:
    """Say what each option of one issue would cost and buy everyone against today.

    Parameters
    ----------
    case : Case or CompiledCase
    issue : str

    Raises
    ------
    Refusal
        Where there is no such issue, the case states no status quo, or an actor only ranks states.
    """
    compiled = compile_case(case)
    case, space = compiled.case, compiled.space()
    space.require_cardinal("what one issue costs and buys")
    if issue not in case.issues:
        raise unknown("issue", issue, tuple(case.issues))
    if space.status_quo is None:
        why = "the case states no status quo"
        raise Refusal(
            [Problem("R064", "there is no today to compare with", why, "add 'status_quo'", case.place("name"))]
        )
    number, today = space.issues.index(issue), space.status_quo
    before = space.values(today)[:, 0]
    moves = []
    for o, option in enumerate(space.options[number]):
        if o == int(today[number]):
            continue
        package = today.copy()
        package[number] = o
        change = dict(zip(space.actors, (space.values(package)[:, 0] - before).tolist(), strict=True))
        crosses = tuple(
            a for k, a in enumerate(space.actors)
            if any(bool(within(m, package[None, :])[0]) and not bool(within(m, today[None, :])[0])
                   for m in space.bounds.red_lines[k])
        )  # fmt: skip
        moves.append(
            Move(
                option,
                all(bool(within(m, package[None, :])[0]) for m in space.bounds.allowed),
                change,
                crosses,
                _hopes(case, change, space.labels(package), space.labels(today)),
            )
        )
    declared = case.issues[issue]
    return OneIssueResult(
        issue,
        space.options[number][int(today[number])],
        tuple(declared.set_by),
        tuple(declared.owner),
        tuple(moves),
        Provenance(case.name, case.content_hash, "differences of utilities; break-even of a linear function",
                   {"issue": issue}, taken_as_indifferent=without_value(case)),
    )  # fmt: skip


def _hopes(
    case: Case, change: Mapping[str, float], after: Mapping[str, str], before: Mapping[str, str]
) -> tuple[HopedFor, ...]:
    out = []
    for actor, declared in case.actors.items():
        for linkage in declared.linkages:
            if linkage.probability is None or not holds(linkage.when, after) or holds(linkage.when, before):
                continue
            probability = float(linkage.probability)
            points = float(linkage.points)
            rest = change[actor] - points * probability
            at = -rest / points if points > 0 else None
            out.append(
                HopedFor(actor, linkage.name or "", probability, max(0.0, at) if at is not None and at <= 1 else None)
            )
    return tuple(out)
