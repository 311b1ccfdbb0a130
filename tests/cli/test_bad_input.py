"""Bad input: one shape for errors with --json whatever the verb, exit status 2, and never a traceback."""

import json
import os
import signal
import subprocess
import sys

import pytest

from halfway.cli.main import VERBS, main

# One command line of each verb whose input is bad in its own way, and the code that tells of it.
BAD = {
    "cases": (["--tagg", "x"], "U001"),
    "check": (["nowhere"], "F002"),
    "conduct": (["eu-belarus-2016", "--plan", "none"], "R002"),
    "repair": (["eu-belarus-2016", "--most", "none"], "U001"),
    "propose": (["eu-belarus-2016", "--parties", "nobody"], "R002"),
    "forecast": (["emission-standards", "--issue", "nothing"], "R002"),
    "validate": (["deu3", "--mode", "refit", "--data", "nowhere.csv"], "F001"),
    "seal": (["emission-standards", "-o", "/dev/null/record.json"], "F005"),
    "verify": (["nowhere.json"], "F001"),
    "grade": (["nowhere.json", "--outcome", "6"], "F001"),
    "stability": (["elmira", "--state", "99"], "N421"),
    "audit": (["eu-belarus-2016", "--select", "Z9"], "R002"),
    "compare": (["eu-belarus-2016", "-o", "/dev/null/table.csv", "--draws", "5"], "F005"),
    "elicit": (["eu-belarus-2016", "--actor", "nobody"], "R002"),
    "new": (["Upper Case"], "U001"),  # it has no --json
    "brief": (["eu-belarus-2016", "-o", "."], "F010"),
    "schema": (["-o", "nowhere/schema.json"], "U001"),  # it has none either
    "panel": (["nowhere"], "U001"),
    "serve": (["--bad"], "U001"),  # it has none either
    "mcp": (["nowhere"], "U001"),
    "site": (["out", "--tag", "no such tag"], "F021"),
    "sheet": (["eu-belarus-2016", "--role", "nobody"], "R002"),
    "text": (["eu-belarus-2016", "--read", "nowhere.md", "--as", "x", "-o", "x.yaml"], "F001"),
    "settle": (["prisoners-dilemma"], "R010"),
    "talks": (["eu-belarus-2016", "--strategy", "west"], "U001"),
    "tournament": (["eu-belarus-2016", "--strategies", "tit_for_tatt"], "R002"),
    "upgrade": (["nowhere.yaml"], "F001"),
    "explore": (["nowhere"], "F002"),
    "convert": (["nowhere.xml", "there.yaml"], "F001"),
}


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_every_verb_is_tried():
    assert set(BAD) == set(VERBS)


@pytest.mark.parametrize("verb", BAD)
def test_errors_as_json_have_one_shape(verb, capsys):
    arguments, code = BAD[verb]
    assert run(verb, *arguments, "--json") == 2
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert answer["errors"]
    for error in answer["errors"]:
        assert set(error) == {"code", "file", "line", "column", "what", "why", "remedy"}
        assert all(error[part] for part in ("what", "why", "remedy"))
    assert {error["code"] for error in answer["errors"]} == {code}
    assert not err


@pytest.mark.parametrize("verb", BAD)
def test_without_json_errors_are_lines_on_standard_error(verb, capsys):
    arguments, code = BAD[verb]
    arguments = ["--bad"] if verb == "schema" else arguments
    assert run(verb, *arguments) == 2
    out, err = capsys.readouterr()
    assert not out
    assert "Traceback" not in err
    assert err.startswith("Usage: ") or f"{code} " in err or verb == "new"


def test_all_problems_of_a_file_are_printed_whatever_the_verb(capsys):
    with open("bad.yaml", "w", encoding="utf-8") as stream:
        stream.write(
            "name: bad\nactors: {north: {capability: lots}}\nissues: {border: {options: [open], owner: east}}\n"
        )
    shapes = []
    for verb in ("check", "settle", "audit", "forecast"):
        assert run(verb, "bad.yaml", "--json") == 2
        shapes.append(json.loads(capsys.readouterr().out)["errors"])
    assert len(shapes[0]) > 1
    assert all(shape == shapes[0] for shape in shapes)
    assert {e["file"] for e in shapes[0]} == {"bad.yaml"}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("latin.yaml", b"name: caf\xe9\n", "Y100"), ("empty.yaml", b"", "Y107"), ("folder.yaml", None, "F001")],
)
@pytest.mark.parametrize(
    "verb", ["check", "settle", "stability", "forecast", "audit", "compare", "brief", "talks", "seal"]
)
def test_files_that_are_no_case(verb, name, content, code, capsys, tmp_path):
    if content is None:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(content)
    assert run(verb, name) == 2
    assert f" {code} " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("settle", "eu-belarus-2016", "--power", "west"), "'west' is not ACTOR=NUMBER"),
        (("settle", "eu-belarus-2016", "--power", "west=much"), "'west=much' is not ACTOR=NUMBER"),
        (("settle", "eu-belarus-2016", "--power", "=1"), "'=1' is not ACTOR=NUMBER"),
        (("settle", "eu-belarus-2016", "--power", "a=1", "--power", "a=2"), "'a' is given twice"),
        (("stability", "elmira", "--fix", "modify"), "'modify' is not ISSUE=OPTION"),
        (("stability", "elmira", "--state", "-1"), "'-1' is neither a number nor ISSUE=OPTION"),
        (("stability", "elmira", "--state", "tariff=high"), "no issue 'tariff' in this case"),
        (("talks", "eu-belarus-2016", "--strategy", "linear"), "'linear' is not ACTOR=NAME"),
    ],
)
def test_options_that_pair_two_things(arguments, words, capsys):
    assert run(*arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("stability", "elmira", "-o", "there.csv"),
        ("stability", "elmira", "--moves", "there.csv"),
        ("compare", "eu-belarus-2016", "--draws", "5", "-o", "there.csv"),
        ("schema", "-o", "there.csv"),
    ],
)
def test_nothing_is_written_over_unless_asked(arguments, capsys, tmp_path):
    path = tmp_path / "there.csv"
    path.write_text("mine", encoding="utf-8")
    assert run(*arguments) == 2
    assert "F003 there.csv is there already" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "mine"
    assert run(*arguments, "--force") == 0
    assert path.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize("arguments", [("stability", "elmira", "-o", "x.doc"), ("stability", "elmira", "--moves", "x")])
def test_an_ending_that_names_no_format(arguments, capsys):
    assert run(*arguments) == 2
    assert "F005 cannot write x" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [("cases",), ("cases", "--json"), ("check", "nowhere", "--json")])
def test_a_full_disk(arguments):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "halfway", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert "no space left on device" in done.stderr or "F002" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_knows_few_signs():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "halfway"]
    text = subprocess.run([*command, "cases"], env=environment, capture_output=True, text=True, check=False)
    assert (text.returncode, text.stderr) == (0, "")
    data = subprocess.run([*command, "cases", "--json"], env=environment, capture_output=True, text=True, check=False)
    plain = subprocess.run([*command, "cases", "--json"], capture_output=True, text=True, encoding="utf-8", check=False)
    assert json.loads(data.stdout) == json.loads(plain.stdout)


WAITING = """
import importlib, time
from halfway.cli.main import main

def build(*_, **__):
    print("ready", flush=True)
    time.sleep(60)

if __name__ == "__main__":
    importlib.import_module("halfway.brief.build").build = build
    main(["brief", "eu-belarus-2016"])
"""


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to a group of processes")
def test_an_interruption_of_a_brief_is_quiet(tmp_path):
    script = tmp_path / "waiting.py"
    script.write_text(WAITING, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=50)
    assert process.returncode == 130
    assert err.strip() == "interrupted"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "elmira"], 0),
        (["check", "elmira", "--json"], 0),
        (["check", "nowhere.yaml"], 2),
        (["settle", "nowhere.yaml", "--json"], 2),
        (["check", "--no-such-option"], 2),
        (["cases"], 0),
        (["--help"], 0),
    ],
)
def test_standard_output_may_be_closed(arguments, status, tmp_path):
    script = "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, '-m', 'halfway', *sys.argv[1:]])"
    done = subprocess.run([sys.executable, "-c", script, *arguments], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr
    assert (b" F001 " in done.stderr) == ("nowhere.yaml" in arguments)


@pytest.mark.parametrize("name", ["b.pdf", "b.PDF", "b", "b.docx"])
def test_a_brief_is_html_and_no_other_file(name, tmp_path, capsys):
    assert run("brief", "eu-belarus-2016", "-o", str(tmp_path / name)) == 2
    assert " F019 a brief is not written as " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_can_be_no_folder_is_said_before_the_work(tmp_path, capsys):
    (tmp_path / "taken").write_text("mine")
    assert run("brief", "eu-belarus-2016", "-o", str(tmp_path / "taken" / "b.html")) == 2
    assert " F005 cannot write " in capsys.readouterr().err
    assert (tmp_path / "taken").read_text() == "mine"


def test_the_command_line_is_quoted_without_control_characters(capsys):
    for arguments in (["check", "a\x1b[31m\nforged.yaml:1:1: S999 x"], ["check", "--no\x1b[31m"], ["no\x1bverb"]):
        assert run(*arguments) == 2
        err = capsys.readouterr().err
        assert "\x1b" not in err
        assert not any(line.startswith("forged") for line in err.splitlines())
