"""Skill in sentences: what may be chance is said, what was not reported is left out."""

from halfway.forecast.scoring.measured import held_out
from halfway.words.forecasts import skill


def test_the_held_out_row_is_said_first_and_says_what_may_be_chance() -> None:
    first, pooled = skill(held_out())
    assert "40 proposals that were never used in its making" in first
    assert "22.87 to 23.07, −0.20 [−3.42, +3.07], which may be chance" in first
    assert "CRPS 14.95 to 16.17, −7.6% [−17.7, +3.0], which may be chance" in first
    assert "held 50, 83 and 95 percent" in first
    assert "mean error −2.02 [−3.65, −0.45]; CRPS −9.3% [−14.2, −4.5]." in pooled
    assert "None" not in pooled
