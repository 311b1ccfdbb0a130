"""The front page of a brief → a Word document, to be quoted from and edited."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from halfway.brief.contents import Grid, Listing, Page, Paragraph
from halfway.errors import InputError, Place, Problem
from halfway.result import keep_existing, write_safely

_MARGIN = 2.0
"""Around the page, in centimetres, so that a front page fits on one."""
_SMALL, _TEXT = 9.0, 10.5
_EPOCH = (2000, 1, 1, 0, 0, 0)


def write_word(page: Page, output: str | Path, *, note: str = "", force: bool = False) -> None:
    """Write the front page of a brief as DOCX; the same page gives the same bytes.

    Parameters
    ----------
    page : Page
    output : path
        A file that is there already is written over only with `force`.
    note : str
        Stands at the foot, such as where the whole brief is.
    force : bool

    Raises
    ------
    InputError
        Where `output` is there already, or python-docx is not installed.
    """
    keep_existing(output, force)
    docx = _docx(output)
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    document = docx.Document()
    core = document.core_properties
    # The same page gives the same file: no time of writing, and nobody's name.
    core.created = core.modified = datetime.datetime(2000, 1, 1)
    core.author, core.comments, core.title = "", page.generator, page.title
    sheet = document.sections[0]
    sheet.page_width, sheet.page_height = Cm(21.0), Cm(29.7)
    sheet.left_margin = sheet.right_margin = sheet.top_margin = sheet.bottom_margin = Cm(_MARGIN)
    normal = document.styles["Normal"]
    normal.font.size = Pt(_TEXT)
    normal.paragraph_format.space_after = Pt(5)
    document.add_heading(page.title, level=1)
    for block in page.answer:
        if isinstance(block, Paragraph):
            paragraph = document.add_paragraph()
            _add_stressed(paragraph, block.text)
            if block.tone == "byline":
                for run in paragraph.runs:
                    run.italic, run.font.size = True, Pt(_SMALL)
        elif isinstance(block, Listing):
            for number, item in enumerate(block.items, start=1):
                # Numbers as text: they stay when a sentence is copied into another document.
                paragraph = document.add_paragraph()
                paragraph.paragraph_format.left_indent = Cm(0.6)
                paragraph.paragraph_format.first_line_indent = Cm(-0.6)
                _add_stressed(paragraph, f"{number}.\u2002{item}" if block.ordered else f"•\u2002{item}")
        elif isinstance(block, Grid):
            if block.caption:
                caption = document.add_paragraph(block.caption, style="Caption")
                caption.paragraph_format.keep_with_next = True
            rows = [block.table.columns, *block.table.rows]
            grid = document.add_table(len(rows), len(rows[0]), style="Light Grid Accent 1")
            for cells, row in zip(grid.rows, rows, strict=True):
                for column, (cell, text) in enumerate(zip(cells.cells, row, strict=True)):
                    paragraph = cell.paragraphs[0]
                    paragraph.paragraph_format.space_after = Pt(0)
                    _add_stressed(paragraph, str(text))
                    for run in paragraph.runs:
                        run.font.size = Pt(_SMALL)
                    if column in block.numeric:
                        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot = sheet.footer.paragraphs[0]
    foot.text = ". ".join(part for part in (page.generator, note) if part) + "."
    for run in foot.runs:
        run.font.size = Pt(8)
    buffer = io.BytesIO()
    document.save(buffer)
    try:
        write_safely(output, _without_times(buffer.getvalue()))
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        place = Place(str(output))
        raise InputError([Problem("F005", f"cannot write {output}", why, "choose another place", place)]) from error


def _add_stressed(paragraph: Any, text: str) -> None:
    """Add a text in which ``**…**`` marks what is stressed."""
    for number, part in enumerate(re.split(r"\*\*(.+?)\*\*", text)):
        if part:
            paragraph.add_run(part).bold = bool(number % 2)


def _without_times(raw: bytes) -> bytes:
    """Return the same archive with one date for all its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _docx(output: str | Path) -> Any:
    try:
        import docx
    except ImportError as error:
        what = f"{output} needs the package '{error.name}'"
        remedy = "install halfway[docx], or write the brief without --docx"
        raise InputError([Problem("F006", what, "it is not installed", remedy, Place(str(output)))]) from error
    return docx
