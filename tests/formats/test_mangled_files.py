"""Hostile files of every format end in an answer that `check` accepts, or in located refusals; soon, and in little memory."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfway.case.catalog import load
from halfway.case.reader import load_file
from halfway.errors import HalfwayError, InputError
from halfway.formats.files import formats, read, write
from halfway.formats.workbook.writer import workbook_of
from tests.formats.inputs import TEXTS, lay

SHARED = Path(os.environ.get("HALFWAY_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
HOSTILE = SHARED / "trials" / "hostile" / "fmt"

NASTY = (
    "1e99999999", "-1e99999999", "1e400", "1" * 5000, "NaN", "Infinity", "-.inf", "²", "٣", "\u2212", "1/0", "1/3",
    "", " ", '"', "'", "{", "}", "[", "]", "[[[[[[[[", "null", "true", "&a", "*a", "<<: *a", "!!python/object:os.system",
    "\x00", "\x1b[31m", "\u202e", "\ufeff", "\\ud800", "\ud800", "&", "&amp;", "&x;", "<!DOCTYPE a [<!ENTITY a 'b'>]>",
    "<a>", "]]>", "-1", "0", "100000000000000000000", "x" * 3000, ",", ";", "\t",
    "\n", "\r", "%", "60%", "=1+1", "all", "any", "not", "if", "None", "low", "price", "\U0001f600", "é", "e\u0301",
)  # fmt: skip


def refused_or_sound(path: Path, format: str | None = None) -> str:
    """Read, write as a case, and read that again; return what happened."""
    out = path.parent / f"{path.name}.out.yaml"
    try:
        imported = read(path, format)
        write(imported.case, out)
    except HalfwayError as error:
        for problem in error.problems:
            assert problem.place is not None, problem
            assert problem.place.file.startswith(str(path.parent)), problem
            assert "\n" not in str(problem)
        assert not out.exists()
        return "refused"
    assert load_file(out).content_hash
    return "read"


@pytest.mark.parametrize("format", sorted(TEXTS))
def test_the_sound_input_is_read_and_recognised(format: str, tmp_path: Path) -> None:
    assert refused_or_sound(lay(tmp_path, TEXTS[format])) == "read"


def test_there_is_an_input_of_every_format() -> None:
    # A workbook is a package of parts, mangled in a test of its own below.
    assert set(TEXTS) == set(formats()) - {"case", "workbook"}


@pytest.fixture(scope="module")
def parts() -> dict[str, str]:
    """The parts of a sound workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook_of(load("elmira")))) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_mangled_workbooks(
    parts: dict[str, str], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    mangled = dict(parts)
    name = data.draw(st.sampled_from(sorted(parts)))
    text = mangled[name]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + data.draw(st.sampled_from([0, 1, 4, 30])))))
        text = text[:start] + data.draw(st.sampled_from(NASTY) | st.text(max_size=4)) + text[end:]
    mangled[name] = text
    if data.draw(st.integers(0, 9)) == 0:
        del mangled[data.draw(st.sampled_from(sorted(mangled)))]
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as package:
        for name, text in mangled.items():
            package.writestr(name, text.encode("utf-8", "surrogatepass"))
    whole = raw.getvalue()
    if data.draw(st.integers(0, 4)) == 0:
        at = data.draw(st.integers(0, len(whole) - 1))
        whole = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 200)) :]
    path = tmp_path_factory.mktemp("mangled") / "case.xlsx"
    path.write_bytes(whole)
    refused_or_sound(path, "workbook")


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_mangled_files_of_every_format(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(sorted(TEXTS)))
    files = dict(TEXTS[format])
    name = data.draw(st.sampled_from(sorted(files)))
    text = files[name]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + data.draw(st.sampled_from([0, 1, 4, 30])))))
        text = text[:start] + data.draw(st.sampled_from(NASTY) | st.text(max_size=4)) + text[end:]
    files[name] = text
    folder = tmp_path_factory.mktemp("mangled")
    refused_or_sound(lay(folder, files), format)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_token_replaced(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Numbers, names and words are what readers look at: replace one by something nasty, so that the rest stays sound."""
    import re

    format = data.draw(st.sampled_from(sorted(TEXTS)))
    files = dict(TEXTS[format])
    name = data.draw(st.sampled_from(sorted(files)))
    token = data.draw(st.sampled_from(list(re.finditer(r"[\w.]+|\"[^\"]*\"|\[[^\[\]]*\]|\{[^{}]*\}", files[name]))))
    nasty = data.draw(st.sampled_from(NASTY))
    files[name] = files[name][: token.start()] + nasty + files[name][token.end() :]
    refused_or_sound(lay(tmp_path_factory.mktemp("token"), files), format)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.binary(max_size=300))
def test_bytes_of_any_kind(tmp_path_factory: pytest.TempPathFactory, format: str, raw: bytes) -> None:
    files: dict[str, str | bytes] = dict(TEXTS[format])
    files[min(files)] = raw
    refused_or_sound(lay(tmp_path_factory.mktemp("bytes"), files), format)


NINES = "".join(f"a{k}: &a{k} [{','.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 12))
MERGES = "".join(f"m{k}: &m{k} {{<<: [*m{k - 1}, *m{k - 1}, *m{k - 1}, *m{k - 1}]}}\n" for k in range(1, 20))
ENTITIES = "".join(f"<!ENTITY a{k} '&a{k - 1};&a{k - 1};'>" for k in range(1, 40))


def others(format: str, **changed: str) -> dict[str, str]:
    """Return the files of a format with one of them changed; ``_`` in a name stands for its point."""
    return TEXTS[format] | {name.replace("_", "."): text for name, text in changed.items()}


BOMBS: dict[str, tuple[str, dict[str, str]]] = {
    "aliases": ("negmas", others("negmas", flat_yml=f"a0: &a0 [x,x,x]\n{NINES}issues:\n- {{name: i, values: *a11}}\n")),
    "merges": ("negmas", others("negmas", flat_yml=f"m0: &m0 {{x: 1}}\n{MERGES}{TEXTS['negmas']['flat.yml']}")),
    "yaml depth": ("negmas", others("negmas", flat_yml="issues: " + "[" * 50_000)),
    "entities": ("genius", others("genius", domain_xml=f"<!DOCTYPE a [<!ENTITY a0 'aaaa'>{ENTITIES}]><a>&a39;</a>")),
    "xml depth": ("genius", others("genius", domain_xml="<negotiation_template>" + "<a>" * 200_000)),
    "json depth": ("geniusweb", others("geniusweb", domain_json='{"issuesValues":' * 50_000)),
    "range": (
        "geniusweb",
        others("geniusweb", domain_json=TEXTS["geniusweb"]["domain.json"].replace('"step": "1"', '"step": "1e-50"')),
    ),
    "exponent": ("gambit", {"game.nfg": TEXTS["gambit"]["game.nfg"].replace("3, 1", "1e999999999, 1")}),
    "players": ("gambit", {"game.nfg": 'NFG 1 R "t" { ' + '"p" ' * 5000 + "} { " + "2 " * 5000 + "} 1"}),
    "profiles": ("gambit", {"game.nfg": 'NFG 1 R "t" { "a" "b" } { 2000 2000 } 1'}),
    "quotes": ("gambit", {"game.nfg": 'NFG 1 R "' + '\\"' * 500_000}),
    "rows": ("positions", {"table.csv": "actor,issue,position,salience\n" + "a,b\n" * 300_000}),
    "cell": ("positions", {"table.csv": 'actor,issue,position,salience\n"' + "x" * 3_000_000}),
    "integer": (
        "gmcr",
        {"c.gmcr": TEXTS["gmcr"]["conflict.gmcr"].replace('"options": [0]', f'"options": [{"9" * 100_000}]')},
    ),
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_what_would_unfold_without_limit_is_refused_soon_and_in_little_memory(name: str, tmp_path: Path) -> None:
    format, files = BOMBS[name]
    path = lay(tmp_path, files)
    formats()
    tracemalloc.start()
    began = perf_counter()
    try:
        outcome = refused_or_sound(path, format)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcome == "refused"
    assert perf_counter() - began < 30
    assert most < 400_000_000


def test_the_command_refuses_with_one_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = lay(tmp_path, {"game.nfg": 'NFG 1 R "t" { "a" "a" } { 2 2 }\n1 2 3 4 5 6 7 8\n'})
    done = subprocess.run(
        [sys.executable, "-m", "halfway", "convert", str(path), str(tmp_path / "out.yaml")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"{path}:1:19: F171 two players are called 'a'")
    assert done.stderr.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["game.nfg"]


@pytest.mark.skipif(
    not HOSTILE.is_dir(), reason="the collection of hostile files is not in the repository; not found here"
)
@pytest.mark.parametrize("name", sorted(p.name for p in HOSTILE.glob("[cgn]*")) if HOSTILE.is_dir() else [])
def test_collected_hostile_files(name: str, tmp_path: Path) -> None:
    try:
        write(read(HOSTILE / name).case, tmp_path / "out.yaml")
    except InputError as error:
        assert all(p.place and str(HOSTILE / name) in p.place.file for p in error.problems)  # noqa: PT017
        assert not (tmp_path / "out.yaml").exists()
    else:
        assert load_file(tmp_path / "out.yaml").content_hash
