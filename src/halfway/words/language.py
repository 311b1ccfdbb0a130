"""Sentences in another language, by gettext: English is the key, and what has no translation yet stays English.

A language is a file ``languages/NAME.po``, which any editor of such files opens. Sentences are marked with `say`, their
parts in braces; those that count things with `say_number`.
"""

from __future__ import annotations

import ast
import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

ENGLISH = "en"
_spoken: ContextVar[str] = ContextVar("halfway.language", default=ENGLISH)


class Catalogue(gettext.NullTranslations):
    """The sentences of one language.

    Parameters
    ----------
    sentences : dict
        English → translated; of what is counted, English → (one, several).
    """

    def __init__(self, sentences: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.sentences = sentences

    def gettext(self, message: str) -> str:
        """Return a sentence in this language."""
        found = self.sentences.get(message)
        return found[0] if found and found[0] else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for a number: in French, one and none take the first."""
        found = self.sentences.get(msgid1)
        if not found or len(found) < 2:
            return msgid1 if n == 1 else msgid2
        return found[0] if n < 2 else found[1]


def languages() -> tuple[str, ...]:
    """Return the languages there are, English first."""
    folder = files("halfway.words") / "languages"
    found = sorted(entry.name.removesuffix(".po") for entry in folder.iterdir() if entry.name.endswith(".po"))
    return (ENGLISH, *found)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let what is written inside be in a language."""
    if language not in languages():
        from halfway.errors import unknown

        raise unknown("language", language, languages())
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """Return the language that is written in."""
    return _spoken.get()


def say(message: str) -> str:
    """Return a sentence in the language that is written in."""
    return message if _spoken.get() == ENGLISH else catalogue(_spoken.get()).gettext(message)


def say_number(one: str, several: str, number: int) -> str:
    """Return what counts things, in the form for their number."""
    if _spoken.get() == ENGLISH:
        return one if number == 1 else several
    return catalogue(_spoken.get()).ngettext(one, several, number)


@cache
def catalogue(language: str) -> Catalogue:
    """Read the sentences of a language."""
    text = (files("halfway.words") / "languages" / f"{language}.po").read_text(encoding="utf-8")
    sentences: dict[str, tuple[str, ...]] = {}
    for entry in text.split("\n\n"):
        fields: dict[str, str] = {}
        last = ""
        for line in entry.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            key, _, quoted = ("", "", line) if line.startswith('"') else line.partition(" ")
            last = key or last
            fields[last] = fields.get(last, "") + str(ast.literal_eval(quoted))
        if english := fields.pop("msgid", ""):
            sentences[english] = tuple(value for key, value in fields.items() if key.startswith("msgstr"))
    return Catalogue(sentences)
