"""What is known of a forecast's skill, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Against(Protocol):
    """A row of what was measured against the compromise mean, as results have it."""

    @property
    def on(self) -> str: ...
    @property
    def mae(self) -> float | None: ...
    @property
    def compromise_mae(self) -> float | None: ...
    @property
    def mae_difference(self) -> tuple[float, float, float]: ...
    @property
    def crps(self) -> float | None: ...
    @property
    def compromise_crps(self) -> float | None: ...
    @property
    def crps_percent(self) -> tuple[float, float, float]: ...
    @property
    def coverage(self) -> tuple[float, float, float] | None: ...


def skill(rows: Sequence[Against]) -> list[str]:
    """Say of each row how Halfway's own distribution did against the compromise mean, on a scale of 100 points."""
    return [_row(row) for row in rows]


def _row(row: Against) -> str:
    mae = _against("mean error", row.mae, row.compromise_mae, row.mae_difference, "")
    crps = _against("CRPS", row.crps, row.compromise_crps, row.crps_percent, "%")
    held = ""
    if row.coverage is not None:
        held = "; its 50, 80 and 95 percent intervals held {:.0f}, {:.0f} and {:.0f} percent".format(*row.coverage)
    return f"Halfway's own distribution against the compromise mean, on {row.on}: {mae}; {crps}{held}."


def _against(name: str, own: float | None, other: float | None, gap: tuple[float, float, float], unit: str) -> str:
    digits = 1 if unit else 2
    mean, low, high = (f"{x:+.{digits}f}".replace("-", "−") for x in gap)
    levels = "" if own is None or other is None else f"{own:.2f} to {other:.2f}, "
    chance = ", which may be chance" if gap[1] <= 0 <= gap[2] else ""
    return f"{name} {levels}{mean}{unit} [{low}, {high}]{chance}"
