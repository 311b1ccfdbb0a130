"""What a format is, what it reads from, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from halfway.case.case import Case
from halfway.reading.text import STANDARD_INPUT, decode, read_bytes

PEEK = 200_000
"""Characters that are looked at to tell a format."""


@dataclass(frozen=True)
class Imported:
    """A case read from another format.

    Attributes
    ----------
    case : Case
    lost : tuple of str
        What could not be carried over, and what had to be filled in; a clause each.
    """

    case: Case
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """What is read, and what the user said of it.

    Attributes
    ----------
    path : Path
        A file, a folder, or ``-`` for standard input.
    encoding : str, optional
        Of its text, where it is neither UTF-8 nor says so itself.
    domain : str, optional
        Which file of a folder is the domain, by name with or without its ending.
    profiles : tuple of str
        Which files are the parties' profiles, in this order; all that fit where there are none.
    steps : int, optional
        How many values, evenly spaced, are to stand for all of an issue of numbers.
    """

    path: Path
    encoding: str | None = None
    domain: str | None = None
    profiles: tuple[str, ...] = ()
    steps: int | None = None

    @property
    def shown(self) -> str:
        """What messages call it."""
        return "<stdin>" if str(self.path) == STANDARD_INPUT else str(self.path)

    @property
    def title(self) -> str:
        """What a case is called that has no name of its own."""
        return "standard input" if str(self.path) == STANDARD_INPUT else self.path.stem

    @property
    def folder(self) -> Path:
        """The folder, or the one around the file."""
        return self.path if self.path.is_dir() else self.path.parent

    def text(self, path: Path | None = None) -> str:
        """Return the text of the file, or of one in the folder.

        Raises
        ------
        InputError
            Where it cannot be read, or is in another encoding.
        """
        path = path or self.path
        shown = self.shown if path == self.path else str(path)
        return decode(read_bytes(path, shown), shown, self.encoding)


@dataclass(frozen=True)
class Format:
    """One known format.

    Attributes
    ----------
    title : str
        What it is, in a few words.
    form : str
        What stands in the column "file or folder" of the reference.
    reads, writes : str
        What of it is read, and what of a case is written; for the reference.
    recognises : callable
        Returns how surely a file or folder is of this format: 0 no, 1 by its ending alone, 2 by what it holds.
    read : callable
        Raises `InputError` with places; may rely on the fence of `halfway.formats.files` for what it does not foresee.
    write : callable
        Returns what is lost.
    endings : tuple of str
        By which `write` tells a file of this format; empty for a format that is a folder.
    """

    title: str
    form: str
    reads: str
    writes: str
    recognises: Callable[[Path], int]
    read: Callable[[Source], Imported]
    write: Callable[[Case, Path], tuple[str, ...]]
    endings: tuple[str, ...] = ()


def peek(path: Path) -> str:
    """Return the beginning of a file as text for a first look only; empty where it cannot be read."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(PEEK)
    except OSError:
        return ""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "ignore")
    # Every byte is a letter of this encoding: what is looked for is plain ASCII.
    return raw.decode("latin-1")


def files_in(folder: Path, *endings: str) -> list[Path]:
    """List a folder's files with some endings, in order of their names; hidden ones are left out."""
    return sorted(
        p for p in folder.iterdir() if p.suffix.lower() in endings and not p.name.startswith(".") and p.is_file()
    )
