"""An archive has no dead link, no request to elsewhere, and the same bytes every time."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

import halfway as hw
from halfway.cli.main import main
from halfway.errors import InputError
from halfway.site.metadata import Entry, bibtex
from halfway.site.run import site

BASE = "https://example.org/archive/"
OWN = """\
name: ours
title: A <b>case</b> & its "quotes" </script>
tags: [textbook, "a/b: c"]
date: "2021"
abstract: Two sides & a <river>.
authors: [{name: A. Person}]
actors:
  up: {interests: {fill: {values: {fast: 100, slow: 60}}}, walk_away: 20}
  down: {interests: {fill: {values: {fast: 0, slow: 70}}}, walk_away: 10}
issues: {fill: {options: [fast, slow], set_by: up, owner: down}}
sources:
  one: {title: Minutes, author: Somebody, date: "2020", url: "https://example.org/minutes"}
  two: {title: X, url: "javascript:alert(1)"}
status_quo: {fill: fast}
"""
ATOM = "{http://www.w3.org/2005/Atom}"


class Links(HTMLParser):
    """Every address that a page names, and its headings' order and identities."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self.levels: list[int] = []
        self.labelled: list[str] = []
        self.inputs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        self.found += [(tag, k, given[k]) for k in ("href", "src") if k in given]
        self.ids += [given["id"]] if "id" in given else []
        self.labelled += [given["for"]] if tag == "label" else []
        self.inputs += [given["id"]] if tag == "input" else []
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))


def read(path: Path) -> Links:
    links = Links()
    links.feed(path.read_text(encoding="utf-8"))
    return links


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("archive")
    (room / "ours.yaml").write_text(OWN, encoding="utf-8")
    done = site(
        room / "out", tags=["ordinal", "brinkmanship"], cases=[room / "ours.yaml"], base=BASE, feed=True, zenodo=True
    )
    assert set(done.cases) >= {"ours", "chicken"}
    return room / "out"


def test_every_link_leads_somewhere_and_nothing_is_asked_of_elsewhere(archive: Path) -> None:
    pages = sorted(archive.rglob("*.html"))
    assert len(pages) > 8
    for page in pages:
        links = read(page)
        assert links.levels[0] == 1, page
        assert links.levels.count(1) == 1, page
        assert all(b - a <= 1 for a, b in zip(links.levels, links.levels[1:], strict=False)), (page, links.levels)
        assert len(set(links.ids)) == len(links.ids), page
        assert set(links.inputs) <= set(links.labelled), page
        for tag, kind, address in links.found:
            parts = urlsplit(address)
            if parts.scheme:
                assert parts.scheme == "https", (page, address)
                # A page may name another, but load nothing from it.
                assert (tag, kind) in (("a", "href"), ("link", "href")), (page, address)
                assert tag == "a" or address.startswith(BASE), (page, address)
            elif parts.path:
                assert (page.parent / unquote(parts.path)).is_file(), (page, address)
            else:
                assert parts.fragment in links.ids, (page, address)
    style = (archive / "style.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_what_a_case_holds_is_text_everywhere(archive: Path) -> None:
    for path in archive.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<b>case" not in text
        assert "javascript:" not in text
    page = (archive / "cases/ours/index.html").read_text(encoding="utf-8")
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data, report = map(json.loads, blocks)
    assert (data["@type"], report["@type"]) == ("Dataset", "Report")
    assert data["name"] == 'A <b>case</b> & its "quotes" </script>'
    assert data["identifier"] == f"sha256:{hw.load(archive / 'cases/ours/case.yaml').content_hash}"
    assert "license" not in data, "nobody said under what terms"
    assert report["isBasedOn"] == data["identifier"]


def test_permalinks_carry_the_hash_and_stay(archive: Path, tmp_path: Path) -> None:
    case = hw.load("chicken")
    assert (archive / "cases/chicken" / f"{case.content_hash[:12]}.html").is_file()
    (tmp_path / "a.yaml").write_text(OWN, encoding="utf-8")
    site(tmp_path / "out", cases=[tmp_path / "a.yaml"])
    before = {p.name for p in (tmp_path / "out/cases/ours").glob("*.html")}
    (tmp_path / "a.yaml").write_text(OWN.replace("walk_away: 20", "walk_away: 21"), encoding="utf-8")
    site(tmp_path / "out", cases=[tmp_path / "a.yaml"])
    after = {p.name for p in (tmp_path / "out/cases/ours").glob("*.html")}
    assert before < after
    assert len(after) == 3


def test_feeds_sitemap_and_metadata_are_sound(archive: Path) -> None:
    feeds = sorted(archive.rglob("*.xml"))
    assert archive / "feed.xml" in feeds
    for path in feeds:
        root = ET.fromstring(path.read_bytes())
        if path.name == "sitemap.xml":
            found = [e.text or "" for e in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
            assert {archive / unquote(a.removeprefix(BASE)) for a in found} == set(archive.rglob("*.html"))
            continue
        assert root.tag == f"{ATOM}feed"
        for part in [root, *root.iter(f"{ATOM}entry")]:
            assert [len(part.findall(ATOM + name)) for name in ("id", "title", "updated")] == [1, 1, 1]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", part.findtext(f"{ATOM}updated") or "")
        for entry in root.iter(f"{ATOM}entry"):
            assert entry.find(f"{ATOM}author") is not None
            address = entry.find(f"{ATOM}link").attrib["href"]  # type: ignore[union-attr]
            assert (archive / unquote(address.removeprefix(BASE))).is_file()
    zenodo = json.loads((archive / ".zenodo.json").read_text(encoding="utf-8"))
    assert zenodo["upload_type"] == "dataset"
    assert {"title", "creators", "description", "keywords"} <= zenodo.keys()
    citation = yaml.safe_load((archive / "cases/ours/CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["cff-version"], citation["type"], citation["authors"]) == (
        "1.2.0",
        "dataset",
        [{"name": "A. Person"}],
    )
    entry = Entry(hw.load(archive / "cases/ours/case.yaml"), "cases/ours/", None)
    assert r"\&" in bibtex(entry, BASE)
    written = bibtex(entry, BASE)
    assert written.count("{") - written.count(r"\{") == written.count("}") - written.count(r"\}")


def test_written_again_it_is_the_same_byte_for_byte_and_nothing_is_worked_out(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    (tmp_path / "a.yaml").write_text(OWN, encoding="utf-8")
    for name in ("one", "two"):
        site(tmp_path / name, cases=[tmp_path / "a.yaml"], base=BASE, feed=True)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    monkeypatch.setattr(
        sys.modules["halfway.site.fronts"], "front_of", lambda path: pytest.fail(f"{path} is worked out again")
    )
    site(tmp_path / "one", cases=[tmp_path / "a.yaml"], base=BASE, feed=True)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_nothing_of_the_users_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/index.html").write_text("mine")
    with pytest.raises(SystemExit) as ended:
        main(["site", str(tmp_path / "mine"), "--tag", "brinkmanship", "--workers", "1"])
    assert ended.value.code == 2
    assert "F023" in capsys.readouterr().err
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["index.html"]


def test_every_problem_of_every_case_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OWN.replace("set_by: up", "set_by: upp"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(OWN.replace("walk_away: 10", "walk_away: lots"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        site(tmp_path / "out", cases=[tmp_path / "a.yaml", tmp_path / "b.yaml", tmp_path / "none.yaml"])
    assert {str(p.place).split(":")[0].rsplit("/", 1)[-1] for p in caught.value.problems} == {
        "a.yaml",
        "b.yaml",
        "none.yaml",
    }
    assert not (tmp_path / "out").exists()
    for options, code in (({"feed": True}, "F022"), ({"base": "ftp://x"}, "F022"), ({"tags": ["no such tag"]}, "F021")):
        with pytest.raises(InputError, match=code):
            site(tmp_path / "out", **options)  # type: ignore[arg-type]


def test_the_search_finds_what_is_there(archive: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here, in which the search can be asked without a browser")
    program = """
    global.window = global;
    const MiniSearch = require(process.argv[1] + "/minisearch.js");
    require(process.argv[1] + "/cases.js");
    const index = new MiniSearch({ fields: ["title", "tags", "about", "actors", "front"], storeFields: ["title"] });
    index.addAll(window.HALFWAY_CASES);
    console.log(JSON.stringify(index.search("drivr", { fuzzy: 0.2 }).map(r => r.title)));
    """
    done = subprocess.run([node, "-e", program, str(archive)], capture_output=True, text=True, check=True)
    assert "The game of chicken" in json.loads(done.stdout)
