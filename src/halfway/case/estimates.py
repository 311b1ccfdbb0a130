"""Numbers that may be uncertain, in the notations that a person types.

``60``, ``60 ± 10``, ``50..70``, ``triangular(40, 60, 90)``, ``beta(8, 2)``, or a panel
``{experts: {name: 60, …}}``; any of them inside ``{value: …, note: …, source: …}``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Any, TypeAlias

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from halfway.case.nouns import complaint, within
from halfway.errors import suggestion

_NUMBER = r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?"
_PLAIN = re.compile(rf"^\s*({_NUMBER})\s*$")
_NORMAL = re.compile(rf"^\s*({_NUMBER})\s*(?:±|\+/?-)\s*({_NUMBER})\s*$")
_UNIFORM = re.compile(rf"^\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*$")
_CALL = re.compile(r"^\s*(triangular|beta)\s*\(([^()]*)\)\s*$")

_HOW = "write a number, '60 ± 10', '50..70', 'triangular(40, 60, 90)', 'beta(8, 2)' or {experts: {name: number}}"
_LONGEST_NUMBER = 40
_LONGEST_NOTATION = 4 * _LONGEST_NUMBER
_LARGEST = 10**12


@dataclass(frozen=True)
class Estimate:
    """A number with what is known of its uncertainty.

    Attributes
    ----------
    kind : str
        ``exact``, ``normal`` (centre, standard deviation; truncated to the bounds), ``uniform`` (from, to),
        ``triangular`` (least, mode, most), ``beta`` (two shapes, stretched over the bounds) or ``experts``.
    parameters : tuple of Fraction
        As typed, without rounding.
    experts : tuple of (str, Estimate)
        Each named expert's own value; empty unless the kind is ``experts``.
    low, high : float
        What the quantity cannot pass, by its meaning.
    note, source : str, tuple of str
        Why, and on whose word.
    """

    kind: str
    parameters: tuple[Fraction, ...]
    experts: tuple[tuple[str, Estimate], ...] = ()
    low: float = -math.inf
    high: float = math.inf
    note: str | None = None
    source: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether every draw would give the same number."""
        return self.kind == "exact" or (self.kind == "normal" and self.parameters[1] == 0)

    @property
    def mean(self) -> Fraction:
        """The centre: the mean of the distribution after truncation; for a panel, of its experts' means."""
        p = self.parameters
        if self.kind == "uniform":
            return (p[0] + p[1]) / 2
        if self.kind == "triangular":
            return (p[0] + p[1] + p[2]) / 3
        if self.kind == "beta":
            return Fraction(self.low) + Fraction(self.high - self.low) * p[0] / (p[0] + p[1])
        if self.kind == "experts":
            return sum((e.mean for _, e in self.experts), Fraction(0)) / len(self.experts)
        if self.kind == "normal" and p[1] > 0:
            return p[0] + self._shift()
        return p[0]

    def _shift(self) -> Fraction:
        """How far truncation moves the mean of a normal estimate; exactly nothing where it is symmetric.

        Rounded to 1/10,000: a judgement has no more digits, and sums of such means stay exact in 64-bit integers.
        """
        centre, spread = float(self.parameters[0]), float(self.parameters[1])
        a, b = (self.low - centre) / spread, (self.high - centre) / spread
        if a == -b:
            return Fraction(0)
        mass = _normal_mass(a, b)
        density = _normal_density(a) - _normal_density(b)
        return Fraction(round(spread * density / mass * 10_000), 10_000)

    def __float__(self) -> float:
        return float(self.mean)

    def notation(self) -> str:
        """Write the estimate as a person would type it, without note and source."""
        p = [_decimal(x) for x in self.parameters]
        if self.kind == "normal":
            return f"{p[0]} ± {p[1]}"
        if self.kind == "uniform":
            return f"{p[0]}..{p[1]}"
        if self.kind in ("triangular", "beta"):
            return f"{self.kind}({', '.join(p)})"
        if self.kind == "experts":
            return "experts(" + ", ".join(f"{name}: {e.notation()}" for name, e in self.experts) + ")"
        return p[0]


def _normal_density(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) if math.isfinite(z) else 0.0


def _normal_mass(a: float, b: float) -> float:
    # erfc keeps its precision far out in a tail, where erf would cancel.
    if a > 0:
        return (math.erfc(a / math.sqrt(2)) - math.erfc(b / math.sqrt(2))) / 2
    if b < 0:
        return (math.erfc(-b / math.sqrt(2)) - math.erfc(-a / math.sqrt(2))) / 2
    return (math.erf(b / math.sqrt(2)) - math.erf(a / math.sqrt(2))) / 2


def _decimal(x: Fraction) -> str:
    if x.denominator == 1:
        return str(x.numerator)
    for places in range(1, _LONGEST_NUMBER + 30):
        scaled = abs(x) * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{'-' if x < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    return repr(float(x))


def exact(value: float | Fraction) -> Estimate:
    """Make an estimate without uncertainty."""
    return Estimate("exact", (Fraction(str(value)) if isinstance(value, float) else Fraction(value),))


def read_number(text: str) -> Fraction:
    """Read a number as typed: ``1e3`` is a thousand, ``5%`` is 0.05.

    Raises
    ------
    ValueError
        Where the text is no number, or one beyond any use here.
    """
    # The length comes first: the pattern takes a time that grows with its square.
    match = _PLAIN.match(text) if len(text) <= _LONGEST_NUMBER else None
    if not match:
        raise ValueError(text)
    body = match[1].replace("_", "")
    percent = body.endswith("%")
    # The exponent is looked at first: 1e999999999 would fill the memory as a fraction.
    exponent = re.search(r"[eE]([-+]?\d+)", body)
    if exponent and abs(int(exponent[1])) > 30:
        raise ValueError(text)
    value = Fraction(body.rstrip("%"))
    return value / 100 if percent else value


def parse_estimate(raw: Any, low: float, high: float) -> Estimate:
    """Read an estimate of a quantity that cannot pass `low` and `high`.

    Raises
    ------
    PydanticCustomError
        Saying what is wrong with the notation or the number.
    """
    if isinstance(raw, Estimate):
        return replace(raw, low=low, high=high)
    if isinstance(raw, dict):
        return _from_mapping(raw, low, high)
    if isinstance(raw, bool) or raw is None or isinstance(raw, list):
        shown = "a list" if isinstance(raw, list) else "nothing" if raw is None else repr(raw)
        raise complaint("S210", f"{shown} stands where a number is expected", "no number can be read from it", _HOW)
    estimate = _from_text(str(raw), low, high)
    _check_range(estimate, str(raw).strip())
    return estimate


def _from_mapping(raw: dict[str, Any], low: float, high: float) -> Estimate:
    known = ("value", "experts", "note", "source")
    for key in raw:
        if key not in known:
            wrong = complaint("S202", f"unknown key '{key}' in an estimate", suggestion(str(key), known), "rename it")
            raise within(wrong, key)
    if ("value" in raw) == ("experts" in raw):
        raise complaint(
            "S210", "an estimate needs exactly one of 'value' and 'experts'", "both or neither is given", _HOW
        )
    if "experts" in raw:
        panel = raw["experts"]
        if not isinstance(panel, dict) or not panel:
            raise complaint(
                "S210", "'experts' is not a mapping of names to numbers", "a panel names each of its experts", _HOW
            )
        members = []
        for name, value in panel.items():
            try:
                members.append((str(name), parse_estimate(value, low, high)))
            except PydanticCustomError as error:
                raise within(error, "experts", name) from error
        estimate = Estimate("experts", (), tuple(members), low, high)
    else:
        if isinstance(raw["value"], dict):
            raise complaint("S210", "'value' of an estimate is a mapping", "it holds the number itself", _HOW)
        try:
            estimate = parse_estimate(raw["value"], low, high)
        except PydanticCustomError as error:
            raise within(error, "value") from error
    note, source = raw.get("note"), raw.get("source")
    sources = source if isinstance(source, list | tuple) else () if source is None else (source,)
    for key, texts in (("note", (note,)), ("source", sources)):
        if any(isinstance(text, dict | list | bool) for text in texts):
            wrong = complaint(
                "S205", f"'{key}' of an estimate is not a text", "it is quoted as it stands", "write text"
            )
            raise within(wrong, key)
    return replace(estimate, note=None if note is None else str(note), source=tuple(str(s) for s in sources))


def _from_text(text: str, low: float, high: float) -> Estimate:
    try:
        if len(text) > _LONGEST_NOTATION:
            raise ValueError(text)
        if match := _PLAIN.match(text):
            return Estimate("exact", (read_number(match[1]),), low=low, high=high)
        if match := _NORMAL.match(text):
            return Estimate("normal", (read_number(match[1]), read_number(match[2])), low=low, high=high)
        if match := _UNIFORM.match(text):
            return Estimate("uniform", (read_number(match[1]), read_number(match[2])), low=low, high=high)
        if match := _CALL.match(text):
            numbers = tuple(read_number(part) for part in match[2].split(","))
            if len(numbers) == (3 if match[1] == "triangular" else 2):
                return Estimate(match[1], numbers, low=low, high=high)
    except ValueError:
        pass
    raise complaint("S210", f"'{text[:60]}' is not an estimate", "its notation is not known here", _HOW)


def _check_range(estimate: Estimate, text: str) -> None:
    p, low, high = estimate.parameters, estimate.low, estimate.high
    if any(abs(x) > _LARGEST for x in p):
        raise complaint("S211", f"{text} is out of range", "no quantity of a case is that large", "check the number")
    if estimate.kind == "normal" and p[1] < 0:
        raise complaint(
            "S212", f"{text} has a negative spread", "a standard deviation is zero or more", "make it positive"
        )
    if list(p) != sorted(p) and estimate.kind in ("uniform", "triangular"):
        raise complaint(
            "S212", f"{text} is out of order", "the least comes first", "put its numbers in ascending order"
        )
    if estimate.kind == "beta":
        if min(p) <= 0:
            raise complaint("S212", f"{text} has a shape of zero or less", "both shapes are positive", "use beta(8, 2)")
        if not (math.isfinite(low) and math.isfinite(high)):
            raise complaint(
                "S212", f"{text} has no range to cover", "this quantity has no upper bound", "use '60 ± 10'"
            )
        return
    inside = p[:1] if estimate.kind == "normal" else p
    if any(x < low or x > high for x in inside):
        span = f"runs from {low:g} to {high:g}" if math.isfinite(high) else f"is {low:g} or more"
        raise complaint("S211", f"{text} is out of range", f"this quantity {span}", "check the number")


def _dump(estimate: Estimate) -> Any:
    value: Any = (
        {"experts": {name: _dump(e) for name, e in estimate.experts}}
        if estimate.kind == "experts"
        else estimate.notation()
    )
    if estimate.note is None and not estimate.source:
        return value
    out = value if isinstance(value, dict) else {"value": value}
    if estimate.note is not None:
        out["note"] = estimate.note
    if estimate.source:
        out["source"] = list(estimate.source)
    return out


def _estimate_schema(what: str) -> dict[str, Any]:
    return {
        "description": what,
        "anyOf": [
            {"type": "number"},
            {"type": "string", "description": "60 ± 10, 50..70, triangular(40, 60, 90) or beta(8, 2)"},
            {
                "type": "object",
                "properties": {
                    "value": {"type": ["number", "string"]},
                    "experts": {"type": "object"},
                    "note": {"type": "string"},
                    "source": {"type": ["string", "array"]},
                },
                "additionalProperties": False,
            },
        ],
    }


def _points(raw: Any) -> Estimate:
    return parse_estimate(raw, -math.inf, math.inf)


def _score(raw: Any) -> Estimate:
    return parse_estimate(raw, 0, 100)


def _weight(raw: Any) -> Estimate:
    return parse_estimate(raw, 0, math.inf)


def _probability(raw: Any) -> Estimate:
    return parse_estimate(raw, 0, 1)


_DUMP = PlainSerializer(_dump)

Score: TypeAlias = Annotated[
    Estimate, PlainValidator(_score), _DUMP, WithJsonSchema(_estimate_schema("An estimate from 0 to 100."))
]
Weight: TypeAlias = Annotated[
    Estimate, PlainValidator(_weight), _DUMP, WithJsonSchema(_estimate_schema("An estimate of zero or more."))
]
Probability: TypeAlias = Annotated[
    Estimate, PlainValidator(_probability), _DUMP, WithJsonSchema(_estimate_schema("An estimate from 0 to 1."))
]
Points: TypeAlias = Annotated[
    Estimate, PlainValidator(_points), _DUMP, WithJsonSchema(_estimate_schema("An estimate, in utility points."))
]
