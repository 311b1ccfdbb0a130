"""What parties believe of one another, worked by hand: what the other would accept, keep, and where talks would land."""

from typing import Any

import pytest

import halfway as hw
from halfway.case.pictures import as_seen_by, pictured_by, viewers
from halfway.case.reader import build


def oil() -> dict[str, Any]:
    """Two share an oil field; each has a picture of the other, and both are wrong."""

    def wants(mine: float, half: float, yours: float, walk_away: float) -> dict[str, Any]:
        values = {"mine": mine, "half": half, "yours": yours}
        return {"interests": {"oil": {"weight": 1, "values": values}}, "walk_away": walk_away}

    return {
        "name": "oil",
        "actors": {
            "a": {**wants(100, 60, 0, 50), "as_seen_by": {"b": wants(100, 60, 80, 50)}},
            "b": {**wants(0, 50, 100, 40), "as_seen_by": {"a": wants(0, 20, 100, 30)}},
        },
        "issues": {"oil": {"options": ["mine", "half", "yours"], "set_by": ["a", "b"], "owner": ["a", "b"]}},
        "status_quo": {"oil": "half"},
    }


def test_what_each_thinks_the_other_would_accept():
    result = hw.settle(build(oil()))
    assert result.acceptable.low == 1  # half: 60 >= 50 and 50 >= 40
    of_b, of_a = result.pictures
    # a believes that half is worth 20 to b, which walks away with 30: only all of it would do, and a never gives that.
    (believed,) = of_b.believed
    assert (of_b.viewer, believed.actor, believed.walk_away, believed.walk_away_believed) == ("a", "b", 40, 30)
    counts = (believed.accepts, believed.accepts_believed, believed.accepts_both)
    assert [n.low for n in counts] == [2, 1, 1]
    assert (of_b.acceptable.low, of_b.nash, of_b.refused_by) == (0, None, ())
    # b believes that a would take b's ideal (80 >= 50): half gains 10 x 10, yours 30 x 60. In truth a has 0 from it.
    assert (of_a.viewer, of_a.acceptable.low, of_a.nash) == ("b", 2, {"oil": "yours"})
    assert of_a.utilities == {"a": 80, "b": 100}
    assert of_a.refused_by == ("a",)
    # JSON has it; a case without pictures has no such key.
    assert result.to_dict()["pictures"][0]["believed"][0]["accepts_both"] == [1, 1]
    data = oil()
    for actor in data["actors"].values():
        del actor["as_seen_by"]
    assert "pictures" not in hw.settle(build(data)).to_dict()


def test_a_picture_counts_as_the_truth_in_the_viewers_game():
    case = build(oil())
    assert viewers(case) == ("a", "b")
    assert pictured_by(case, "a") == ("b",)
    seen = hw.settle(as_seen_by(case, "b"))
    mine = hw.settle(case).pictures[1]
    assert seen.solutions["nash"].package == mine.nash
    assert seen.acceptable == mine.acceptable
    assert as_seen_by(case, "b").content_hash != case.content_hash


def test_a_red_line_that_only_the_viewer_sees():
    data = oil()
    data["actors"]["b"]["as_seen_by"] = {"a": {"red_lines": [{"when": {"oil": "half"}}]}}
    (believed,) = hw.settle(build(data)).pictures[0].believed
    assert [n.low for n in (believed.accepts, believed.accepts_believed, believed.accepts_both)] == [2, 1, 1]


def test_what_each_thinks_the_other_would_keep():
    def wants(out: float) -> dict[str, Any]:
        return {"interests": {"troops": {"weight": 1, "values": {"out": out, "in": 100 - out}}}}

    data = {
        "name": "troops",
        "actors": {"a": wants(100), "b": {**wants(100), "as_seen_by": {"a": wants(0)}}},
        "issues": {"troops": {"options": ["in", "out"], "set_by": "b", "owner": "a"}},
        "status_quo": {"troops": "in"},
        "plans": {"leave": {"phases": {"for_good": {"package": {"troops": "out"}}}}},
    }
    result = hw.conduct(build(data), runs=0, with_thresholds=False, with_alternatives=False)
    (one,) = result.pictures
    # b would leave in any case; a believes that staying is worth 100 to it and leaving nothing, in every period.
    assert (one.viewer, one.actor, one.keeps, one.keeps_believed, one.mistaken) == ("a", "b", True, False, True)
    assert one.exploitability == 0
    assert one.exploitability_believed == pytest.approx(100)
    assert result.to_dict()["pictures"][0]["mistaken"] is True


def test_where_each_expects_talks_to_land():
    def stands(at: float) -> dict[str, Any]:
        return {"interests": {"tariff": {"position": at, "salience": 50}}}

    data = {
        "name": "tariff",
        "actors": {"a": stands(0), "b": {**stands(60), "as_seen_by": {"a": stands(100)}}, "c": stands(20)},
        "issues": {
            "tariff": {
                "options": ["low", "high"],
                "scale": {"from": 0, "to": 100},
                "set_by": ["a", "b", "c"],
                "owner": ["a", "b", "c"],
            }
        },
    }
    result = hw.forecast(build(data), point="mean")
    (one,) = result.pictures
    assert one.viewer == "a"
    assert dict(one.positions) == {"b": (100, 60)}
    data["actors"]["b"] = {**stands(100)}
    assert one.point == pytest.approx(hw.forecast(build(data), point="mean").issues[0].mean)
    assert one.shift == pytest.approx(one.point - result.issues[0].point)
    assert one.shift > 0


def test_it_is_said(tmp_path, capsys):
    import json

    from halfway.cli.main import main

    path = tmp_path / "oil.yaml"
    path.write_text(json.dumps(oil()), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["settle", str(path)])
    said = " ".join(capsys.readouterr().out.split())
    assert "A thinks that B would accept 1 package," in said
    assert "its Nash package is Oil: yours. A would refuse it." in said
