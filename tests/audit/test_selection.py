"""Selecting, ignoring, silencing by comments, and what comes out: text, JSON, SARIF, exit codes."""

import json

import pytest
from click.testing import CliRunner

from halfway.audit.run import all_rules, audit, rule
from halfway.audit.sarif import as_sarif
from halfway.case.reader import load_text
from halfway.cli.main import main
from halfway.errors import Refusal
from halfway.record import plain
from tests.audit.examples import ANSWERED, case_text

FAULTY = case_text(
    land="set_by: [a, c], owner: c",
    bottom_line="",
    phases="settled:\n  package:\n    land: given\n    aid: paid\n",
)
SOUND = case_text(
    a="note: why\n    types: {x: {prior: 1}}",
    b="types: {x: {prior: 1}}",
    c="capability: 0",
    phases=ANSWERED,
)


@pytest.fixture
def halfway(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main(["audit", *map(str, arguments)])
        out = capsys.readouterr()
        return stopped.value.code, out.out, out.err

    return run


@pytest.fixture
def faulty(tmp_path):
    path = tmp_path / "faulty case.yaml"
    path.write_text(FAULTY, encoding="utf-8")
    return path


def codes(text, **options):
    return {f.code for f in audit(load_text(text), **options).findings}


def test_select_and_ignore_take_codes_and_their_beginnings():
    everything = codes(FAULTY)
    assert {"T101", "T103", "E204", "A603"} <= everything
    assert codes(FAULTY, select=["T"]) == {c for c in everything if c[0] == "T"}
    assert codes(FAULTY, select=["t101", "A6"]) == {c for c in everything if c == "T101" or c[0] == "A"}
    assert codes(FAULTY, ignore=["T", "E204"]) == {c for c in everything if c[0] != "T" and c != "E204"}
    assert codes(FAULTY, select=["T"], ignore=["T101"]) == {c for c in everything if c[0] == "T"} - {"T101"}


@pytest.mark.parametrize("option", ["select", "ignore"])
def test_an_unknown_code_is_refused_with_a_suggestion(option):
    with pytest.raises(Refusal, match="did you mean 'T101'"):
        audit(load_text(FAULTY), **{option: ["T1010"]})


def test_a_comment_silences_a_code_on_its_line():
    quiet = FAULTY.replace("land: given\n", "land: given # halfway: ignore[T101]\n")
    before, after = audit(load_text(FAULTY)), audit(load_text(quiet))
    assert "T101" in before.codes
    assert "T101" not in after.codes
    assert {f.code for f in after.ignored} == {"T101"}
    assert len(after.findings) + len(after.ignored) == len(before.findings)
    assert {"T103", "E204"} <= after.codes


def test_a_comment_on_the_line_above_silences_several_codes():
    quiet = FAULTY.replace(
        "          land: given\n", "          # halfway: ignore[T101, e204]\n\n          land: given\n"
    )
    after = audit(load_text(quiet))
    assert {f.code for f in after.ignored} == {"T101", "E204"}
    assert "T103" in after.codes


def test_a_comment_elsewhere_silences_nothing():
    moved = FAULTY.replace("aid: paid\n", "aid: paid # halfway: ignore[T101]\n")
    assert "T101" in audit(load_text(moved)).codes


def test_findings_come_worst_first_and_by_line():
    found = audit(load_text(FAULTY)).findings
    order = [("error", "warning", "note").index(f.severity) for f in found]
    assert order == sorted(order)
    for severity in set(order):
        lines = [f.place.line for f in found if ("error", "warning", "note").index(f.severity) == severity]
        assert lines == sorted(lines)


def test_json_has_the_documented_shape(halfway, faulty):
    status, out, _ = halfway(faulty, "--json", "--plan", "p")
    assert status == 1
    data = json.loads(out)
    assert set(data["provenance"]) >= {"case_hash", "version", "method", "seed"}
    assert data["findings"]
    for finding in data["findings"]:
        assert set(finding) >= {"code", "name", "severity", "file", "line", "column", "message", "figure", "remedy"}
        assert finding["file"] == str(faulty)
        assert finding["severity"] in ("error", "warning", "note")
        assert isinstance(finding["line"], int)
        assert isinstance(finding["figure"], float)
        text = faulty.read_text(encoding="utf-8").splitlines()[finding["line"] - 1]
        assert len(text) >= finding["column"]


def test_text_names_place_code_message_and_remedy(halfway, faulty):
    status, out, _ = halfway(faulty, "--select", "T103", "--flat")
    assert status == 1
    line = FAULTY.splitlines().index("          land: given") + 1
    assert f"{faulty}:{line}:11: warning T103 absent implementer" in out
    assert "the plan needs C to act" in out
    assert "remedy: seat C as a party" in out
    assert "0 errors, 1 warning, 0 notes" in out.splitlines()


def test_brackets_in_names_are_not_taken_for_markup(halfway, tmp_path):
    path = tmp_path / "a [red] case.yaml"
    path.write_text(FAULTY.replace("  p:", "  p:\n    title: '[bold]A plan[/bold] [x]'"), encoding="utf-8")
    _, out, _ = halfway(path, "--flat")
    assert "[bold]A plan[/bold] [x] (p)" in out
    assert "a [red] case.yaml:" in out


def test_exit_status(halfway, tmp_path, faulty):
    sound = tmp_path / "sound.yaml"
    sound.write_text(SOUND, encoding="utf-8")
    assert halfway(sound, "--ignore", "I502,C315")[0] == 0
    assert halfway(faulty)[0] == 1
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: [", encoding="utf-8")
    status, out, err = halfway(broken)
    assert (status, out) == (2, "")
    assert "broken.yaml:2:1: Y101" in err
    assert "Traceback" not in err
    status, _, err = halfway(faulty, "--select", "T1010")
    assert status == 2
    assert "did you mean 'T101'?" in err
    status, _, err = halfway(faulty, "--plan", "q")
    assert status == 2
    assert "no plan 'q'" in err
    assert halfway()[0] == 2


def test_a_sound_plan_says_so(halfway, tmp_path):
    sound = tmp_path / "sound.yaml"
    sound.write_text(SOUND, encoding="utf-8")
    status, out, _ = halfway(sound, "--ignore", "I502,C315")
    silent = "Counted as indifferent, because the case does not say what they want: C (Aid).\n"
    assert (status, out) == (0, "0 errors, 0 warnings, 0 notes\n" + silent)


def test_rules_are_listed_and_explained(halfway):
    status, out, _ = halfway("--rules")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == [r.code for r in all_rules()]
    for one in all_rules():
        status, out, _ = halfway("--explain", one.code.lower())
        assert status == 0
        told = " ".join(out.split())
        for part in (one.code, one.name, one.figure, one.reason, one.fires, one.remedy):
            assert " ".join(part.split()) in told
    status, _, err = halfway("--explain", "T110")
    assert status == 2
    assert "did you mean" in err
    assert json.loads(halfway("--rules", "--json")[1])[0] == plain(all_rules()[0])
    assert json.loads(halfway("--explain", "T101", "--json")[1]) == plain(rule("T101"))


def test_sarif_is_structurally_sound(faulty):
    from jsonschema import Draft7Validator

    log = as_sarif(audit(load_text(FAULTY, "dir with space/case.yaml")))
    Draft7Validator(SARIF).validate(log)
    run = log["runs"][0]
    known = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert known == [r.code for r in all_rules()]
    assert len(set(known)) == len(known)
    assert {r["ruleId"] for r in run["results"]} <= set(known)
    for result in run["results"]:
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dir%20with%20space/case.yaml"
    absolute = as_sarif(audit(load_text(FAULTY, str(faulty))))
    uri = absolute["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("file:///")
    assert " " not in uri


def test_sarif_from_the_command_line(halfway, faulty):
    status, out, _ = halfway(faulty, "--sarif")
    assert status == 1
    assert json.loads(out)["version"] == "2.1.0"


def test_tables_leave_for_data_frames():
    result = audit(load_text(FAULTY))
    table = result.tables()["findings"]
    assert len(table.rows) == len(result.findings)
    assert list(result.to_pandas()["code"]) == [f.code for f in result.findings]
    assert result.of("p") == tuple(f for f in result.findings)


def test_help_is_there():
    from halfway.cli.audit import command

    told = CliRunner().invoke(command, ["--help"]).output
    for option in ("--plan", "--select", "--ignore", "--explain", "--rules", "--sarif", "--json", "--seed"):
        assert option in told


# The part of the SARIF 2.1.0 schema (OASIS, 2020) that concerns what is written here.
_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "format": "uri"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "additionalProperties": False,
                                            "properties": {
                                                "id": {"type": "string"},
                                                "name": {"type": "string", "pattern": "^[A-Za-z]+$"},
                                                "shortDescription": _TEXT,
                                                "fullDescription": _TEXT,
                                                "help": _TEXT,
                                                "defaultConfiguration": {
                                                    "properties": {
                                                        "level": {"enum": ["none", "note", "warning", "error"]}
                                                    }
                                                },
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "level", "locations"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": _TEXT,
                                "properties": {"type": "object"},
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "type": "object",
                                        "required": ["physicalLocation"],
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "region": {
                                                        "type": "object",
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1},
                                                            "startColumn": {"type": "integer", "minimum": 1},
                                                        },
                                                        "required": ["startLine", "startColumn"],
                                                    }
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
