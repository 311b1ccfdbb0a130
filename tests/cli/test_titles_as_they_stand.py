"""Titles are printed as they stand: brackets and colons are no markup."""

import pytest

from halfway.cli.main import main

TITLE = "Talks [/b] of [2015] :skull:"

CASE = f"""
name: odd-titles
title: "{TITLE}"
status_quo: {{peace: none, aid: none}}
issues:
  peace: {{set_by: a, owner: a, title: "{TITLE}", options: {{none: "{TITLE}", full: {{}}}}}}
  aid:
    set_by: b
    owner: b
    title: "{TITLE}"
    options: [none, some, much]
    scale: {{from: 0, to: 10, unit: points}}
actors:
  a:
    name: "{TITLE}"
    patience: 0.9 per year
    interests:
      peace: {{salience: 40, values: {{none: 60, full: 40}}}}
      aid: {{position: 9, salience: 70}}
  b:
    name: "{TITLE}"
    patience: 0.9 per year
    interests:
      peace: {{salience: 70, values: {{none: 0, full: 100}}}}
      aid: {{position: 2, salience: 40}}
plans:
  swap:
    title: "{TITLE}"
    between: [a, b]
    seats: {{a: party, b: party}}
    phases: {{first: {{package: {{peace: full, aid: much}}}}}}
"""


@pytest.mark.parametrize(
    "verb",
    [
        ["settle"],
        ["talks", "--runs", "2"],
        ["tournament", "--strategies", "grim,always_break"],
        ["stability", "--draws", "0"],
        ["conduct", "--runs", "0"],
        ["compare", "--draws", "10"],
        ["audit"],
        ["forecast", "--draws", "2"],
    ],
    ids=lambda verb: verb[0],
)
def test_titles_with_brackets_are_printed_as_they_stand(verb, tmp_path, capsys):
    path = tmp_path / "odd-titles.yaml"
    path.write_text(CASE, encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        main([*verb, str(path)])
    shown = capsys.readouterr()
    assert caught.value.code in (0, 1), shown.err
    assert TITLE in " ".join(shown.out.split())
