"""Numbers that may be uncertain, in the notations that a person types.

``60``, ``1/3``, ``60 ± 10`` (or ``60 +- 10``), ``50..70``, ``triangular(40, 60, 90)``, ``beta(8, 2)``, or a panel
``{experts: {name: 60, …}}``; any of them inside ``{value: …, note: …, source: …}``.

A percent sign is read by what the quantity is: 60% of a score from 0 to 100 is 60, of a probability 0.6; weights may all
be in percent, or none; where a percentage of what would have to be guessed it is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from halfway.case.nouns import complaint, within
from halfway.errors import suggestion

_NUMBER = r"[-+\u2212]?(?:\d+/\d+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+\u2212]?\d+)?)(?:\s?%)?"
_PLAIN = re.compile(rf"^\s*({_NUMBER})\s*$")
_NORMAL = re.compile(rf"^\s*({_NUMBER})\s*(?:±|\+/?-)\s*({_NUMBER})\s*$")
_UNIFORM = re.compile(rf"^\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*$")
_CALL = re.compile(r"^\s*(triangular|beta)\s*\(([^()]*)\)\s*$")

_HOW = "write a number, '60 ± 10', '50..70', 'triangular(40, 60, 90)', 'beta(8, 2)' or {experts: {name: number}}"
Percent: TypeAlias = Literal["hundredths", "points", "never"]
"""What a percent sign does: 5% is 0.05, or 5 of 100 points, or it has no meaning."""

ASSISTANT = "assistant"
"""What `by` says of a number that a program proposed and nobody has reviewed."""

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
    by : str or None
        Who put the number here, where it is not the case's authors; `ASSISTANT` until somebody has reviewed it.
    percent : bool
        Whether its numbers were typed in percent.
    """

    kind: str
    parameters: tuple[Fraction, ...]
    experts: tuple[tuple[str, Estimate], ...] = ()
    low: float = -math.inf
    high: float = math.inf
    note: str | None = None
    source: tuple[str, ...] = ()
    by: str | None = None
    percent: bool = field(default=False, compare=False)

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
        p = [decimal(x) for x in self.parameters]
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


def decimal(x: Fraction) -> str:
    """Write a number without rounding: as a decimal where it is one, else as a fraction."""
    if x.denominator == 1:
        return str(x.numerator)
    for places in range(1, _LONGEST_NUMBER + 30):
        scaled = abs(x) * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{'-' if x < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    return f"{x.numerator}/{x.denominator}"


def exact(value: float | Fraction) -> Estimate:
    """Make an estimate without uncertainty."""
    return Estimate("exact", (Fraction(str(value)) if isinstance(value, float) else Fraction(value),))


def read_number(text: str, percent: Percent = "never") -> Fraction:
    """Read a number as typed: ``1e3`` is a thousand, ``1/3`` a third; the minus may be the typographer's.

    Raises
    ------
    ValueError
        Where the text is no number, or one beyond any use here, or has a percent sign that means nothing here.
    """
    # The length comes first: the pattern takes a time that grows with its square.
    match = _PLAIN.match(text) if len(text) <= _LONGEST_NUMBER else None
    if not match:
        raise ValueError(text)
    body = match[1].replace("_", "").replace("\u2212", "-")
    if body.endswith("%") and percent == "never":
        raise ValueError(text)
    # The exponent is looked at first: 1e999999999 would fill the memory as a fraction.
    exponent = re.search(r"[eE]([-+]?\d+)", body)
    if exponent and abs(int(exponent[1])) > 30:
        raise ValueError(text)
    number = body.rstrip("%").rstrip()
    if "/" in number and not int(number.partition("/")[2]):
        raise ValueError(text)
    value = Fraction(number)
    return value / 100 if body.endswith("%") and percent == "hundredths" else value


def parse_estimate(raw: Any, low: float, high: float, percent: Percent = "never") -> Estimate:
    """Read an estimate of a quantity that cannot pass `low` and `high`.

    Raises
    ------
    PydanticCustomError
        Saying what is wrong with the notation or the number.
    """
    if isinstance(raw, Estimate):
        return replace(raw, low=low, high=high)
    if isinstance(raw, dict):
        return _from_mapping(raw, low, high, percent)
    if isinstance(raw, bool) or raw is None or isinstance(raw, list):
        shown = "a list" if isinstance(raw, list) else "nothing" if raw is None else repr(raw)
        raise complaint("S210", f"{shown} stands where a number is expected", "no number can be read from it", _HOW)
    estimate = _from_text(str(raw), low, high, percent)
    _check_range(estimate, str(raw).strip())
    return estimate


def to_sum(parts: Mapping[str, Estimate], total: int) -> dict[str, Estimate]:
    """Return parts of a total that were rounded when they were typed so that they sum to it exactly.

    Three of 0.333 become thirds. What rounding to the digits typed does not explain, or what is more than a hundredth of
    the total, stays as it is: somebody has to correct it.
    """
    if not parts or any(part.kind != "exact" for part in parts.values()):
        return dict(parts)
    stated = sum((part.parameters[0] for part in parts.values()), Fraction(0))
    off = abs(stated - total)
    finest = min(_step(part.parameters[0]) for part in parts.values())
    if not off or off >= len(parts) * finest / 2 or off > Fraction(total, 100):
        return dict(parts)
    return {name: replace(part, parameters=(part.parameters[0] * total / stated,)) for name, part in parts.items()}


def _step(number: Fraction) -> Fraction:
    """Return the last place of a decimal number as it was typed; of a fraction, nothing."""
    for places in range(_LONGEST_NUMBER):
        if (number * 10**places).denominator == 1:
            return Fraction(1, 10**places)
    return Fraction(0)


def _from_mapping(raw: dict[str, Any], low: float, high: float, percent: Percent) -> Estimate:
    known = ("value", "experts", "note", "source", "by")
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
                members.append((str(name), parse_estimate(value, low, high, percent)))
            except PydanticCustomError as error:
                raise within(error, "experts", name) from error
        if len({member.percent for _, member in members}) > 1:
            raise within(_mixed("the panel"), "experts")
        estimate = Estimate("experts", (), tuple(members), low, high, percent=members[0][1].percent)
    else:
        if isinstance(raw["value"], dict):
            raise complaint("S210", "'value' of an estimate is a mapping", "it holds the number itself", _HOW)
        try:
            estimate = parse_estimate(raw["value"], low, high, percent)
        except PydanticCustomError as error:
            raise within(error, "value") from error
    note, source, by = raw.get("note"), raw.get("source"), raw.get("by")
    sources = source if isinstance(source, list | tuple) else () if source is None else (source,)
    for key, texts in (("note", (note,)), ("source", sources), ("by", (by,))):
        if any(isinstance(text, dict | list | bool) for text in texts):
            wrong = complaint(
                "S205", f"'{key}' of an estimate is not a text", "it is quoted as it stands", "write text"
            )
            raise within(wrong, key)
    return replace(
        estimate,
        note=None if note is None else str(note),
        source=tuple(str(s) for s in sources),
        by=None if by is None else str(by),
    )


def _from_text(text: str, low: float, high: float, percent: Percent) -> Estimate:
    kind, texts = _parts(text)
    signs = {part.rstrip().endswith("%") for part in texts}
    if True in signs and (percent == "never" or kind == "beta"):
        why = "the shapes of a beta have no unit" if kind == "beta" else "this quantity is not a share of anything"
        raise complaint("S213", f"{text.strip()} has a percent sign", why, "write the number itself")
    if len(signs) > 1:
        raise _mixed(text.strip())
    try:
        numbers = tuple(read_number(part, percent) for part in texts)
        if kind:
            return Estimate(kind, numbers, low=low, high=high, percent=True in signs)
    except ValueError:
        pass
    raise complaint("S210", f"'{text[:60]}' is not an estimate", "its notation is not known here", _HOW)


def _mixed(what: str) -> PydanticCustomError:
    return complaint(
        "S213",
        f"{what} has a percent sign on some of its numbers",
        "the others could be meant either way",
        "write % after each of them, or after none",
    )


def _parts(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the kind of an estimate and the texts of its numbers; no kind where the notation is not known."""
    if len(text) > _LONGEST_NOTATION:
        return "", ()
    if match := _PLAIN.match(text):
        return "exact", (match[1],)
    if match := _NORMAL.match(text):
        return "normal", (match[1], match[2])
    if match := _UNIFORM.match(text):
        return "uniform", (match[1], match[2])
    if match := _CALL.match(text):
        numbers = tuple(match[2].split(","))
        if len(numbers) == (3 if match[1] == "triangular" else 2):
            return match[1], numbers
    return "", ()


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
    if estimate.note is None and not estimate.source and estimate.by is None:
        return value
    out = value if isinstance(value, dict) else {"value": value}
    if estimate.note is not None:
        out["note"] = estimate.note
    if estimate.source:
        out["source"] = list(estimate.source)
    if estimate.by is not None:
        out["by"] = estimate.by
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
                    "by": {
                        "type": "string",
                        "description": "Who put it here: 'assistant' until a person has reviewed it.",
                    },
                },
                "additionalProperties": False,
            },
        ],
    }


def _points(raw: Any) -> Estimate:
    return parse_estimate(raw, -math.inf, math.inf)


def _score(raw: Any) -> Estimate:
    return parse_estimate(raw, 0, 100, "points")


def _weight(raw: Any) -> Estimate:
    return parse_estimate(raw, 0, math.inf, "hundredths")


def _amount(raw: Any) -> Estimate:
    return parse_estimate(raw, 0, math.inf)


def _probability(raw: Any) -> Estimate:
    return parse_estimate(raw, 0, 1, "hundredths")


_DUMP = PlainSerializer(_dump)

Score: TypeAlias = Annotated[
    Estimate, PlainValidator(_score), _DUMP, WithJsonSchema(_estimate_schema("An estimate from 0 to 100."))
]
Weight: TypeAlias = Annotated[
    Estimate,
    PlainValidator(_weight),
    _DUMP,
    WithJsonSchema(_estimate_schema("An estimate of zero or more; it counts beside the others of its kind.")),
]
Probability: TypeAlias = Annotated[
    Estimate, PlainValidator(_probability), _DUMP, WithJsonSchema(_estimate_schema("An estimate from 0 to 1."))
]
Amount: TypeAlias = Annotated[
    Estimate, PlainValidator(_amount), _DUMP, WithJsonSchema(_estimate_schema("An estimate of zero or more points."))
]
Points: TypeAlias = Annotated[
    Estimate, PlainValidator(_points), _DUMP, WithJsonSchema(_estimate_schema("An estimate, in utility points."))
]
ScalePoint: TypeAlias = Annotated[
    Estimate,
    PlainValidator(_points),
    _DUMP,
    WithJsonSchema(_estimate_schema("An estimate, in the unit of the issue's scale.")),
]
