"""The cases that are open in the app, in this process alone: nothing of them is written anywhere."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from halfway.case.case import Case
from halfway.web.answer import Answer, answer_on
from halfway.web.changing import Bench, text_of
from halfway.web.interviews import Interview

MOST_OPEN = 30
"""Cases that are open at once; the one that was looked at longest ago is closed for the next."""
MOST_STEPS = 100
"""Changes that can be taken back."""
MOST_WAITING = 12
"""Pages that are worked on or wait for it, beyond which a request is put off."""


class TooBusy(Exception):
    """So much is being worked on that nothing more is taken on."""


@dataclass
class Work:
    """A page that is being worked out.

    Attributes
    ----------
    result : Future
    stage : str
        What is being done; changes as it goes on.
    """

    result: Future[Any]
    stage: str = ""


@dataclass
class OpenCase:
    """A case that is open.

    Attributes
    ----------
    key : str
        Names it in addresses; cannot be guessed.
    cases, texts : list
        As it was opened, and after each change.
    at : int
        Which of them it is now.
    """

    key: str
    cases: list[Case]
    texts: list[str] = field(default_factory=list)
    at: int = 0
    answers: dict[str | None, Answer] = field(default_factory=dict)
    works: dict[tuple[str | None, str], Work] = field(default_factory=dict)
    benches: dict[str, Bench] = field(default_factory=dict)
    interviews: dict[str, Interview] = field(default_factory=dict)

    def bench(self, plan: str) -> Bench:
        """Return what a plan is changed on."""
        return self.benches.setdefault(plan, Bench(self.case, plan))

    @property
    def case(self) -> Case:
        """The case as it is now."""
        return self.cases[self.at]

    @property
    def text(self) -> str:
        """Its text as it is now."""
        return self.laid_out()[self.at]

    def laid_out(self) -> list[str]:
        """Return the texts, the first of which is laid out when it is first wanted: that takes its time."""
        if not self.texts:
            self.texts.append(text_of(self.cases[0]))
        return self.texts

    def change(self, case: Case, text: str) -> None:
        """Put a changed case in its place; what was taken back before is gone."""
        del self.cases[self.at + 1 :], self.laid_out()[self.at + 1 :]
        self.cases.append(case)
        self.texts.append(text)
        while len(self.cases) > MOST_STEPS:
            # The file as it was opened stays.
            del self.cases[1], self.texts[1]
        self._go(len(self.cases) - 1)

    def step(self, by: int) -> None:
        """Take the last change back (-1), or make it again (1)."""
        self._go(min(max(self.at + by, 0), len(self.cases) - 1))

    def _go(self, at: int) -> None:
        self.at = at
        for work in self.works.values():
            work.result.cancel()
        self.answers, self.works, self.benches = {}, {}, {}


class Desk:
    """Opens cases and works out their pages, one at a time, in the order in which they are asked for."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, OpenCase] = OrderedDict()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="halfway-web")
        self._lock = Lock()

    def open(self, case: Case, text: str | None = None) -> OpenCase:
        """Open a case, with its text where that is not the file that it was read from."""
        with self._lock:
            opened = OpenCase(secrets.token_urlsafe(16), [case], [] if text is None else [text])
            self._open[opened.key] = opened
            while len(self._open) > MOST_OPEN:
                _, closed = self._open.popitem(last=False)
                for work in closed.works.values():
                    work.result.cancel()
            return opened

    def find(self, key: str) -> OpenCase | None:
        """Return an open case by its key."""
        with self._lock:
            found = self._open.get(key)
            if found is not None:
                self._open.move_to_end(key)
            return found

    def listed(self) -> list[OpenCase]:
        """Return the open cases, the one that was looked at last first."""
        with self._lock:
            return list(reversed(self._open.values()))

    def answer(self, opened: OpenCase, plan: str | None) -> Answer:
        """Return the answer on a plan; what it says is worked out tab by tab."""
        found = opened.answers.get(plan)
        return found if found is not None else opened.answers.setdefault(plan, answer_on(opened.case, plan))

    def work(self, opened: OpenCase, plan: str | None, tab: str) -> Work:
        """Return the work on a tab of the answer, which begins with the first call.

        Raises
        ------
        TooBusy
        """
        with self._lock:
            if (plan, tab) in opened.works:
                return opened.works[plan, tab]
            waiting = sum(not w.result.done() for o in self._open.values() for w in o.works.values())
            if waiting >= MOST_WAITING:
                raise TooBusy
            answer = opened.answers[plan]
            work = Work(Future())

            def tell(stage: str, done: int, total: int | None) -> None:
                work.stage = stage

            work.result = self._worker.submit(answer.sections, tab, tell)
            opened.works[plan, tab] = work
            return work

    def close(self) -> None:
        """Take on nothing more, and drop what waits."""
        self._worker.shutdown(wait=False, cancel_futures=True)
