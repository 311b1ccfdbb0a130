"""Rule I507: does today stand by the case's own numbers?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfway.audit.finding import Hit
from halfway.audit.question import Ground, Question
from halfway.audit.rule import Rule, Threshold
from halfway.errors import InputError, Refusal

if TYPE_CHECKING:
    from halfway.stability.graph.walk import Walk


@dataclass(frozen=True)
class Leaving:
    """The best move of its own by which an actor would leave the status quo, and which nobody would gain by answering.

    Attributes
    ----------
    actor : str
    picks : mapping from issue to option
    gain : float
        Points; 0 where the actor only ranks.
    """

    actor: str
    picks: dict[str, str]
    gain: float


def today_does_not_stand(question: Question, rule: Rule) -> Iterator[Hit]:
    """I507."""
    case = question.case
    for found in unanswered(question.ground, int(rule.at("most"))):
        said = "; ".join(
            f"{case.title_of('issues', i)}: {case.title_of('issues', i, o)}" for i, o in found.picks.items()
        )
        worth = f"gain {found.gain:.1f} points" if question.cardinal(found.actor) else "do better"
        yield Hit(
            ("actors", found.actor),
            f"today does not stand by these numbers: {question.title(found.actor)} would {worth} by a move of its own "
            f"({said}) that nobody would gain by answering; either a cost is missing, or a number is wrong, or things are "
            f"moving",
            found.gain,
            "points",
        )


def unanswered(ground: Ground, most: int) -> tuple[Leaving, ...]:
    """Return, for each actor, the best unanswered move away from the status quo, if there is one.

    The status quo is sequentially stable for an actor if every move of its own that it gains by can be followed by moves
    of others, each a gain for those who make it, to a state that it likes no better (Fraser and Hipel 1979).

    Parameters
    ----------
    ground : Ground
    most : int
        Combinations of options beyond which nothing is asked.
    """
    return ground.compiled.once(("audit", "today", most), lambda: tuple(_unanswered(ground, most)))


def _unanswered(ground: Ground, most: int) -> Iterator[Leaving]:
    from math import prod

    from halfway.case.support import ask
    from halfway.jit import interpreted
    from halfway.space.graph.model import graph_space
    from halfway.stability.graph.walk import Walk

    space, case = ground.space, ground.case
    if space.status_quo is None or prod(space.sizes) > most:
        return
    try:
        ask(case, "stability")
        with interpreted(True):
            graph = graph_space(case)
            walk = Walk(graph.model)
            here = walk.number(graph.model.start)
            for a, actor in enumerate(graph.actors if here >= 0 else ()):
                free = [t for t in _gains(walk, a, here) if not _answered(walk, a, here, t)]
                if not free:
                    continue
                best = max(free, key=lambda t: int(walk.ranks[a, t]))
                options = graph.model.options(int(walk.states[best]))
                now = graph.model.options(int(walk.states[here]))
                picks = {
                    graph.issues[i]: graph.options[i][new]
                    for i, (new, old) in enumerate(zip(options, now, strict=True))
                    if new != old
                }
                gain = 0.0
                if ground.cardinal(actor):
                    package = space.package(picks, space.status_quo)
                    number = space.actor(actor)
                    gain = float(space.values(package)[number, 0] - ground.today[number])
                yield Leaving(actor, picks, gain)
    except (Refusal, InputError):
        return  # too large, or preferences that no one can walk by: then nothing is said of today


def _gains(walk: Walk, actor: int, here: int) -> Iterator[int]:
    for mover in walk.within((actor,)):
        yield from (t for t in walk.reach(mover, here) if walk.improves(mover, here, t))


def _answered(walk: Walk, actor: int, here: int, there: int) -> bool:
    answers = walk.sequences(there, walk.without((actor,)), improving=True)
    return walk.first_that(answers, lambda t: bool(walk.ranks[actor, t] <= walk.ranks[actor, here])) is not None


RULE = Rule(
    code="I507",
    name="unstable today",
    title="Today does not stand by these numbers",
    family="inputs",
    severity="note",
    figure="points that leaving today brings",
    reason="If someone would gain today by a move of its own that nobody would answer, and has not made it, the numbers "
    "leave out "
    "what holds it back, or the world is about to change (sequential stability: Fraser and Hipel 1979).",
    references=("Fraser and Hipel 1979",),
    remedy="ask what holds it back, and put that into the numbers; or say that things are moving",
    thresholds=(Threshold("most", 500_000, "combinations of options"),),
    per_future=True,
    when="The status quo is not sequentially stable for an actor, moving alone. Asked of cases with up to {most} "
    "combinations of "
    "options, of those who have no utilities by their rankings. A note, once for the case.",
    check=today_does_not_stand,
    ordinal=True,
    idle=True,
)
