"""The plan compiled to its automaton, once for all rules that ask what it makes of conduct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfway.audit.rules import Question
from halfway.errors import Refusal

if TYPE_CHECKING:
    from halfway.conduct.study import Study


def studied(question: Question) -> Study | None:
    """Return the plan compiled; None where its conduct cannot be computed (someone only ranks, or it is too large)."""
    from halfway.conduct.study import study

    known = question.ground.__dict__.setdefault("_studies", {})
    if question.name not in known:
        try:
            whole = study(question.case, question.name)
            for a in whole.everyone:
                for kind in whole.kinds(whole.space.actors[a]):
                    whole.responses(whole.space.actors[a], kind)
            known[question.name] = whole
        except Refusal:
            known[question.name] = None
    found: Study | None = known[question.name]
    return found


def in_words(key: str) -> str:
    """Return the key of a type or a kind of promise as a person would say it."""
    return key.replace("_", " ").replace("-", " ")
