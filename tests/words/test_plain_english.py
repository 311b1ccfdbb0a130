"""Phrases that no message, help text, page of the documentation or brief may use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

PHRASES = (
    r"cannot be told",
    r"could not be told",
    r"can be told of",
    r"\banew\b",
    r"\bso many\b",
    r"whom it is said to",
    r"\bwere it\b",
    r"states? no least",
    r"go on for good as the rule of the trial",
    r"let the rule of the trial go on",
    r"come without a note",
    r"was tried 1 times",
    r"nothing it does would cost it",
    r"a departure that leaves the chances of what follows",
    r"by answers that those who give them gain from",
    r"is missing in '0'",
    r"What of the distribution",
)
PATTERN = re.compile("|".join(PHRASES), re.IGNORECASE)


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every string of a module that a user may read, with its line; of docstrings, those of commands: their help."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and getattr(node, "name", "") != "command"
    }
    # What stands alone under a name explains the code too.
    inside |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)} - {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "command" and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def found_in(text: str) -> list[str]:
    return [m[0] for m in PATTERN.finditer(" ".join(text.split()))]


def test_no_message_or_help_text_has_one() -> None:
    hits = [
        f"{path.relative_to(ROOT)}:{line}: {found}"
        for path in sorted((ROOT / "src" / "halfway").rglob("*.py"))
        for line, text in texts_of(path)
        if (found := found_in(text))
    ]
    assert hits == [], "\n".join(hits)


def test_no_page_of_the_documentation_has_one() -> None:
    # Readings of the past quote what was said at their date.
    records = {"audit-on-history.md", "conduct-on-history.md"}
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    hits = [
        f"{page.relative_to(ROOT)}:{number}: {found}"
        for page in pages
        if page.name not in records
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := found_in(line))
    ]
    assert hits == [], "\n".join(hits)


def test_the_list_catches_what_it_is_meant_to_catch() -> None:
    for bad in ("It cannot be told whether", "write it anew", "so many packages", "were it sure", "was tried 1 times"):
        assert found_in(bad), bad
    for good in ("11 packages", "it was told", "1 package", "weren't its", "which type it is"):
        assert not found_in(good), good
