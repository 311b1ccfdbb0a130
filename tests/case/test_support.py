"""No analysis answers as if a part of a case were not there: each cell of the table computes, refuses, or cannot differ."""

import ast
import dataclasses
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import halfway as hw
from halfway.case.reader import build
from halfway.case.support import ANALYSES, PARTS, refused, table
from halfway.errors import Refusal
from halfway.result import Result

SOURCE = Path(hw.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "beyond-the-text.md"


def river() -> dict[str, Any]:
    """A small case that every analysis answers for."""
    water = {"values": {"little": 100, "fair": 40}}
    thirst = {"values": {"little": 0, "fair": 100}}
    return {
        "name": "river",
        "actors": {
            "up": {
                "interests": {"water": water, "pay": {"values": {"none": 0, "yearly": 100}}, "level": {"position": 20}},
                "types": {
                    "calm": {"prior": 0.5},
                    "hawk": {"prior": 0.5, "interests": {"water": {**water, "weight": 3}}},
                },
            },
            "low": {
                "interests": {
                    "water": thirst,
                    "pay": {"values": {"none": 100, "yearly": 40}},
                    "level": {"position": 80},
                }
            },
            "lake": {"interests": {"water": thirst}},
        },
        "issues": {
            "water": {"options": ["little", "fair"], "set_by": "up", "owner": "up"},
            "pay": {"options": ["none", "yearly"], "set_by": "low", "owner": "low"},
            "level": {
                "options": ["low", "high"],
                "set_by": ["up", "low"],
                "owner": "lake",
                "scale": {"from": 0, "to": 100},
                "observed": {"high": {"low": 0.1, "high": 0.9}},
            },
        },
        "status_quo": {"water": "little", "pay": "none", "level": "low"},
        "plans": {
            "treaty": {
                "seats": {"up": "party", "low": "party", "lake": "observer"},
                "phases": {
                    "trial": {
                        "package": {"water": "fair", "pay": "yearly", "level": "high"},
                        "on": [{"when": {"water": "little"}, "go": "off"}],
                    },
                    "off": {"package": {"water": "little", "pay": "none"}, "lasts": 3, "then": "trial"},
                },
                "obligations": [{"by": "up", "act": "lets water through", "does": {"water": "fair"}}],
                "repairs": [{"name": "longer", "cost": 1, "change": {"phases.off.lasts": 6}}],
            }
        },
    }


def with_part(key: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """The case with one part that is not in it."""
    case = given or river()
    treaty = case["plans"]["treaty"]
    owed = treaty["obligations"][0]
    parts: dict[str, Any] = {
        "breach_costs": lambda: case["actors"]["up"].update(breach_costs=[{"points": 30}]),
        "breach_costs: once": lambda: case["actors"]["up"].update(breach_costs=[{"points": 30, "per": "once"}]),
        "breach_costs: once, public": lambda: case["actors"]["up"].update(
            breach_costs=[{"points": 30, "per": "once", "when": "public"}]
        ),
        "reactions": lambda: case.update(
            reactions=[{"by": "low", "to": {"water": "little"}, "does": {"pay": "none"}, "lasts": "for_good"}]
        ),
        "events": lambda: case.update(
            events={"flood": {"chance": 0.2, "lasts": "for_good", "changes": {"status_quo": {"level": "high"}}}}
        ),
        "events: type": lambda: case.update(
            events={"coup": {"chance": 0.2, "lasts": "for_good", "changes": {"type": {"up": "hawk"}}}}
        ),
        "events: patience": lambda: case.update(
            events={"war": {"chance": 0.2, "lasts": "for_good", "changes": {"patience": {"up": 0.5}}}}
        ),
        "observed … when": lambda: case["issues"]["level"].update(
            observed={"high": [{"when": {"pay": "yearly"}, "low": 0.6, "high": 0.4}, {"low": 0.1, "high": 0.9}]}
        ),
        "any_can": lambda: case["issues"]["level"].update(any_can=["high"]),
        "can": lambda: owed.update(can=0.5),
        "later_ratification": lambda: treaty["seats"].update(lake="ratifies later"),
        "by (several)": lambda: owed.update(by=["up", "low"]),
        "answers_for": lambda: owed.update(answers_for="low"),
        "due, done, outcome, until": lambda: owed.update(due="2016-11", done="2016-12", outcome="late", until="2018"),
        "provision": lambda: owed.update(provision="water_sharing"),
        "spoiler": lambda: case["actors"]["up"].update(spoiler="total"),
        "inclusion (voice, consultation)": lambda: treaty["seats"].update(lake="observer with voice"),
        "material, trifling": lambda: case.update(material=50, trifling=20),
    }
    parts[key]()
    return case


def plain(answer: Any) -> Any:
    """Write an answer as plain data, without what says which case it was."""
    if isinstance(answer, Result):
        return {k: v for k, v in answer.to_dict().items() if k not in ("provenance", "case", "hash", "case_hash")}
    if isinstance(answer, np.ndarray):
        return answer.tolist()
    if dataclasses.is_dataclass(answer):
        return {f.name: plain(getattr(answer, f.name)) for f in dataclasses.fields(answer)}
    if isinstance(answer, dict | MappingProxyType):
        return {str(key): plain(value) for key, value in answer.items()}
    if isinstance(answer, list | tuple | set | frozenset):
        return [plain(item) for item in answer]
    return answer


def _study(data: Any) -> Any:
    from halfway.conduct.game.compiled_plan import study

    return study(build(data), "treaty")


def _asked(analysis: str, data: Any) -> Any:
    """Answer one question about a case, without what says which case it was."""
    if analysis == "automaton":
        whole = _study(data)
        return len(whole.kept.automaton.states), whole.kept.automaton.packages
    if analysis == "best_response":
        return hw.conduct(build(data), runs=0, with_thresholds=False, with_alternatives=False)
    if analysis in ("self_enforcing", "renegotiation", "exposure"):
        from halfway.conduct.verdicts import enforcement as rooms

        whole = _study(data)
        if analysis == "exposure":
            return rooms.exposure(whole, 12)
        return rooms.enforcement(whole) if analysis == "self_enforcing" else rooms.renegotiation(whole)
    if analysis == "temptation":
        from halfway.conduct.verdicts.grades import judge
        from halfway.conduct.verdicts.temptation import kernel

        return judge(kernel(_study(data)), 1, draws=4)
    if analysis == "thresholds":
        from halfway.conduct.game.bound import bound_issues
        from halfway.conduct.thresholds.thresholds import detection, patience, penalty, trial
        from halfway.conduct.verdicts.temptation import Kernel, limits

        whole = _study(data)
        plan = Kernel(whole, bound_issues(whole.space, whole.plan), *limits(whole.case))
        return [f(plan, "up", "calm") for f in (patience, penalty, detection, trial)]
    if analysis == "holdable":
        from halfway.conduct.holdable.result import holdable
        from halfway.conduct.play.ratification import long_run_package

        whole = _study(data)
        return holdable(whole, long_run_package(whole), 1)
    if analysis in ("play", "strategies"):
        from halfway.conduct.play.run import play

        fixed = {"up": "grim"} if analysis == "strategies" else None
        return play(_study(data), 20, 1, periods=10, strategies=fixed)
    if analysis == "beliefs":
        from halfway.conduct.play.beliefs import beliefs

        return beliefs(_study(data), "up", 5, 10, 1)
    if analysis == "normal_form":
        with TemporaryDirectory() as folder:
            hw.write(build(data), Path(folder) / "game.nfg")
            return (Path(folder) / "game.nfg").read_text("utf-8")
    plain = {
        "repair": lambda: hw.repair(build(data), text=False),
        "explore": lambda: hw.compare(build(data), draws=10),
        "audit": lambda: hw.audit(build(data)),
        "stability": lambda: hw.stability(build(data)),
        "settle": lambda: hw.settle(build(data)),
        "talks": lambda: hw.talks(build(data), runs=5),
        "forecast": lambda: hw.forecast(build(data), draws=5),
        "role_sheet": lambda: hw.sheet(build(data), "low"),
    }
    return plain[analysis]()


CELLS = [(part, analysis) for part in PARTS for analysis in ANALYSES]


def test_every_part_has_a_case_and_is_found_in_it():
    for part in PARTS:
        assert next(part.uses(build(with_part(part.key)), None), None) is not None, part.key
        assert next(part.uses(build(river()), None), None) is None, part.key


@pytest.mark.parametrize(("part", "analysis"), [(p, a) for p, a in CELLS if p.status(a) == "refused"],
                         ids=lambda x: getattr(x, "key", x))  # fmt: skip
def test_what_is_refused_is_refused_by_the_analysis_itself(part, analysis):
    case = build(with_part(part.key))
    problems = refused(case, analysis, case.plans["treaty"])
    assert {p.code for p in problems} == {"R060"}
    # What an event changes is a part of its own beside the event.
    assert any(f"'{part.key}'" in p.what for p in problems)
    assert all(ANALYSES[analysis] in p.what for p in problems)
    with pytest.raises(Refusal, match=r"R060 .*is not yet part of"):
        _asked(analysis, with_part(part.key))


@pytest.mark.parametrize("analysis", sorted(ANALYSES))
def test_what_has_no_bearing_changes_no_answer(analysis):
    data = river()
    given = [part for part in PARTS if part.status(analysis) == "no bearing"]
    for part in given:
        if not (part.key == "inclusion (voice, consultation)" and any(p.key == "later_ratification" for p in given)):
            data = with_part(part.key, data)
    assert refused(build(data), analysis) == ()
    assert without_odds(plain(_asked(analysis, data))) == without_odds(plain(_asked(analysis, river())))


def without_odds(answer: Any) -> Any:
    """Leave out the odds, which go by how much an actor owes: an obligation that carries a noun is one more."""
    if isinstance(answer, dict):
        return {k: without_odds(v) for k, v in answer.items() if k != "odds"}
    return [without_odds(v) for v in answer] if isinstance(answer, list | tuple) else answer


def test_every_analysis_asks_with_its_own_name():
    asked = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ask" and len(node.args) > 1:
                asked.add(node.args[1].value if isinstance(node.args[1], ast.Constant) else None)
    assert asked == set(ANALYSES)


def test_the_table_names_analyses_and_parts_that_there_are():
    for part in PARTS:
        assert part.bears_on <= set(ANALYSES), part.key
        assert part.computed <= part.bears_on, part.key
    conduct = {"best_response", "temptation", "self_enforcing", "thresholds", "repair", "play", "explore"}
    for part in PARTS[:7]:
        assert conduct <= part.bears_on, part.key
    assert [part.key for part in PARTS if "stability" in part.bears_on] == ["any_can"]


def test_a_plan_that_is_not_asked_about_refuses_nothing():
    data = with_part("can")
    data["plans"]["other"] = {"phases": {"only": {"package": {"water": "fair"}}}}
    case = build(data)
    assert refused(case, "play", case.plans["other"]) == ()
    assert [p.place for p in refused(case, "play", case.plans["treaty"])] == [p.place for p in refused(case, "play")]
    elsewhere = case.plans["treaty"].model_copy()
    assert [p.code for p in refused(case, "play", elsewhere)] == ["R060"]


def test_the_page_has_the_table():
    assert table() in PAGE.read_text("utf-8")
