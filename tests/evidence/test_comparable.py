"""A plan finds its comparable sets, or is told that there are none."""

from halfway.evidence.agreements import Became, NoComparableSet, Shape, became
from halfway.evidence.comparable import comparison


def test_a_plan_that_ends_a_war_is_compared_with_its_shape() -> None:
    found = comparison("full", False, ["no_force", "borders", "no_force"])
    assert isinstance(found.agreements, Became)
    assert found.agreements == became(Shape("full", False))
    assert [r.kind for r in found.promises] == ["no_force"]
    assert found.without == ("borders",)
    assert found.as_dict()["agreements"]["quiet"]["cases"] == 33


def test_any_other_plan_has_no_comparable_set_of_agreements() -> None:
    found = comparison(None, None, ["sanctions_relief"])
    assert isinstance(found.agreements, NoComparableSet)
    assert "does not end an armed conflict" in found.agreements.reason
    assert found.promises == ()
    assert found.without == ("sanctions_relief",)
