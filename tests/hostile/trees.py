"""Changes to nested plain data, drawn from a random source: what careless and hostile writers of files do."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

Path = tuple[Any, ...]

NUMBERS = (
    *("0", "1", "-1", "2", "50", "99.9", "100", "101", "-0.0", "0.5", "1e-300", "5e-324", "1e300", "-1e300", "1e999"),
    *("nan", ".nan", ".inf", "-.inf", "inf", "1e15", "9007199254740993", "0.1", "33.333333333333336", "1/3", "50%"),
    *("60 ± 10", "0 ± 0", "50 ± 1e9", "50 ± -1", "0..100", "50..50", "100..0", "-5..5", "1e99999999", "-1e-99999999"),
    *("triangular(0, 0, 0)", "triangular(0, 50, 100)", "triangular(50, 0, 100)", "beta(8, 2)", "beta(1e-9, 1e-9)"),
    *(
        "beta(1e9, 1e9)",
        "beta(0, 0)",
        "²",
        "٣",
        "−40",
        "1_000",
        "1,000",
        "0x10",
        "1" * 5000,
        "0." + "3" * 400,
        "1e",
        "+",
    ),
)
DURATIONS = (
    *("0", "1", "2", "12", "1 month", "0 months", "-1 month", "1 day", "36 months", "10000 years", "1e9 months"),
    *("0.5 days", "99999999999999999999 months", "1 fortnight", "12 months", "1e400 years", "5%", "nan months"),
)
TEXTS = (
    *("", " ", "x" * 3000, "\x1b[31mred", "a\nb.yaml:1:1: S210 forged; why; what", "\x7f", "\x9b2J", "‮abc", "\u2028"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "a; b; c", "{{7*7}}", "<script>alert(1)</script>", "**bold**", "[b]x[/b]"),
    *("%s %d", "{0}", "名前", "é", "\x00", "\ufeff", "</svg>", "&amp;", "]]>", "'", '"', "\\", "#", ": ", "- a", "🏳️‍🌈"),
    *("no", "yes", "null", "~", "12:30", "2020-08-09", "2020-13-45", "status quo", "represented by", "all", "not"),
)
NAMES = ("x", "no", "", "not", "all", "any", "at_least", "falls_by", "experts", "value", "a b", "ä", "x" * 200, "0")
SHAPES: tuple[Callable[[], Any], ...] = (
    lambda: None,
    lambda: [],
    lambda: {},
    lambda: "x",
    lambda: [[]],
    lambda: {"a": "b"},
    lambda: ["a", "a"],
    lambda: [{"a": []}],
    lambda: {"value": "1", "source": "none"},
    lambda: {"experts": {"e0": "1"}},
)


def nodes(data: Any, path: Path = ()) -> Iterator[Path]:
    """List the paths of all parts of some data, the whole first."""
    yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from nodes(value, (*path, key))
    elif isinstance(data, list):
        for k, value in enumerate(data):
            yield from nodes(value, (*path, k))


def part(data: Any, path: Path) -> Any:
    """Return the part at a path."""
    for step in path:
        data = data[step]
    return data


def put(data: Any, path: Path, value: Any) -> Any:
    """Put a part at a path, in place; return the data, which is the part itself at the empty path."""
    if not path:
        return value
    part(data, path[:-1])[path[-1]] = value
    return data


def scalars(data: Any) -> list[Path]:
    """List the paths of all parts that hold no other."""
    return [p for p in nodes(data) if not isinstance(part(data, p), dict | list)]


def holders(data: Any) -> list[Path]:
    """List the paths of all mappings and lists that are not empty."""
    return [p for p in nodes(data) if isinstance(part(data, p), dict | list) and part(data, p)]


def names_in(data: Any) -> list[str]:
    """List the texts and keys of some data, in order, each once."""
    found: dict[str, None] = {}
    for path in nodes(data):
        value = part(data, path)
        if isinstance(value, str):
            found[value] = None
        if path and isinstance(path[-1], str):
            found[path[-1]] = None
    return list(found)


def change(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    """Change one part of some data and return it; what is given is not touched.

    Parameters
    ----------
    data : plain data
    random : Random
    pools : sequence of sequences
        From one of them a new scalar is drawn.
    """
    data = copy.deepcopy(data)
    return random.choice(CHANGES)(data, random, pools)


def _scalar(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    where = scalars(data)
    return put(data, random.choice(where), random.choice(random.choice(pools))) if where else data


def _name(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    """Put one name of the file where another stands."""
    where = scalars(data)
    return put(data, random.choice(where), random.choice(names_in(data) or ["x"])) if where else data


def _drop(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    where = holders(data)
    if where:
        holder = part(data, random.choice(where))
        del holder[random.choice(list(holder)) if isinstance(holder, dict) else random.randrange(len(holder))]
    return data


def _double(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    where = holders(data)
    if where:
        holder = part(data, random.choice(where))
        if isinstance(holder, dict):
            key = random.choice(list(holder))
            holder[random.choice((*NAMES, f"{key}2"))] = copy.deepcopy(holder[key])
        else:
            holder.insert(random.randrange(len(holder) + 1), copy.deepcopy(random.choice(holder)))
    return data


def _rename(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    where = [p for p in nodes(data) if p and isinstance(p[-1], str)]
    if not where:
        return data
    path = random.choice(where)
    holder = part(data, path[:-1])
    new = random.choice((*NAMES, *random.sample(names_in(data), 1)))
    renamed = {new if k == path[-1] else k: v for k, v in holder.items()}
    return put(data, path[:-1], renamed)


def _exchange(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    """Let two parts change places, where neither is within the other."""
    where = list(nodes(data))
    one, other = random.choice(where), random.choice(where)
    if one[: len(other)] == other or other[: len(one)] == one:
        return data
    a, b = copy.deepcopy(part(data, one)), copy.deepcopy(part(data, other))
    put(data, one, b)
    return put(data, other, a)


def _copy(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    """Put a copy of one part where another stands."""
    where = list(nodes(data))
    one, other = random.choice(where), random.choice(where[1:] or where)
    return put(data, other, copy.deepcopy(part(data, one)))


def _shape(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    """Put a part of another kind where one stands."""
    where = list(nodes(data))
    return put(data, random.choice(where[1:] or where), random.choice(SHAPES)())


def _wrap(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    where = list(nodes(data))
    path = random.choice(where[1:] or where)
    inner = part(data, path)
    for _ in range(random.choice((1, 1, 2, 70))):
        inner = [inner] if random.random() < 0.7 else {"a": inner}
    return put(data, path, inner)


def _shuffle(data: Any, random: Random, pools: Sequence[Sequence[Any]]) -> Any:
    where = holders(data)
    if not where:
        return data
    path = random.choice(where)
    holder = part(data, path)
    if isinstance(holder, list):
        random.shuffle(holder)
        return data
    keys = list(holder)
    random.shuffle(keys)
    return put(data, path, {k: holder[k] for k in keys})


CHANGES = (
    _scalar,
    _scalar,
    _scalar,
    _name,
    _name,
    _drop,
    _drop,
    _double,
    _rename,
    _exchange,
    _copy,
    _shape,
    _wrap,
    _shuffle,
)
