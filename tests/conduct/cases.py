"""Small cases that the tests of this room share."""

from __future__ import annotations

from typing import Any

from halfway.case.case import Case
from halfway.case.reader import build

# Axelrod's payoffs: temptation 5, reward 3, punishment 1, sucker 0, here times ten as utility points.
T, R, P, S = 50.0, 30.0, 10.0, 0.0


def dilemma(
    plan: dict[str, Any], patience: Any = 0.9, noise: float = 0.0, points=(T, R, P, S), events: Any = None, **extra: Any
) -> Case:
    """The prisoner's dilemma as a case: each side sets its own issue; a noisy signal shows the other act."""
    t, r, p, s = points
    observed = {"c": {"c": 1 - noise, "d": noise}, "d": {"d": 1 - noise, "c": noise}} if noise else {}

    def actor(mine: str, theirs: str) -> dict[str, Any]:
        cells = [({mine: "c", theirs: "c"}, r), ({mine: "d", theirs: "c"}, t), ({mine: "d", theirs: "d"}, p),
                 ({mine: "c", theirs: "d"}, s)]  # fmt: skip
        return {
            "patience": patience,
            "interests": {mine: {"weight": 0, "values": {"c": 0, "d": 0}}},
            "linkages": [{"when": when, "points": points} for when, points in cells],
            **extra,
        }

    return build(
        {
            "name": "dilemma",
            "actors": {"row": actor("row_act", "column_act"), "column": actor("column_act", "row_act")},
            "issues": {
                key: {
                    "options": ["c", "d"],
                    "set_by": who,
                    "owner": who,
                    **({"observed": observed} if observed else {}),
                }
                for key, who in (("row_act", "row"), ("column_act", "column"))
            },
            "status_quo": {"row_act": "d", "column_act": "d"},
            "plans": {"plan": plan},
            **({"events": events} if events else {}),
        }
    )


GRIM: dict[str, Any] = {
    "phases": {
        "trust": {
            "package": {"row_act": "c", "column_act": "c"},
            "on": [{"when": {"any": [{"row_act": "d"}, {"column_act": "d"}]}, "go": "war"}],
        },
        "war": {"package": {"row_act": "d", "column_act": "d"}},
    }
}

# Both sides answer the other's last act in kind: four phases, one for each pair of last acts.
TIT_FOR_TAT: dict[str, Any] = {
    "start": "cc",
    "phases": {
        row + column: {
            "package": {"row_act": row, "column_act": column},
            "on": [
                {"when": {"row_act": a, "column_act": b}, "go": b + a}
                for a in "cd"
                for b in "cd"
                if b + a != row + column
            ],
        }
        for row in "cd"
        for column in "cd"
    },
}
