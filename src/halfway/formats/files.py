"""Reading and writing any known format: `read` looks at the contents, `write` at the ending or at what is asked."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from halfway.case.case import Case
from halfway.case.catalog import load, paths
from halfway.errors import InputError, Place, Problem, unknown
from halfway.formats import known
from halfway.formats.format import Format, Imported, Source
from halfway.reading.fence import fence
from halfway.reading.text import STANDARD_INPUT
from halfway.result import keep_existing

WORKBOOK = ".xlsx"
MOST_STEPS = 1_000


def load_case(case: str | Path | Case) -> Case:
    """Load a case by path or by its name in the catalogue; a path that ends in ``.xlsx`` is a workbook.

    Raises
    ------
    InputError
    """
    if not isinstance(case, Case) and str(case).lower().endswith(WORKBOOK):
        return read(case, "workbook").case
    return load(case)


def names() -> tuple[str, ...]:
    """Return the names of the known formats, the case's own first."""
    found = sorted(module.name for module in pkgutil.iter_modules(known.__path__))
    return ("case", *(name for name in found if name != "case"))


@cache
def formats() -> Mapping[str, Format]:
    """Return the known formats by name: the modules of `halfway.formats.known`."""
    return {name: importlib.import_module(f"{known.__name__}.{name}").FORMAT for name in names()}


def read(
    path: str | Path,
    format: str | None = None,
    *,
    encoding: str | None = None,
    domain: str | None = None,
    profiles: Sequence[str] = (),
    steps: int | None = None,
) -> Imported:
    """Read a case from any known format.

    Parameters
    ----------
    path : str or Path
        A file, the folder of a domain, or ``-`` for standard input (the format must then be named).
    format : str, optional
        One of `formats`; by default what the contents look like.
    encoding : str, optional
        Of texts that are neither UTF-8 nor say what they are.
    domain : str, optional
        The domain file, where a folder holds several; the proposal, where a table of DEU does.
    profiles : sequence of str
        The profiles, where not all of a folder are meant.
    steps : int, optional
        How many values, evenly spaced, are to stand for all of an issue of numbers (Genius); at least 2.

    Returns
    -------
    Imported
        The case, and what could not be carried.

    Raises
    ------
    InputError
        With every problem at its place.
    """
    if steps is not None and not 2 <= steps <= MOST_STEPS:
        what, why = f"{steps:,} values cannot stand for all", f"it takes 2 to {MOST_STEPS:,}"
        raise InputError([Problem("F108", what, why, "choose a number such as 11", Place(str(path)))])
    source = Source(Path(path), encoding, domain, tuple(profiles), steps)
    standard = str(path) == STANDARD_INPUT
    if not standard and not _exists(source.path):
        raise InputError(
            [
                Problem(
                    "F001", f"cannot read {path}", "there is no such file or folder", "check the path", Place(str(path))
                )
            ]
        )
    if standard and format is None:
        raise InputError(
            [
                Problem(
                    "F104",
                    "the format of standard input is not known",
                    "its beginning is not looked at",
                    f"name the format with --from: {', '.join(names())}",
                    Place(source.shown),
                )
            ]
        )
    with fence(source.shown):
        return _named(format or _recognised(source.path)).read(source)


def write(case: Case, path: str | Path, format: str | None = None) -> tuple[str, ...]:
    """Write a case in any known format.

    Parameters
    ----------
    case : Case
    path : str or Path
        A file; for a domain with profiles, a folder that is made where it is missing.
    format : str, optional
        One of `formats`; by default what the ending says.

    Returns
    -------
    tuple of str
        What is lost.
    """
    path = Path(path)
    if format is None:
        by_ending = {ending: name for name, f in formats().items() for ending in f.endings}
        format = by_ending.get(path.suffix.lower())
        if format is None:
            raise InputError(
                [
                    Problem(
                        "F103",
                        f"'{path.name}' does not say in which format to write",
                        f"known endings: {', '.join(by_ending)}",
                        f"name the format: {', '.join(names())}",
                        Place(str(path)),
                    )
                ]
            )
    return _named(format).write(case, path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # Too long, or not a name at all.
        return False


def _named(name: str) -> Format:
    known_formats = formats()
    if name not in known_formats:
        raise unknown("format", name, known_formats)
    return known_formats[name]


def _recognised(path: Path) -> str:
    """Tell a format from what a file or folder holds."""
    surely = {name: f.recognises(path) for name, f in formats().items()}
    best = [name for name, sure in surely.items() if sure == max(surely.values()) > 0]
    if len(best) == 1:
        return best[0]
    what = "it is neither a known file nor a folder with a domain"
    if best:
        what = f"it could be {' or '.join(best)}"
    raise InputError(
        [
            Problem(
                "F104",
                f"the format of {path} is not recognised",
                what,
                f"name the format: {', '.join(best or names())}",
                Place(str(path)),
            )
        ]
    )


@dataclass(frozen=True)
class Converted:
    """A case carried from one format to another.

    Attributes
    ----------
    case : Case
    written : str
        Where it was written.
    lost_reading, lost_writing : tuple of str
        What could not be carried over, a clause each.
    """

    case: Case
    written: str
    lost_reading: tuple[str, ...]
    lost_writing: tuple[str, ...]


def convert(
    source: str | Path,
    target: str | Path,
    *,
    source_format: str | None = None,
    target_format: str | None = None,
    encoding: str | None = None,
    domain: str | None = None,
    profiles: Sequence[str] = (),
    steps: int | None = None,
    force: bool = False,
) -> Converted:
    """Convert a case from one format to another.

    Parameters
    ----------
    source : path
        A file, a folder, ``-`` for standard input, or the name of a case in the catalogue.
    target : path
    source_format, target_format : str, optional
        Default: what the source looks like, and what the ending of the target says.
    encoding, domain, profiles, steps
        As for `read`.
    force : bool
        Whether to write over what is there already.

    Raises
    ------
    InputError
    """
    if not force:
        keep_existing(target)
    if source_format is None and str(source) in paths() and not Path(source).exists():
        imported = Imported(load(source), ())
    else:
        imported = read(source, source_format, encoding=encoding, domain=domain, profiles=profiles, steps=steps)
    lost = write(imported.case, target, target_format)
    return Converted(imported.case, str(target), imported.lost, lost)
