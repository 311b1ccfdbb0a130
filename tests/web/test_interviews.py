"""A dispute described in the browser, and an actor's interests asked for: the answers of the terminal, by forms."""

import html

import numpy as np
import pytest

import halfway as hw

pytest.importorskip("starlette", reason="the web app comes with the extra halfway[web]")
from starlette.testclient import TestClient

from halfway.elicit.answers import as_data
from halfway.errors import Refusal
from halfway.web.app import application
from halfway.web.interviews import described
from tests.elicit.test_elicit import Respondent
from tests.web.test_app import HOST, ORIGIN, harmless, token

FIELDS = {
    "title": "The border & its toll",
    "actors": "North\nSouth\n",
    "issues": "The border: shut, open by day, open | North\nThe toll: none, high\r\nFish: theirs, shared, ours",
}


@pytest.fixture
def client():
    with TestClient(application({HOST}), base_url=f"http://{HOST}", raise_server_exceptions=False) as found:
        yield found


def post(client: TestClient, address: str, **fields: str):
    return client.post(address, data={"token": token(client), **fields}, headers=ORIGIN)


def begun(client: TestClient) -> str:
    """Describe the dispute and begin an interview; return its address."""
    answer = post(client, "/describe", **FIELDS)
    assert answer.url.path.endswith("/interests")
    answer = post(client, answer.url.path, actor="north", by="Ann <b>")
    assert "answered by Ann &lt;b&gt;" in answer.text
    return str(answer.url.path)


def test_what_is_described_is_a_sound_case():
    data = described(**FIELDS)
    case = hw.loads(data)
    assert case.name == "the-border-its-toll"
    assert case.status_quo == {"the_border": "shut", "the_toll": "none", "fish": "theirs"}
    assert list(case.issues["the_border"].set_by) == ["north"]
    assert set(case.issues["fish"].set_by) == {"north", "south"}
    with pytest.raises(Refusal) as missing:
        described("", "one", "a: b\nc: d, e | nobody")
    assert len(missing.value.problems) == 4
    assert list(described("X", "A\na\nÄ\n1", "x: 1, 1.")["actors"]) == ["a", "a_2", "x", "x_1"]


def test_an_interview_by_forms_comes_to_what_the_answers_say(client):
    address = begun(client)
    key = address.split("/")[2]
    case = hw.loads(client.get(f"/case/{key}/file").text)
    someone = Respondent(case, np.random.default_rng(4))
    answers = []
    for number in range(60):
        found = hw.elicit(case, "north", answers, by="Ann <b>")
        page = client.get(address).text
        harmless(page)
        if found.question is None:
            assert "Everything has been asked" in page
            break
        assert f'name="after" value="{number}"' in page
        said = someone.answer(found.question)
        fields = {"after": str(number)}
        if found.question.kind == "order":
            fields |= {f"place{n}": str(said.options.index(c) + 1) for n, c in enumerate(found.question.choices)}
        elif found.question.kind == "worth":
            fields["points"] = str(said.points)
        elif found.question.kind == "first":
            fields["issue"] = said.issue
        elif found.question.kind == "swing":
            fields |= {"low": str(said.low), "high": str(said.high)}
        elif found.question.kind == "accept":
            fields["signed"] = "yes" if said.signed else "no"
        else:
            fields["better"] = said.better
        assert post(client, address, **fields).status_code == 200
        # Sent twice, it counts once.
        assert post(client, address, **fields).status_code == 200
        answers.append(as_data(said))
    assert found.complete
    page = html.unescape(client.get(address).text)
    top = max(found.weights, key=lambda i: found.weights[i].centre)
    weight = found.weights[top]
    title = case.title_of("issues", top)
    assert f"{title}: {weight.centre:.0f} of 100 (for sure between {weight.low:.0f} and {weight.high:.0f})." in page
    assert post(client, address, keep="yes").status_code == 200
    changed = hw.loads(client.get(f"/case/{key}/file").text)
    assert set(changed.actors["north"].interests) == set(case.issues)
    assert "Ann <b>" in str(changed.actors["north"].interests[top].swing.note)


def test_what_is_no_answer_is_refused_and_answers_are_taken_back(client):
    address = begun(client)
    assert post(client, address, after="0", place0="1", place1="1", place2="2").status_code == 422
    assert post(client, address, after="0", place0="x").status_code == 422
    assert post(client, address, after="0", place0="1", place1="2", place2="3").status_code == 200
    assert 'name="after" value="1"' in client.get(address).text
    post(client, address, back="0")
    assert 'name="after" value="0"' in client.get(address).text
    assert post(client, address, keep="yes").status_code == 422
    assert post(client, address, back="999").status_code == 200
    assert client.get(address.rsplit("/", 1)[0] + "/7").status_code == 404
    assert post(client, address.rsplit("/", 1)[0], actor="nobody").status_code == 404
    assert post(client, "/describe", title="x", actors="a", issues="").status_code == 422
