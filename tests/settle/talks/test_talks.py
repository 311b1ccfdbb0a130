"""Talks by alternating offers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.case.case import Case
from halfway.case.reader import build
from halfway.cli.main import root
from halfway.errors import Refusal
from halfway.settle.talks.offers import STRATEGIES, one_talk
from halfway.settle.talks.run import talks
from tests.settle.test_run import dispute


def division(walk_away: int = 20) -> Case:
    """Eleven ways to divide a cake."""
    options = [f"s{n}" for n in range(11)]
    return build(
        {
            "name": "cake",
            "actors": {
                "a": {
                    "interests": {"share": {"values": {o: 10 * n for n, o in enumerate(options)}}},
                    "walk_away": walk_away,
                },
                "b": {
                    "interests": {"share": {"values": {o: 100 - 10 * n for n, o in enumerate(options)}}},
                    "walk_away": walk_away,
                },
            },
            "issues": {"share": {"options": options, "set_by": ["a", "b"], "owner": "a"}},
        }
    )


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(STRATEGIES), min_size=2, max_size=4), st.integers(1, 30))
def test_no_party_ever_signs_below_its_walk_away_or_across_its_line(
    seed: int, strategies: list[str], deadline: int
) -> None:
    rng = np.random.default_rng(seed)
    parties = len(strategies)
    utilities = rng.integers(0, 101, (parties, int(rng.integers(1, 40)))).astype(float)
    allowed = rng.random(utilities.shape) < 0.8
    walk_away = rng.integers(0, 101, parties).tolist()
    talk = one_talk(utilities, allowed, walk_away, strategies, deadline, 0.05, np.random.default_rng(seed))
    assert 1 <= talk.rounds <= deadline
    if talk.agreed >= 0:
        assert allowed[:, talk.agreed].all()
        assert np.all(utilities[:, talk.agreed] >= np.array(walk_away) - 1e-9)
    else:
        assert talk.broke_down or talk.rounds == deadline


def test_linear_conceders_meet_half_way() -> None:
    result = talks(division(), strategies={"a": "linear", "b": "linear"}, runs=100)
    (session,) = result.sessions
    assert session.agreed == 1.0
    # Both fall from 100 to 20 at the same speed: they cross at 50.
    assert session.utilities["a"] == pytest.approx(50, abs=5)
    assert session.utilities["a"] + session.utilities["b"] == pytest.approx(100)
    assert session.rounds == pytest.approx(1 + 99 * 50 / 80, abs=8)
    assert session.distance == 0.0  # every division is on the frontier


def test_boulware_holds_out_longer_and_gains_against_a_conceder() -> None:
    (session,) = talks(division(), strategies={"a": "boulware", "b": "conceder"}, runs=50).sessions
    assert session.utilities["a"] > session.utilities["b"] + 20
    slow, fast = (talks(division(), strategies={"a": s, "b": s}, runs=50).sessions[0] for s in ("boulware", "conceder"))
    assert slow.rounds > fast.rounds + 30


def test_two_who_only_reciprocate_never_meet() -> None:
    (session,) = talks(division(), strategies={"a": "tit_for_tat", "b": "tit_for_tat"}, runs=20).sessions
    assert session.agreed == 0.0
    assert math.isnan(session.rounds)
    assert session.package is None
    assert session.utilities == {"a": 20.0, "b": 20.0}
    (session,) = talks(division(), strategies={"a": "tit_for_tat", "b": "linear"}, runs=20).sessions
    assert session.agreed == 1.0


def test_talks_fail_where_nothing_is_acceptable_and_break_down_at_the_hazard() -> None:
    (session,) = talks(division(60), strategies={"a": "conceder"}, runs=20).sessions
    assert session.agreed == 0.0
    assert math.isnan(session.distance)
    (session,) = talks(division(), strategies={"a": "boulware"}, runs=400, breakdown=0.05, deadline=50).sessions
    # Boulware against Boulware meets late: most runs break down before.
    survive = 0.95 ** (session.rounds - 1)
    assert session.agreed == pytest.approx(survive, abs=5 * session.agreed_error + 0.02)
    assert session.broke_down == pytest.approx(1 - session.agreed)


def test_the_same_seed_gives_the_same_numbers_and_every_strategy_is_tried() -> None:
    case = build(dispute())
    first, second = (talks(case, runs=30, seed=7).to_json() for _ in range(2))
    assert first == second
    answer = json.loads(first)
    assert [s["strategies"]["north"] for s in answer["sessions"]] == list(STRATEGIES)
    assert answer["packages"] == 10
    # The islanders do not sign, but what becomes of them is told.
    assert set(answer["sessions"][0]["utilities"]) == {"north", "south", "islanders"}


def test_large_cases_offer_a_sample_and_say_so() -> None:
    data: dict[str, Any] = {
        "name": "large",
        "actors": {
            "a": {"interests": {f"i{n}": {"ranks": ["x", "y", "z"]} for n in range(20)}},
            "b": {"interests": {f"i{n}": {"weight": n + 1, "ranks": ["z", "y", "x"]} for n in range(20)}},
        },
        "issues": {f"i{n}": {"options": ["x", "y", "z"], "set_by": "a", "owner": "a"} for n in range(20)},
    }
    result = talks(build(data), strategies={"a": "linear", "b": "linear"}, runs=10)
    assert result.sampled
    assert result.packages > 20
    assert result.sessions[0].agreed == 1.0


def test_what_cannot_be_asked_is_refused() -> None:
    case = build(dispute())
    with pytest.raises(Refusal, match="no strategy 'bulwark'; did you mean 'boulware'"):
        talks(case, strategies={"north": "bulwark"})
    with pytest.raises(Refusal, match="no signatory 'islanders'"):
        talks(case, strategies={"islanders": "linear"})
    alone = dispute()
    alone["plans"]["deal"]["seats"] = {"north": "party"}
    with pytest.raises(Refusal, match="two signatories"):
        talks(build(alone))


@pytest.mark.filterwarnings("ignore")  # what the peer itself warns of on import is not ours
@pytest.mark.peer("negmas")
def test_negmas_negotiators_play_where_installed() -> None:
    result = talks(division(), strategies={"a": "negmas:AspirationNegotiator", "b": "conceder"}, runs=3)
    assert result.sessions[0].agreed > 0
    assert result.sessions[0].utilities["a"] >= 20
    with pytest.raises(Refusal, match="no negotiator"):
        talks(division(), strategies={"a": "negmas:Nobody"})


def test_the_verb_prints_json_and_text(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(json.dumps(dispute()), encoding="utf-8")
    arguments = ["talks", str(path), "--runs", "5", "--strategy", "north=linear"]
    answer = CliRunner().invoke(root, [*arguments, "--json"], standalone_mode=False)
    assert json.loads(answer.output)["sessions"][0]["runs"] == 5
    answer = CliRunner().invoke(root, arguments, standalone_mode=False)
    assert answer.return_value == 0
    assert "Points left on the table" in answer.output
    assert CliRunner().invoke(root, ["talks", str(path), "--strategy", "north"]).exit_code == 2
