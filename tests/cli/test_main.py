"""The command itself: fast help, statuses, suggestions, and nothing heavy loaded without need."""

import importlib
import os
import subprocess
import sys

import click
import pytest

from halfway import _version
from halfway.cli.main import VERBS, main, root

HEAVY = {
    "pandas",
    "numba",
    "scipy",
    "duckdb",
    "jinja2",
    "numpy",
    "pydantic",
    "yaml",
    "rich",
    "vl_convert",
    "hypothesis",
}


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stderr.split()}


def test_import_halfway_is_light():
    assert not loaded_after("import halfway") & {"pandas", "numba", "duckdb", "jinja2", "scipy", "vl_convert"}


def test_help_loads_no_verb_and_nothing_heavy():
    code = "from halfway.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    assert not loaded_after(code) & HEAVY


def test_check_loads_nothing_that_computes_or_draws(tmp_path):
    code = "from halfway.cli.main import main\ntry:\n    main(['check', 'nowhere.yaml'])\nexcept SystemExit:\n    pass"
    assert not loaded_after(code.replace("main(['", "main(['")) & {"pandas", "numba", "duckdb", "jinja2", "scipy"}


def test_help_lists_every_verb(capsys):
    assert run("--help") == 0
    out = capsys.readouterr().out
    for verb, (_, line) in VERBS.items():
        assert f"  {verb} " in out
        assert line.split()[0] in out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb, capsys):
    assert run(verb, "--help") == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Usage: halfway {verb}")
    command = importlib.import_module(f"halfway.cli.{VERBS[verb][0]}").command
    assert command.help
    assert all(o.help for o in command.params if isinstance(o, click.Option)), "every option says what it does"


def test_version(capsys):
    assert run("--version") == 0
    assert _version.__version__ in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("chek",), "no verb 'chek'; did you mean 'check'?"),
        (("check",), "Missing argument 'CASE'"),
        (("check", "a", "b"), "unexpected extra argument"),
        (("check", "--jsn", "a"), "No such option"),
        (("--verbose",), "No such option"),
    ],
)
def test_wrong_usage_ends_with_two(arguments, words, capsys):
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert words in err
    assert "Traceback" not in out + err


def test_no_verb_at_all_shows_help(capsys):
    assert run() in (0, 2)
    assert "Verbs:" in "".join(capsys.readouterr())


def test_interruption_is_no_traceback(monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(root, "invoke", interrupt)
    assert run("cases") == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m halfway schema | head -c 10"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""


def test_a_terminal_that_lacks_a_sign_shows_its_nearest_and_never_loses_a_minus():
    program = (
        "import io, sys\n"
        "from halfway.cli.main import _tolerate_narrow_encodings\n"
        "_tolerate_narrow_encodings()\n"
        "print('\\u22125 \\u2265 \\u22126, 3 \\u00b1 2, Łódź \\u2013 Київ')\n"
    )
    for encoding, said in (("cp1252", "-5 >= -6, 3 ± 2, ?ódz – ????"), ("ascii", "-5 >= -6, 3 +/- 2, ?odz - ????")):
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}
        )
        assert done.stdout.decode(encoding).split() == said.split()


def test_version_in_full_names_what_a_report_needs_and_nobody(capsys):
    assert run("--version", "--full") == 0
    one = capsys.readouterr().out
    assert run("--full", "--version") == 0
    assert capsys.readouterr().out == one
    for what in ("halfway", "Python", "system", "encodings", "catalogue", "numpy", "duckdb"):
        assert f"\n{what} " in f"\n{one}"
    assert os.path.expanduser("~") not in one
    assert os.getcwd() not in one


def test_full_alone_is_a_mistake(capsys):
    assert run("--full") == 2
    assert "--version" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("halfway bri", "plain,brief"),
        ("halfway audit eu-", "plain,eu-belarus-2016"),
        ("halfway brief belarus-2020 --plan step", "plain,step-by-step"),
        ("halfway check --js", "plain,--json"),
    ],
)
def test_the_shell_completes_verbs_cases_plans_and_options(typed, offered):
    asked = {"_HALFWAY_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    command = [sys.executable, "-m", "halfway"]
    done = subprocess.run(command, env={**os.environ, **asked}, capture_output=True, text=True, check=True)
    assert offered in done.stdout.splitlines()
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_switched_on_in_every_shell(shell):
    asked = {"_HALFWAY_COMPLETE": f"{shell}_source"}
    program = "import sys; sys.argv[0] = 'halfway'; from halfway.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    # Click asks bash for its version first, where there is one.
    assert "_HALFWAY_COMPLETE" in done.stdout
