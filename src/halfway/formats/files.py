"""Reading and writing any known format: `read` looks at the contents, `write` at the ending or at what is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from halfway.case.case import Case
from halfway.errors import InputError, Place, Problem, suggestion
from halfway.formats.profiles import Imported
from halfway.result import write_safely


@dataclass(frozen=True)
class Format:
    """One known format.

    Attributes
    ----------
    title : str
    endings : tuple of str
        Of files; empty for a format that is a folder.
    read, write : callable
    """

    title: str
    endings: tuple[str, ...]
    read: Callable[[Path], Imported]
    write: Callable[[Case, Path], tuple[str, ...]]


def _read_case(path: Path) -> Imported:
    from halfway.case.reader import load_file

    return Imported(load_file(path), ())


def _write_case(case: Case, path: Path) -> tuple[str, ...]:
    data = case.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    write_safely(path, yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110))
    return ("comments and the layout of the file are not kept",) if case.places.file != "<case>" else ()


def formats() -> Mapping[str, Format]:
    """Return the known formats by name."""
    from halfway.formats.gambit import read_gambit, write_gambit
    from halfway.formats.genius import read_genius, write_genius
    from halfway.formats.geniusweb import read_geniusweb, write_geniusweb
    from halfway.formats.gmcr import read_gmcr, write_gmcr
    from halfway.formats.positions import read_positions, write_positions
    from halfway.formats.scenario import read_scenario, write_scenario

    return {
        "case": Format("a Halfway case", (".yaml", ".yml"), _read_case, _write_case),
        "genius": Format("Genius XML: domain and profiles in a folder", (), read_genius, write_genius),
        "geniusweb": Format("GeniusWeb JSON: domain and profiles in a folder", (), read_geniusweb, write_geniusweb),
        "negmas": Format("a NegMAS scenario folder", (), read_scenario, write_scenario),
        "positions": Format("CSV of positions and saliences", (".csv",), read_positions, write_positions),
        "gmcr": Format("a GMCR+ conflict", (".gmcr",), read_gmcr, write_gmcr),
        "gambit": Format("Gambit .nfg, the induced normal form", (".nfg",), read_gambit, write_gambit),
    }


def read(path: str | Path, format: str | None = None) -> Imported:
    """Read a case from any known format.

    Parameters
    ----------
    path : str or Path
        A file, or the folder of a domain.
    format : str, optional
        One of `formats`; by default what the contents look like.

    Returns
    -------
    Imported
        The case, and what could not be carried.

    Raises
    ------
    InputError
        With every problem at its place.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(
            [
                Problem(
                    "F001", f"cannot read {path}", "there is no such file or folder", "check the path", Place(str(path))
                )
            ]
        )
    return _named(format or _recognised(path)).read(path)


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
                        f"name the format: {', '.join(formats())}",
                        Place(str(path)),
                    )
                ]
            )
    return _named(format).write(case, path)


def _named(name: str) -> Format:
    known = formats()
    if name not in known:
        raise InputError([Problem("F103", f"no format '{name}'", suggestion(name, list(known)), "name one of them")])
    return known[name]


def _is_scenario(folder: Path) -> bool:
    if any((folder / f"domain{ending}").is_file() for ending in (".yml", ".yaml")):
        return True
    # GeniusWeb too may call its domain file so; what tells them apart is inside.
    domain = folder / "domain.json"
    return domain.is_file() and '"issuesValues"' not in domain.read_text("utf-8", "replace")


def _recognised(path: Path) -> str:
    """Tell a format from what a file or folder holds."""
    if path.is_file():
        endings = {".xml": "genius", ".json": "geniusweb"}
        endings.update({ending: name for name, f in formats().items() for ending in f.endings})
        if path.suffix.lower() in endings:
            return endings[path.suffix.lower()]
    elif any(path.glob("*.xml")):
        return "genius"
    elif _is_scenario(path):
        return "negmas"
    elif any(path.glob("*.json")):
        return "geniusweb"
    raise InputError(
        [
            Problem(
                "F104",
                f"the format of {path} is not recognised",
                "it is neither a known file nor a folder with a domain",
                f"name the format: {', '.join(formats())}",
                Place(str(path)),
            )
        ]
    )
