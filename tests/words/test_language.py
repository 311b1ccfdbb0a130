"""Sentences in another language: every one marked has a translation with the same parts, and English stays as it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import halfway
from halfway.cli.main import main
from halfway.errors import UnknownName
from halfway.words.front_page import both, changes, signing
from halfway.words.language import catalogue, languages, say, say_number, speaking

SOURCE = Path(halfway.__file__).parent


def marked() -> set[str]:
    """Every sentence that the source marks."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "words.language" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "say_number"):
                found |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()
    return found


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_every_marked_sentence_is_translated_with_the_same_parts(language: str) -> None:
    sentences = catalogue(language).sentences
    assert set(sentences) == marked()
    for english, translated in sentences.items():
        for text in translated:
            assert text.strip()
            assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english)), english


def test_the_language_holds_inside_only() -> None:
    with speaking("fr"):
        assert say("Would they sign?") == "Signeraient-ils ?"
        assert say("no such sentence") == "no such sentence"
        assert [say_number("{n} plan", "{n} plans", n).format(n=n) for n in (0, 1, 2)] == [
            "0 plan",
            "1 plan",
            "2 plans",
        ]
    assert say("Would they sign?") == "Would they sign?"
    assert [say_number("{n} plan", "{n} plans", n).format(n=n) for n in (0, 1, 2)] == ["0 plans", "1 plan", "2 plans"]
    with pytest.raises(UnknownName), speaking("xx"):
        pass


def test_sentences_of_the_front_page_in_french() -> None:
    with speaking("fr"):
        assert (
            signing(["Minsk"], [("Moscou", 12.0)], [])
            == "Minsk : oui. Moscou perdrait 12 points par rapport à une absence d’accord."
        )
        assert both(True) == "Les deux camps gagnent par rapport à aujourd’hui."
        assert changes([("Crimée", "Kyiv", 20.0, 8.0)]) == (
            "Laisser en l’état : Crimée ; perte durable de Kyiv 20 → 8.",
        )
    assert (
        signing(["Minsk"], [("Moscow", 12.0)], [])
        == "Minsk, yes. Moscow would be 12 points worse off than without a deal."
    )


def test_check_answers_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    for language, words in (
        ("fr", "correct (2 acteurs, 2 enjeux, 0 plan, 2 sources; empreinte"),
        ("en", "sound (2 actors"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["check", "chicken", "--language", language])
        assert ended.value.code == 0
        assert words in capsys.readouterr().out
