"""The wheel alone, installed where nothing of this checkout can be seen, does what the checkout does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import halfway as hw
from halfway.case.catalog import paths

CHECKOUT = Path(hw.__file__).parents[2]
SHORT = 90
"""Seconds after which a package index counts as out of reach."""


def uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=str(CHECKOUT / ".tools" / "bin"))
    if found is None:
        pytest.skip("uv is not here: it builds the wheel")
    return found


def run_or_skip(*command: str) -> None:
    """Run a step that may need the package index; a machine without one, or with a slow one, skips."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SHORT, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"no answer from a package index in {SHORT} s")
    if done.returncode and any(
        sign in done.stderr for sign in ("Failed to fetch", "dns error", "error sending request")
    ):
        pytest.skip("no package index within reach")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run_or_skip(uv(), "build", "--quiet", "--wheel", "--out-dir", str(out), str(CHECKOUT))
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A command that runs the installed `halfway` in a folder of its own, with nothing of this environment."""
    room = tmp_path_factory.mktemp("clean")
    venv = room / "venv"
    run_or_skip(uv(), "venv", "--quiet", "--python", sys.executable, str(venv))
    scripts = venv / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    run_or_skip(uv(), "pip", "install", "--quiet", "--python", str(python), str(wheel))
    bare = {"PATH": str(scripts), "HOME": str(room), "NUMBA_CACHE_DIR": str(room / "numba")}
    if os.name == "nt":
        bare["SYSTEMROOT"] = os.environ["SYSTEMROOT"]

    def halfway(*arguments: str) -> str:
        done = subprocess.run(
            [str(scripts / "halfway"), *arguments],
            cwd=room,
            env=bare,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return halfway


def test_wheel_holds_the_catalogue_and_is_for_every_system(wheel):
    assert wheel.name.endswith("-py3-none-any.whl"), "nothing in it is compiled"
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("halfway/catalog/")}
    beside = {
        f"halfway/catalog/{path.relative_to(CHECKOUT / 'catalog').as_posix()}"
        for path in (CHECKOUT / "catalog").rglob("*")
        if path.is_file()
    }
    assert inside == beside


def test_wheel_finds_its_catalogue_and_answers_for_a_case(installed):
    said = installed("--version", "--full")
    assert f"{len(paths())} cases, inside the package" in said
    assert "as a package" in said
    assert "missing" not in said
    answer = json.loads(installed("stability", "prisoners-dilemma", "--json"))
    ours = hw.stability("prisoners-dilemma").to_dict()
    assert answer["equilibria"] == json.loads(json.dumps(ours["equilibria"]))
    assert answer["provenance"]["case_hash"] == ours["provenance"]["case_hash"]
