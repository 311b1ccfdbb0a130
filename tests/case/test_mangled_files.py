"""Case files torn at random: they load, or every problem has a place inside the file; nothing else can happen."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import halfway
from halfway.case.catalog import paths
from halfway.case.reader import load_text
from halfway.errors import InputError
from halfway.testing import EVERYTHING, as_text, case_data
from tests.case.broken import BASE

TEMPLATE = Path(halfway.__file__).parent / "case" / "new_case.yaml"
TEXTS = {"template": TEMPLATE.read_text("utf-8"), "base": BASE} | {n: p.read_text("utf-8") for n, p in paths().items()}
SMALL = {name: text for name, text in TEXTS.items() if len(text) < 8_000}

# What people paste, mistype and leave behind, and what breaks careless readers.
SNIPPETS = (
    *("no", "yes", "on", "12:30", "1e3", "1e999999999", "-1", ".nan", ".inf", "~", "''", "{}", "[]", "[[]]", "{a: b}"),
    *("50 ± 10", "70..50", "beta(0, 0)", "triangular(1)", "experts", "not", "all", "if", "at_least: 5", "{not: {}}"),
    *(
        "&a",
        "*a",
        "<<: *a",
        "!!int",
        "!x",
        "|",
        ">",
        "? ",
        "- ",
        ": ",
        "#",
        "%",
        "@",
        "`",
        "---",
        "...",
        "\t",
        "\u2028",
    ),
    *("\x00", "\ufeff", "\x85", "\U0001f600", "²", "٣", "'", '"', "\\", "{", "}", "[", "]", ",", "\n", "\r", "  "),
    *("2020-13-45", "0 months", "-3 days", "represented by", "status quo", "1" * 50, "x" * 300, "0x10", "1_000", "5%"),
)
TOKEN = re.compile(r"[^\s:,\[\]{}]+")


def lines_of(text: str) -> int:
    return len(text.splitlines()) + 1


def problems_of(text: str):
    try:
        load_text(text, "case.yaml")
    except InputError as error:
        return error.problems
    return None


def check(text: str) -> None:
    problems = problems_of(text)
    if problems is None:
        return
    assert problems
    lines = text.splitlines(keepends=True)
    for problem in problems:
        assert problem.place is not None
        assert 1 <= problem.place.line <= lines_of(text)
        line = lines[problem.place.line - 1] if problem.place.line <= len(lines) else ""
        assert 1 <= problem.place.column <= len(line) + 1
        assert problem.what
        assert problem.why
        assert problem.remedy


@st.composite
def mangled(draw, texts=TEXTS):
    text = texts[draw(st.sampled_from(sorted(texts)))]
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(("lines", "swap", "token", "rename", "character", "indent", "cut")))
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        if kind == "lines":
            count = draw(st.integers(1, 5))
            lines[at : at + count] = lines[at : at + count] * draw(st.sampled_from((0, 2)))
        elif kind == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == "indent":
            lines[at] = draw(
                st.sampled_from(("  " + lines[at], lines[at][1:], "\t" + lines[at], "- " + lines[at].lstrip()))
            )
        text = "\n".join(lines)
        if kind in ("token", "rename"):
            tokens = [m.span() for m in TOKEN.finditer(text)]
            if not tokens:
                continue
            start, end = tokens[draw(st.integers(0, len(tokens) - 1))]
            if kind == "rename":
                a, b = tokens[draw(st.integers(0, len(tokens) - 1))]
                new = text[a:b]
            else:
                new = draw(st.sampled_from(SNIPPETS))
            text = text[:start] + new + text[end:]
        elif kind == "character":
            place = draw(st.integers(0, len(text)))
            text = text[:place] + draw(st.sampled_from(SNIPPETS)) + text[place + draw(st.integers(0, 1)) :]
        elif kind == "cut":
            text = text[: draw(st.integers(0, len(text)))]
    return text


@settings(max_examples=500, deadline=None)
@given(mangled(SMALL))
def test_small_files(text):
    check(text)


@settings(max_examples=150, deadline=None)
@given(mangled())
def test_catalogue_files(text):
    check(text)


@settings(max_examples=200, deadline=None)
@given(case_data(EVERYTHING), st.randoms(use_true_random=False))
def test_generated_files(data, random):
    text = as_text(data)
    for _ in range(random.randint(1, 3)):
        tokens = [m.span() for m in TOKEN.finditer(text)] or [(0, 0)]
        start, end = random.choice(tokens)
        text = text[:start] + random.choice(SNIPPETS) + text[end:]
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text):
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path_factory, content):
    from halfway.case.reader import load_file

    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_file(path)
    assert all(p.place and p.place.line <= lines_of(content.decode(errors="replace")) for p in caught.value.problems)
