"""What can be tested here of Windows and macOS: file names, encodings, processes that are started, not forked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import halfway as hw

ROOT = Path(__file__).resolve().parents[2]
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def shipped() -> list[Path]:
    """Every file that a checkout or a package brings."""
    folders = ("src", "catalog", "docs", "tests", "benchmarks", "scripts")
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return [path.relative_to(ROOT) for path in found if "__pycache__" not in path.parts and path.is_file()]


def test_every_file_can_stand_on_windows_and_macos():
    by_lower: dict[str, Path] = {}
    for path in shipped():
        for part in path.parts:
            assert not set(part) & set('<>:"|?*\\'), path
            assert part == part.rstrip(". "), path
            assert part.split(".")[0].lower() not in RESERVED, path
        assert len(str(path)) < 160, f"{path}: with the folder it stands in, over the 260 characters of Windows"
        # Neither system tells capitals apart.
        assert by_lower.setdefault(str(path).lower(), path) == path


STRICT = [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning"]
"""Where an encoding left open is an error."""

EACH = """
import sys
from halfway.cli.main import main
for line in sys.argv[1:]:
    try:
        main(line.split())
    except SystemExit as ended:
        if ended.code:
            sys.exit(f"{line}: {ended.code}")
"""


def run(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*STRICT, *arguments], cwd=folder, env={**os.environ, **settings}, capture_output=True, check=False
    )


def test_nothing_is_read_or_written_in_the_encoding_of_the_machine(tmp_path):
    text = (ROOT / "catalog/historical/aland-1921/case.yaml").read_text(encoding="utf-8")
    (tmp_path / "Ålandsöarna.yaml").write_text(text, encoding="utf-8")
    lines = (
        "check Ålandsöarna.yaml",
        "convert Ålandsöarna.yaml back.yaml",
        "stability chicken -o s.csv",
        "new mine",
        "schema",
    )
    done = run("-c", EACH, *lines, folder=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert hw.load(tmp_path / "back.yaml").content_hash == hw.load("aland-1921").content_hash


def test_a_western_european_console_gets_its_own_signs_and_no_error(tmp_path):
    narrow = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    done = run("-m", "halfway", "cases", "--search", "1921", folder=tmp_path, **narrow)
    assert done.returncode == 0, done.stderr
    assert "Åland" in done.stdout.decode("cp1252")


def test_workers_are_started_as_windows_and_macos_start_them():
    """No code relies on a forked process: every pool names `spawn`, or is given by the caller."""
    naming = [
        path for path in (ROOT / "src").rglob("*.py") if "ProcessPoolExecutor(" in path.read_text(encoding="utf-8")
    ]
    assert naming
    for path in naming:
        text = path.read_text(encoding="utf-8")
        assert text.count("ProcessPoolExecutor(") == text.count('mp_context=get_context("spawn")'), path
