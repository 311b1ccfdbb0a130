"""The one folder in which an assistant may read and write."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from halfway.case.case import Case
from halfway.case.catalog import load, paths
from halfway.errors import InputError, Place, Problem
from halfway.formats.files import load_case

READABLE = (".yaml", ".yml", ".xlsx")


@dataclass
class Folder:
    """A folder and what was written into it in this session.

    Attributes
    ----------
    root : Path
        Nothing outside is read or written.
    own : dict
        The bytes of every file written in this session, by path: only these may be written over, and only while
        nobody else has changed them.
    """

    root: Path
    own: dict[Path, bytes] = field(default_factory=dict)

    def inside(self, name: str) -> Path:
        """Return the path of a file inside, with no link followed out of it.

        Raises
        ------
        InputError
        """
        root = self.root.resolve()
        try:
            path = (root / name).resolve()
        except (OSError, ValueError) as error:
            why = "it is not a name that a file can have"
            raise InputError(
                [Problem("M002", f"{name!r} cannot be used", why, "use another", Place(str(name)))]
            ) from error
        if not path.is_relative_to(root) or path == root:
            why, remedy = (
                f"only files below {root} may be used",
                "name a file in the folder, or a case of the catalogue",
            )
            raise InputError([Problem("M002", f"{name} is outside the folder", why, remedy, Place(str(name)))])
        return path

    def case(self, name: str) -> Case:
        """Load a case of the folder, or of the catalogue by its name.

        Raises
        ------
        InputError
        """
        path = self.path_of(name)
        return load(name) if path == paths().get(name) else load_case(path)

    def path_of(self, name: str) -> Path:
        """Return the file of a case of the folder, or of the catalogue.

        Raises
        ------
        InputError
        """
        if name in paths() and not (self.root / name).exists():
            return paths()[name]
        path = self.inside(name)
        if path.suffix.lower() not in READABLE:
            why = f"cases are files that end in {', '.join(READABLE)}, or names of the catalogue"
            raise InputError([Problem("M002", f"{name} is no case", why, "see the tool `cases`", Place(name))])
        return path

    def files(self) -> list[str]:
        """List the case files of the folder; hidden folders are left out."""
        found = (p.relative_to(self.root) for p in self.root.rglob("*") if p.suffix.lower() in READABLE and p.is_file())
        return sorted(p.as_posix() for p in found if not any(part.startswith(".") for part in p.parts))

    def may_write(self, name: str, endings: tuple[str, ...]) -> Path:
        """Return where to write.

        Raises
        ------
        InputError
            Outside the folder, where the ending is another, or where something is there that was not written in this session.
        """
        path = self.inside(name)
        if path.suffix.lower() not in endings:
            what, why = f"{name} is not written", f"such a file ends in {', '.join(endings)}"
            raise InputError([Problem("M003", what, why, "choose another ending", Place(name))])
        if path.exists() and self.own.get(path) != path.read_bytes():
            what, why = (
                f"{name} is not yours to write over",
                "it was not written in this session, or somebody has changed it since",
            )
            raise InputError([Problem("M003", what, why, "choose another name", Place(name))])
        return path

    def written(self, path: Path) -> str:
        """Remember a file of this session; return what to call it."""
        self.own[path] = path.read_bytes()
        return path.relative_to(self.root.resolve()).as_posix()
