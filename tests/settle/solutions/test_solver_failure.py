"""Where the solver fails, the answer is a refusal with its words."""

from types import SimpleNamespace

import pytest

from halfway.case.catalog import load
from halfway.cli.main import main
from halfway.errors import Refusal
from halfway.settle.run import settle
from halfway.settle.solutions import from_programs as programs
from halfway.settle.solutions import integer_program


@pytest.fixture(autouse=True)
def failing(monkeypatch):
    failed = SimpleNamespace(status=4, x=None, message="out of memory")
    monkeypatch.setattr(integer_program, "milp", lambda *_, **__: failed)
    # As in a case whose frontier is too large to be exact: then nothing is left to answer from.
    monkeypatch.setattr(programs, "_by_frontier", lambda *_: None)


def test_a_solver_that_fails_is_a_refusal():
    with pytest.raises(Refusal, match=r"R050 .*out of memory"):
        settle(load("eu-belarus-2016"), cap=1)


def test_the_command_says_so_without_a_traceback(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["settle", "eu-belarus-2016", "--cap", "1"])
    assert caught.value.code == 2
    assert "R050" in capsys.readouterr().err
