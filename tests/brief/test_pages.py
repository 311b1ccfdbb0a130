"""The flagship's brief: a front page that answers, a second page that shows why, an annex that is folded and short."""

from __future__ import annotations

import re
from pathlib import Path

from halfway.brief.contents import Changes, Page, Timeline
from halfway.brief.render import render
from halfway.case.catalog import load
from halfway.conduct.run import conduct
from halfway.settle.run import settle
from tests.brief.reading import front_of, parsed, unfolded, words_of
from tests.words.test_plain_english import found_in

MOST_WORDS, MOST_UNFOLDED, MOST_ON_FRONT = 9_000, 2_500, 350
LARGEST = 700_000


def read(page: str) -> int:
    """Words of the front page that are read as text: without the small table and the links to proofs."""
    front = re.sub(r'<div class="scroll".*?</div>|<a class="proof".*?</a>', " ", front_of(page), flags=re.DOTALL)
    return len(words_of(front).split())


def test_it_is_one_file_that_asks_nothing_of_others(flagship: str) -> None:
    assert parsed(flagship).fetched == []
    assert not re.findall(r"@import|url\((?!#|\"#|'#)|<script|<iframe|<link", flagship)
    assert len(flagship.encode()) < LARGEST
    assert str(Path(__file__).resolve().parents[2]) not in flagship


def test_it_keeps_to_its_lengths(flagship: str) -> None:
    assert len(words_of(flagship).split()) <= MOST_WORDS
    assert len(words_of(unfolded(flagship)).split()) <= MOST_UNFOLDED
    assert read(flagship) <= MOST_ON_FRONT


def test_a_real_case_keeps_to_them_too(relief: str) -> None:
    assert len(words_of(relief).split()) <= MOST_WORDS
    assert len(words_of(unfolded(relief)).split()) <= MOST_UNFOLDED
    assert read(relief) <= MOST_ON_FRONT


def test_links_inside_lead_somewhere_and_ids_are_unique(flagship: str) -> None:
    page = parsed(flagship)
    assert set(page.targets) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_front_page_answers_in_the_order_of_a_ministers_questions(flagship: str) -> None:
    words = words_of(front_of(flagship))
    heads = (
        "The plan.",
        "Would they sign?",
        "Whom does it serve?",
        "How far does each side go?",
        "And if they signed?",
        "While they talk,",
        "Change, in this order",
        "Instead.",
    )
    places = [words.index(h) for h in heads]
    assert places == sorted(places)
    assert "Not those it names" in words
    assert re.search(r"The West goes \d+ percent of the way to Moscow \(\d+ today\)", words)
    assert "It would not be kept." in words
    assert "What those concerned could sign" in words
    # Said on the first page, and with names in the annex.
    assert "6 actors count as indifferent where the case is silent." in words
    assert "because the case does not say what they want: The incumbent in Minsk" in flagship


def test_the_front_pages_figures_are_those_of_the_analyses(flagship: str) -> None:
    words, case = words_of(front_of(flagship)), load("belarus-2020")
    judged = conduct(case, "memo", runs=0, with_thresholds=False, with_alternatives=False, with_enforcement=False)
    data = judged.to_dict()
    west = data["actors"]["west"]["temptation"]
    assert f"From month {west['month']} the West would gain {west['points']:.0f} points" in words
    (short,) = (r for r in data["would_sign"]["refusing"] if r["body"] is None)
    assert f"The West would be {short['asks'] - short['worth']:.0f} points worse off than without a deal" in words
    revisionist = data["actors"]["moscow"]["types"]["revisionist"]
    assert f"({revisionist['prior']:.0%} likely), would gain {revisionist['temptation']['points']:.1f} points" in words
    found = settle(case, "memo", parties=("natural",))
    assert re.search(rf"{found.acceptable} packages (are acceptable|do)", words)
    # What could be signed instead is said by its contents.
    nash, today = found.solutions["nash"].package, case.status_quo
    assert today is not None
    named = [i for i, o in nash.items() if f"{case.title_of('issues', i)}: {case.title_of('issues', i, o)}" in words]
    assert named
    assert all(nash[i] != today[i] for i in named)
    assert nash["crimea"] == today["crimea"]
    assert "It leaves Crimea as today." in words


def test_every_paragraph_of_the_front_page_leads_to_its_proof(flagship: str) -> None:
    links = re.findall(r'class="proof" href="#([^"]+)"', front_of(flagship))
    assert len(links) >= 8
    assert set(links) <= set(parsed(flagship).ids)


def test_the_second_page_shows_phases_seats_findings_and_how_sure(flagship_page: Page, flagship: str) -> None:
    assert [s.key for s in flagship_page.second] == ["timeline", "room", "findings", "sure"]
    (timeline,) = (b for b in flagship_page.second[0].blocks if isinstance(b, Timeline))
    assert [c.title for c in timeline.cards if not c.kept] == ["The sanctions of 2020 stay"]
    assert any(lasting for c in timeline.cards for *_, lasting in c.changes)
    (changes,) = (b for b in flagship_page.second[2].blocks if isinstance(b, Changes))
    assert 1 <= len(changes.open) <= 5 + 1, "five headings, and consent"
    assert "Would they sign" in changes.open[0].what
    sure = words_of(flagship[flagship.index('id="sure"') : flagship.index('id="annex"')])
    assert "The West worse off than without a deal: 100% of draws." in sure
    assert "would make the West sign" in sure


def test_the_annex_is_folded_on_screen_and_left_out_in_print(flagship: str, flagship_page: Page) -> None:
    annex = flagship[flagship.index('id="annex"') :]
    assert annex.count('<details class="part">') == len(flagship_page.annex)
    assert "body:not(.full) .annex { display: none; }" in flagship
    assert '<body class="full">' not in flagship
    opened = render(Page(**{**vars(flagship_page), "full": True}))
    assert '<body class="full">' in opened
    assert opened.count('<details class="part" open>') == len(flagship_page.annex)


def test_line_numbers_and_states_by_number_are_nowhere(flagship: str) -> None:
    words = words_of(flagship)
    assert not re.findall(r"\bline \d+|\bstate \d+", words, re.IGNORECASE)
    ends = words.index("How to compute this again")
    for jargon in ("policy iteration", "Monte Carlo", "automaton", "SHA-256", "Sobol", "--"):
        assert jargon not in words[:ends].replace("--to analyst", ""), jargon


def test_no_label_is_the_key_of_a_noun(flagship: str) -> None:
    case = load("belarus-2020")
    shown = re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", flagship, flags=re.DOTALL)
    keys = [k for k in (*case.actors, *case.issues, *(o for i in case.issues.values() for o in i.options)) if "_" in k]
    assert [k for k in keys if re.search(rf"\b{re.escape(k)}\b", shown)] == []


def test_movement_is_put_into_words_only_where_today_lies_between_the_ideals(relief: str, flagship: str) -> None:
    words = words_of(relief)
    assert "Both sides end better off than today" in words
    assert not re.search(r"points (towards|back)|stands at 1\d\d", words)
    assert "points back towards its own ideal" in words_of(flagship)


def test_headings_descend_one_level_at_a_time_and_what_is_reached_has_a_name(flagship: str, relief: str) -> None:
    for page in (flagship, relief):
        found = parsed(page)
        assert found.levels[0] == 1
        assert found.levels.count(1) == 1
        assert all(b <= a + 1 for a, b in zip(found.levels, found.levels[1:], strict=False))
        assert found.unnamed == []


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_of_text_stands_out_from_its_ground(flagship: str) -> None:
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", flagship))
    ground = luminance(named["wash"])
    for name in ("ink", "quiet", "error", "warning", "note"):
        contrast = (ground + 0.05) / (luminance(named[name]) + 0.05)
        assert contrast >= 4.5, (name, contrast)


def test_no_phrase_that_is_not_plain_english_is_in_it(flagship: str, relief: str) -> None:
    assert found_in(words_of(flagship)) == []
    assert found_in(words_of(relief)) == []
