"""Where each part of a case stands in its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from halfway.errors import Place


@dataclass
class Places:
    """Positions by path, such as ``("actors", "moscow", "patience")``.

    Attributes
    ----------
    file : str
        The file's name as the user gave it.
    keys, values : dict
        Where the key and where the value of a path begin.
    ignored : dict
        For a line: the rule codes that a comment ``# halfway: ignore[…]`` silences there.
    blank : set
        Paths after whose key nothing stands at all.
    """

    file: str = "<case>"
    keys: dict[tuple[str | int, ...], Place] = field(default_factory=dict)
    values: dict[tuple[str | int, ...], Place] = field(default_factory=dict)
    ignored: dict[int, frozenset[str]] = field(default_factory=dict)
    blank: set[tuple[str | int, ...]] = field(default_factory=set)

    def of(self, path: Iterable[str | int]) -> Place:
        """Return where a path begins (its key, else its value), or the nearest part around it that is known."""
        steps = tuple(path)
        while steps:
            found = self.keys.get(steps) or self.values.get(steps)
            if found:
                return found
            steps = steps[:-1]
        return self.values.get((), Place(self.file))

    def value_of(self, path: Iterable[str | int]) -> Place:
        """Return where the value of a path begins, or the nearest part around it that is known."""
        steps = tuple(path)
        while steps:
            found = self.values.get(steps) or self.keys.get(steps)
            if found:
                return found
            steps = steps[:-1]
        return self.of(())
