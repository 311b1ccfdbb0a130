"""The page on which a case is changed: before and after, comments kept, undo and redo, what it refuses."""

import re

import pytest

import halfway as hw

pytest.importorskip("starlette", reason="the web app comes with the extra halfway[web]")
from starlette.testclient import TestClient

from halfway.web import changing
from halfway.web.app import application
from tests.web.test_app import HOST, ORIGIN, harmless

TEXT = """\
name: canal
actors:
  north:  # the upstream side
    interests:
      gate: {weight: 60, values: {shut: 100, open: 0}}   # it wants it shut
      toll: {weight: 40 ± 5, values: {none: 0, low: 60, high: 100}}
    walk_away: 35
  south:
    interests:
      gate: {weight: 70, values: {shut: 0, open: 100}}
      toll: {weight: 30, values: {none: 100, low: 50, high: 0}}
    walk_away: 30
issues:
  gate: {options: [shut, open], set_by: north, owner: south}
  toll: {options: [none, low, high], set_by: south, owner: north}
status_quo: {gate: shut, toll: none}
plans:
  treaty:
    seats: {north: party, south: party}
    phases:
      trial:
        package: {gate: open, toll: low}  # a first step
        lasts: 6 months
        then: settled
      settled:
        package: {toll: high}
"""


@pytest.fixture
def client():
    with TestClient(application({HOST}), base_url=f"http://{HOST}", raise_server_exceptions=False) as found:
        yield found


class Page:
    """A case open in the app, and the page on which it is changed."""

    def __init__(self, client: TestClient, text: str = TEXT) -> None:
        self.client = client
        self.token = re.search(r'name="token" value="([^"]+)"', client.get("/").text)[1]  # type: ignore[index]
        answer = client.post("/open", data={"token": self.token, "text": text}, headers=ORIGIN)
        self.case = answer.url.path.rsplit("/", 1)[0]
        self.look()

    def look(self) -> str:
        self.page = self.client.get(f"{self.case}/change").text
        harmless(self.page)
        self.hash = re.search(r'name="hash" value="([^"]+)"', self.page)[1]  # type: ignore[index]
        return self.page

    def fields(self, **changes: str) -> dict[str, str]:
        """The form as a browser would send it, with changes by the label of what they change."""
        found = {"token": self.token, "plan": "treaty", "hash": self.hash}
        labels = dict(re.findall(r'<label for="(c\d+)">([^<]+)</label>', self.page))
        for name, label in labels.items():
            select = re.search(rf'<select id="{name}".*?</select>', self.page)
            value = re.search(rf'id="{name}" name="{name}".*?value="([^"]*)"', self.page)
            now = re.search(r'value="([^"]+)" selected', select[0])[1] if select else value[1]  # type: ignore[index]
            found[name] = changes.pop(label, now)
        assert not changes, labels
        return found

    def send(self, where: str, /, **fields: str):
        return self.client.post(f"{self.case}/{where}", data=fields, headers=ORIGIN)


def test_a_change_is_made_taken_back_and_made_again_and_comments_stay(client):
    page = Page(client)
    before = client.get(f"{page.case}/file").text
    assert before == TEXT or "# a first step" in before
    answer = page.send("change", **page.fields(Lasts="9 months", Gate="shut"))
    assert answer.status_code == 200
    changed = client.get(f"{page.case}/file").text
    for comment in re.findall(r"#.*", TEXT):
        assert comment in changed
    case = hw.loads(changed)
    assert str(case.plans["treaty"].phases["trial"].lasts) == "9 months"
    assert case.plans["treaty"].phases["trial"].package["gate"] == "shut"
    assert sum(a != b for a, b in zip(before.splitlines(), changed.splitlines(), strict=True)) == 2
    shown = page.look()
    assert len(re.findall('class="plus"', shown)) == 2
    # North keeps the gate shut: 60 + 40 in the end, before 40. South: 0, before 70.
    assert "North: the plan is worth 100.0 points, before 40.0. It would sign as before, 65.0 points above" in shown
    assert "South: the plan is worth 0.0 points, before 70.0. It would now refuse." in shown
    for to, expected in (("undo", before), ("redo", changed), ("redo", changed), ("undo", before), ("undo", before)):
        page.send("step", token=page.token, plan="treaty", to=to)
        assert client.get(f"{page.case}/file").text == expected


def test_trying_shows_the_effect_and_changes_nothing(client):
    page = Page(client)
    before = client.get(f"{page.case}/file").text
    effect = page.send("try", **page.fields(Gate="shut"))
    assert "South: the plan is worth 0.0 points, before 70.0. It would now refuse." in effect.text
    assert "<html" not in effect.text
    assert client.get(f"{page.case}/file").text == before
    assert "Nothing is changed." in page.send("try", **page.fields()).text
    cannot = page.send("try", **page.fields(Lasts="a while"))
    assert "This cannot be" in cannot.text


def hw_worths(case):
    return changing.worths(hw.compile(case), "treaty")


def test_the_numbers_offered_are_those_with_most_effect_on_who_signs(client):
    case = hw.loads(TEXT)
    assert changing.tightest(case, "treaty") == ["north", "south"]  # 40 against 35; 70 against 30
    offered = [c for c in changing.controls(case, "treaty") if c.kind == "number"]
    assert len(offered) == changing.NUMBERS
    # The one uncertain number comes first. The plan is worth North 100 w / (60 + w), its toll's weight w being 40 ± 5:
    # from 31.8 to 48.2 of 100, 5 to 95 percent of it, that is 34.62 to 44.56.
    assert offered[0].path == ("actors", "north", "interests", "toll", "weight")
    assert "North by 9.9 points" in offered[0].label
    for control in offered:
        new = f"{float(control.value) * 0.8:g}"
        # What a slider shows at once is what the changed case says when it is read and compiled.
        quick = changing.Bench(case, "treaty").worths_with([(control, new)])
        slow = hw_worths(changing.tried(case, [(control, new)]))
        for actor in quick:
            assert quick[actor].plan == pytest.approx(slow[actor].plan, abs=0.05)
            assert quick[actor].no_agreement == pytest.approx(slow[actor].no_agreement, abs=0.05)
        if control.high == 100:
            with pytest.raises(hw.InputError, match="S211"):
                changing.Bench(case, "treaty").worths_with([(control, "120")])
    # A spread stays with the number: the toll was 40 ± 5.
    toll = next(c for c in offered if "toll" in c.path and "weight" in c.path)
    assert "45 ± 5" in changing.edited(TEXT, case, [(toll, "45")])


def test_what_cannot_be_is_shown_with_its_line_and_not_made(client):
    page = Page(client)
    before = client.get(f"{page.case}/file").text
    answer = page.send("change", **page.fields(Lasts="a while"))
    assert answer.status_code == 422
    assert re.search(r"your case:\d+:\d+: ", answer.text)
    assert client.get(f"{page.case}/file").text == before
    stale = page.fields(Gate="shut") | {"hash": "0" * 64}
    assert page.send("change", **stale).status_code == 409
    # An option that the page did not offer is no change.
    assert "Nothing is changed." in page.send("try", **page.fields(Gate="<script>")).text
    for address in ("change?plan=other", "step", "try"):
        assert client.get(f"{page.case}/{address}").status_code in (404, 405)


def test_the_catalogue_is_not_touched(client):
    case = hw.load("eu-belarus-2016")
    text = changing.text_of(case)
    assert "#" in text or text
    assert hw.loads(text).content_hash == case.content_hash
    offered = changing.controls(case, next(iter(case.plans)))
    assert {c.kind for c in offered} >= {"number", "option", "seat"}
    seat = next(c for c in offered if c.kind == "seat" and c.value == "party")
    changed = hw.loads(changing.edited(text, case, [(seat, "absent")]))
    assert str(changed.plans[seat.path[1]].seats[seat.path[-1]].seat) == "absent"
    assert hw.load("eu-belarus-2016").content_hash == case.content_hash
