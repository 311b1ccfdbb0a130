"""Participation: would those at the table sign, and would the bodies at home let them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.play.ratification import answering, answers_at_centre
from halfway.tolerances import GAIN


@dataclass(frozen=True)
class Refusing:
    """One who would not sign, or would not let another sign.

    Attributes
    ----------
    actor : str
        The signatory.
    body : str or None
        The body at home that refuses; None where the signatory itself does.
    worth, asks : float
        What the plan is worth to it, and the least that it accepts: of a signatory, the kept plan's discounted average
        and its walk-away; of a body, the plan's long-run package and its threshold.
    later : bool
        Whether it does not sign but is to ratify later.
    """

    actor: str
    body: str | None
    worth: float
    asks: float
    later: bool = False


def refusing(whole: Study) -> tuple[Refusing, ...]:
    """Return the signatories that the kept plan leaves below their walk-away, and those who would not ratify.

    Who is to ratify later, outside the room, compares the kept plan with its walk-away as a signatory does.
    """
    found = [
        Refusing(name, None, own["keep"], own["walk_away"], "ratifies_later" in own)
        for name, own in consent(whole).items()
        if "represented_by" not in own and not own["accepts"]
    ]
    for actor, body in answering(whole):
        value, threshold = answers_at_centre(whole, actor, body)
        if value < threshold - GAIN:
            found.append(Refusing(actor, body, value, threshold))
    return tuple(found)


def consent(whole: Study) -> dict[str, Any]:
    """Compare the kept plan with walking away, for all who sign or ratify later; for those spoken for, by both interests.

    The kept plan counts by its discounted average from the start.
    """
    values = [whole.kept_value(whole.kept, name)[0] for name in whole.space.actors]
    away = whole.space.walk_away
    seats = whole.case.seats(whole.plan)

    def compared(a: int) -> dict[str, Any]:
        accepts = bool(np.isnan(away[a]) or values[a] >= away[a] - GAIN)
        return {"keep": float(values[a]), "walk_away": float(away[a]), "accepts": accepts}

    out: dict[str, Any] = {}
    for a, name in enumerate(whole.space.actors):
        seat = seats[name]
        if seat.seat == "party":
            out[name] = compared(a)
        elif seat.inclusion == "later_ratification":
            out[name] = {**compared(a), "ratifies_later": True}
        elif seat.represented_by is not None:
            speaker = whole.space.actor(seat.represented_by)
            out[name] = {
                **compared(a),
                "represented_by": seat.represented_by,
                "representative": compared(speaker),
            }
    return out
