"""GeniusWeb JSON: a domain file and one linear additive profile a party (TU Delft, GeniusWeb)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.errors import InputError, Place, Problem
from halfway.formats.profiles import Domain, Imported, Profile, from_case, slug, to_case
from halfway.formats.xml_tree import read_bytes
from halfway.result import write_safely

SPACE = "LinearAdditiveUtilitySpace"
WIDEST = 10_000
SEARCHED = 200_000
"""The most packages searched for one that is worth the walk-away."""


def read_geniusweb(path: Path) -> Imported:
    """Read a domain with its profiles.

    Parameters
    ----------
    path : Path
        The folder, or the domain file; the profiles are the JSON files beside it.

    Raises
    ------
    InputError
        With the place of what is wrong.
    """
    folder = path if path.is_dir() else path.parent
    texts = {p: parse_json(p) for p in sorted(folder.glob("*.json"))}
    domains = [p for p, data in texts.items() if isinstance(data, dict) and "issuesValues" in data]
    if path.is_file():
        if path not in domains:
            raise _wrong(path, "the file is no GeniusWeb domain", "it has no 'issuesValues'")
        domains = [path]
    if len(domains) != 1:
        raise _wrong(folder, f"there are {len(domains)} domain files", "one has 'issuesValues'", "name the file itself")
    data = texts[domains[0]]
    issues = {str(k): _values_of(domains[0], k, v) for k, v in _mapping(domains[0], data, "issuesValues").items()}
    domain = Domain(str(data.get("name") or folder.name), issues)
    profiles, lost = [], list[str]()
    for file, content in texts.items():
        if file != domains[0]:
            profiles.append(_profile(file, content, domain, lost))
    return to_case(domain, profiles, lost, Place(str(domains[0])))


def parse_json(path: Path) -> Any:
    """Read JSON with numbers as exact fractions.

    Raises
    ------
    InputError
        At the line where it breaks.
    """
    raw = read_bytes(path)
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_float=Fraction, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = Place(str(path), error.lineno, error.colno)
        raise InputError(
            [Problem("F140", "the JSON cannot be read", error.msg.lower(), "check that the file is complete", place)]
        ) from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _wrong(path, "the file's text is not sound", str(error)) from error


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a number")


def _wrong(path: Path, what: str, why: str, remedy: str = "check the file") -> InputError:
    return InputError([Problem("F141", what, why, remedy, Place(str(path)))])


def _mapping(path: Path, data: Any, key: str) -> Mapping[str, Any]:
    value = data.get(key) if isinstance(data, dict) else None
    if not isinstance(value, dict):
        raise _wrong(path, f"'{key}' is missing", "it maps names to their contents")
    return value


def _fraction(path: Path, value: Any, what: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Fraction | str):
        raise _wrong(path, f"{what} is not a number", f"it is {value!r}")
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise _wrong(path, f"{what} is not a number", f"it is {value!r}") from None


def _values_of(path: Path, issue: str, content: Any) -> tuple[str, ...]:
    if isinstance(content, dict) and isinstance(content.get("values"), list):
        values = tuple(str(v) for v in content["values"])
        if len(set(values)) != len(values) or not values:
            raise _wrong(path, f"issue '{issue}' has no values or one twice", "values are told apart by name")
        return values
    if isinstance(content, dict) and isinstance(content.get("range"), dict):
        low, high, step = (_fraction(path, content["range"].get(k), k) for k in ("low", "high", "step"))
        count = int((high - low) / step) + 1 if step > 0 else 0
        if not 1 <= count <= WIDEST:
            raise _wrong(path, f"the range of '{issue}' has {count:,} values", f"between 1 and {WIDEST:,} are needed")
        return tuple(_plain(low + k * step) for k in range(count))
    raise _wrong(path, f"issue '{issue}' has neither values nor a range", "its options are not known")


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def _profile(path: Path, content: Any, domain: Domain, lost: list[str]) -> Profile:
    if not isinstance(content, dict) or SPACE not in content:
        raise _wrong(path, "the file is neither a domain nor a linear additive profile", f"it has no '{SPACE}'")
    space = content[SPACE]
    weights_given, utilities = _mapping(path, space, "issueWeights"), _mapping(path, space, "issueUtilities")
    weights: dict[str, Fraction] = {}
    values: dict[str, dict[str, Fraction]] = {}
    for issue, options in domain.issues.items():
        if issue not in weights_given or issue not in utilities:
            raise _wrong(path, f"the profile says nothing of issue '{issue}'", "it needs a weight and utilities")
        weights[issue] = _fraction(path, weights_given[issue], f"the weight of '{issue}'")
        values[issue] = _utilities(path, issue, utilities[issue], options)
    reservation = None
    bid = space.get("reservationBid")
    if isinstance(bid, dict):
        chosen = _mapping(path, bid, "issuevalues")
        reservation = Fraction(0)
        for issue, options in domain.issues.items():
            # Whatever a reservation bid leaves open is worth its least, as the protocol counts a partial bid.
            option = str(chosen[issue]) if issue in chosen else None
            if option is not None and option not in options:
                raise _wrong(path, f"the reservation bid has '{option}' for '{issue}'", "the domain does not know it")
            worth = values[issue][option] if option is not None else Fraction(0)
            reservation += weights[issue] * worth
        lost.append(f"{path.stem}: the reservation bid becomes the utility that it is worth")
    return Profile(path.stem, weights, values, reservation, None, Place(str(path)))


def _utilities(path: Path, issue: str, content: Any, options: tuple[str, ...]) -> dict[str, Fraction]:
    inner = content if isinstance(content, dict) else {}
    for key in ("discreteutils", "numberutils"):
        if isinstance(inner.get(key), dict):
            inner = inner[key]
    if isinstance(inner.get("valueUtilities"), dict):
        given = inner["valueUtilities"]
        # A value without a utility is worth nothing: the format's own rule.
        return {o: _fraction(path, given.get(o, 0), f"the utility of '{o}'") for o in options}
    if "lowValue" in inner:
        numbers = ("lowValue", "lowUtility", "highValue", "highUtility")
        low, low_worth, high, high_worth = (_fraction(path, inner.get(k), k) for k in numbers)
        if low == high:
            raise _wrong(path, f"the utilities of '{issue}' have no range", "lowValue equals highValue")
        return {o: low_worth + (high_worth - low_worth) * (Fraction(o) - low) / (high - low) for o in options}
    raise _wrong(path, f"the utilities of '{issue}' are of no known kind", "discrete and number utilities are known")


def write_geniusweb(case: Case, folder: Path) -> tuple[str, ...]:
    """Write a folder with a domain file and a profile for each actor; return what is lost."""
    domain, profiles, lost = from_case(case)
    folder.mkdir(parents=True, exist_ok=True)
    name = slug(case.name)
    content = {"name": name, "issuesValues": {i: {"values": list(o)} for i, o in domain.issues.items()}}
    write_safely(folder / f"{name}.json", _text(content))
    for profile in profiles:
        space: dict[str, Any] = {
            "name": profile.name,
            "issueUtilities": {
                i: {"discreteutils": {"valueUtilities": {o: float(v) for o, v in values.items()}}}
                for i, values in profile.values.items()
            },
            "issueWeights": {i: float(w) for i, w in profile.weights.items()},
            "domain": content,
        }
        total = sum(profile.weights.values(), Fraction(0))
        if total != 1:
            lost.append(f"{profile.name}: the weights sum to {float(total):g}, which GeniusWeb itself does not accept")
        if profile.discount is not None:
            lost.append(f"{profile.name}: the discount factor cannot be carried")
        if profile.reservation:
            bid = _bid_worth(domain, profile)
            if bid is None:
                lost.append(f"{profile.name}: no package is worth exactly the walk-away, so it cannot be carried")
            else:
                space["reservationBid"] = {"issuevalues": bid}
        write_safely(folder / f"{profile.name}.json", _text({SPACE: space}))
    return tuple(lost)


def _bid_worth(domain: Domain, profile: Profile) -> dict[str, str] | None:
    """Return a package worth exactly the walk-away, if there is one and the domain is small enough to look."""
    if prod(len(o) for o in domain.issues.values()) > SEARCHED:
        return None
    target = float(profile.reservation or 0)
    tables = [
        [(o, float(profile.weights[i] * profile.values[i][o])) for o in options] for i, options in domain.issues.items()
    ]
    for combination in product(*tables):
        if abs(sum(v for _, v in combination) - target) < 1e-12:
            return {i: o for i, (o, _) in zip(domain.issues, combination, strict=True)}
    return None


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
