"""What README asks for is what is needed: Python and wheels, on the systems that it names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
SYSTEMS = {
    "Linux": ("manylinux", "x86_64", {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}),
    "Windows": ("win_amd64", "", {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}),
    "macOS": ("macosx", "arm64", {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"}),
}


def holds(condition: str | None, python: str, system: dict[str, str]) -> bool:
    """Whether a marker of the lock file is true on another machine."""
    here = {**system, "python_version": python, "python_full_version": f"{python}.0", "platform_machine": "x86_64"}
    return condition is None or Marker(condition).evaluate({**here, "implementation_name": "cpython", "extra": ""})


def needed(python: str, system: dict[str, str]) -> Iterator[dict]:
    """Every locked package that Halfway without extras brings with it."""
    todo, seen = ["halfway"], set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for package in (p for p in LOCK["package"] if p["name"] == name):
            if any(not holds(m, python, system) for m in package.get("resolution-markers", ())[:1]):
                continue
            if name != "halfway":
                yield package
            todo += [d["name"] for d in package.get("dependencies", ()) if holds(d.get("marker"), python, system)]


def fits(file: str, python: str, family: str, machine: str) -> bool:
    number = int(python.split(".")[1])
    for tag in parse_wheel_filename(file)[3]:
        place = tag.platform == "any" or (family in tag.platform and tag.platform.endswith((machine, "universal2")))
        if not place:
            continue
        if tag.interpreter in ("py3", f"py3{number}", f"cp3{number}") and tag.abi in ("none", "abi3", f"cp3{number}"):
            return True
        if tag.abi == "abi3" and tag.interpreter.startswith("cp3") and int(tag.interpreter[3:]) <= number:
            return True
    return False


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_package_that_halfway_needs_has_a_wheel(python, system):
    """So no compiler is needed."""
    family, machine, markers = SYSTEMS[system]
    found = list(needed(python, markers))
    assert len(found) >= len(PROJECT["dependencies"])
    without = [
        p["name"]
        for p in found
        if not any(fits(w["url"].rsplit("/", 1)[-1].replace("%2B", "+"), python, family, machine) for w in p["wheels"])
    ]
    assert without == []


def test_the_page_says_which_pythons_were_tried():
    declared = {c.rsplit(" ", 1)[-1] for c in PROJECT["classifiers"] if "Python :: 3." in c}
    page = (ROOT / "docs/how-to/install.md").read_text(encoding="utf-8")
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    assert f"| {PYTHONS[0]} to {PYTHONS[-1]} | each locked package has a wheel" in page
    assert f"| Linux (x86-64) | {', '.join(sorted(declared))} | every test" in page


def test_extras_in_the_page_are_those_declared():
    page = (ROOT / "docs/how-to/install.md").read_text(encoding="utf-8")
    for extra in PROJECT["optional-dependencies"]:
        assert f"`halfway[{canonicalize_name(extra)}]`" in page, extra
