"""What each actor gives and gets under a kept plan, issue by issue, against today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.space.compiled import CompiledCase
from halfway.space.plan.prescribed import transfers_by_phase

LINKED = "linked"
"""Stands for what depends on several issues together."""
PAID = "paid"
"""Stands for payments."""


@dataclass(frozen=True)
class Ledger:
    """One actor's gains and losses in the long run of a kept plan, in points of its own scale.

    Attributes
    ----------
    entries : tuple of (str, float)
        By issue, linkages together under ``linked`` and payments under ``paid``; largest first, nothing left out but
        noughts. They sum to what the actor ends above today.
    """

    entries: tuple[tuple[str, float], ...]

    @property
    def gives(self) -> float:
        """The sum of its losses, zero or more."""
        return -sum(x for _, x in self.entries if x < 0)

    @property
    def gets(self) -> float:
        """The sum of its gains."""
        return sum(x for _, x in self.entries if x > 0)


def ledgers(compiled: CompiledCase, plan: str) -> dict[str, Ledger] | None:
    """Return every actor's ledger under a plan; None where the case states no status quo."""
    space, values = compiled.space(), compiled.values(plan)
    if space.status_quo is None:
        return None
    today, path = space.status_quo, compiled.path(plan)
    paid = transfers_by_phase(space, compiled.case.plans[plan])[path.phase_of]
    out = {}
    for a, actor in enumerate(space.actors):
        unit = float(space.points.unit[a])
        entries = [
            (
                issue,
                unit
                * float(
                    sum(
                        s * (table[a, int(p[i])] - table[a, int(today[i])])
                        for p, s in zip(values.packages, values.shares, strict=True)
                    )
                ),
            )
            for i, (issue, table) in enumerate(zip(space.issues, space.points.tables, strict=True))
        ]
        linked = sum(
            unit
            * s
            * float(link.points[(a, *(p[i] for i in link.issues))] - link.points[(a, *(today[i] for i in link.issues))])
            for link in space.points.linkages
            for p, s in zip(values.packages, values.shares, strict=True)
        )
        entries += [(LINKED, linked), (PAID, float(paid[:, a] @ path.long_run))]
        kept = [(n, x) for n, x in entries if abs(x) > 1e-9]
        out[actor] = Ledger(tuple(sorted(kept, key=lambda e: -abs(e[1]))))
    return out


def gain(ledger: Ledger) -> float:
    """Return what an actor ends above today."""
    return float(np.sum([x for _, x in ledger.entries])) if ledger.entries else 0.0
