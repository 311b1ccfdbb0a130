"""Every route with addresses and forms at random: always an answer, never a fault of ours, never a word of another case."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import halfway as hw

pytest.importorskip("starlette", reason="the web app comes with the extra halfway[web]")
from starlette.testclient import TestClient

from halfway.web.app import application
from halfway.web.security import HEADERS
from tests.web.test_app import HOST, ORIGIN, token
from tests.web.test_changing import TEXT

ROUTES = (
    *("/", "/open", "/describe", "/static/{x}", "/case/{k}", "/case/{k}/{x}", "/case/{k}/change", "/case/{k}/try"),
    *("/case/{k}/step", "/case/{k}/file", "/case/{k}/interests", "/case/{k}/interests/{x}", "/case/{x}/answer"),
)
ODD = [
    "",
    "..",
    "%2e%2e",
    "%00",
    "treaty",
    "plan",
    "north",
    "1",
    "-1",
    "9" * 40,
    "NaN",
    "<b>",
    "a/b",
    "é",
    "\U0001f600",
]
WORDS = st.one_of(
    st.sampled_from(ODD), st.text(st.characters(codec="utf-8", exclude_characters="/?#\\\r\n\t"), max_size=12)
)
FIELDS = st.dictionaries(
    st.sampled_from(["plan", "hash", "to", "name", "text", "title", "actors", "issues", "actor", "by", "back", "after", "keep",
                     "c0", "c1", "c7", "low", "points", "place0", "signed", "better", "issue"]),
    WORDS, max_size=8,
)  # fmt: skip


@pytest.fixture(scope="module")
def client():
    with TestClient(
        application({HOST}, hw.loads(TEXT)), base_url=f"http://{HOST}", raise_server_exceptions=False
    ) as found:
        yield found


@pytest.fixture(scope="module")
def key(client):
    return client.get("/").text.split('href="/case/')[1].split('"')[0]


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(ROUTES), WORDS, FIELDS, st.booleans(), st.booleans())
def test_no_address_and_no_form_ends_in_a_fault(client, key, route, word, fields, posted, own):
    address = route.replace("{k}", key).replace("{x}", quote(word, safe="%."))
    if posted:
        form = fields | ({"token": token(client)} if own else {})
        answer = client.post(address, data=form, headers=ORIGIN, follow_redirects=False)
    else:
        answer = client.get(address, params=fields, follow_redirects=False)
    assert answer.status_code < 500 or answer.status_code == 503, (address, fields, answer.text[-500:])
    assert {k: answer.headers.get(k) for k in HEADERS} == HEADERS
    assert "Traceback" not in answer.text
    if posted and not own:
        assert answer.status_code in (403, 404, 405)
