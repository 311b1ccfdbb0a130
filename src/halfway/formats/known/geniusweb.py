"""GeniusWeb JSON: a domain file and one linear additive profile a party (TU Delft, GeniusWeb)."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from functools import partial
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from halfway.case.case import Case
from halfway.errors import InputError, Place, Problem
from halfway.formats.folder import CANNOT_BE_READ, domain_of, flat, load_each, profiles_of, said_of
from halfway.formats.format import Format, Imported, Source, files_in, peek
from halfway.formats.names import file_names, twice
from halfway.formats.profiles import Domain, Profile, decimal, from_case, slug, to_case
from halfway.reading.json_text import place_in, read_json
from halfway.reading.numbers import brief, exact
from halfway.reading.schema import Exact, Foreign, Locate, Name, fit
from halfway.result import write_safely

SPACE = "LinearAdditiveUtilitySpace"
WIDEST = 10_000
SEARCHED = 200_000
"""The most packages searched for one that is worth the walk-away."""

_OURS = re.compile(f'"issuesValues"|"{SPACE}"')
_KINDS = ("DiscreteValueSetUtilities", "NumberValueSetUtilities", "discreteutils", "numberutils")


class _Range(Foreign):
    low: Exact
    high: Exact
    step: Exact


class _Values(Foreign):
    values: list[Name] | None = None
    range: _Range | None = None


class _Domain(Foreign):
    name: Name | None = None
    issues: dict[Name, _Values] = Field(alias="issuesValues")


class _Utilities(Foreign):
    """Utilities of an issue's values, whatever name of their kind they are wrapped in."""

    value_utilities: dict[Name, Exact] | None = Field(None, alias="valueUtilities")
    low_value: Exact | None = Field(None, alias="lowValue")
    low_utility: Exact = Field(Fraction(0), alias="lowUtility")
    high_value: Exact | None = Field(None, alias="highValue")
    high_utility: Exact = Field(Fraction(1), alias="highUtility")

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, raw: Any) -> Any:
        kinds = [key for key in _KINDS if isinstance(raw, dict) and key in raw]
        return raw[kinds[0]] if kinds else raw


class _Bid(Foreign):
    chosen: dict[Name, Name] = Field(alias="issuevalues")


class _Space(Foreign):
    utilities: dict[Name, _Utilities] = Field(alias="issueUtilities")
    weights: dict[Name, Exact] = Field(alias="issueWeights")
    reservation_bid: _Bid | None = Field(None, alias="reservationBid")


class _Profile(Foreign):
    space: _Space = Field(alias=SPACE)


def _recognises(path: Path) -> int:
    if path.is_dir():
        return 2 if any('"issuesValues"' in peek(p) for p in files_in(path, ".json")) else 0
    if path.suffix.lower() != ".json":
        return 0
    return 2 if '"issuesValues"' in peek(path) else 1


def read_geniusweb(source: Source) -> Imported:
    """Read a domain with its profiles: the JSON files beside it, or those that the user names.

    Raises
    ------
    InputError
        With the place of what is wrong.
    """
    texts: dict[Path, str] = {}
    problems: list[Problem] = []

    def load(path: Path) -> Any:
        texts[path] = source.text(path)
        return read_json(texts[path], str(path))

    loaded = load_each(source, files_in(source.folder, ".json"), load, _OURS)
    contents = loaded.contents

    def locate(path: Path) -> Locate:
        return lambda steps: place_in(texts[path], steps, str(path))

    domains = [p for p, data in contents.items() if isinstance(data, dict) and "issuesValues" in data]
    chosen = domain_of(source, domains, "a domain file has 'issuesValues'", flat(loaded.broken))
    named = fit(_Domain, contents[chosen], locate(chosen), "F141")
    domain = Domain(named.name or source.folder.name, _issues(chosen, named, locate(chosen)))
    others = [p for p in contents if p not in domains]
    spaces = [p for p in others if isinstance(contents[p], dict) and SPACE in contents[p]]
    candidates = profiles_of(source, chosen, others if source.profiles else spaces, domains)
    if not candidates and others:
        candidates = others
    lost: list[str] = []
    read = []
    for path in candidates:
        try:
            _expect_linear(path, contents[path], locate(path))
            space = fit(_Profile, contents[path], locate(path), "F141").space
            read.append(_profile(path, space, domain, lost, partial(_found, locate(path))))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    lost += said_of(
        len(read), [p for p in spaces if p not in candidates], "profiles that were not named or are of others"
    )
    lost += said_of(0, [p for p in others if p not in spaces], "no domain and no linear additive profile")
    lost += said_of(0, list(loaded.broken), CANNOT_BE_READ)
    return to_case(domain, read, lost, Place(str(chosen)))


def _found(locate: Locate, *steps: str) -> Place:
    return locate((SPACE, *steps))


def _wrong(what: str, why: str, place: Place, remedy: str = "check the file") -> InputError:
    return InputError([Problem("F141", what, why, remedy, place)])


def _expect_linear(path: Path, content: Any, locate: Locate) -> None:
    if isinstance(content, dict) and SPACE in content:
        return
    other = (
        next((key for key in content if re.search("Space|Ordering", key)), None) if isinstance(content, dict) else None
    )
    what = f"the profile is a {other}" if other else "the file is neither a domain nor a linear additive profile"
    raise _wrong(what, f"only a '{SPACE}' can be carried", locate(()), "choose linear additive profiles")


def _issues(path: Path, domain: _Domain, locate: Locate) -> dict[str, tuple[str, ...]]:
    problems = []
    issues: dict[str, tuple[str, ...]] = {}
    for issue, content in domain.issues.items():
        place = locate(("issuesValues", issue))
        if content.values is not None:
            issues[issue] = tuple(content.values)
            again = twice(content.values)
            if again is not None or not content.values:
                what = f"issue {brief(issue)} has " + (
                    "no values" if again is None else f"the value {brief(again)} twice"
                )
                problems.append(Problem("F141", what, "values are told apart by name", "check the file", place))
        elif content.range is not None:
            low, high, step = content.range.low, content.range.high, content.range.step
            count = (high - low) // step + 1 if step > 0 else 0
            if 1 <= count <= WIDEST:
                issues[issue] = tuple(decimal(low + k * step) for k in range(count))
            else:
                what = f"the range of {brief(issue)} has {count:,} values"
                why = f"between 1 and {WIDEST:,} are needed"
                problems.append(Problem("F141", what, why, "make the step larger", place))
        else:
            what = f"issue {brief(issue)} has neither values nor a range"
            problems.append(Problem("F141", what, "its options are not known", "check the file", place))
    if not domain.issues:
        problems.append(Problem("F141", "the domain has no issue", "it needs one", "check the file", locate(())))
    if again := twice(domain.issues):
        what = f"issue {brief(again)} occurs twice"
        problems.append(
            Problem("F141", what, "issues are told apart by name", "rename", locate(("issuesValues", again)))
        )
    if problems:
        raise InputError(problems)
    return issues


def _profile(path: Path, space: _Space, domain: Domain, lost: list[str], locate: Any) -> Profile:
    weights: dict[str, Fraction] = {}
    values: dict[str, dict[str, Fraction]] = {}
    for issue, options in domain.issues.items():
        if issue not in space.weights or issue not in space.utilities:
            why = "it needs a weight and utilities"
            raise _wrong(f"the profile says nothing of issue {brief(issue)}", why, locate("issueWeights"))
        weights[issue] = space.weights[issue]
        values[issue] = _utilities(issue, space.utilities[issue], options, locate("issueUtilities", issue))
    reservation = None
    if space.reservation_bid is not None:
        chosen = space.reservation_bid.chosen
        reservation = Fraction(0)
        for issue, options in domain.issues.items():
            # Whatever a reservation bid leaves open is worth its least, as the protocol counts a partial bid.
            option = chosen.get(issue)
            if option is not None and option not in options:
                what = f"the reservation bid has {brief(option)} for {brief(issue)}"
                place = locate("reservationBid", "issuevalues", issue)
                raise _wrong(what, "the domain does not know it", place)
            worth = values[issue][option] if option is not None else Fraction(0)
            reservation += weights[issue] * worth
        lost.append(f"{path.stem}: the reservation bid becomes the utility that it is worth")
    return Profile(path.stem, weights, values, reservation, None, locate())


def _utilities(issue: str, content: _Utilities, options: tuple[str, ...], place: Place) -> dict[str, Fraction]:
    given = content.value_utilities
    if given is not None:
        # A value without a utility is worth nothing: the format's own rule.
        return {o: given.get(o, Fraction(0)) for o in options}
    low, high = content.low_value, content.high_value
    if low is None or high is None:
        what = f"the utilities of {brief(issue)} are of no known kind"
        raise _wrong(what, "discrete and number utilities are known", place)
    if low == high:
        raise _wrong(f"the utilities of {brief(issue)} have no range", "lowValue equals highValue", place)
    slope = (content.high_utility - content.low_utility) / (high - low)
    out = {}
    for option in options:
        try:
            out[option] = content.low_utility + slope * (exact(option) - low)
        except ValueError:
            why = "number utilities are for issues with a range"
            raise _wrong(f"the value {brief(option)} of {brief(issue)} is not a number", why, place) from None
    return out


def write_geniusweb(case: Case, folder: Path) -> tuple[str, ...]:
    """Write a folder with a domain file and a profile for each actor; return what is lost."""
    domain, profiles, lost = from_case(case)
    folder.mkdir(parents=True, exist_ok=True)
    name = slug(case.name)
    content = {"name": name, "issuesValues": {i: {"values": list(o)} for i, o in domain.issues.items()}}
    files = file_names([p.name for p in profiles], ".json", [f"{name}.json"], lost)
    write_safely(folder / f"{name}.json", _text(content))
    for profile in profiles:
        space: dict[str, Any] = {
            "name": profile.name,
            "issueUtilities": {
                i: {"DiscreteValueSetUtilities": {"valueUtilities": {o: float(v) for o, v in values.items()}}}
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
        write_safely(folder / files[profile.name], _text({SPACE: space}))
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


FORMAT = Format(
    title="GeniusWeb JSON: domain and profiles in a folder",
    form="folder with a domain file and one profile a party",
    reads="discrete values and number ranges, linear additive profiles, the reservation bid as its utility",
    writes="additive interests; a package worth exactly the walk-away as reservation bid, where there is one",
    recognises=_recognises,
    read=read_geniusweb,
    write=write_geniusweb,
)
