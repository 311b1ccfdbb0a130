"""Walk-aways and acceptable packages before and after a phase that changes facts."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import halfway as hw
from halfway.case.reader import build
from halfway.cli.compare import _shifted
from halfway.cli.main import root
from halfway.explore.while_talks_last import while_talks_last

FIVE = ("moscow", "west", "minsk", "opposition", "kyiv")


def test_the_flagship_loses_nearly_all_that_five_could_sign():
    (found,) = while_talks_last(hw.compile("belarus-2020"), "memo", FIVE)
    assert (found.before["minsk"], found.after["minsk"]) == pytest.approx((59.0, 76.5), abs=0.05)
    assert (found.before["opposition"], found.after["opposition"]) == pytest.approx((31.7, 18.4), abs=0.05)
    assert (found.acceptable_before.low, found.acceptable_before.high) == (315, 315)
    assert (found.acceptable_after.low, found.acceptable_after.high) == (22, 22)
    assert found.gainers == ("minsk", "belarusians", "moscow")


def test_it_is_what_settle_says_of_the_case_with_the_new_walk_aways():
    compiled = hw.compile("belarus-2020")
    (found,) = while_talks_last(compiled, "memo", FIVE)
    data = compiled.case.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for actor, points in found.after.items():
        data["actors"][actor]["walk_away"] = points
    changed = hw.settle(build(data), parties=FIVE)
    assert changed.acceptable == found.acceptable_after


def test_compare_has_it_and_prints_it():
    result = hw.compare("belarus-2020", ["wait"], draws=5)
    assert result["wait"].while_talking == ()
    lines = []

    class Out:
        def print(self, what):
            lines.append(what if isinstance(what, str) else "a table")

    compiled = hw.compile("belarus-2020")
    _shifted(Out(), compiled.case, "memo", while_talks_last(compiled, "memo", FIVE)[0])
    assert lines == ["a table", "Delay serves: The incumbent in Minsk, The people of Belarus, Moscow."]
    ran = CliRunner().invoke(root, ["compare", "eu-belarus-2016", "--draws", "5", "--parties", "nobody"])
    assert ran.exit_code != 0
    with pytest.raises(hw.UnknownName):
        hw.compare("eu-belarus-2016", parties=("nobody",), draws=5)
