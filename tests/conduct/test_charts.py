"""Pictures of conduct draw, with tables that hold the figures shown."""

from __future__ import annotations

import pytest

from halfway.charts import conduct as charts
from halfway.conduct.run import conduct
from halfway.conduct.study import study
from tests.conduct.cases import GRIM, dilemma


@pytest.fixture(scope="module")
def result():
    return conduct(dilemma(GRIM, patience=0.4, noise=0.05), runs=200, with_thresholds=False)


def test_survival_fans_and_exposure_draw(result):
    case = dilemma(GRIM, patience=0.4, noise=0.05)
    survival = charts.survival(case, [result])
    fans, exposure = charts.fans(case, result), charts.exposure(case, result)
    assert survival is not None
    assert fans is not None
    assert exposure is not None
    for chart in (survival, fans, exposure):
        assert chart.svg().startswith("<svg ")
    assert survival.table.rows[1][2] == 0
    assert len(fans.table.rows) == 2 * case.horizon
    # Ten points a period more than today's war, given and received in points of a linkage that both set.
    assert exposure.table.rows[0][2] < 0


def test_the_region_is_that_of_the_threshold():
    case = dilemma(GRIM, patience=0.9)
    chart = charts.patience_and_detection(case, study(case), "row")
    full = {row[0]: row[3] for row in chart.table.rows if row[1] == 100}
    # Half a point's worth after one month is 0.5 ** 12 a year: every yearly factor shown is more patient than that.
    assert set(full.values()) == {"keeps"}
    none = {row[3] for row in chart.table.rows if row[1] == 0}
    assert none == {"breaks"}
    assert chart.svg().startswith("<svg ")
