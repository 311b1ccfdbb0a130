"""NegMAS scenario folders: a domain in YAML or JSON, whatever its name, and one linear additive function a party."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, field_validator

from halfway.case.case import Case
from halfway.case.yaml_text import read_yaml
from halfway.errors import Collector, InputError, Place, Problem
from halfway.formats.folder import CANNOT_BE_READ, domain_of, flat, load_each, profiles_of, said_of
from halfway.formats.format import Format, Imported, Source, files_in, peek
from halfway.formats.names import file_names, twice
from halfway.formats.profiles import Domain, Profile, from_case, to_case
from halfway.reading.json_text import place_in, read_json
from halfway.reading.numbers import brief, exact
from halfway.reading.schema import Exact, Foreign, Locate, Name, fit
from halfway.result import write_safely

ENDINGS = (".yml", ".yaml", ".json")
LINEAR = "LinearAdditiveUtilityFunction"
WIDEST = 10_000
_ISSUES = re.compile(r"""^\s*issues\s*:\s*(\[|$|-|#)|["']issues["']\s*:\s*(\[|$)""", re.MULTILINE)
_OURS = re.compile(r"""\bissues["']?\s*:|Utility|Ufun|TableFun""")
_OF_A_CASE = re.compile(r"^(actors|halfway)\s*:", re.MULTILINE)
_NOTHING = (None, "", "null", "~", "-.inf", "-inf", "-.INF", "-Inf")


class _Issue(Foreign):
    name: Name
    kind: Name | None = Field(None, alias="type")
    values: list[Name] = Field(default_factory=list)


class _Domain(Foreign):
    issues: list[_Issue] = Field(min_length=1)


class _Function(Foreign):
    kind: Name = Field("TableFun", alias="type")
    mapping: dict[Name, Exact] | None = None
    slope: Exact | None = None
    bias: Exact = Fraction(0)
    least: Exact | None = Field(None, alias="min_value")
    most: Exact | None = Field(None, alias="max_value")


class _Utility(Foreign):
    kind: Name = Field(alias="type")
    name: Name | None = None
    values: list[_Function]
    weights: list[Exact]
    reserved: Exact | None = Field(None, alias="reserved_value")
    reserved_outcome: Any = None
    bias: Exact = Fraction(0)

    @field_validator("reserved", mode="before")
    @classmethod
    def _no_reserve(cls, raw: Any) -> Any:
        return None if raw is None or (isinstance(raw, str) and raw in _NOTHING) else raw


def _recognises(path: Path) -> int:
    if path.is_dir():
        return 2 if any(_is_domain(p) for p in files_in(path, *ENDINGS)) else 0
    return 2 if path.suffix.lower() in ENDINGS and _is_domain(path) else 0


def _is_domain(path: Path) -> bool:
    head = peek(path)
    return _ISSUES.search(head) is not None and not _OF_A_CASE.search(head)


def read_scenario(source: Source) -> Imported:
    """Read a scenario folder as NegMAS 0.16 writes it: the domain, and every utility function beside it.

    Raises
    ------
    InputError
        With the place of what is wrong.
    """
    files = [p for p in files_in(source.folder, *ENDINGS) if not p.name.startswith("_")]
    loaded = load_each(source, files, partial(_load, source), _OURS)
    contents = {path: content for path, (content, _) in loaded.contents.items()}
    places = {path: locate for path, (_, locate) in loaded.contents.items()}
    problems: list[Problem] = []
    domains = [p for p, c in contents.items() if isinstance(c, dict) and isinstance(c.get("issues"), list)]
    chosen = domain_of(source, domains, "a domain file lists 'issues'", flat(loaded.broken))
    domain = Domain(
        source.folder.name if len(domains) == 1 else chosen.stem,
        _issues(fit(_Domain, contents[chosen], places[chosen], "F151"), places[chosen]),
    )
    others = [p for p in contents if p not in domains]
    functions = [p for p in others if isinstance(contents[p], dict) and "type" in contents[p]]
    candidates = profiles_of(source, chosen, others if source.profiles else functions, domains)
    lost: list[str] = []
    read = []
    for path in candidates:
        try:
            read.append(_profile(path, contents[path], places[path], domain, lost))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    lost += said_of(
        len(read), [p for p in functions if p not in candidates], "profiles that were not named or are of others"
    )
    lost += said_of(0, [p for p in others if p not in functions], "no domain and no utility function")
    lost += said_of(0, list(loaded.broken), CANNOT_BE_READ)
    return to_case(domain, read, lost, Place(str(chosen)))


def _load(source: Source, path: Path) -> tuple[Any, Locate]:
    text = source.text(path)
    if path.suffix.lower() == ".json":
        return read_json(text, str(path)), lambda steps: place_in(text, steps, str(path))
    data, places = read_yaml(text, str(path), problems := Collector())
    problems.raise_if_any()
    return data, places.value_of


def _wrong(what: str, why: str, place: Place, remedy: str = "check the file") -> InputError:
    return InputError([Problem("F151", what, why, remedy, place)])


def _issues(domain: _Domain, locate: Locate) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for n, issue in enumerate(domain.issues):
        if twice([*out, issue.name]):
            place = locate(("issues", n, "name"))
            raise _wrong(
                f"issue {brief(issue.name)} occurs twice", "issues are told apart by name", place, "rename one"
            )
        out[issue.name] = _options(issue, locate(("issues", n, "values")))
    return out


def _options(issue: _Issue, place: Place) -> tuple[str, ...]:
    kind = (issue.kind or "").rsplit(".", 1)[-1]
    if kind == "ContiguousIssue":
        try:
            low, high = (exact(v) for v in issue.values)
        except ValueError:
            raise _wrong(
                f"issue {brief(issue.name)} has no two bounds", "a span has a least and a most", place
            ) from None
        if low.denominator != 1 or high.denominator != 1 or not 0 <= high - low < WIDEST:
            what = f"issue {brief(issue.name)} runs from {float(low):g} to {float(high):g}"
            raise _wrong(what, "its values cannot be listed", place)
        return tuple(str(v) for v in range(int(low), int(high) + 1))
    if kind != "ContinuousIssue" and issue.values and twice(issue.values) is None:
        return tuple(issue.values)
    what = f"the values of issue {brief(issue.name)} cannot be listed"
    raise _wrong(what, f"it is a {brief(kind)[1:-1]}" if kind else "they are missing or one stands twice", place)


def _profile(path: Path, content: Any, locate: Locate, domain: Domain, lost: list[str]) -> Profile:
    name = path.stem
    kind = content.get("type") if isinstance(content, dict) else None
    if isinstance(kind, str) and kind.rsplit(".", 1)[-1] != LINEAR:
        what = f"the utility function is a {brief(kind.rsplit('.', 1)[-1])[1:-1]}"
        raise _wrong(what, f"only {LINEAR} can be carried", locate(("type",)), "choose linear additive functions")
    names = list(domain.issues)
    given = fit(_Utility, _in_order(content, names), locate, "F151")
    if len(given.values) != len(names) or len(given.weights) != len(names):
        what = f"there are {len(given.values)} values and {len(given.weights)} weights"
        raise _wrong(what, f"the domain has {len(names)} issues", locate(()))
    weights, values = {}, {}
    for n, (issue, function, weight) in enumerate(zip(names, given.values, given.weights, strict=True)):
        table = _table(issue, function, domain.issues[issue], locate(("values", n)))
        top = max(Fraction(1), *table.values())
        weights[issue] = weight * top
        values[issue] = {o: v / top for o, v in table.items()}
    if given.reserved is None:
        lost.append(f"{name} states no reserved value: its walk-away is entered as 0")
    if given.reserved_outcome not in _NOTHING:
        lost.append(f"{name}: the reserved outcome cannot be carried beside the reserved value")
    if given.bias:
        lost.append(f"{name}: the constant {float(given.bias):g} is taken off the walk-away instead")
    return Profile(name, weights, values, (given.reserved or Fraction(0)) - given.bias, None, locate(()))


def _in_order(content: Any, names: Sequence[str]) -> Any:
    """Return the content with values and weights as lists, where they are mappings from the issues' names."""
    if not isinstance(content, dict):
        return content
    out = dict(content)
    for key in ("values", "weights"):
        given = out.get(key)
        if isinstance(given, dict):
            out[key] = [given[n] for n in names] if set(given) == set(names) else list(given.values())
    return out


def _table(issue: str, function: _Function, options: tuple[str, ...], place: Place) -> dict[str, Fraction]:
    kind = function.kind.rsplit(".", 1)[-1]
    if kind == "TableFun" and function.mapping is not None:
        return {o: _looked_up(issue, function.mapping, o, place) for o in options}
    if kind == "ConstFun":
        return dict.fromkeys(options, function.bias)
    if kind not in ("AffineFun", "LinearFun", "IdentityFun"):
        what = f"the function of {brief(issue)} is a {brief(kind)[1:-1]}"
        raise _wrong(what, "tables and straight lines are known", place)
    try:
        at = {o: exact(o) for o in options}
    except ValueError:
        what = f"the values of {brief(issue)} are no numbers"
        raise _wrong(what, "a straight line needs numbers", place, "give a table") from None
    if function.slope is None and (function.least is not None or function.most is not None):
        # A straight line by its ends: what the least and the greatest value of the issue are worth.
        low, high = min(at.values()), max(at.values())
        least, most = function.least or Fraction(0), Fraction(1) if function.most is None else function.most
        rise = (most - least) / (high - low) if high > low else Fraction(0)
        return {o: least + rise * (x - low) for o, x in at.items()}
    if function.slope is None and kind != "IdentityFun":
        raise _wrong(f"the straight line of {brief(issue)} has no slope", "nor has it two ends", place, "add 'slope'")
    slope = Fraction(1) if function.slope is None else function.slope
    return {o: slope * x + function.bias for o, x in at.items()}


def _looked_up(issue: str, mapping: dict[str, Fraction], option: str, place: Place) -> Fraction:
    """Return an option's utility; 100 and 100.0 are one value."""
    if option in mapping:
        return mapping[option]
    try:
        value = exact(option)
        return next(v for key, v in mapping.items() if _equals(key, value))
    except (ValueError, StopIteration):
        raise _wrong(f"{brief(option)} of {brief(issue)} has no utility", "every value needs one", place) from None


def _equals(text: str, value: Fraction) -> bool:
    try:
        return exact(text) == value
    except ValueError:
        return False


def write_scenario(case: Case, folder: Path) -> tuple[str, ...]:
    """Write a folder that NegMAS loads with ``Scenario.load``; return what is lost."""
    domain, profiles, lost = from_case(case)
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "name": "domain",
        "type": "DiscreteCartesianOutcomeSpace",
        "issues": [{"name": i, "type": "CategoricalIssue", "values": list(o)} for i, o in domain.issues.items()],
    }
    files = file_names([p.name for p in profiles], ".yml", ["domain.yml"], lost)
    write_safely(folder / "domain.yml", _text(content))
    for profile in profiles:
        if profile.discount is not None:
            lost.append(f"{profile.name}: the discount factor cannot be carried")
        function = {
            "name": profile.name,
            "type": LINEAR,
            "reserved_value": float(profile.reservation or 0),
            "weights": [float(w) for w in profile.weights.values()],
            "values": [
                {"type": "TableFun", "mapping": {o: float(v) for o, v in values.items()}}
                for values in profile.values.values()
            ],
        }
        write_safely(folder / files[profile.name], _text(function))
    return tuple(lost)


def _text(content: Any) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


FORMAT = Format(
    title="a NegMAS scenario folder",
    form="folder with a domain in `.yml`, `.yaml` or `.json` and one utility function a party",
    reads="categorical, ordinal and contiguous issues; linear additive functions of tables and straight lines; reserved value",
    writes="additive interests, walk-aways as numbers",
    recognises=_recognises,
    read=read_scenario,
    write=write_scenario,
)
