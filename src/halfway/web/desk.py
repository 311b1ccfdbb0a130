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

MOST_OPEN = 30
"""Cases that are open at once; the one that was looked at longest ago is closed for the next."""
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
    case : Case
    """

    key: str
    case: Case
    answers: dict[str | None, Answer] = field(default_factory=dict)
    works: dict[tuple[str | None, str], Work] = field(default_factory=dict)


class Desk:
    """Opens cases and works out their pages, one at a time, in the order in which they are asked for."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, OpenCase] = OrderedDict()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="halfway-web")
        self._lock = Lock()

    def open(self, case: Case) -> OpenCase:
        """Open a case."""
        with self._lock:
            opened = OpenCase(secrets.token_urlsafe(16), case)
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
