"""Questions about interests, and what follows from the answers, in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from halfway.case.case import Case
from halfway.words.conditions import listed
from halfway.words.shares import percent


class Asked(Protocol):
    """A question, as `halfway.elicit.questions` puts it."""

    @property
    def kind(self) -> str: ...
    @property
    def issue(self) -> str | None: ...
    @property
    def option(self) -> str | None: ...
    @property
    def choices(self) -> tuple[str, ...]: ...
    @property
    def packages(self) -> tuple[Mapping[str, str], ...]: ...


class Weighed(Protocol):
    """The weight of an issue, in hundredths of all weights."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def centre(self) -> float: ...


class Compared(Protocol):
    """Two packages, as an actor sees them."""

    @property
    def first(self) -> Mapping[str, str]: ...
    @property
    def second(self) -> Mapping[str, str]: ...
    @property
    def least(self) -> float: ...
    @property
    def most(self) -> float: ...
    @property
    def share(self) -> float: ...


def question(case: Case, asked: Asked, orders: Mapping[str, Sequence[str]], top: str | None) -> str:
    """Return a question as a sentence.

    Parameters
    ----------
    case : Case
    asked : Asked
    orders : mapping
        The options of each issue, best first.
    top : str or None
        The issue that would be moved first.
    """
    issue = "" if asked.issue is None else case.title_of("issues", asked.issue)
    if asked.kind == "order":
        return f"{issue}: which option is best for you, which next, and so on to the worst?"
    if asked.kind == "worth":
        assert asked.issue is not None
        best, worst = (case.title_of("issues", asked.issue, orders[asked.issue][k]) for k in (0, -1))
        option = case.title_of("issues", asked.issue, str(asked.option))
        return f"{issue}: if “{best}” is worth 100 and “{worst}” is worth 0, what is “{option}” worth?"
    if asked.kind == "first":
        return "Suppose that everything stands at its worst for you. Which of these would you move to its best first?"
    if asked.kind == "swing":
        assert asked.issue is not None
        assert top is not None
        return (
            f"Suppose that this move matters 100: {move(case, top, orders)}. How much does this one matter: "
            f"{move(case, asked.issue, orders)}? A range will do."
        )
    if asked.kind == "accept":
        return "Would you sign this, rather than have no agreement?"
    return "All else being as it is today, which of these two is better for you?"


def move(case: Case, issue: str, orders: Mapping[str, Sequence[str]]) -> str:
    """Return the move from the worst to the best on an issue, in words."""
    best, worst = (case.title_of("issues", issue, orders[issue][k]) for k in (0, -1))
    return f"{case.title_of('issues', issue)}: from “{worst}” to “{best}”"


def differing(packages: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Return the issues on which packages differ; all of them where there is one package."""
    first = packages[0]
    return tuple(i for i in first if len(packages) == 1 or any(p[i] != first[i] for p in packages[1:]))


def in_words(case: Case, package: Mapping[str, str], issues: Sequence[str]) -> list[str]:
    """Return what a package lays down on some issues, a line each."""
    return [f"{case.title_of('issues', i)}: {case.title_of('issues', i, package[i])}" for i in issues]


def given(case: Case, answer: Mapping[str, object]) -> str:
    """Return an answer as a sentence, by which the one who gave it knows it again.

    Parameters
    ----------
    case : Case
    answer : mapping
        As plain data.
    """
    kind, issue = answer["about"], str(answer.get("issue", ""))
    title = case.title_of("issues", issue) if issue else ""
    if kind == "order":
        options = answer["options"]
        assert isinstance(options, Sequence)
        return f"{title}: " + ", then ".join(case.title_of("issues", issue, str(o)) for o in options) + "."
    if kind == "worth":
        return f"{title}: {case.title_of('issues', issue, str(answer['option']))} is worth {answer['points']:g} of 100."
    if kind == "first":
        return f"Of the issues left, {title} would be moved first."
    if kind == "swing":
        return (
            f"The move on {title} matters {answer['low']:g} to {answer['high']:g} where that on the first issue is 100."
        )
    if kind == "accept":
        package = answer["package"]
        assert isinstance(package, Mapping)
        said = "; ".join(in_words(case, package, tuple(package)))
        return f"{'Would sign' if answer['signed'] else 'Would refuse'}: {said}."
    first, second = answer["first"], answer["second"]
    assert isinstance(first, Mapping)
    assert isinstance(second, Mapping)
    issues = differing((first, second))
    one, other = ("; ".join(in_words(case, p, issues)) for p in (first, second))
    if answer["better"] == "same":
        return f"“{one}” and “{other}” are equally good."
    better, worse = (one, other) if answer["better"] == "first" else (other, one)
    return f"“{better}” is better than “{worse}”."


def weights(case: Case, found: Mapping[str, Weighed]) -> Iterator[str]:
    """Say how much each issue matters, the weightiest first."""
    for issue, weight in sorted(found.items(), key=lambda pair: -pair[1].centre):
        yield (
            f"{case.title_of('issues', issue)}: {weight.centre:.0f} of 100 "
            f"(for sure between {weight.low:.0f} and {weight.high:.0f})."
        )


def comparisons(case: Case, found: Sequence[Compared], most: int = 6) -> Iterator[str]:
    """Say which package the case names is better, the sure ones first."""
    sure = [c for c in found if c.share in (0.0, 1.0)]
    open_ = sorted((c for c in found if c.share not in (0.0, 1.0)), key=lambda c: abs(c.share - 0.5))
    for one in (*sure, *open_)[:most]:
        issues = differing((one.first, one.second))
        first, second = ("; ".join(in_words(case, p, issues)) for p in (one.first, one.second))
        better, worse, least = (first, second, one.least) if one.share >= 0.5 else (second, first, -one.most)
        share = max(one.share, 1 - one.share)
        if share == 1.0:
            yield f"For sure “{better}” is better than “{worse}”, by at least {least:.0f} points."
        else:
            yield f"Probably ({percent(share)} of what the answers leave) “{better}” is better than “{worse}”."


def contradiction(case: Case, answers: Sequence[Mapping[str, object]]) -> str:
    """Say that answers cannot all be true."""
    both = len(answers) == 2
    said = listed([given(case, a).rstrip(".") for a in answers])
    return f"These {'two ' if both else ''}answers cannot {'both' if both else 'all'} be true: {said}."
