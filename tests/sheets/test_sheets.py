"""Role sheets: what each role sees, by hand; that nothing else gets into a sheet, by hundreds of cases and canaries."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import halfway as hw
from halfway.case.case import Case
from halfway.case.reader import build
from halfway.cli.main import main
from halfway.errors import HalfwayError, Refusal
from halfway.sheets import redaction, run
from halfway.testing import EVERY_NOUN, case_data
from tests.sheets.catalogue import differing, roles_of
from tests.sheets.unseen import ROLES, changed_for


def sheets(case: Case) -> dict[str, tuple[str, str, str]]:
    """Every role's sheet: its bytes, its JSON and its file's name."""
    made = {role: hw.sheet(case, role) for role in (*case.actors, *ROLES)}
    return {role: (one.html, one.to_json(), one.file_name) for role, one in made.items()}


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(case_data(EVERY_NOUN, preferences="cardinal", plans=1, phases=2, actors=(2, 3), issues=(1, 2), options=(2, 2)))
def test_what_a_role_may_not_see_changes_no_byte_of_its_sheet(data):
    case = build(data)
    role = [*case.actors, *ROLES][case.content_hash.encode()[0] % (len(case.actors) + 2)]
    other = changed_for(data, role)
    different = build(other)
    assert different.content_hash != case.content_hash
    mine, theirs = hw.sheet(case, role), hw.sheet(different, role)
    assert mine.html == theirs.html
    assert mine.to_json() == theirs.to_json()
    assert mine.file_name == theirs.file_name
    assert "canary" not in theirs.to_json()


@pytest.mark.parametrize("entry", [e.name for e in hw.cases()])
def test_in_the_catalogue_too(entry):
    roles = roles_of(hw.load(entry))
    # One role a case keeps this quick; which one changes from case to case. `make sheets` tries all of them.
    assert not differing(entry, [roles[len(entry) % len(roles)]])


LEAKY = {
    "walk-away": ("PARTS_ALL", "walk_away"),
    "note of an issue": ("ISSUE", "note"),
    "tags of an issue": ("ISSUE", "tags"),
    "what the debtor is able to do": ("OBLIGATION", "can"),
    "a plan's note": ("PLAN", "note"),
    "bottom line": ("PLAN", "bottom_line"),
    "a phase's note": ("PHASE", "note"),
}


@pytest.mark.parametrize("leak", LEAKY)
def test_a_planted_leak_is_found(leak, monkeypatch):
    table, name = LEAKY[leak]
    if table == "PARTS_ALL":
        actor = redaction._Redaction._actor

        def leaking(self, key, own):
            return {**actor(self, key, own), **self.dump(own, (name,))}

        monkeypatch.setattr(redaction._Redaction, "_actor", leaking)
    else:
        monkeypatch.setattr(redaction, table, (*getattr(redaction, table), name))
    # The plan of the template is a draft, which the public would not see.
    text = river()
    del text["plans"]["river-treaty"]["draft"]
    case = build(text)
    roles = ("riverboard", "public")
    assert any(hw.sheet(build(changed_for(text, r)), r).to_json() != hw.sheet(case, r).to_json() for r in roles)


def test_rules_that_are_planted_open_are_found(monkeypatch):
    monkeypatch.setattr(redaction._Redaction, "may", lambda self, stated, owners, *, by_default: True)
    text = river()
    assert hw.sheet(build(changed_for(text, "public")), "public").html != hw.sheet(build(text), "public").html


def river() -> dict[str, Any]:
    text = build(hw_yaml()).model_dump(mode="json", by_alias=True, exclude_unset=True)
    return dict(text)


def hw_yaml() -> dict[str, Any]:
    return hw.loads(hw.new("river", full=True)).model_dump(mode="json", by_alias=True, exclude_unset=True)


def canaries(node: Any, path: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Put a text of its own into every note, name of a private part and title of a private part of plain data."""
    found = {}
    if isinstance(node, dict):
        for key, value in list(node.items()):
            here = (*path, str(key))
            if key in ("note", "abstract") or (key == "name" and set(path) & {"linkages", "red_lines", "repairs"}):
                word = f"canary{len(path)}x{abs(hash(here)) % 10**9}"
                node[key] = word
                found[word] = here
            else:
                found |= canaries(value, here)
    elif isinstance(node, list):
        for k, value in enumerate(node):
            found |= canaries(value, (*path, str(k)))
    return found


def test_no_canary_is_in_anothers_sheet():
    data = hw.load("camp-david-1978").model_dump(mode="json", by_alias=True, exclude_unset=True)
    words = canaries(data)
    assert len(words) > 80
    case = build(data)
    for role, (html, as_json, file_name) in sheets(case).items():
        for word, path in words.items():
            own = path[:2] == ("actors", role) or (path[0] == "plans" and path[-1] == "abstract")
            mine = path[0] == "plans" and role == "united_states" and path[2] in ("bottom_line", "repairs")
            if not (own or mine):
                assert word not in html, (role, path)
                assert word not in as_json, (role, path)
                assert word not in file_name
    # And it would be noticed: its own are in its own.
    own = [w for w, path in words.items() if path[:2] == ("actors", "egypt")]
    egypt = hw.sheet(case, "egypt").to_json()
    assert sum(w in egypt for w in own) > 10


def test_every_field_of_a_case_is_either_listed_or_known_to_stay_behind():
    from halfway.case.actors import Actor
    from halfway.case.issues import Issue
    from halfway.case.plans import Phase, Plan, PlanObligation, Transfer

    stays = {
        Issue: {"note", "source", "tags", "outcome"},
        Phase: {"note", "source"},
        PlanObligation: {"note", "source", "can", "done", "outcome", "until", "seen_by"},
        Plan: {"note", "source", "claims", "seen_by", "armed_conflict"},
        Actor: {"note", "source", "mandate", "speaks_for", "spoiler", "seen_by", "as_seen_by"},
    }
    goes = {
        Issue: set(redaction.ISSUE),
        Phase: {*redaction.PHASE, "seats", "shifts"},
        PlanObligation: set(redaction.OBLIGATION),
        Plan: {
            *redaction.PLAN,
            "authors",
            "seats",
            "phases",
            "obligations",
            "transfers",
            "bottom_line",
            "repairs",
            "draft",
        },
        Actor: {*redaction.MEMBER, "members"},
    }
    for noun, kept in stays.items():
        known = kept | goes[noun]
        assert set(noun.model_fields) <= known, (noun.__name__, set(noun.model_fields) - known)
    assert {"secret", "cost"} <= set(Transfer.model_fields)


def test_the_sheets_of_the_template_by_hand():
    case = hw.loads(hw.new("river", full=True))
    lowland = hw.sheet(case, "lowland")
    # Its own: weights 60, 15, 10, 15 of 100; water: little 0, fair 82.5 (the mean of 75..90), plenty 100.
    assert lowland.own is not None
    assert lowland.own.points["water"] == pytest.approx({"little": 0, "fair": 49.5, "plenty": 60})
    assert lowland.own.points["payment"] == pytest.approx({"nothing": 15, "yearly": 0})
    # Water fair, payment, inspectors in, canal delayed (rank 2 of 3): 49.5 + 0 + 10 + 7.5.
    assert lowland.own.plans["river-treaty"]["trial"] == pytest.approx(67)
    assert "hardliner" not in lowland.html
    assert "Saves the first harvest" in json.dumps(lowland.view)
    assert [line["when"] for line in lowland.view["actors"]["lowland"]["red_lines"]]
    upland = hw.sheet(case, "upland")
    # What it believes of Lowland is in its own sheet and in no other; the hidden red line is in neither.
    assert upland.view["actors"]["lowland"]["as_seen_by"]["upland"]["interests"]["water"]["weight"] == "90"
    assert "as_seen_by" not in json.dumps(lowland.view)
    assert "red_lines" not in upland.view["actors"]["lowland"]
    # The red line is open to the mediator, and so is the remark; the public sees no draft at all.
    mediator, public = hw.sheet(case, "mediator"), hw.sheet(case, "public")
    assert mediator.view["actors"]["lowland"]["red_lines"]
    assert "A year is too long" in mediator.html
    assert "A year is too long" not in upland.html
    assert "A year is too long" in lowland.html
    assert public.plan is None
    assert "plans" not in public.view
    # The unannounced reaction is Lowland's own.
    assert "reactions" in lowland.view
    assert "reactions" not in upland.view
    assert lowland.provenance.case_hash == hw.loads(lowland.view).content_hash != case.content_hash


def pictures(**kept: Any) -> Case:
    wants = {"oil": {"weight": 1, "values": {"mine": 100, "half": 60, "yours": 0}}}
    theirs = {"oil": {"weight": 1, "values": {"mine": 0, "half": 50, "yours": 100}}}
    return build(
        {
            "name": "oil",
            "actors": {"a": {"interests": wants, "walk_away": 50},
                       "b": {"interests": theirs, "walk_away": 40, **kept}},
            "issues": {"oil": {"options": ["mine", "half", "yours"], "set_by": ["a", "b"], "owner": ["a", "b"]}},
            "status_quo": {"oil": "half"},
        }
    )  # fmt: skip


def test_a_joint_answer_needs_a_picture_of_everyones_interests():
    nothing = hw.sheet(pictures(), "a")
    assert nothing.joint is None
    assert "does not state" in str(nothing.no_joint)
    picture = {"interests": {"oil": {"weight": 1, "values": {"mine": 0, "half": 20, "yours": 100}}}, "walk_away": 30}
    seen = hw.sheet(pictures(as_seen_by={"a": picture}), "a").joint
    # In its picture half is worth 20 to the other, less than the 30 it walks away with: nothing is left.
    assert seen is not None
    assert seen.acceptable.low == 0
    assert seen.pictured == ("b",)
    # Where the other has opened its interests to it, they count: half is worth 50 to b, and 60 to a.
    opened = hw.sheet(pictures(seen_by="a"), "a").joint
    assert opened is not None
    assert (opened.acceptable.low, dict(opened.nash or {}), opened.utilities) == (
        1,
        {"oil": "half"},
        {"a": 60, "b": 50},
    )
    assert hw.sheet(pictures(seen_by="a"), "public").joint is None


def test_files_are_written_once_and_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case = pictures()
    bad = case.with_("actors.a.name", "<script>alert(1)</script>")
    assert "<script>" not in hw.sheet(bad, "b").html
    path = tmp_path / "oil.yaml"
    path.write_text(hw.new("oil"), encoding="utf-8")
    actor = next(iter(hw.load(path).actors))
    arguments = ["sheet", str(path), "--role", actor, "--role", "public", "-o", str(tmp_path / "out")]
    for expected, code in (("is in", 0), ("F003", 2)):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert (stopped.value.code or 0) == code
        out, err = capsys.readouterr()
        assert expected in out + err
    assert {p.name for p in (tmp_path / "out").iterdir()} == {f"oil-{actor}.html", "oil-public.html"}


def test_a_plan_that_a_role_may_not_see_is_as_unknown_as_one_that_is_not_there():
    case = hw.loads(hw.new("river", full=True))
    with pytest.raises(Refusal) as hidden:
        hw.sheet(case, "public", plan="river-treaty")
    with pytest.raises(Refusal) as absent:
        hw.sheet(case, "public", plan="river-treats")
    assert [p.code for p in hidden.value.problems] == [p.code for p in absent.value.problems]
    assert "known here" not in str(hidden.value)
    with pytest.raises(HalfwayError, match="role"):
        hw.sheet(case, "nobody")
    assert run.sheet_of(redaction.redact(case, "public")).html == hw.sheet(case, "public").html


def test_seen_by_opens_and_closes_part_by_part():
    data = pictures().model_dump(mode="json", by_alias=True, exclude_unset=True)
    data["actors"]["a"]["seen_by"] = ["b"]
    data["actors"]["a"]["walk_away"]["seen_by"] = ["mediator"]
    data["actors"]["b"]["interests"]["oil"]["seen_by"] = ["public"]
    data["record"] = {
        "promises": [
            {
                "by": "a",
                "to": "b",
                "kind": "k",
                "made": "2001",
                "what": "A quiet word",
                "outcome": "kept",
                "seen_by": [],
            }
        ]
    }
    case = build(data)
    seen = {role: redaction.redact(case, role).case for role in ("a", "b", "mediator", "public")}
    # The nearest word counts: b sees what a wants, but not with what it walks away; the mediator only that.
    assert set(seen["b"].actors["a"].interests) == {"oil"}
    assert seen["b"].actors["a"].walk_away is None
    assert seen["mediator"].actors["a"].walk_away is not None
    assert not seen["mediator"].actors["a"].interests
    assert all(view.actors["b"].interests for view in seen.values())
    assert seen["public"].actors["b"].walk_away is None
    # A promise that would be public is between the two.
    assert [len(view.record.promises) for view in seen.values()] == [1, 1, 0, 0]


def test_what_one_party_says_on_a_draft_changes_no_byte_of_anothers_sheet():
    def draft(wanting: str, remark: str, secret: int) -> Case:
        data = pictures().model_dump(mode="json", by_alias=True, exclude_unset=True)
        data["experts"] = {"ours": {"name": "Ours", "party": "a"}, "theirs": {"name": "Theirs", "party": "b"}}
        data["plans"] = {
            "first": {
                "draft": {
                    "number": 1,
                    "open": [{"phase": "now", "issue": "oil", "options": {"half": ["a"], "yours": [wanting]}}],
                    "remarks": [{"by": "b", "text": remark}],
                },
                "phases": {"now": {"package": {"oil": "half"}}},
                "obligations": [
                    {"by": "a", "act": "shares", "can": {"experts": {"ours": 0.5, "theirs": f"0.{secret}"}}}
                ],
            }
        }
        return build(data)

    one, other = draft("b", "Never.", 7), draft("a", "We could live with less.", 3)
    assert hw.sheet(one, "mediator").html != hw.sheet(other, "mediator").html
    # a sees its own name where it wants something: here it is the same in both.
    third = draft("b", "We could live with less.", 3)
    assert hw.sheet(one, "a").to_json() == hw.sheet(third, "a").to_json()
    assert hw.sheet(one, "public").to_json() == hw.sheet(other, "public").to_json()
    assert "Never." in hw.sheet(one, "b").html
