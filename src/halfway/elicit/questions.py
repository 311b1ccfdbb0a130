"""What to ask next: options, their places, the order of issues, swings, packages that would be signed, pairs of packages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from halfway.case.case import Case
from halfway.case.truth import violated
from halfway.elicit.answers import Accept, Prefer
from halfway.elicit.standing import Standing
from halfway.seeds import DEFAULT_SEED, generator
from halfway.space.arrays import FloatArray
from halfway.space.compiled import compile_case
from halfway.space.plan.prescribed import resolve_packages

PACKAGES = 5
PAIRS = 3
SAMPLE = 512
"""Draws by which the pair that halves the polytope best is chosen."""
WORTH_ASKING = 0.1
"""A pair is asked where at least this share of the weights is on either side."""

Kind: TypeAlias = Literal["order", "worth", "first", "swing", "accept", "prefer"]


@dataclass(frozen=True)
class Question:
    """What is asked next.

    Attributes
    ----------
    kind : str
        As of the answer that it wants.
    issue, option : str or None
    choices : tuple of str
        Options to be sorted, or issues from which one is chosen.
    packages : tuple of mapping
        One for ``accept``, two for ``prefer``.
    left : int
        Questions that follow at most, this one counted.
    """

    kind: Kind
    issue: str | None = None
    option: str | None = None
    choices: tuple[str, ...] = ()
    packages: tuple[Mapping[str, str], ...] = ()
    left: int = field(default=0, compare=False)


def next_question(standing: Standing, seed: int = DEFAULT_SEED) -> Question | None:
    """Return what to ask next; None where everything has been asked or a contradiction has to be resolved first."""
    if standing.clashing:
        return None
    asked = _plain(standing)
    found = next(asked, None)
    if found is not None:
        return Question(found.kind, found.issue, found.option, found.choices, left=_left(standing))
    judged = [a.package for a in standing.answers if isinstance(a, Accept)]
    if len(judged) < PACKAGES and (package := _package(standing, judged, seed)) is not None:
        return Question("accept", packages=(package,), left=PACKAGES - len(judged) + PAIRS)
    compared = sum(isinstance(a, Prefer) for a in standing.answers)
    if compared < PAIRS and (pair := _pair(standing, seed)) is not None:
        return Question("prefer", packages=pair, left=PAIRS - compared)
    return None


def _plain(standing: Standing) -> Iterator[Question]:
    """Ask what does not depend on weights."""
    case = standing.case
    for issue in standing.issues:
        if issue not in standing.orders:
            yield Question("order", issue, choices=tuple(case.issues[issue].options))
    for issue, order in standing.orders.items():
        for option in order[1:-1]:
            if (issue, option) not in standing.placed:
                yield Question("worth", issue, option, order)
    left = tuple(i for i in standing.issues if i not in standing.ranked)
    if len(left) > 1:
        yield Question("first", choices=left)
    for issue in standing.ranked[1:]:
        if issue not in standing.swings:
            yield Question("swing", issue)


def _left(standing: Standing) -> int:
    case, count = standing.case, len(standing.issues)
    orders = count - len(standing.orders)
    worths = sum(max(len(issue.options) - 2, 0) for issue in case.issues.values()) - len(standing.placed)
    ranks = max(count - 1 - len(standing.ranked), 0)
    return orders + worths + ranks + max(count - 1 - len(standing.swings), 0) + PACKAGES + PAIRS


def packages_of(case: Case) -> list[dict[str, str]]:
    """Return the packages that the case itself names: today's, and those of its plans, phase by phase."""
    space = compile_case(case).space()
    found = [] if case.status_quo is None else [dict(case.status_quo)]
    for plan in case.plans.values():
        found += [space.labels(p) for p in resolve_packages(space, plan)]
    return [dict(pairs) for pairs in dict.fromkeys(tuple(sorted(p.items())) for p in found)]


def _package(standing: Standing, judged: list[Mapping[str, str]], seed: int) -> dict[str, str] | None:
    """Return the package to be judged next: from what the case names and what else can occur, spread from bad to good."""
    case = standing.case
    random = generator(seed, "elicit", standing.actor, "packages")
    options = {i: list(case.issues[i].options) for i in standing.issues}
    known = packages_of(case)
    for _ in range(60):
        if len(known) >= 3 * PACKAGES:
            break
        package = {i: str(random.choice(of)) for i, of in options.items()}
        if not violated(case, package) and package not in known:
            known.append(package)
    if not known:
        return None
    centre, _ = standing.polytope.centre(generator(seed, "elicit", standing.actor, "centre"))
    worth = [float(centre @ _points(standing, p)) for p in known]
    ordered = [known[int(k)] for k in np.argsort(worth, kind="stable")]
    spread: list[dict[str, str]] = [
        ordered[round(float(q))] for q in np.linspace(0, len(ordered) - 1, min(PACKAGES, len(ordered)))
    ]
    # From the middle outwards, so that the first answers tell most.
    middle = len(spread) // 2
    for package in sorted(spread, key=lambda p: abs(spread.index(p) - middle)):
        if package not in [dict(p) for p in judged]:
            return package
    return None


def _points(standing: Standing, package: Mapping[str, str]) -> FloatArray:
    found = standing.points(package)
    assert found is not None, "options are placed before packages are asked for"
    return found


def _pair(standing: Standing, seed: int) -> tuple[dict[str, str], dict[str, str]] | None:
    """Return two packages that differ on two issues and divide the polytope best."""
    case, issues = standing.case, standing.issues
    base = (
        dict(case.status_quo)
        if case.status_quo is not None
        else {i: next(iter(case.issues[i].options)) for i in issues}
    )
    drawn = standing.polytope.draws(SAMPLE, generator(seed, "elicit", standing.actor, "pairs"))
    asked = [(dict(a.first), dict(a.second)) for a in standing.answers if isinstance(a, Prefer)]
    rises = [
        (k, worse, better, standing.values[issue][better] - standing.values[issue][worse])
        for k, issue in enumerate(issues)
        for worse in standing.values[issue]
        for better in standing.values[issue]
        if standing.values[issue][better] > standing.values[issue][worse]
    ]
    found: list[tuple[float, float, dict[str, str], dict[str, str]]] = []
    for n, (i, low, high, rise) in enumerate(rises):
        for j, worse, better, gain in rises[n + 1 :]:
            if i == j:
                continue
            gaps = rise * drawn[:, i] - gain * drawn[:, j]
            balance = abs(float((gaps > 0).mean()) - 0.5)
            if balance > 0.5 - WORTH_ASKING:
                continue
            first = base | {issues[i]: high, issues[j]: worse}
            second = base | {issues[i]: low, issues[j]: better}
            if (first, second) not in asked:
                found.append((round(balance, 2), -float(np.abs(gaps).mean()), first, second))
    for _, _, first, second in sorted(found, key=lambda x: x[:2]):
        if not violated(case, first) and not violated(case, second):
            return first, second
    return None
