"""The pages on utilities, draws and concessions quote figures; these are the program's own."""

import re
from pathlib import Path

import pytest

from halfway.case.catalog import load
from halfway.case.estimates import parse_estimate
from halfway.explore.compare import compare
from halfway.space.packages.levels import ideals
from halfway.space.utilities.space import compile_space

PAGES = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def result():
    return compare(load("eu-belarus-2016"))


def flat(name):
    return " ".join((PAGES / name).read_text(encoding="utf-8").split())


def test_the_worked_example_of_a_concession(result):
    page = flat("explanation/concession.md")
    space = compile_space(load("eu-belarus-2016"))
    own = ideals(space)
    eu, minsk = space.actor("eu"), space.actor("minsk")
    today = space.values(space.status_quo)[:, 0]
    plan = result["relief-as-given"]
    worth = {a: plan.actors[a].utility.centre for a in ("eu", "minsk")}
    for sentence in (
        f"is worth {own[eu, minsk]:.1f} to the Union. The way between them is {own[eu, eu] - own[eu, minsk]:.1f} points",
        f"is worth {today[eu]:.1f} to the Union",
        f"politics unchanged: {worth['eu']:.1f} points",
        f"For Minsk the way is {100 - own[minsk, eu]:.1f} points long (from 100.0 to {own[minsk, eu]:.1f})",
        f"Today is worth {today[minsk]:.1f} to it",
        f"the plan is worth {worth['minsk']:.1f}, a level of {plan.sides[1].level.centre:.0f} percent",
        f"Its level today is `(100.0 − {today[eu]:.1f}) / {own[eu, eu] - own[eu, minsk]:.1f}`, "
        f"or {plan.sides[0].status_quo_level:.0f} percent",
        f"the Union takes {100 * plan.sides[0].joint_gain_share:.0f} percent",
        f"its level under the plan falls to {plan.sides[0].leaving_one_out[0]:.0f} percent",
        f"−{-plan.sides[1].movement.low:.0f} to −{-plan.sides[1].movement.high:.0f} above",
        f"in {100 - 100 * result['standing-suspension'].actors['minsk'].better_than_status_quo:.0f} percent of the draws less",
    ):
        assert sentence in page


@pytest.mark.parametrize("page", ["explanation/concession.md", "reference/compare.md"])
def test_what_the_command_prints_is_what_the_page_shows(page, capsys):
    from halfway.cli.main import main

    with pytest.raises(SystemExit):
        main(["compare", "eu-belarus-2016", "--plan", "relief-as-given"])
    printed = " ".join(capsys.readouterr().out.split())
    shown = (PAGES / page).read_text(encoding="utf-8").split("--plan relief-as-given\n")[1].split("```")[0]
    parts = [" ".join(part.split()) for part in re.split(r"…|\.\.\.", shown) if part.strip()]
    assert len(parts) >= 2
    for part in parts:
        assert part in printed


def test_the_centres_that_the_page_on_uncertainty_names():
    page = flat("explanation/uncertainty.md")
    assert (
        f"`5 ± 30` on a scale from 0 to 100 counts as about {float(parse_estimate('5 ± 30', 0, 100).mean):.0f}" in page
    )
    assert f"the mean of the three, {float(parse_estimate('triangular(40, 60, 90)', 0, 100).mean):.1f}" in page
    assert (
        f"beta, stretched over the range of the quantity | {float(parse_estimate('beta(8, 2)', 0, 100).mean):.0f}"
        in page
    )
