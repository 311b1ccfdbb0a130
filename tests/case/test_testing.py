"""The shared strategies make sound cases, of every kind that they promise."""

import yaml
from hypothesis import Phase, find, given, settings

from halfway.case.reader import build, load_text
from halfway.testing import EVERY_NOUN, Wanted, as_text, case_data, cases


@settings(max_examples=120, deadline=None)
@given(case_data(EVERY_NOUN))
def test_generated_cases_are_sound(data):
    case = build(data)
    assert case.name == "generated"


@settings(max_examples=70, deadline=None)
@given(case_data(EVERY_NOUN))
def test_text_and_data_make_the_same_case(data):
    assert load_text(as_text(data)).content_hash == build(data).content_hash


@settings(max_examples=70, deadline=None)
@given(cases())
def test_by_default_cases_are_small_and_plain(case):
    assert not case.plans
    assert not case.constraints
    assert case.status_quo is not None
    for actor in case.actors.values():
        assert actor.interests
        for part in (actor.linkages, actor.red_lines, actor.walk_away, actor.types):
            assert not part


@settings(max_examples=70, deadline=None)
@given(cases(preferences="ordinal", constraints=True))
def test_ordinal_cases_have_an_order_only(case):
    assert all(actor.ordinal_only for actor in case.actors.values())


GENERATE_ONLY = settings(max_examples=1200, deadline=None, phases=[Phase.generate], database=None)


def some(condition, **options):
    return find(case_data(Wanted(**options)), condition, settings=GENERATE_ONLY)


def test_each_wanted_part_does_occur():
    actors = lambda data: data["actors"].values()  # noqa: E731
    assert some(lambda d: "constraints" in d, constraints=True)
    assert some(lambda d: any("linkages" in a for a in actors(d)), linkages=True)
    assert some(lambda d: any("red_lines" in a for a in actors(d)), red_lines=True)
    assert some(lambda d: any("contest" in str(a.get("walk_away")) for a in actors(d)), walk_aways=True)
    assert some(lambda d: any("types" in a for a in actors(d)), types=True)
    assert some(lambda d: any("ratifies" in a for a in actors(d)), ratifies=True)
    assert some(lambda d: any("transitions" in i for i in d["issues"].values()), transitions=True)
    assert some(lambda d: any("observed" in i for i in d["issues"].values()), signals=True)
    assert some(lambda d: "seats" in d["plans"]["p0"], plans=1, seats=True)
    assert some(lambda d: "transfers" in d["plans"]["p0"], plans=1, transfers=True)
    assert some(lambda d: any("on" in f for f in d["plans"]["p0"]["phases"].values()), plans=1)
    assert some(lambda d: any("resets" in f for f in d["plans"]["p0"]["phases"].values()), plans=1)
    assert some(lambda d: "±" in as_text(d), uncertain=True)
    assert some(lambda d: "12:30" in d["actors"], awkward_names=True)


def test_as_text_is_what_an_editor_reads_too():
    data = some(lambda d: "no" in d["actors"], awkward_names=True)
    assert yaml.safe_load(as_text(data)) == data


def test_each_wanted_noun_does_occur():
    assert some(lambda d: any("breach_costs" in a for a in d["actors"].values()), breach_costs=True)
    assert some(
        lambda d: any("breach_costs" in a["types"]["t1"] for a in d["actors"].values() if "types" in a),
        breach_costs=True,
        types=True,
    )
    assert some(lambda d: any("events" in d and e in str(r["to"]) for r in d["reactions"] for e in d["events"])
                if "reactions" in d and "events" in d else False, reactions=True, events=True)  # fmt: skip
    for change in ("type", "walk_away", "status_quo", "observed", "patience"):
        assert some(
            lambda d, change=change: any(change in e["changes"] for e in d.get("events", {}).values()),
            events=True,
            types=True,
            signals=True,
        )
    assert some(
        lambda d: any(isinstance(r, list) for i in d["issues"].values() for r in i.get("observed", {}).values()),
        signals=True,
        conditional_signals=True,
    )
    assert some(lambda d: any("any_can" in i for i in d["issues"].values()), any_can=True)
    assert some(
        lambda d: any("can" in o and len(o["by"]) > 1 for o in d["plans"]["p0"].get("obligations", [])),
        plans=1,
        obligations=True,
    )
