"""Bytes → text: bounded, strict, and helpful about the encoding that would fit."""

from __future__ import annotations

import codecs
import re
import sys
from pathlib import Path

from halfway.errors import InputError, Place, Problem

LARGEST = 50_000_000
"""Bytes; nothing that is read here comes near it."""

STANDARD_INPUT = "-"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings of several bytes a letter, each with letters that its texts are full of; one byte a letter comes after them.
_SCRIPTS = (
    ("shift_jis", re.compile("[\u3040-\u30ff]"), 0.3),
    ("euc_kr", re.compile("[\uac00-\ud7a3]"), 0.9),
    ("gb18030", re.compile("[\u4e00-\u9fff]"), 0.9),
    ("windows-1251", re.compile("[\u0400-\u045f]"), 0.7),
)
"""Each with the least share of such letters among those beyond ASCII."""

UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u200a\u200c-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
)
"""Control characters, separators of lines, marks that turn the direction of writing, surrogates, and what is no character."""


def read_bytes(path: Path, shown: str | None = None) -> bytes:
    """Read a file, or standard input where the path is ``-``.

    Raises
    ------
    InputError
        Where it cannot be read or is far too large.
    """
    shown = shown or str(path)
    place = Place(shown)
    try:
        if str(path) == STANDARD_INPUT:
            raw = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with path.open("rb") as stream:
                raw = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "it cannot be opened").lower()
        raise InputError([Problem("F001", f"cannot read {shown}", reason, "check the path", place)]) from error
    if len(raw) > LARGEST:
        raise InputError(
            [Problem("F102", f"{shown} is too large", f"it has over {LARGEST:,} bytes", "check the file", place)]
        )
    return raw


def decode(raw: bytes, shown: str, encoding: str | None = None) -> str:
    """Turn bytes into text: UTF-8, what a byte order mark says, or what the user says; never by guessing.

    Parameters
    ----------
    raw : bytes
    shown : str
        The file's name, for messages.
    encoding : str, optional
        What the user says that it is.

    Raises
    ------
    InputError
        Naming the encoding that would fit.
    """
    mark, marked = next(((mark, name) for mark, name in _MARKS if raw.startswith(mark)), (b"", "utf-8"))
    encoding = encoding or marked
    try:
        codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, UnicodeError):
        raise InputError(
            [Problem("F105", f"there is no encoding '{encoding}'", "it is not known here", "try utf-8", Place(shown))]
        ) from None
    if not mark and marked == encoding and (wide := _wide(raw)):
        raise InputError([_not_utf8(raw, 0, shown, wide)])
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        fits = fitting(raw) if encoding == "utf-8" else ""
        raise InputError([_not_utf8(raw, error.start, shown, fits, encoding)]) from error


def not_utf8(raw: bytes, shown: str) -> tuple[str, str, Place] | None:
    """Say why bytes are not UTF-8, for the project's own files, which are nothing else.

    Parameters
    ----------
    raw : bytes
    shown : str
        The file's name.

    Returns
    -------
    (str, str, Place) or None
        Why, and a remedy that names the encoding that would fit; None where they are.
    """
    marked = next((name.rpartition("-")[0] for mark, name in _MARKS[1:] if raw.startswith(mark)), "")
    at = 0
    fits = marked or _wide(raw)
    if not fits:
        try:
            raw.decode()
            return None
        except UnicodeDecodeError as error:
            at, fits = error.start, fitting(raw)
    line, column, why = _unreadable(raw, at, fits)
    if fits.startswith("utf"):
        why = f"it is {fits}" if marked else f"it has the zeros of {fits}"
    return why, f"save the file as UTF-8 (an editor opens it as {fits})", Place(shown, line, column)


def _unreadable(raw: bytes, at: int, fits: str) -> tuple[int, int, str]:
    """Return the line and column of a byte, and why it cannot be read."""
    line = raw.count(b"\n", 0, at) + 1
    start = raw.rfind(b"\n", 0, at) + 1
    before = raw[start:at].removeprefix(codecs.BOM_UTF8)
    column = len(before.decode("utf-8", "ignore")) + 1
    why = f"the byte 0x{raw[at]:02X} cannot be read" if at < len(raw) else "it breaks off"
    if fits:
        why += f"; as {fits} it would be read"
        word = _word_around(raw, at).decode(fits, "ignore")
        if word and not UNPRINTABLE.search(word):
            why += f" as '{word}'"
    return line, column, why


def _not_utf8(raw: bytes, at: int, shown: str, fits: str, encoding: str = "utf-8") -> Problem:
    line, column, why = _unreadable(raw, at, fits)
    name = {"utf-8": "UTF-8"}.get(encoding, encoding)
    remedy = "save it as UTF-8" + (f", or say that it is {fits} (convert has --encoding)" if fits else "")
    return Problem("F106", f"the text is not {name}", why, remedy, Place(shown, line, column))


def _word_around(raw: bytes, at: int) -> bytes:
    separators = b" ,;\t\r\n\"'<>=:{}[]()"
    start = at
    while start > 0 and at - start < 20 and raw[start - 1] not in separators:
        start -= 1
    end = at
    while end < len(raw) and end - at < 20 and raw[end] not in separators:
        end += 1
    return raw[start:end] if 0 not in raw[start:end] else b""


def _wide(raw: bytes) -> str:
    """Name the encoding of two bytes a letter that a text without a mark has, told by the zeros of its Latin letters."""
    head = raw[:200]
    pairs = len(head) // 2
    if not pairs:
        return ""
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if odd > pairs * 0.6 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > pairs * 0.6 and not odd else ""


def fitting(raw: bytes) -> str:
    """Name the encoding that a text which is not UTF-8 most probably has.

    In languages with Latin letters those beyond ASCII stand alone; in others they stand in rows.
    """
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", raw[:100_000])]
    if sum(runs) >= max(2 * len(runs), 4):
        for name, letters, least in _SCRIPTS:
            try:
                text = raw.decode(name)
            except UnicodeDecodeError:
                continue
            foreign = [c for c in text if c > "\x7f"]
            if sum(bool(letters.match(c)) for c in foreign) >= least * len(foreign):
                return name
    try:
        raw.decode("windows-1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "windows-1252"


def place_at(text: str, offset: int, shown: str) -> Place:
    """Return the place of a character of a text."""
    line = text.count("\n", 0, offset) + 1
    return Place(shown, line, offset - (text.rfind("\n", 0, offset) + 1) + 1)
