"""What stands in a cell: plain data of a case file written as a person would type it, and read back the same."""

from __future__ import annotations

import datetime
import json
import re
from decimal import Decimal
from typing import Any

from halfway.case.yaml_text import read_yaml
from halfway.errors import Collector

NOTHING = "~"
LONGEST = 32_767
"""Characters that Excel keeps in a cell."""
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,11})\.[0-9]{1,10}", re.ASCII)
_SAFE = re.compile(r"[^\W_](?:[\w.+/%±–−()\- ]*[\w.%)])?")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off"))
_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")


class Unreadable(ValueError):
    """A cell holds what a case cannot; the text says what and why, and what to do."""

    def __init__(self, what: str, why: str, remedy: str) -> None:
        self.what, self.why, self.remedy = what, why, remedy
        super().__init__(what)


def written(value: Any, *, name: bool = False) -> str | int | float:
    """Return what a cell holds for plain data: a number where that loses nothing, else a text.

    Parameters
    ----------
    value : Any
        A text, number, truth value, list or mapping, or None for what a case file writes as ``~``.
    name : bool
        Whether it is a name, which stays text even where it looks like a number.
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple | dict):
        return _flow(value)
    text = str(value)
    if not name and _INTEGER.fullmatch(text) and text != "-0":
        return int(text)
    if not name and _DECIMAL.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return json.dumps(text, ensure_ascii=False) if _needs_quotes(text) else text


def _needs_quotes(text: str) -> bool:
    bracketed = text[:1] + text[-1:] in ("[]", "{}")
    return not text or text == NOTHING or text != text.strip() or text.startswith('"') or bracketed


def _flow(value: Any) -> str:
    """Write a list or a mapping in brackets, on one line, as a case file may have it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(str(key))}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    plain = _SAFE.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


def read(value: Any, number_format: str = "General") -> Any:
    """Return the plain data that a cell stands for: numbers and truth values as texts, as in a case file.

    Parameters
    ----------
    value : Any
        As openpyxl gives it.
    number_format : str
        How the spreadsheet shows it; this separates 60% from 0.6.

    Raises
    ------
    Unreadable
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, "%" in number_format)
    if isinstance(value, datetime.datetime):
        if value.time() != datetime.time():
            what = f"{value:%Y-%m-%d %H:%M} is a time of day"
            raise Unreadable(what, "a case knows days", "write the day alone, such as 2020-08-31")
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    if not isinstance(value, str):
        raise Unreadable(
            f"the cell holds a {type(value).__name__}", "a case has texts, numbers and days", "type it as text"
        )
    text = value.strip()
    if text == NOTHING:
        return None
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return json.loads(text, strict=False)
        except ValueError:
            return text
    if text[:1] + text[-1:] in ("[]", "{}"):
        return _bracketed(text)
    return text


def _number(value: float, percent: bool) -> str:
    if percent:
        shown = format(Decimal(repr(value)) * 100, "f")
        return (shown.rstrip("0").rstrip(".") if "." in shown else shown) + "%"
    whole = float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)


def _bracketed(text: str) -> Any:
    problems = Collector()
    data, _ = read_yaml(text, "<cell>", problems)
    if problems.problems:
        first = problems.problems[0]
        raise Unreadable(
            f"the brackets cannot be read: {first.what}",
            "a text in brackets is a list or a mapping, as in a case file",
            "check commas, colons and quotes, or put a plain text in double quotes",
        )
    return data


def hidden_escape(text: str) -> bool:
    """Tell whether a text holds what spreadsheets take for the code of a character."""
    return bool(_ESCAPE.search(text))
