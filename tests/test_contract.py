"""The import contract names every room, and nothing gets round it."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import halfway

SOURCE = Path(halfway.__file__).parent
PROJECT = tomllib.loads((SOURCE.parents[1] / "pyproject.toml").read_text())
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]
(WHOLE,) = (c for c in CONTRACTS if c.get("containers") == ["halfway"])
DRAWS = {"charts", "brief", "cli", "site", "sheets", "text", "web", "mcp"}
LAZY = {
    "__init__.py": "names of the package, loaded when first used",
    "cli/main.py": "verbs, loaded when called",
    "formats/files.py": "formats, found in their folder",
    "result.py": "polars, an optional peer",
    "settle/talks/peers.py": "NegMAS, an optional peer",
}


def rooms_in(folder: Path) -> set[str]:
    """What stands in a folder: modules, and folders that hold modules."""
    modules = {p.stem for p in folder.glob("*.py")} - {"__init__"}
    return modules | {p.name for p in folder.iterdir() if p.is_dir() and list(p.glob("*.py"))}


def named(contract: dict) -> set[str]:
    parts = [part.strip() for layer in contract["layers"] for part in layer.split("|")]
    return {part.strip("() ") for part in parts}


def test_the_contract_names_every_room():
    rooms = rooms_in(SOURCE) - set(WHOLE["exhaustive_ignores"])
    assert rooms <= named(WHOLE), f"name these in pyproject.toml: {rooms - named(WHOLE)}"
    assert WHOLE["exhaustive"]


def test_every_room_with_rooms_of_its_own_has_a_contract():
    divided = {p.parents[1].name for p in SOURCE.glob("*/*/__init__.py")}
    # These hold records of one kind each, which do not build on one another.
    divided -= {"brief", "formats"}
    for room in divided:
        found = [c for c in CONTRACTS if c.get("containers") == [f"halfway.{room}"]]
        assert found, f"room {room} has no contract"
        assert all(c["exhaustive"] for c in found)
        assert rooms_in(SOURCE / room) <= named(found[0]) | set(found[0].get("exhaustive_ignores", ()))


def test_all_that_computes_is_kept_from_drawing():
    (contract,) = (c for c in CONTRACTS if c["name"] == "Computing code does not draw")
    computes = rooms_in(SOURCE) - DRAWS - set(WHOLE["exhaustive_ignores"])
    assert {f"halfway.{room}" for room in computes} == set(contract["source_modules"])


def test_no_import_hides_in_importlib():
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"import_module\(|__import__\(", path.read_text())
    }
    assert found == set(LAZY)


def imports(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    only_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in only_types:
            yield node.module


def test_the_case_has_no_circles():
    # Imports inside functions count too: a circle is one whenever it is loaded.
    files = {f"halfway.case.{p.stem}": set(imports(p)) for p in (SOURCE / "case").glob("*.py")}
    left = {name: {m for m in found if m in files} for name, found in files.items()}
    while free := {name for name, found in left.items() if not found & left.keys()}:
        left = {name: found for name, found in left.items() if name not in free}
    assert not left, f"in circles, or above one: {sorted(left)}"
