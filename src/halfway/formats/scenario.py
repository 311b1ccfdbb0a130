"""NegMAS scenario folders: ``domain.yml`` (or JSON) and one linear additive utility function a party."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from halfway.case.case import Case
from halfway.errors import InputError, Place, Problem
from halfway.formats.profiles import Domain, Imported, Profile, from_case, to_case
from halfway.formats.xml_tree import read_bytes
from halfway.result import write_safely

ENDINGS = (".yml", ".yaml", ".json")
LINEAR = "LinearAdditiveUtilityFunction"
WIDEST = 10_000


def read_scenario(folder: Path) -> Imported:
    """Read a scenario folder as NegMAS 0.16 writes it (YAML or JSON).

    Raises
    ------
    InputError
        With the place of what is wrong.
    """
    files = sorted(p for p in folder.glob("*") if p.suffix in ENDINGS and not p.name.startswith("_"))
    contents = {p: _load(p) for p in files}
    domains = [p for p, c in contents.items() if isinstance(c, dict) and isinstance(c.get("issues"), list)]
    if len(domains) != 1:
        raise _wrong(folder, f"there are {len(domains)} domain files", "one lists the issues")
    issues = {}
    for n, issue in enumerate(contents[domains[0]]["issues"]):
        if not isinstance(issue, dict) or "name" not in issue:
            raise _wrong(domains[0], f"issue {n + 1} has no name", "issues are told apart by name")
        issues[str(issue["name"])] = _options(domains[0], issue)
    domain = Domain(folder.name, issues)
    profiles, lost = [], list[str]()
    for file, content in contents.items():
        if file == domains[0] or not isinstance(content, dict) or "type" not in content:
            continue
        profiles.append(_profile(file, content, domain, lost))
    return to_case(domain, profiles, lost, Place(str(domains[0])))


def _load(path: Path) -> Any:
    # Every scalar as the text that it is: numbers then become exact fractions. JSON is YAML here.
    try:
        return yaml.load(read_bytes(path).decode("utf-8-sig"), Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path))
        raise InputError(
            [Problem("F150", "the file cannot be read", error.problem or "it is not YAML", "check it", place)]
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(path, "the file's text is not sound", str(error).splitlines()[0]) from error


def _wrong(path: Path, what: str, why: str) -> InputError:
    return InputError([Problem("F151", what, why, "check the file", Place(str(path)))])


def _fraction(path: Path, text: Any, what: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, TypeError, ZeroDivisionError):
        raise _wrong(path, f"{what} is not a number", f"it is {text!r}") from None


def _options(path: Path, issue: Mapping[str, Any]) -> tuple[str, ...]:
    values = issue.get("values")
    kind = str(issue.get("type", ""))
    if kind == "ContiguousIssue":
        ends = values if isinstance(values, list) and len(values) == 2 else ["", ""]
        low, high = (int(_fraction(path, v, "a bound")) for v in ends)
        if not 0 <= high - low < WIDEST:
            raise _wrong(path, f"issue '{issue['name']}' runs from {low} to {high}", "its values cannot be listed")
        return tuple(str(v) for v in range(low, high + 1))
    if isinstance(values, list) and values and kind != "ContinuousIssue":
        options = tuple(str(v) for v in values)
        if len(set(options)) == len(options):
            return options
    raise _wrong(path, f"the values of issue '{issue['name']}' cannot be listed", f"it is a {kind or 'nameless kind'}")


def _profile(path: Path, content: Mapping[str, Any], domain: Domain, lost: list[str]) -> Profile:
    name = path.stem
    kind = str(content["type"]).rsplit(".", 1)[-1]
    if kind != LINEAR:
        raise _wrong(path, f"the utility function is a {kind}", f"only {LINEAR} can be carried")
    names = list(domain.issues)
    functions, weights_given = content.get("values"), content.get("weights")
    functions = list(functions.values()) if isinstance(functions, dict) else functions
    weights_given = list(weights_given.values()) if isinstance(weights_given, dict) else weights_given
    if not isinstance(functions, list) or not isinstance(weights_given, list):
        raise _wrong(path, "values or weights are missing", "a linear function has one of each an issue")
    if len(functions) != len(names) or len(weights_given) != len(names):
        raise _wrong(path, "values and weights do not match the issues", f"the domain has {len(names)}")
    weights, values = {}, {}
    for issue, function, weight in zip(names, functions, weights_given, strict=True):
        table = _table(path, issue, function, domain.issues[issue])
        top = max(Fraction(1), *table.values())
        weights[issue] = _fraction(path, weight, f"the weight of '{issue}'") * top
        values[issue] = {o: v / top for o, v in table.items()}
    reserved = content.get("reserved_value")
    if reserved in (None, "", "null", "-.inf", "-inf"):
        lost.append(f"{name} states no reserved value: its walk-away is entered as 0")
        reserved = "0"
    if content.get("reserved_outcome") not in (None, "", "null"):
        lost.append(f"{name}: the reserved outcome cannot be carried beside the reserved value")
    bias = _fraction(path, content.get("bias", "0"), "the bias")
    if bias:
        lost.append(f"{name}: the constant {float(bias):g} is taken off the walk-away instead")
    return Profile(
        name, weights, values, _fraction(path, reserved, "the reserved value") - bias, None, Place(str(path))
    )


def _table(path: Path, issue: str, function: Any, options: tuple[str, ...]) -> dict[str, Fraction]:
    kind = str(function.get("type", "TableFun")).rsplit(".", 1)[-1] if isinstance(function, dict) else ""
    if kind == "TableFun" and isinstance(function.get("mapping"), dict):
        given = function["mapping"]
        missing = [o for o in options if o not in given]
        if missing:
            raise _wrong(path, f"'{missing[0]}' of '{issue}' has no utility", "every value needs one")
        return {o: _fraction(path, given[o], f"the utility of '{o}'") for o in options}
    if kind in ("AffineFun", "LinearFun", "IdentityFun", "ConstFun"):
        slope = _fraction(path, function.get("slope", "1" if kind != "ConstFun" else "0"), "the slope")
        bias = _fraction(path, function.get("bias", "0"), "the bias")
        return {o: slope * _fraction(path, o, f"value '{o}'") + bias if slope else bias for o in options}
    raise _wrong(
        path, f"the function of '{issue}' is a {kind or 'nameless kind'}", "tables and straight lines are known"
    )


def write_scenario(case: Case, folder: Path) -> tuple[str, ...]:
    """Write a folder that NegMAS loads with ``Scenario.load``; return what is lost."""
    domain, profiles, lost = from_case(case)
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "name": "domain",
        "type": "DiscreteCartesianOutcomeSpace",
        "issues": [{"name": i, "type": "CategoricalIssue", "values": list(o)} for i, o in domain.issues.items()],
    }
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
        write_safely(folder / f"{profile.name}.yml", _text(function))
    return tuple(lost)


def _text(content: Any) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
