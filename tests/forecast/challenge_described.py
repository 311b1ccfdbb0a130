"""One round of the expected utility model as its description reads, in sixty digits, so that ties are ties."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from halfway.forecast.disputes import Dispute
from halfway.forecast.models.challenge import Reading

DIGITS = 60
ALIKE = Decimal("1e-40")
"""Numbers closer than this are equal: twenty digits are left for what rounding does to sixty."""

HALF, ONE = Decimal("0.5"), Decimal(1)


def described_round(dispute: Dispute, reading: Reading) -> list[float]:
    """Return where the actors stand after one round, for a reading in which the status quo is certain."""
    with localcontext() as context:
        context.prec = DIGITS
        return [float(z) for z in _round(dispute, reading)]


def _exactly(value: float) -> Fraction:
    """Return the short fraction that was meant: draws are whole numbers and tenths."""
    return Fraction(value).limit_denominator(10**6)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    return base if exponent == 1 else Decimal(0) if base == 0 else base**exponent


def _compare(a: Decimal, b: Decimal) -> int:
    return 0 if abs(a - b) < ALIKE else 1 if a > b else -1


def _round(dispute: Dispute, reading: Reading) -> list[Decimal]:
    x = [_decimal(_exactly(v)) for v in dispute.x.tolist()]
    saliences = [_exactly(v) for v in dispute.s.tolist()]
    capabilities = [_exactly(v) for v in dispute.c.tolist()]
    raw = [c * v for c, v in zip(capabilities, saliences, strict=True)]
    raw = raw if sum(raw) > 0 else capabilities
    w = [_decimal(v / sum(raw)) for v in raw]
    s = [_decimal(v) for v in saliences]
    n, width = len(x), max(x) - min(x)
    if width == 0:
        return x

    def votes(i: int, j: int, r: list[Decimal]) -> list[Decimal]:
        bend = r if reading.in_votes else [ONE] * n
        return [
            w[k] * (_power(abs(x[k] - x[j]) / width, bend[k]) - _power(abs(x[k] - x[i]) / width, bend[k]))
            for k in range(n)
        ]

    def chances(r: list[Decimal]) -> list[list[Decimal]]:
        total = sum(abs(v) for a in range(n) for b in range(n) for v in votes(a, b, r))
        out = []
        for i in range(n):
            row = []
            for j in range(n):
                v = votes(i, j, r)
                below = total if reading.everybody else sum(abs(z) for z in v)
                if x[i] == x[j] or below < ALIKE:
                    row.append(Decimal(0) if reading.everybody else HALF)
                else:
                    row.append(sum(z for z in v if z > 0) / below)
            out.append(row)
        return out

    def gain(i: int, j: int, p: Decimal, r: Decimal) -> Decimal:
        d = abs(x[i] - x[j]) / width
        win, lose, stay = (2 - 4 * _power(z, r) for z in (HALF - HALF * d, HALF + HALF * d, HALF))
        return s[j] * (p * win + (1 - p) * lose) + (1 - s[j]) * win - stay

    p = chances([ONE] * n)
    security = [sum((gain(j, i, p[j][i], ONE) for j in range(n) if j != i), Decimal(0)) for i in range(n)]
    most, least = max(security), min(security)
    r = [ONE] * n
    if _compare(most, least):
        risk = [(2 * z - most - least) / (most - least) for z in security]
        r = [(1 - z / 3) / (1 + z / 3) for z in risk]
    p = chances(r)
    after = []
    for i in range(n):
        best: tuple[int, Decimal, Decimal] | None = None
        for j in range(n):
            if x[i] == x[j]:
                continue
            a, b = gain(i, j, p[i][j], r[i]), gain(j, i, p[j][i], r[i] if reading.viewer else r[j])
            own, other, between = _compare(a, Decimal(0)), _compare(b, Decimal(0)), _compare(b, -a)
            if _compare(b, a) > 0 and own > 0:
                offer = (1, abs(x[j] - x[i]), x[j])
            elif own < 0 < other and between > 0:
                landing = (-a * x[i] + b * x[j]) / (b - a) if reading.average else x[i] + (x[j] - x[i]) * abs(a / b)
                offer = (2, landing if reading.smallest else abs(landing - x[i]), landing)
            elif own < 0 < other and between < 0 and not reading.smallest:
                offer = (3, abs(x[j] - x[i]), x[j])
            else:
                continue
            # Among equals the first counts; the landing itself must not break ties.
            if best is None or offer[0] < best[0] or (offer[0] == best[0] and _compare(offer[1], best[1]) < 0):
                best = offer
        after.append(x[i] if best is None else best[2])
    return after
