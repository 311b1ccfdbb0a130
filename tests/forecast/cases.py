"""Random disputes, small cases as text, and where the data that may not be committed would be."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from halfway.forecast.disputes import Dispute

SHARED = Path(os.environ.get("HALFWAY_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DEU3 = SHARED / "data" / "deu3" / "deu3-development.csv"
needs_deu3 = pytest.mark.skipif(not DEU3.is_file(), reason=f"the DEU III development file is not at {DEU3}")


@st.composite
def disputes(draw, least: int = 1, most: int = 8, reference: bool | None = None, missing: bool = True) -> Dispute:
    """Disputes with ties, zero saliences, missing numbers, with and without a reference point."""
    n = draw(st.integers(least, most))
    point = st.integers(0, 20).map(lambda k: 5.0 * k)
    salience = st.integers(0, 10).map(lambda k: 10.0 * k)
    gap = st.just(float("nan"))
    positions = draw(st.lists(st.one_of(point, point, point, gap) if missing else point, min_size=n, max_size=n))
    saliences = draw(st.lists(st.one_of(salience, salience, gap) if missing else salience, min_size=n, max_size=n))
    capabilities = draw(st.lists(st.integers(0, 5).map(float), min_size=n, max_size=n))
    with_reference = draw(st.booleans()) if reference is None else reference
    return Dispute(
        np.array(positions),
        np.array(saliences),
        np.array(capabilities),
        draw(point) if with_reference else float("nan"),
        quota=draw(st.sampled_from([0.5 + 1e-6, 62 / 87, 1.0])),
        setter=draw(st.integers(-1, n - 1)),
        chamber=draw(st.integers(-1, n - 1)),
        chamber_consents=draw(st.booleans()),
        whole_numbers=draw(st.booleans()),
    )


def emission_standards() -> Dispute:
    """The textbook example, its scale of 4 to 10 years stretched to 0–100."""
    years = np.array([4, 7, 4, 4, 10, 10, 10, 7, 4, 7])
    salience = np.array([80.0, 40, 20, 80, 60, 60, 90, 10, 100, 70])
    capability = np.array([0.08, 0.08, 0.03, 0.16, 0.16, 0.16, 0.16, 0.05, 0.05, 0.08])
    return Dispute((years - 4) / 6 * 100, salience, capability)


def years(point: float) -> float:
    """Turn 0–100 back into years."""
    return 4 + 0.06 * point


def write_deu3(path: Path, issues: int, seed: int = 3, proposals: int = 12) -> Path:
    """Write a made-up file in DEU III's columns whose outcomes often lie on a position."""
    from halfway.forecast.scoring.deu3 import ACTORS

    rng = np.random.default_rng(seed)
    header = ["prnr", "isnr", "proc", "counvte"] + [f"p{a}" for a in ACTORS] + [f"s{a}" for a in ACTORS] + ["rp", "out"]
    lines = [",".join(header)]
    for i in range(issues):
        held = rng.choice([0, 20, 50, 70, 100], 3)
        positions = [str(int(rng.choice(held))) if rng.random() < 0.6 else "" for _ in ACTORS]
        positions[0] = str(int(held[0]))
        saliences = [str(int(rng.integers(0, 11) * 10)) if p and rng.random() < 0.95 else "" for p in positions]
        outcome = str(int(held[0] if rng.random() < 0.7 else rng.integers(0, 101)))
        proposal = f"n0{i % proposals % 10}{i % proposals:03d}"
        row = [proposal, f"{proposal}i{i}", "CNS" if i % 2 else "COD", "Unan" if i % 3 == 0 else "QMV"]
        reference = "" if i % 4 == 0 else "0"
        lines.append(",".join([*row, *positions, *saliences, reference, outcome if i % 17 else ""]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


CASE = """
halfway: 1
name: small
issues:
  delay:
    scale: {from: 4, to: 10, unit: years}
    options: {four: {at: 4}, seven: {at: 7}, ten: {at: 10}}
    set_by: [north, south]
    owner: [north, south]
    voting_rule: qualified_majority
    agenda_setter: north
    outcome: 7
  money:
    scale: {from: 0, to: 50, unit: millions}
    options: {none: {at: 0}, some: {at: 20}, all: {at: 50}}
    set_by: north
    owner: south
    reference_point: 0
  flag:
    options: [red, blue]
    set_by: north
    owner: north
status_quo: {delay: four, money: none, flag: red}
actors:
  north:
    capability: 60
    interests:
      delay: {position: 4, salience: 80}
      money: {position: 50, salience: 40}
      flag: {values: {red: 100, blue: 0}}
  south:
    capability: 30
    interests:
      delay: {position: 10, salience: 50}
      money: {position: 0, salience: 90}
  east:
    interests:
      delay: {values: {four: 0, seven: 100, ten: 100}, weight: 3}
      flag: {values: {red: 0, blue: 100}, weight: 1}
  west: {interests: {flag: [red, blue]}}
plans:
  deal:
    phases:
      only: {package: {delay: seven, money: some, flag: red}}
"""


def write_case(folder: Path, text: str = CASE) -> Path:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return path
