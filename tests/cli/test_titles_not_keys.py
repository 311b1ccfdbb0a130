"""What people read has titles, never the keys of the file; and it fits a terminal of ordinary width."""

import re

import pytest

from halfway.cli.main import main

CASE = """
name: harbour-dues
title: Who pays for the harbour
status_quo: {kk-dues: kk-low, kk-berth: kk-shared}
issues:
  kk-dues:
    title: Dues on foreign ships
    set_by: kk-town
    owner: kk-town
    options: {kk-low: {title: As they are, at: 2}, kk-middling: {title: Raised by half, at: 3}, kk-high: {title: Doubled, at: 4}}
    scale: {from: 2, to: 4, unit: crowns a ton}
  kk-berth:
    title: The deep berth
    set_by: kk-guild
    owner: kk-guild
    options: {kk-shared: Open to all, kk-own: Kept for the guild}
actors:
  kk-town:
    name: The town council
    capability: 60
    patience: 0.9 per year
    interests:
      kk-dues: {position: 4, salience: 70 ± 5}
      kk-berth: {salience: 40, values: {kk-shared: 90, kk-own: 10}}
  kk-guild:
    name: The guild of shippers
    capability: 40
    patience: 0.9 per year
    interests:
      kk-dues: {position: 2, salience: 60}
      kk-berth: {salience: 70, values: {kk-shared: 20, kk-own: 100}}
  kk-crews:
    name: The crews
    capability: 5
    patience: 0.9 per year
    interests:
      kk-berth: {salience: 90, values: {kk-shared: 100, kk-own: 30}}
plans:
  kk-swap:
    title: Dues against the berth
    between: [kk-town, kk-guild]
    seats: {kk-town: party, kk-guild: party}
    phases: {kk-first: {title: At once, package: {kk-dues: kk-middling, kk-berth: kk-own}}}
"""


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "harbour-dues.yaml").write_text(CASE, encoding="utf-8")
    return "harbour-dues.yaml"


def printed(capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit):
        main(arguments)
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert out
    return out


@pytest.mark.parametrize(
    "arguments",
    [
        ("forecast", "--draws", "4"),
        ("forecast", "--model", "challenge-global"),
        ("stability", "--draws", "4", "--coalitions", "--horizon", "2", "--make-stable", "3"),
        ("stability", "--draws", "0", "--list-states", "--paths-from", "2"),
        ("settle", "--sensitivity"),
        ("talks", "--runs", "3"),
        ("tournament", "--strategies", "grim,always_break"),
        ("compare", "--draws", "5"),
    ],
    ids=" ".join,
)
def test_text_has_titles_and_no_keys(arguments, case, capsys):
    verb, *options = arguments
    out = printed(capsys, verb, case, *options)
    # The one key that is told is the plan's, in brackets, since --plan takes it.
    assert not re.findall(r"(?<!\()\bkk-\w+", out)
    assert "The town council" in out or "the town council" in out


def test_a_sealed_forecast_is_told_in_titles(case, capsys):
    assert "Dues on foreign ships" in printed(capsys, "seal", case, "-o", "record.json")
    assert "kk-" not in printed(capsys, "verify", "record.json", "--case", case)
    graded = printed(capsys, "grade", "record.json", "--outcome", "3")
    assert graded.startswith("Dues on foreign ships: forecast ")
    assert "crowns a ton" in graded
    assert "kk-" not in graded


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("verb", ["forecast", "stability"])
def test_text_is_no_wider_than_the_terminal(verb, width, case, capsys, monkeypatch):
    from rich.console import Console

    from halfway.cli import common

    monkeypatch.setattr(
        common, "console", lambda: Console(width=width, highlight=False, markup=False, emoji=False, no_color=True)
    )
    monkeypatch.setattr(f"halfway.cli.{verb}.console", common.console)
    out = printed(capsys, verb, case, "--draws", "4")
    assert max(len(line.rstrip()) for line in out.splitlines()) <= width


def test_states_of_many_issues_are_told_by_what_differs(capsys):
    out = printed(capsys, "stability", "minsk-2015")
    assert "State 2, stable for all under GMR SMR: as state 1 but for Fighting along the line of" in out
    assert "ceasefire:" not in out
