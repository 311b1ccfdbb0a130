"""The file around a workbook, looked at before anything in it is unpacked: its size, and what XML must not hold."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

from halfway.errors import InputError, Place, Problem

LARGEST_FILE = 20_000_000
"""Bytes of a workbook as it lies on the disk."""
LARGEST_UNPACKED = 60_000_000
MOST_PARTS = 2_000
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def expect_sound(raw: bytes, shown: str) -> None:
    """Look at a file before it is read as a workbook.

    Raises
    ------
    InputError
        Where it is no workbook, unfolds into too much, or has XML that declares entities.
    """
    if raw.startswith(_OLD):
        _refuse(
            "F201",
            "the workbook cannot be opened",
            "it has a password, or is in the old format .xls",
            "save it without a password as .xlsx",
            shown,
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            _expect_bounded(package, shown)
            if "[Content_Types].xml" not in package.namelist() or "xl/workbook.xml" not in package.namelist():
                _refuse("F201", "the file is not a workbook", "its parts are missing", "save it as .xlsx", shown)
            _expect_plain_xml(package, shown)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        why = " ".join(str(error).split())[:120].lower() or "it is not a zip file"
        _refuse("F201", "the file is not a workbook", why, "save it as .xlsx again", shown)


def _expect_bounded(package: zipfile.ZipFile, shown: str) -> None:
    parts = package.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        what = f"the workbook unfolds into {unpacked / 1e6:,.0f} MB in {len(parts):,} parts"
        why = f"up to {LARGEST_UNPACKED / 1e6:,.0f} MB in {MOST_PARTS:,} parts are read"
        _refuse("F202", what, why, "remove pictures and sheets that are not needed", shown)


def _expect_plain_xml(package: zipfile.ZipFile, shown: str) -> None:
    for part in package.infolist():
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        content = package.read(part)
        # Another encoding would hide the words that are looked for; spreadsheets write UTF-8.
        if _DECLARES.search(content) or b"\x00" in content:
            _refuse(
                "F203",
                f"the part {part.filename} declares entities, or is not in UTF-8",
                "no spreadsheet writes that, and it can unfold without limit",
                "save the workbook again with a spreadsheet",
                shown,
            )


def repacked(raw: bytes) -> bytes:
    """Return a workbook without the moment at which it was made, so that the same case gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                moment = datetime(*_EPOCH).isoformat() + "Z"
                content = _STAMP.sub(rf"\g<1>{moment}", content.decode()).encode()
            info = zipfile.ZipInfo(part.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)
    return out.getvalue()


def too_large(shown: str) -> InputError:
    """Return the error about a file that is larger than any workbook that is read."""
    why = f"up to {LARGEST_FILE / 1e6:,.0f} MB are read"
    return InputError([Problem("F202", "the workbook is too large", why, "remove pictures", Place(shown))])


def _refuse(code: str, what: str, why: str, remedy: str, shown: str) -> None:
    raise InputError([Problem(code, what, why, remedy, Place(shown))])
