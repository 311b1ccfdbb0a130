"""Changing one value of a case's plain data, named by its path."""

from __future__ import annotations

import copy
import re
from typing import Any

from halfway.errors import InputError, Problem, unknown

_STEP = re.compile(r'"([^"]*)"|([^."]+)')


def steps_of(path: str) -> list[str]:
    """Split a path at its dots; a key that holds a dot stands in double quotes.

    Raises
    ------
    InputError
        Where it is empty or not well formed.
    """
    steps = [quoted or plain for quoted, plain in _STEP.findall(path)]
    if not steps or _STEP.sub("", path).replace(".", "") or path.startswith(".") or path.endswith(".") or ".." in path:
        raise InputError(
            [
                Problem(
                    "U002",
                    f"'{path}' is not a path into a case",
                    "it has keys from the top joined by dots",
                    "write it like plans.trial.phases.trial.lasts",
                )
            ]
        )
    return steps


def replaced(data: Any, path: str, value: Any, fields: frozenset[str]) -> Any:
    """Return plain data with one value put in place; the data themselves stay as they are.

    Only the last step may be a key that is not there yet: whether the noun there has it is for the reader to say.

    Parameters
    ----------
    data : mapping
        A case, as a file has it.
    path : str
    value : Any
    fields : frozenset of str
        The keys that a case may have at its top.

    Raises
    ------
    UnknownName
        Where a step before the last leads nowhere.
    """
    out = copy.deepcopy(data)
    steps = steps_of(path)
    if steps[0] not in fields:
        raise unknown("key", steps[0], sorted(fields), where="at the top of a case")
    here: Any = out
    for depth, step in enumerate(steps):
        last, so_far = depth + 1 == len(steps), ".".join(steps[:depth])
        if isinstance(here, list):
            if not step.isdigit() or int(step) >= len(here):
                raise unknown("entry", step, [str(i) for i in range(len(here))], where=f"of '{so_far}'")
            key: Any = int(step)
        elif isinstance(here, dict):
            key = step
            if step not in here and not last:
                raise unknown("key", step, [str(k) for k in here], where=f"in '{so_far}'" if so_far else "")
        else:
            raise unknown("key", step, [], where=f"in '{so_far}', which is a value")
        if last:
            here[key] = copy.deepcopy(value)
        else:
            here = here[key]
    return out
