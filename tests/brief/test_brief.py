"""The brief: self-contained, the same every time, the answer first, and nothing of the user's lost."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor
from html.parser import HTMLParser
from multiprocessing import get_context
from pathlib import Path
from xml.etree import ElementTree

import pytest

from halfway.brief.build import build
from halfway.brief.contents import Figure, Findings, Paragraph, Timeline
from halfway.brief.render import brief, render
from halfway.case.catalog import load
from halfway.case.reader import load_text
from halfway.charts.conduct import breakers
from halfway.cli.main import main
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.survival import survival
from halfway.conduct.run import conduct
from halfway.errors import InputError, Refusal
from halfway.explore.agreements import agreements
from halfway.settle.run import settle

LARGEST = 1_500_000
VOID = {"meta", "link", "br", "hr", "img", "input"}


@pytest.fixture(scope="module")
def flagship() -> str:
    return brief(load("belarus-2020"), plan="memo", draws=200)


class Page(HTMLParser):
    """Checks nesting and collects what a browser would fetch, headings and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headings: list[str] = []
        self.in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        for name in ("src", "srcset", "data", "action", "poster"):
            if given.get(name):
                self.fetched.append(str(given[name]))
        href = given.get("href") or given.get("xlink:href")
        if href and href.startswith("#"):
            self.targets.append(href[1:])
        elif href and tag not in ("a",):
            self.fetched.append(href)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        self.in_heading = tag in ("h1", "h2")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag
        self.in_heading = False

    def handle_data(self, data: str) -> None:
        if self.in_heading:
            self.headings.append(data.strip())


def parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    return page


def test_it_is_one_file_that_asks_nothing_of_others(flagship: str) -> None:
    page = parsed(flagship)
    assert page.fetched == []
    assert not re.findall(r"@import|url\((?!#|\"#|'#)|<script|<iframe|<link", flagship)
    assert len(flagship.encode()) < LARGEST


def test_links_inside_lead_somewhere_and_ids_are_unique(flagship: str) -> None:
    page = parsed(flagship)
    assert set(page.targets) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def front_of(page: str) -> str:
    """The words of the front page."""
    start = page.index('<section id="answer"')
    return words_of(page[start : page.index("</section>", start)])


def test_the_front_page_answers_in_the_order_of_a_ministers_questions(flagship: str) -> None:
    words = front_of(flagship).replace("&#39;", "'")
    heads = (
        "The plan.",
        "Would they sign?",
        "Whom does it serve?",
        "How far does each side go?",
        "And if they signed?",
        "While they talk,",
        "Change, in this order",
        "Instead",
    )
    places = [words.index(h) for h in heads]
    assert places == sorted(places)
    assert "Not those it names" in words
    assert re.search(r"The West goes \d+ percent of the way to Moscow \(\d+ today\)", words)
    assert "It would not be kept." in words
    assert "What those concerned could sign" in words
    # A page: what is read, without the small table and the links to the proof.
    read = words[: words.index("Gains over today")].replace(" why ", " ")
    assert len(read.split()) <= 350


def test_the_front_pages_figures_are_those_of_the_analyses(flagship: str) -> None:
    words, case = front_of(flagship).replace("&#39;", "'"), load("belarus-2020")
    judged = conduct(case, "memo", runs=0, with_thresholds=False, with_alternatives=False).to_dict()
    west = judged["actors"]["west"]["temptation"]
    assert f"From month {west['month']} on The West would gain {west['points']:.0f} points" in words
    (short,) = (r for r in judged["would_sign"]["refusing"] if r["body"] is None)
    assert f"The West would be {short['asks'] - short['worth']:.0f} points worse off than without a deal" in words
    found = settle(case, "memo", parties=("natural",))
    assert f"{found.acceptable} packages are acceptable to the seven" in words


def test_every_paragraph_of_the_front_page_leads_to_its_proof(flagship: str) -> None:
    start = flagship.index('<section id="answer"')
    links = re.findall(r'class="proof" href="#([^"]+)"', flagship[start : flagship.index("</section>", start)])
    assert len(links) >= 6
    assert set(links) <= set(parsed(flagship).ids)


def test_the_sections_are_in_the_order_in_which_they_are_read(flagship: str) -> None:
    order = [
        "sides",
        "timeline",
        "room",
        "findings",
        "holding",
        "comparable",
        "futures",
        "packages",
        "plans",
        "assumptions",
        "limits",
        "reproduce",
    ]
    found = [i for i in parsed(flagship).ids if i in order]
    assert found == order


def test_the_same_case_and_seed_give_the_same_bytes() -> None:
    case = load("eu-belarus-2016")
    once, again = brief(case, seed=7, draws=100), brief(load("eu-belarus-2016"), seed=7, draws=100)
    assert once == again
    assert brief(case, seed=8, draws=100) != once


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL).split())


def test_two_processes_write_the_same_page_as_one() -> None:
    case = load("eu-belarus-2016")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        shared = render(build(case, seed=7, draws=50, executor=executor))
    assert shared == brief(case, seed=7, draws=50)


def test_conduct_is_shown_in_pictures_with_the_figures_of_its_results(flagship: str) -> None:
    ids = set(parsed(flagship).ids)
    for name in ("diagram", "survival", "fans", "exposure", "beliefs", "credibility", "region-moscow-revisionist"):
        assert f"figure-{name}" in ids
    shown = words_of(flagship)
    case = load("belarus-2020")
    result = conduct(case, "memo", runs=0, with_thresholds=False, with_alternatives=False)
    moscow = result.actors["moscow"].types["revisionist"]
    assert f"would gain {moscow.exploitability:.1f} points" in shown
    assert "At none of these degrees of patience and detection does Moscow (out to regain ground) keep" in shown
    # Who is tempted most comes first, and a stretch is told once.
    held = words_of(flagship[flagship.index('<section id="holding"') : flagship.index('<section id="futures"')])
    assert held.index("would gain 44.9") < held.index("would gain 9.1")
    # Who signed nothing breaks nothing.
    assert "Kyiv has promised nothing and would not go along" in held
    assert "Kyiv would gain" not in held
    assert held.count("An announced deployment") == 1
    for one in (survival(study(case, p)) for p in ("memo", "hold-firm")):
        assert breakers(case, one) in shown


def test_a_plan_that_lays_down_nothing_is_said_to_be_broken_by_who_acts(flagship: str) -> None:
    assert "Doing nothing' lays down nothing but today's state" in flagship.replace("&#39;", "'")


def test_no_path_of_the_machine_is_in_it(flagship: str) -> None:
    assert str(Path(__file__).resolve().parents[2]) not in flagship


def test_every_picture_is_well_formed_and_has_its_table(flagship: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", flagship, re.DOTALL)
    assert len(drawings) >= 6
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert root.attrib["aria-label"]
    page = build(load("eu-belarus-2016"), draws=50)
    figures = [b for s in page.sections for b in s.blocks if isinstance(b, Figure)]
    figures += [b for b in page.answer if isinstance(b, Figure)]
    for figure in figures:
        assert figure.chart.table.rows
        assert figure.narrow is None or figure.narrow.table.rows == figure.chart.table.rows


def test_no_label_is_the_key_of_a_noun(flagship: str) -> None:
    case = load("belarus-2020")
    shown = re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", flagship, flags=re.DOTALL)
    keys = [k for k in (*case.actors, *case.issues, *(o for i in case.issues.values() for o in i.options)) if "_" in k]
    assert [k for k in keys if re.search(rf"\b{re.escape(k)}\b", shown)] == []


@pytest.mark.parametrize("name", ["eu-belarus-2016", "iran-2015", "good-friday-1998"])
def test_every_plan_of_a_case_has_a_brief(name: str) -> None:
    case = load(name)
    for plan in case.plans:
        page = build(case, plan=plan, draws=50)
        assert any(isinstance(b, Timeline) for s in page.sections for b in s.blocks)
        assert any(isinstance(b, Findings) for s in page.sections for b in s.blocks)
        assert parsed(render(page)).headings[0]


def test_markup_in_a_case_stays_text() -> None:
    text = Path(load("eu-belarus-2016").places.file).read_text(encoding="utf-8")
    text = re.sub(r"^title: .*$", "title: <script>alert(1)</script> & more", text, count=1, flags=re.MULTILINE)
    written = brief(load_text(text), draws=20)
    assert "<script" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in written


def test_a_case_of_rankings_only_is_refused_with_the_reason() -> None:
    with pytest.raises(Refusal, match="no plan"):
        brief(load("elmira"))


def test_a_file_that_is_no_brief_is_not_written_over(tmp_path: Path) -> None:
    mine = tmp_path / "thesis.html"
    mine.write_text("four years of work")
    with pytest.raises(InputError, match="did not write it"):
        brief(load("eu-belarus-2016"), mine, draws=20)
    assert mine.read_text() == "four years of work"
    with pytest.raises(InputError, match="is a folder"):
        brief(load("eu-belarus-2016"), tmp_path, draws=20)


def test_an_older_brief_is_replaced_and_nothing_else_left_behind(tmp_path: Path) -> None:
    target = tmp_path / "new" / "brief.html"
    brief(load("eu-belarus-2016"), target, draws=20)
    first = target.read_text()
    brief(load("eu-belarus-2016"), target, draws=20, seed=1)
    assert target.read_text() != first
    assert [p.name for p in target.parent.iterdir()] == ["brief.html"]


def test_the_command_says_the_answer_and_where_the_brief_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(["brief", "eu-belarus-2016"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert "eu-belarus-2016.html" in said
    assert "Would they sign?" in said
    assert (tmp_path / "eu-belarus-2016.html").is_file()


def test_a_plan_without_aims_or_sides_still_has_an_answer() -> None:
    case = load_text(
        """
name: small
actors:
  a: {interests: {x: {values: {no: 0, yes: 100}}}}
  b: {interests: {x: {weight: 0}}}
issues: {x: {options: [no, yes], set_by: b, owner: a}}
status_quo: {x: no}
plans: {p: {seats: {a: party}, phases: {only: {package: {x: yes}}}}}
"""
    )
    page = build(case, draws=20)
    texts = [b.text for b in page.answer if isinstance(b, Paragraph)]
    assert "**Whom does it serve?** It names no one whom it is meant to serve." in " ".join(texts)
    render(page)


def test_it_says_what_would_make_the_plan_hold(flagship: str) -> None:
    section = flagship[flagship.index('id="mending"') :]
    section = section[: section.index("</section>")]
    assert "under any of the 32 cheapest of 1,024 sets" in section
    assert "No transfers would make it hold for all" in section
    assert "halfway repair belarus-2020 --plan memo" in section


RELIEF = """\
name: relief
actors:
  giver:
    patience: 0.9
    interests: {deed: {weight: 3, values: {done: 100, not_done: 0}}, relief: {weight: 1, values: {no: 100, yes: 0}}}
  taker:
    patience: 0.9
    interests: {deed: {weight: 1, values: {done: 0, not_done: 100}}, relief: {weight: 2, values: {no: 0, yes: 100}}}
issues:
  deed: {options: [done, not_done], set_by: taker, owner: giver}
  relief: {options: [no, yes], set_by: giver, owner: giver}
status_quo: {deed: not_done, relief: no}
plans:
  swap:
    aims: [{for: giver}]
    phases:
      trial:
        package: {deed: done, relief: yes}
        lasts: 3 months
        then: settled
        on: [{when: {any: [{deed: not_done}, {relief: no}]}, go: off}]
      settled: {package: {deed: done, relief: yes}}
      off: {package: {deed: not_done, relief: no}}
    repairs:
      - {name: A longer trial, cost: 1, change: {phases.trial.lasts: 12 months}}
      - name: The same rule for good
        cost: 3
        change: {phases.settled.on: [{when: {any: [{deed: not_done}, {relief: no}]}, go: off}]}
"""


def test_it_shows_the_changes_that_make_a_plan_hold() -> None:
    page = build(load_text(RELIEF), draws=50)
    (section,) = (s for s in page.sections if s.key == "mending")
    paragraph, edits, *_ = section.blocks
    assert isinstance(paragraph, Paragraph)
    assert "With these changes it holds" in paragraph.text
    assert "at a cost of 3: The same rule for good" in paragraph.text
    assert edits.table.rows == (
        ("The same rule for good", "3", "phases.settled.on", "nothing",
         "[{when: {any: [{deed: not_done}, {relief: no}]}, go: off}]"),
    )  # fmt: skip
    mended = RELIEF.replace("settled: {package: {deed: done, relief: yes}}", "settled: {package: {deed: done, relief: yes}, "
                            "on: [{when: {any: [{deed: not_done}, {relief: no}]}, go: off}]}")  # fmt: skip
    assert not [s for s in build(load_text(mended), draws=50).sections if s.key == "mending"]


def test_it_says_how_many_agreements_could_hold_and_where_the_plan_stands(flagship: str) -> None:
    found = agreements(load("belarus-2020"), "memo")
    assert found is not None
    section = flagship[flagship.index('<section id="packages"') :]
    words = " ".join(re.sub(r"<[^>]+>", " ", section[: section.index("</section>")]).split())
    assert f"{found.can_be_held:,.0f} of the {found.acceptable:,.0f} acceptable packages could be made to hold" in words
    assert f"{found.not_ruled_out:,.0f} are not ruled out" in words
    assert f"{found.frontier} of the acceptable packages that could be made to hold are the best" in words
    assert "in the long run, is not among those that are acceptable and can be held" in words
    assert f"The nearest that is differs from it on {found.distance} issues." in words
    for said in ("acceptable and can be held", "acceptable and not ruled out", "not ruled out, but not acceptable"):
        assert section.count(f">{said}</text>") == 2, "in the wide picture and in the narrow one"


def test_a_case_without_anything_acceptable_says_no_more_than_that() -> None:
    text = """
name: nothing
actors:
  a: {interests: {x: {weight: 1, values: {low: 0, high: 100}}}, walk_away: 60}
  b: {interests: {x: {weight: 1, values: {low: 100, high: 0}}}, walk_away: 60}
issues:
  x: {options: [low, high], set_by: a, owner: b}
status_quo: {x: low}
plans:
  p: {between: [a, b], phases: {on: {package: {x: high}}}}
"""
    page = brief(load_text(text), draws=20)
    assert "Nothing is acceptable to all" in page
    assert "could be made to hold" not in page


WEARING_OUT = """
name: wearing-out
horizon: 24
actors:
  a: {interests: {x: {weight: 1, values: {low: 0, high: 100}}}, patience: 0.5 per month}
  b: {interests: {x: {weight: 1, values: {low: 100, high: 0}}}, patience: 0.5 per month}
issues:
  x:
    options: [low, high]
    set_by: a
    owner: b
    signals: {fine: {}, bad: {breach: yes}}
    observed: {high: {fine: 0.9, bad: 0.1}, low: {bad: 1}}
status_quo: {x: low}
plans:
  p:
    between: [a, b]
    phases:
      on: {package: {x: high}, on: [{when: {x: bad}, go: off}]}
      off: {title: The end, package: {x: low}}
"""


def test_it_says_where_false_alarms_lead_a_kept_plan() -> None:
    """After 23 chances of one in ten it has ended with probability 1 − 0.9²³; points are 0.5 Σ 0.45ᵗ of 100."""
    page = build(load_text(WEARING_OUT), draws=20)
    (said,) = (b.text for b in page.sections[0].blocks if isinstance(b, Paragraph) and "off its course" in b.text)
    assert "it spends 100% of the long run, of which the figures above speak, in 'The end'" in said
    assert f"after 24 months it is there with a probability of {1 - 0.9**23:.0%}" in said
    assert f"it is worth {100 * 0.5 / 0.55:.0f} to A and {100 - 100 * 0.5 / 0.55:.0f} to B, in points" in said
    steady = build(load_text(WEARING_OUT.replace("fine: 0.9, bad: 0.1", "fine: 1")), draws=20)
    assert not [b for b in steady.sections[0].blocks if isinstance(b, Paragraph) and "off its course" in b.text]
