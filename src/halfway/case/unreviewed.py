"""Numbers that an assistant put into a case: which they are, and how they are marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from halfway.case.case import Case
from halfway.case.estimates import ASSISTANT, Estimate
from halfway.case.nouns import parts_of

Path = tuple[str | int, ...]


def numbers_of(noun: Any, path: Path = ()) -> Iterator[tuple[Path, Estimate]]:
    """Go through every estimate below a noun, with its path."""
    if isinstance(noun, Estimate):
        yield path, noun
    elif isinstance(noun, dict):
        for key, value in noun.items():
            yield from numbers_of(value, (*path, key))
    elif isinstance(noun, tuple):
        for number, value in enumerate(noun):
            yield from numbers_of(value, (*path, number))
    elif isinstance(noun, BaseModel):
        for name, value in parts_of(noun):
            yield from numbers_of(value, (*path, name))


def unreviewed(case: Case) -> tuple[int, int]:
    """Return how many numbers of a case an assistant proposed and nobody reviewed, and how many there are."""
    found = [estimate.by for _, estimate in numbers_of(case)]
    return found.count(ASSISTANT), len(found)


def marked(case: Case, base: Case | None = None) -> Case:
    """Return a case whose numbers say that an assistant put them there, but for those that stand in `base` too.

    Parameters
    ----------
    case : Case
    base : Case, optional
        What the assistant began from. A number that is the same there, at the same place, keeps the mark it has there.
    """
    before = dict(numbers_of(base)) if base is not None else {}

    def mark(path: Path, estimate: Estimate) -> Estimate:
        was = before.get(path)
        same = was is not None and was.notation() == estimate.notation()
        return replace(estimate, by=was.by if was is not None and same else ASSISTANT)

    return _changed(case, (), mark)  # type: ignore[no-any-return]


def _changed(noun: Any, path: Path, change: Callable[[Path, Estimate], Estimate]) -> Any:
    """Return a noun in which every estimate is changed; what has none below it is the same object."""
    if isinstance(noun, Estimate):
        return change(path, noun)
    if isinstance(noun, dict):
        return {key: _changed(value, (*path, key), change) for key, value in noun.items()}
    if isinstance(noun, tuple):
        return tuple(_changed(value, (*path, number), change) for number, value in enumerate(noun))
    if isinstance(noun, BaseModel):
        names = {info.alias or name: name for name, info in type(noun).model_fields.items()}
        changed = {}
        for key, value in parts_of(noun):
            new = _changed(value, (*path, key), change)
            if new is not value and new != value:
                changed[names.get(key, key)] = new
        return noun.model_copy(update=changed) if changed else noun
    return noun
