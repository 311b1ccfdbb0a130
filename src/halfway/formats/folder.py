"""Formats that are a folder: which file is the domain, and which are the parties' profiles."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from halfway.errors import InputError, Place, Problem
from halfway.formats.format import Source, peek

Content = TypeVar("Content")

CANNOT_BE_READ = "they cannot be read, and nothing in them speaks of this format"

MANY = 2
"""More profiles than this are said, since many folders hold more than are meant to meet."""


@dataclass(frozen=True)
class Loaded(Generic[Content]):
    """What the files of a folder hold.

    Attributes
    ----------
    contents : dict
        By path, in the order of the folder.
    broken : dict
        The problems of each file that cannot be read and shows no sign of belonging to the format.
    """

    contents: dict[Path, Content] = field(default_factory=dict)
    broken: dict[Path, tuple[Problem, ...]] = field(default_factory=dict)


def load_each(
    source: Source, files: Sequence[Path], load: Callable[[Path], Content], ours: re.Pattern[str]
) -> Loaded[Content]:
    """Load a file that the user named, which is judged alone, and then the files beside it.

    Parameters
    ----------
    source : Source
    files : sequence of Path
        The files of the folder that may belong to the format.
    load : callable
        Reads one of them; may raise `InputError`.
    ours : pattern
        What the beginning of a domain or a profile holds: only then is it an error that a file beside the one that was
        named, or in a folder, cannot be read.

    Raises
    ------
    InputError
        With the problems of the named file alone; else with those of all files that look like part of the domain.
    """
    named = [source.path] if source.path.is_file() else []
    asked = {*source.profiles, source.domain} if source.profiles and source.domain else set()
    found: dict[Path, Content] = {}
    if named:
        found[source.path] = load(source.path)
    broken: dict[Path, tuple[Problem, ...]] = {}
    problems: list[Problem] = []
    for path in files:
        # Where both the domain and its profiles are named, what else lies there does not matter.
        if path in found or (asked and not asked & {path.name, path.stem}):
            continue
        try:
            found[path] = load(path)
        except InputError as error:
            if {path.name, path.stem} & {*source.profiles, source.domain} or ours.search(peek(path)):
                problems += error.problems
            else:
                broken[path] = error.problems
    if problems:
        raise InputError(problems)
    order = [*files, *(p for p in named if p not in files)]
    return Loaded({p: found[p] for p in order if p in found}, broken)


def flat(broken: Mapping[Path, tuple[Problem, ...]]) -> list[Problem]:
    """Return the problems of all files, file by file."""
    return [problem for problems in broken.values() for problem in problems]


def domain_of(source: Source, candidates: Sequence[Path], said: str, broken: Sequence[Problem] = ()) -> Path:
    """Choose the domain file.

    Parameters
    ----------
    source : Source
    candidates : sequence of Path
        The files of the folder that could be it.
    said : str
        By what a domain file is told, a clause.
    broken : sequence of Problem
        Of files of the folder that cannot be read, and of which one may be the domain.

    Raises
    ------
    InputError
        Where there is none, several, or not the one that the user named.
    """
    shown = ", ".join(p.name for p in candidates[:12]) + (" …" if len(candidates) > 12 else "")
    if source.domain is not None:
        found = [p for p in candidates if source.domain in (p.name, p.stem)]
        if len(found) == 1:
            return found[0]
        raise _unclear(
            f"there is no domain '{source.domain}' in {source.folder}", said, f"name one of: {shown or 'none'}", source
        )
    if source.path.is_file() and source.path in candidates:
        return source.path
    if len(candidates) == 1 and not source.path.is_file():
        return candidates[0]
    if source.path.is_file():
        raise _unclear(f"{source.path.name} is no domain file", said, "name the folder or its domain file", source)
    if not candidates and broken:
        raise InputError(broken)
    if not candidates:
        raise _unclear(f"there is no domain file in {source.folder}", said, "name the folder of a domain", source)
    raise _unclear(
        f"there are several domain files in {source.folder}: {shown}", said, "choose one with --domain", source
    )


def profiles_of(source: Source, domain: Path, others: Sequence[Path], domains: Sequence[Path]) -> list[Path]:
    """Choose the files that may be profiles: those the user named, or all that do not belong to another domain by name.

    A profile belongs to the domain whose name has the longest beginning in common with its own.

    Raises
    ------
    InputError
        Where one that the user named is not there, or a folder of several domains does not tell whose a profile is.
    """
    if source.profiles:
        out = []
        for name in source.profiles:
            found = [p for p in others if name in (p.name, p.stem)]
            if len(found) != 1:
                shown = ", ".join(p.name for p in others[:12]) + (" …" if len(others) > 12 else "")
                raise InputError(
                    [
                        Problem(
                            "F120",
                            f"there is no profile '{name}' in {source.folder}",
                            "it was named with --profiles",
                            f"name some of: {shown or 'none'}",
                            Place(source.shown),
                        )
                    ]
                )
            out += [p for p in found if p not in out]
        return out
    if len(domains) < 2:
        return list(others)
    own = []
    for path in others:
        shared = {d: _shared(path.stem, d.stem) for d in domains}
        most = max(shared.values())
        if shared[domain] == most:
            if list(shared.values()).count(most) > 1:
                raise _unclear(
                    f"{path.name} may belong to several domains of the folder",
                    "its name does not tell to which",
                    "name the profiles with --profiles",
                    source,
                )
            own.append(path)
    return own


def _shared(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def said_of(count: int, left_out: Sequence[Path], why: str) -> list[str]:
    """Say what of a folder was taken: how many profiles, and which files not."""
    lost = []
    if count > MANY:
        lost.append(f"{count} profiles are read, each as a party: --profiles names fewer")
    if left_out:
        shown = ", ".join(p.name for p in left_out[:6]) + (" …" if len(left_out) > 6 else "")
        lost.append(f"left out, {why}: {shown}")
    return lost


def _unclear(what: str, why: str, remedy: str, source: Source) -> InputError:
    return InputError([Problem("F113", what, why, remedy, Place(source.shown))])
