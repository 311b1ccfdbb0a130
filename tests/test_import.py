"""Importing costs next to nothing, and the names of the package are what they say."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("pandas", "numba", "duckdb", "jinja2", "numpy", "scipy", "pydantic", "rich", "vl_convert")


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(out.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_after("import halfway") & set(HEAVY)


def test_help_loads_nothing_heavy() -> None:
    statement = "from halfway.cli.main import root; root.main(['--help'], standalone_mode=False)"
    assert not loaded_after(statement) & set(HEAVY)


def test_functions_stay_functions_although_folders_have_their_names() -> None:
    code = (
        "import halfway.settle.run, halfway.audit.run, halfway.conduct.run, halfway.brief.render, halfway as hw\n"
        "assert callable(hw.settle) and callable(hw.audit) and callable(hw.brief) and callable(hw.conduct)\n"
        "assert hw.load('eu-belarus-2016').name == 'eu-belarus-2016'\n"
        "assert 'settle' in dir(hw)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
