"""Numbered lines ↔ Markdown and DOCX files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from halfway.errors import InputError, Place, Problem
from halfway.result import write_safely
from halfway.text.wording import Kind, Line

ENDINGS = (".md", ".docx")
_LARGEST = 20_000_000
_ESCAPED = re.compile(r"([\\`*_<>#|\[\]])")
_UNESCAPED = re.compile(r"\\([\\`*_<>#|\[\]])")
_STYLES: dict[Kind, str] = {
    "title": "Title", "about": "Subtitle", "heading": "Heading 1", "clause": "Normal", "fixed": "Quote", "remark": "List Bullet",
}  # fmt: skip


def as_markdown(lines: Sequence[Line]) -> str:
    """Write a text as Markdown, a paragraph a line; marks of Markdown in it are escaped."""
    starts: dict[Kind, str] = {"title": "# ", "heading": "## ", "fixed": "> ", "remark": "- "}
    return "\n\n".join(starts.get(line.kind, "") + _ESCAPED.sub(r"\\\1", line.text) for line in lines) + "\n"


def from_markdown(text: str) -> tuple[Line, ...]:
    """Read what `as_markdown` writes, as a person may have edited it."""
    starts: tuple[tuple[str, Kind], ...] = (("## ", "heading"), ("# ", "title"), ("> ", "fixed"), ("- ", "remark"))
    out = []
    for paragraph in re.split(r"\n\s*\n|\n(?=[#>-] |## |\d+\.\d+ )", text.replace("\r\n", "\n")):
        said = " ".join(paragraph.split())
        if said:
            start, kind = next(((s, k) for s, k in starts if said.startswith(s)), ("", "clause"))
            out.append(Line(kind, _UNESCAPED.sub(r"\1", said[len(start) :])))
    return tuple(out)


def write_text(lines: Sequence[Line], path: str | Path) -> None:
    """Write a text to a file whose ending names the format: md or docx.

    Raises
    ------
    InputError
        For another ending, or where python-docx is not installed.
    """
    ending = _ending(path)
    if ending == ".md":
        write_safely(path, as_markdown(lines))
        return
    import datetime
    import io

    docx = _docx(path)
    document = docx.Document()
    # The same text gives the same file: no time of writing, and nobody's name.
    document.core_properties.created = document.core_properties.modified = datetime.datetime(2000, 1, 1)
    document.core_properties.author = ""
    document.core_properties.title = lines[0].text
    for line in lines:
        document.add_paragraph(line.text, style=_STYLES[line.kind])
    buffer = io.BytesIO()
    document.save(buffer)
    write_safely(path, buffer.getvalue())


def read_text(path: str | Path) -> tuple[Line, ...]:
    """Read a text from a Markdown or DOCX file.

    Raises
    ------
    InputError
        Where it cannot be read.
    """
    ending = _ending(path)
    try:
        raw = Path(path).read_bytes()[: _LARGEST + 1]
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        raise InputError([Problem("F001", f"cannot read {path}", why, "check the path", Place(str(path)))]) from error
    if len(raw) > _LARGEST:
        raise _unreadable(path, "it is larger than any text of this kind")
    if ending == ".md":
        try:
            return from_markdown(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise _unreadable(path, "it is not UTF-8") from error
    return _from_docx(path, raw)


def _docx(path: str | Path) -> Any:
    try:
        import docx
    except ImportError as error:
        raise InputError(
            [
                Problem(
                    "F006",
                    f"{path} needs the package '{error.name}'",
                    "it is not installed",
                    "install halfway[docx], or use a Markdown file (.md)",
                    Place(str(path)),
                )
            ]
        ) from error
    return docx


def _from_docx(path: str | Path, raw: bytes) -> tuple[Line, ...]:
    import io
    import zipfile

    docx = _docx(path)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > 5 * _LARGEST:
                raise _unreadable(path, "it unpacks to more than any text of this kind")
        paragraphs = docx.Document(io.BytesIO(raw)).paragraphs
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise _unreadable(path, "it is not a Word document") from error
    kinds = {style: kind for kind, style in _STYLES.items()}
    out = []
    for paragraph in paragraphs:
        if said := " ".join(paragraph.text.split()):
            style = paragraph.style.name if paragraph.style is not None else ""
            out.append(Line("heading" if style.startswith("Heading") else kinds.get(style, "clause"), said))
    return tuple(out)


def _ending(path: str | Path) -> str:
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(
            [
                Problem(
                    "F194",
                    f"a text is not written or read as {ending or 'a file without an ending'}",
                    "Markdown and Word documents are known",
                    "end the name in .md or .docx",
                    Place(str(path)),
                )
            ]
        )
    return ending


def _unreadable(path: str | Path, why: str) -> InputError:
    return InputError(
        [Problem("F195", f"cannot read {path} as a text", why, "save it again as .md or .docx", Place(str(path)))]
    )
