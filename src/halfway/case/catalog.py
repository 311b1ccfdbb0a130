"""The catalogue: published and historical cases that come with Halfway."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from halfway.case.case import Case
from halfway.case.outcomes import Filed, Outcome, filed
from halfway.case.reader import load_file, load_stream
from halfway.errors import InputError, Place, Problem, suggestion
from halfway.record import HIDDEN


@dataclass(frozen=True)
class Entry:
    """One case of the catalogue, as the listing shows it.

    Attributes
    ----------
    kind : tuple of str
        What is bargained over.
    region : str or None
    tried : str or None
        The plan that was signed.
    outcome : str or None
        What became of it: held, held in part, or failed.
    lesson : str or None
        What the record teaches; no model has a part in it.
    """

    name: str
    title: str
    abstract: str
    tags: tuple[str, ...]
    date: str | None
    plans: tuple[str, ...]
    collection: str
    path: Path = field(metadata=HIDDEN)
    kind: tuple[str, ...] = ()
    region: str | None = None
    tried: str | None = None
    outcome: Outcome | None = None
    lesson: str | None = None


def folder() -> Path:
    """Return where the catalogue is: inside the installed package, or beside the source in a checkout."""
    installed = Path(str(files("halfway"))) / "catalog"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[3] / "catalog"


def paths() -> dict[str, Path]:
    """Return the file of every catalogue case by its name: ``COLLECTION/NAME/case.yaml``."""
    return {path.parent.name: path for path in sorted(folder().glob("*/*/case.yaml"))}


def what_became() -> dict[str, Filed]:
    """Return for each filed case of the catalogue what became of its plan."""
    return filed(folder() / "outcomes.yaml")


def entries(
    tag: str | None = None,
    search: str | None = None,
    *,
    outcomes: Collection[str] = (),
    kind: str | None = None,
    region: str | None = None,
) -> list[Entry]:
    """List the catalogue.

    Parameters
    ----------
    tag : str, optional
        Only cases that carry this tag, whatever its capitals.
    search : str, optional
        Only cases whose name, title, abstract or tags contain all these words.
    outcomes : collection of {"held", "held in part", "failed"}
        Only cases whose signed plan came to one of these. Default: all, tried or not.
    kind, region : str, optional
        Only cases filed under this kind of bargain, or in this part of the world, whatever its capitals.
    """
    found = []
    became = what_became()
    for name, path in paths().items():
        under = became.get(name)
        if not _filed_so(under, outcomes, kind, region):
            continue
        case = load_file(path)
        entry = Entry(
            name,
            case.title or name,
            case.abstract or "",
            case.tags,
            case.date,
            tuple(case.plans),
            path.parent.parent.name,
            path,
            under.kind if under else (),
            under.region if under else None,
            under.plan if under else None,
            under.outcome if under else None,
            under.lesson if under else None,
        )
        if tag is not None and tag.lower() not in (t.lower() for t in entry.tags):
            continue
        found.append(entry)
    return found if search is None else found_in(found, search)


def found_in(listed: Iterable[Entry], search: str) -> list[Entry]:
    """Return the cases whose name, title, abstract or tags contain all these words."""
    words = search.lower().split()

    def says(entry: Entry) -> bool:
        text = " ".join((entry.name, entry.title, entry.abstract, *entry.tags)).lower()
        return all(word in text for word in words)

    return [entry for entry in listed if says(entry)]


def _filed_so(under: Filed | None, outcomes: Collection[str], kind: str | None, region: str | None) -> bool:
    if under is None:
        return not outcomes and kind is None and region is None
    return (
        (not outcomes or under.outcome in outcomes)
        and (kind is None or kind.lower() in (k.lower() for k in under.kind))
        and (region is None or region.lower() == under.region.lower())
    )


def load(case: str | Path | Case) -> Case:
    """Load a case by path, by its name in the catalogue, or from standard input (``-``); a Case is returned as it is.

    Raises
    ------
    InputError
        Where there is no such case, or with every problem of its file.
    """
    if isinstance(case, Case):
        return case
    text = str(case)
    if case == "-":
        return load_stream(getattr(sys.stdin, "buffer", None), "<stdin>")
    looks_like_path = isinstance(case, Path) or text.endswith((".yaml", ".yml")) or "/" in text or "\\" in text
    if looks_like_path or _is_file(text):
        return load_file(case)
    known = paths()
    if text not in known:
        raise InputError(
            [
                Problem(
                    "F002",
                    f"there is no case '{text}'",
                    f"it is neither a file nor a name in the catalogue; {suggestion(text, list(known))}",
                    "see `halfway cases`, or give a path",
                    Place(text),
                )
            ]
        )
    return load_file(known[text], _nearest(known[text]))


def _nearest(path: Path) -> str:
    """Write a path from the working folder where it is below it: shorter to read, and editors open it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:
        # Too long to be the name of a file at all.
        return False
