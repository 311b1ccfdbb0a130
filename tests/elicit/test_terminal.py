"""The interview in the terminal: kept answer by answer, stopped anywhere, gone on with, and written out."""

import io
import json
from pathlib import Path

import pytest

import halfway as hw
from halfway.cli.main import main

CASE = "eu-belarus-2016"


def run(monkeypatch, capsys, typed: str, *arguments: str) -> tuple[int, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(SystemExit) as stopped:
        main(["elicit", CASE, "--actor", "minsk", *arguments])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out + err


def answers(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf-8"))["answers"]


def test_an_interview_stopped_and_finished(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    record = tmp_path / f"{CASE}-minsk-answers.json"
    code, said = run(monkeypatch, capsys, "1 2 3\n9\n2 1\nstop\n", "--by", "Ann")
    assert code == 0
    assert "Please answer with numbers, best first." in said
    assert [a["about"] for a in answers(record)] == ["order", "order"]
    # It goes on where it stopped; one answer is taken back and given again.
    issues = hw.load(CASE).issues
    sizes = [len(i.options) for i in issues.values()]
    orders = [" ".join(str(k) for k in range(1, n + 1)) for n in sizes]
    worths = [str(60 - 10 * k) for n in sizes for k in range(n - 2)]
    swings = [f"{80 - 10 * k}..{90 - 10 * k}" for k in range(1, len(sizes))]
    typed = ["back", *orders[1:], *worths, *(["1"] * (len(sizes) - 1)), *swings]
    code, said = run(monkeypatch, capsys, "\n".join(typed) + "\n", "-o", "early.csv")
    assert "going on from there" in said
    kept = answers(record)
    assert [a["about"] for a in kept].count("order") == len(sizes)
    assert [a["about"] for a in kept].count("swing") == len(sizes) - 1
    first = next(a["issue"] for a in kept if a["about"] == "first")
    assert "for sure between" in said
    # Every package is refused, every pair equally good or not: whatever is asked, an answer of yes or 1 is one.
    for typed in ("no\n" * 5 + "same\n" * 3, ""):
        code, said = run(monkeypatch, capsys, typed)
        assert code == 0
    code, out = run(monkeypatch, capsys, "", "--json")
    found = json.loads(out)
    assert found["by"] == "Ann"
    if not found["clashing"]:
        assert max(found["weights"], key=lambda i: found["weights"][i]["centre"]) == first
    code, said = run(monkeypatch, capsys, "", "-o", "minsk.yaml")
    assert code == (2 if found["clashing"] else 0)
    if code == 0:
        assert "Ann" in str(hw.load(tmp_path / "minsk.yaml").actors["minsk"].interests[first].swing.note)
        assert run(monkeypatch, capsys, "", "-o", "minsk.yaml")[0] == 2


def test_a_contradiction_is_taken_back_in_the_terminal(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    case = hw.load(CASE)
    issues = list(case.issues)
    swings = [{"about": "swing", "issue": i, "low": 50 - 10 * k, "high": 55 - 10 * k} for k, i in enumerate(issues[1:])]
    given = [{"about": "order", "issue": i, "options": list(case.issues[i].options)} for i in issues]
    given += [
        {"about": "worth", "issue": i, "option": o, "points": 50}
        for i in issues
        for o in list(case.issues[i].options)[1:-1]
    ]
    given += [{"about": "first", "issue": i} for i in issues[:-1]] + swings
    best = {i: next(iter(case.issues[i].options)) for i in issues}
    worst = {i: list(case.issues[i].options)[-1] for i in issues}
    given.append({"about": "prefer", "first": worst, "second": best, "better": "first"})
    record = tmp_path / "r.json"
    record.write_text(json.dumps({"case": CASE, "actor": "minsk", "by": "", "minutes": 3, "answers": given}), "utf-8")
    code, said = run(monkeypatch, capsys, "x\n1\nstop\n", "--record", str(record))
    assert code == 0
    assert "cannot all be true" in said
    assert len(answers(record)) == len(given) - 1


NO_RECORDS = [
    "",
    "[]",
    '{"answers": 3}',
    '{"actor": "eu", "answers": []}',
    "{",
    '{"case": "x", "actor": "minsk", "answers": []}',
]


@pytest.mark.parametrize("text", NO_RECORDS)
def test_a_file_that_is_no_record_is_refused_and_left_as_it_is(text, tmp_path, monkeypatch, capsys):
    path = tmp_path / "r.json"
    path.write_text(text, "utf-8")
    code, said = run(monkeypatch, capsys, "1 2 3\n", "--record", str(path))
    assert code == 2
    assert "r.json" in said
    assert path.read_text("utf-8") == text
