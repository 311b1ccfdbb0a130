"""What actors believe of one another, in the words of the verbs that answer for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfway.words.conditions import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfway.case.case import Case
    from halfway.conduct.pictures import KeepingBelieved
    from halfway.forecast.result import ForecastBelieved
    from halfway.settle.result import Number, SettlePicture


def _packages(number: Number) -> str:
    return f"{number} package{'' if number.exact and number.low == 1 else 's'}"


def accepting(case: Case, picture: SettlePicture) -> Iterator[str]:
    """Say what one actor thinks that the others would accept."""
    viewer = case.title_of("actors", picture.viewer)
    for one in picture.believed:
        yield (
            f"{viewer} thinks that {case.title_of('actors', one.actor)} would accept {_packages(one.accepts_believed)}, from "
            f"{one.walk_away_believed:.1f} points on; it would accept {one.accepts}, from {one.walk_away:.1f} on, "
            f"{one.accepts_both} of them as {viewer} thinks."
        )
    if picture.nash is None:
        yield f"As {viewer} sees it, nothing is acceptable to all."
        return
    package = "; ".join(
        f"{case.title_of('issues', i)}: {case.title_of('issues', i, o)}" for i, o in picture.nash.items()
    )
    refusing = [case.title_of("actors", a) for a in picture.refused_by]
    end = f"{listed(refusing)} would refuse it." if refusing else "All who sign would accept it."
    yield f"As {viewer} sees it, {_packages(picture.acceptable)} would be acceptable to all; its Nash package is {package}. {end}"


def keeping(case: Case, one: KeepingBelieved) -> str:
    """Say what one actor thinks that another would keep."""
    viewer, actor = case.title_of("actors", one.viewer), case.title_of("actors", one.actor)
    said = (
        f"{viewer} thinks that breaking pays {actor} {one.exploitability_believed:.1f} points; it pays "
        f"{one.exploitability:.1f}."
    )
    if not one.mistaken:
        return said
    return f"{said} {viewer} expects it to {'keep' if one.keeps_believed else 'break'} the plan, wrongly."


def landing(case: Case, one: ForecastBelieved, unit: str) -> str:
    """Say where one actor expects talks to land."""
    viewer = case.title_of("actors", one.viewer)
    differing = ", ".join(
        f"{case.title_of('actors', a)} at {believed:.4g} (it is at {actual:.4g})"
        for a, (believed, actual) in one.positions.items()
    )
    where = f"As {viewer} sees it, talks would land at {one.point:.4g}{unit}, {one.shift:+.4g} from the forecast"
    return f"{where}: it takes {differing}." if differing else f"{where}."
