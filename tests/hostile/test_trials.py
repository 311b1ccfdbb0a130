"""Every file of the folder of hostile trials ends in an answer or in located lines, within its time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hostile import oracle

TRIALS = Path(os.environ.get("HALFWAY_SHARED", Path(__file__).resolve().parents[2].parent / "shared")) / "trials"
FILES = sorted(
    {*(TRIALS / "hostile").glob("fmt/*"), *(TRIALS / "hostile").glob("*.yaml"), *(TRIALS / "hostile").glob("size/*")}
)

pytestmark = pytest.mark.skipif(not FILES, reason="the trials are not there; HALFWAY_SHARED names their folder")


def lines(path: Path, out: Path) -> list[list[str]]:
    """Return the commands that read such a file."""
    if path.parent.name != "fmt":
        return [["check", str(path)]]
    if path.name.startswith("r_"):
        return [["verify", str(path)], ["grade", str(path), "--outcome", "5"]]
    if path.name.startswith("s_"):
        case = ["prisoners-dilemma-repeated", "--runs", "2", "--draws", "1"]
        return [["conduct", *case, "--strategy", f"first={path}"]]
    return [["convert", str(path), str(out)]]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_a_hostile_file_is_answered_or_refused_where_it_is_wrong(path, tmp_path):
    for number, line in enumerate(lines(path, tmp_path / "read.yaml")):
        ran = oracle.command(line, 60.0)
        assert ran.fault is None, (line, ran.fault)
        assert ran.status in (0, 1, 2), (number, ran.status)
    if (tmp_path / "read.yaml").exists():
        checked = oracle.command(["check", str(tmp_path / "read.yaml")])
        assert checked.fault is None
        assert checked.status == 0, checked.err
