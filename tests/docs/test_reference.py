"""The reference pages say what is there: functions that import, commands that exist, keys that are declared."""

import importlib
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from halfway.cli.main import VERBS

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "reference" / "methods.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|\n ").split(" | ")] for line in TABLE.splitlines() if line.startswith("| ")
]
METHODS = [row for row in ROWS if row[0] != "method"]


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_generate"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["docs_generate"]


def test_the_table_has_its_four_columns():
    assert ROWS[0] == ["method", "source", "function", "command"]
    assert METHODS
    assert all(len(row) == 4 and all(row) for row in METHODS)


@pytest.mark.parametrize("row", METHODS, ids=lambda r: r[0])
def test_each_method_names_a_function_and_a_command_that_exist(row):
    named = []
    for dotted in re.findall(r"`(halfway(?:\.\w+)+)`", row[2]):
        parts = dotted.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            try:
                here = importlib.import_module(".".join(parts[:cut]))
            except ModuleNotFoundError:
                continue
            break
        for name in parts[cut:]:
            here = getattr(here, name)
        named.append(here)
    verbs = re.findall(r"`halfway ([a-z]+)", row[3])
    assert set(verbs) <= set(VERBS)
    scripts = re.findall(r"`python ([a-z_/]+\.py)`", row[3])
    assert all((ROOT / script).is_file() for script in scripts)
    # What no command reaches is for Python alone; then its docstring has to tell how it is called.
    called = row[3] == "Python" and named and all("Parameters\n" in (one.__doc__ or "") for one in named)
    assert verbs or scripts or called or row[3].startswith("every")
    assert "`halfway." in row[2]


def test_the_generated_format_page_has_every_key(generate):
    page = generate.case_format()
    models = generate.models(generate.Case)
    assert {"Case", "Actor", "Issue", "Plan", "Phase", "Trigger", "Promise", "Interest"} <= {m.__name__ for m in models}
    for model in models:
        section = page.split(f"\n## {model.__name__}\n")[1].split("\n## ")[0]
        for name, info in model.model_fields.items():
            assert f"| `{info.alias or name}` |" in section
    assert set(re.findall(r"\]\(#(\w+)\)", page)) <= {m.__name__.lower() for m in models}


def test_the_generated_command_page_has_every_verb(generate):
    page = generate.command_line()
    assert re.findall(r"^## halfway (\w+)$", page, re.MULTILINE) == list(VERBS)
    assert "Usage: halfway check [OPTIONS] CASE" in page


def test_links_between_pages_lead_somewhere():
    generated = {"case-format.md", "command-line.md"}
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        if path.name in generated:
            continue
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text("utf-8")):
            assert Path(target).name in generated or (path.parent / target).exists(), f"{path}: {target}"


def test_the_picture_of_the_readme_shows_what_the_tool_draws_today(generate):
    assert generate.PICTURE.read_text("utf-8") == generate.picture()
