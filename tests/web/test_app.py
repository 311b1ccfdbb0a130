"""The app by its test client: the doors, the tabs, and what it refuses."""

import re
import time
from functools import cache
from html.parser import HTMLParser

import pytest

import halfway as hw
from halfway.cli.main import main

pytest.importorskip("starlette", reason="the web app comes with the extra halfway[web]")
from starlette.testclient import TestClient

from halfway.web.answer import GAME, TABS
from halfway.web.app import application
from halfway.web.security import HEADERS, MOST_BYTES
from halfway.web.serve import bound

HOST = "127.0.0.1:8765"
ORIGIN = {"origin": f"http://{HOST}"}


@pytest.fixture(scope="module")
def client():
    app = application({HOST, "localhost:8765"}, hw.load("prisoners-dilemma-repeated"))
    with TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False) as found:
        yield found


@cache
def token(client: TestClient) -> str:
    return re.search(r'name="token" value="([^"]+)"', client.get("/").text)[1]  # type: ignore[index]


def opened(client: TestClient, **fields: str) -> str:
    """Open a case; return its address."""
    answer = client.post("/open", data={"token": token(client), **fields}, headers=ORIGIN)
    assert answer.status_code == 200, answer.text
    return str(answer.url.path).rsplit("/", 1)[0]


def shown(client: TestClient, address: str) -> str:
    """Return a tab once it is worked out."""
    for _ in range(60):
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        if 'class="working"' not in answer.text:
            return str(answer.text)
        time.sleep(0.3)
    raise AssertionError(f"{address} was not worked out in time")


class Tags(HTMLParser):
    """Lists what a browser would see as tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def harmless(page: str) -> None:
    """Check that a page runs nothing but our own files, and asks nothing of another computer."""
    reader = Tags()
    reader.feed(page)
    assert len(reader.found) > 10
    for tag, attributes in reader.found:
        assert tag not in ("img", "iframe", "object", "embed", "base", "style")
        assert not {a for a in attributes if a.startswith("on") or a in ("style", "srcdoc", "ping")}, attributes
        assert tag != "script" or str(attributes.get("src")).startswith("/static/")
        for name in ("href", "src", "action", "hx-get", "hx-post", "formaction"):
            assert str(attributes.get(name) or "/").startswith(("/", "#")), attributes


def test_the_first_page_shows_what_is_open_and_finds_cases(client):
    page = client.get("/").text
    assert "The prisoner&#39;s dilemma, played month after month" in page
    assert client.get("/?search=Sinai").text.count('<button name="name"') < page.count('<button name="name"')
    assert "No case says “no-such-thing”" in client.get("/?search=no-such-thing").text


def test_the_answer_is_that_of_the_brief_and_every_why_leads_to_a_section(client):
    case = hw.load("prisoners-dilemma-repeated")
    address = opened(client, name=case.name)
    front = shown(client, f"{address}/answer")
    brief = hw.brief(case)
    for said in re.findall(r'<p class="lead">(.*?) ?(?:<a class="proof"|</p>)', brief):
        assert said in front
    links = re.findall(r'class="proof" href="([^"]+)"', front)
    assert len(links) >= 5
    for link in sorted(set(links)):
        page, _, section = link.partition("#")
        assert f'id="{section}"' in shown(client, page), link
    for tab in TABS:
        assert "Not answered" not in shown(client, f"{address}/{tab.key}")


def test_no_tab_stands_in_the_way_of_another_page():
    app = application({HOST}).app
    fixed = {route.path.rsplit("/", 1)[1] for route in app.routes if route.path.count("/") == 3}
    assert {"change", "file", "interests"} <= fixed
    assert not fixed & {tab.key for tab in (*TABS, *GAME)}


def test_a_conflict_without_a_plan_is_answered_too(client):
    address = opened(client, name="chicken")
    assert "What is stable" in shown(client, f"{address}/answer")
    assert "Who would leave" in shown(client, f"{address}/why")
    assert client.get(f"{address}/hold").status_code == 404


def test_a_case_of_ones_own_is_opened_or_every_error_shown(client):
    address = opened(client, text=hw.new("oil").replace("\n", "\r\n"))
    assert client.get(f"{address}/plan").status_code == 200
    wrong = client.post("/open", data={"token": token(client), "text": "name: x\nissues: [1]\n"}, headers=ORIGIN)
    assert wrong.status_code == 422
    assert len(re.findall(r"<li>your case:\d+:\d+: ", wrong.text)) > 1


def test_what_a_case_says_is_never_run(client):
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"
    text = hw.load("prisoners-dilemma-repeated").model_dump(mode="json", by_alias=True, exclude_unset=True)
    text |= {"title": nasty, "abstract": nasty}
    for actor in text["actors"].values():
        actor["name"] = nasty
    address = opened(client, text=str(hw.loads(text).model_dump_json(by_alias=True, exclude_unset=True)))
    for tab in ("answer", "plan", "room", "sources"):
        page = shown(client, f"{address}/{tab}")
        harmless(page)
        assert "{{7*7}}" in page
    harmless(client.get("/").text)


def test_every_answer_has_the_headers_and_no_script_of_its_own(client):
    for address in ("/", "/nowhere", "/case/nobody", "/static/web.css", "/?search=x"):
        answer = client.get(address)
        assert {k: answer.headers.get(k) for k in HEADERS} == HEADERS
        if "css" not in address:
            harmless(answer.text)


@pytest.mark.parametrize(
    ("method", "address", "headers", "status"),
    [
        ("GET", "/", {"host": "evil.example:8765"}, 421),
        ("GET", "/", {"host": "127.0.0.1:80"}, 421),
        ("POST", "/open", {}, 403),
        ("POST", "/open", {"origin": "http://evil.example"}, 403),
        ("POST", "/open", {"origin": "null"}, 403),
        ("POST", "/open", ORIGIN, 403),
        ("PUT", "/open", ORIGIN, 405),
        ("GET", "/open", {}, 405),
        ("GET", "/static/../app.py", {}, 404),
        ("GET", "/static/%2e%2e%2fapp.py", {}, 404),
        ("GET", "/case/../../etc/passwd", {}, 404),
        ("GET", "/case/aaaaaaaaaaaaaaaaaaaaaa/answer", {}, 404),
    ],
)
def test_what_is_refused(client, method, address, headers, status):
    answer = client.request(method, address, headers=headers, data={"name": "chicken"} if method == "POST" else None)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_names_of_files_open_nothing(client):
    for name in ("/etc/passwd", "../chicken", "catalog/published/chicken/case.yaml"):
        answer = client.post("/open", data={"token": token(client), "name": name}, headers=ORIGIN)
        assert answer.status_code == 404
    address = opened(client, name="prisoners-dilemma-repeated")
    assert client.get(f"{address}/answer?plan=../x").status_code == 404


def test_a_body_is_bounded_whether_it_says_its_size_or_not(client):
    too_much = b"a" * (MOST_BYTES + 1)
    assert client.post("/open", content=too_much, headers=ORIGIN).status_code == 413
    assert client.post("/open", content=iter([too_much]), headers=ORIGIN).status_code == 413
    assert client.post("/open", content=b"\xff\xfe=1", headers=ORIGIN).status_code == 400
    many = "&".join(f"a{k}=1" for k in range(1000))
    assert client.post("/open", content=many, headers=ORIGIN).status_code == 400


def test_a_port_that_is_taken_is_said(capsys):
    taken = bound(0)
    port = taken.getsockname()[1]
    taken.listen()
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--port", str(port)])
    taken.close()
    assert stopped.value.code == 2
    assert "U010" in capsys.readouterr().err
