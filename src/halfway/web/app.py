"""The routes: what is asked for, and what is answered. Everything computed comes from elsewhere."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

import halfway as hw
from halfway.case.case import Case
from halfway.case.catalog import Entry, found_in
from halfway.errors import HalfwayError
from halfway.web import changing
from halfway.web.answer import Tab
from halfway.web.changing import laid_out
from halfway.web.desk import Desk, OpenCase, TooBusy
from halfway.web.interviews import Interview, described
from halfway.web.pages import page, static_files
from halfway.web.security import Guard, same
from halfway.words import elicitation
from halfway.words.changed import before_after, steps

WAIT = 1.5
"""Seconds that a request waits for a page to be worked out before it says that it is being worked on."""
MOST_FIELDS = 200
MOST_INTERVIEWS = 40
"""In one case."""


def application(hosts: Collection[str], case: Case | None = None) -> Guard:
    """Make the app.

    Parameters
    ----------
    hosts : collection of str
        The names, with the port, under which it answers.
    case : Case, optional
        What is open from the start.
    """
    faces = _Pages(case)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        faces.desk.close()

    errors: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
        HTTPException: faces.problem,
        Exception: faces.failure,
    }
    # Outermost, so that answers to faults pass through it, too.
    app = Starlette(
        routes=[
            Route("/", faces.home),
            Route("/open", faces.open, methods=["POST"]),
            Route("/describe", faces.describe, methods=["POST"]),
            Route("/case/{key}", faces.first),
            Route("/case/{key}/change", faces.change, methods=["GET", "POST"]),
            Route("/case/{key}/try", faces.attempt, methods=["POST"]),
            Route("/case/{key}/step", faces.step, methods=["POST"]),
            Route("/case/{key}/file", faces.file),
            Route("/case/{key}/interests", faces.interests, methods=["GET", "POST"]),
            Route("/case/{key}/interests/{number}", faces.interview, methods=["GET", "POST"]),
            Route("/case/{key}/{tab}", faces.tab),
            Route("/static/{name}", static),
        ],
        exception_handlers=errors,
        lifespan=lifespan,
    )
    # An address is answered as it is or not at all.
    app.router.redirect_slashes = False
    return Guard(app, hosts)


@cache
def catalogue() -> tuple[Entry, ...]:
    """Return the cases that come with Halfway; they stay what they are while the app runs."""
    return tuple(hw.cases())


async def static(request: Request) -> Response:
    """Serve one of the few files that are served as they are."""
    found = static_files().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return Response(found[0], media_type=found[1])


class _Pages:
    """The pages of one running app."""

    def __init__(self, case: Case | None) -> None:
        self.desk = Desk()
        self.token = secrets.token_urlsafe(16)
        if case is not None:
            self.desk.open(case)

    def html(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Write a page."""
        return HTMLResponse(page(template, {"token": self.token, **values}), status)

    async def form(self, request: Request) -> dict[str, str]:
        """Read a form that one of our own pages sent."""
        try:
            text = (await request.body()).decode("utf-8")
            fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
        except ValueError as wrong:
            raise HTTPException(400, "The form cannot be read.") from wrong
        if not same(fields.get("token", ""), self.token):
            raise HTTPException(403, "The form is from an earlier run of this server; load the page again.")
        return fields

    async def problem(self, request: Request, error: Exception) -> Response:
        """Say what is wrong with a request."""
        assert isinstance(error, HTTPException)
        said = "There is nothing at this address." if error.status_code == 404 else error.detail
        return self.html("problem.html.j2", error.status_code, title="That did not work", lines=[said])

    async def failure(self, request: Request, error: Exception) -> Response:
        """Say that there is a fault of ours."""
        return self.html(
            "problem.html.j2", 500, title="A fault in Halfway", lines=["The page could not be made; please report it."]
        )

    async def home(self, request: Request) -> Response:
        """Show the doors."""
        search = request.query_params.get("search", "").strip()[:100]
        found = found_in(await run_in_threadpool(catalogue), search)
        return self.html("home.html.j2", opened=self.desk.listed(), entries=found, search=search)

    async def open(self, request: Request) -> Response:
        """Open a case of the catalogue, or one that was handed over."""
        fields = await self.form(request)
        name = fields.get("name", "")
        text: str | None = fields.get("text", "").replace("\r\n", "\n")
        try:
            if name:
                if name not in {entry.name for entry in await run_in_threadpool(catalogue)}:
                    raise HTTPException(404)
                case = await run_in_threadpool(hw.load, name)
                text = None
            else:
                case = await run_in_threadpool(hw.loads, text or "", "your case")
                text = await run_in_threadpool(laid_out, text or "")
        except HalfwayError as wrong:
            lines = [str(problem) for problem in wrong.problems]
            return self.html("problem.html.j2", 422, title="The case cannot be opened", lines=lines)
        opened = self.desk.open(case, text)
        return RedirectResponse(f"/case/{opened.key}", 303)

    def opened(self, request: Request) -> OpenCase:
        """Return the open case that an address names."""
        found = self.desk.find(request.path_params["key"])
        if found is None:
            raise HTTPException(404, "No case is open under this address.")
        return found

    async def first(self, request: Request) -> Response:
        """Go to the answer."""
        return RedirectResponse(f"/case/{self.opened(request).key}/answer", 303)

    async def tab(self, request: Request) -> Response:
        """Show a tab of the answer, or how far it is."""
        opened, key = self.opened(request), request.path_params["tab"]
        plan = request.query_params.get("plan", next(iter(opened.case.plans), None))
        if plan is not None and plan not in opened.case.plans:
            raise HTTPException(404)
        try:
            answer = await run_in_threadpool(self.desk.answer, opened, plan)
        except HalfwayError as refusal:
            lines = [str(problem) for problem in refusal.problems]
            return self.html("problem.html.j2", 422, title="This case is not answered", lines=lines)
        if key not in {tab.key for tab in answer.tabs}:
            raise HTTPException(404)
        sections, reasons = None, []
        try:
            work = self.desk.work(opened, plan, key)
            sections = await run_in_threadpool(work.result.result, WAIT)
        except TooBusy:
            raise HTTPException(503, "Too much is being worked on; try again in a minute.") from None
        except HalfwayError as refusal:
            sections, reasons = (), [str(problem) for problem in refusal.problems]
        except CancelledError:
            raise HTTPException(404) from None
        except NotYet:
            pass
        part = "part" in request.query_params
        return self.html(
            "part.html.j2" if part else "case.html.j2",
            opened=opened,
            case=opened.case,
            plan=plan,
            tabs=answer.tabs,
            tab=key,
            sections=sections,
            reasons=reasons,
            stage=work.stage,
            here=_address(opened.key, key, plan),
            where=_where(opened.key, answer.tabs, plan),
            address=lambda tab, plan=plan: _address(opened.key, tab, plan),
        )

    def _plan(self, opened: OpenCase, stated: str | None) -> str:
        """Return the plan that is to be changed.

        Raises
        ------
        HTTPException
        """
        plan = stated if stated is not None else next(iter(opened.case.plans), None)
        if plan not in opened.case.plans or plan is None:
            raise HTTPException(404)
        return plan

    async def change(self, request: Request) -> Response:
        """Show what can be changed, or change it."""
        opened = self.opened(request)
        problems: list[str] = []
        stated = request.query_params.get("plan")
        if request.method == "POST":
            fields = await self.form(request)
            stated = fields.get("plan")
            plan = self._plan(opened, stated)
            if fields.get("hash") != opened.case.content_hash:
                raise HTTPException(409, "The case has been changed in another window; load the page again.")
            try:
                await run_in_threadpool(_changed, opened, plan, fields)
                return RedirectResponse(_address(opened.key, "change", plan), 303)
            except HalfwayError as wrong:
                problems = [str(problem) for problem in wrong.problems]
        plan = self._plan(opened, stated)
        try:
            values = await run_in_threadpool(_change_page, opened, plan)
        except HalfwayError as refusal:
            lines = [str(problem) for problem in refusal.problems]
            return self.html("problem.html.j2", 422, title="This case cannot be changed here", lines=lines)
        return self.html(
            "change.html.j2",
            422 if problems else 200,
            opened=opened,
            case=opened.case,
            plan=plan,
            problems=problems,
            address=lambda tab, plan=plan: _address(opened.key, tab, plan),
            **values,
        )

    async def attempt(self, request: Request) -> Response:
        """Say what changes would do, without making them."""
        opened, fields = self.opened(request), await self.form(request)
        plan = self._plan(opened, fields.get("plan"))
        if fields.get("hash") != opened.case.content_hash:
            return self.html("effect.html.j2", heading="Load the page again", effect=["The case has been changed."])
        try:
            effect = await run_in_threadpool(_effect_of, opened, plan, fields)
        except HalfwayError as wrong:
            effect = [problem.what for problem in wrong.problems]
            return self.html("effect.html.j2", heading="This cannot be", effect=effect)
        return self.html("effect.html.j2", heading="With these changes", effect=effect)

    async def step(self, request: Request) -> Response:
        """Take a change back, or make it again."""
        opened, fields = self.opened(request), await self.form(request)
        opened.step({"undo": -1, "redo": 1}.get(fields.get("to", ""), 0))
        plan = fields.get("plan")
        return RedirectResponse(_address(opened.key, "change", plan if plan in opened.case.plans else None), 303)

    async def file(self, request: Request) -> Response:
        """Hand the case over as a file."""
        opened = self.opened(request)
        await run_in_threadpool(opened.laid_out)
        return Response(opened.text, media_type="application/yaml")

    async def describe(self, request: Request) -> Response:
        """Make a case of a title, actors and issues, and go on to ask what the actors want."""
        fields = await self.form(request)
        try:
            data = described(fields.get("title", ""), fields.get("actors", ""), fields.get("issues", ""))
            case = await run_in_threadpool(hw.loads, data)
        except HalfwayError as wrong:
            lines = [str(problem) for problem in wrong.problems]
            return self.html("problem.html.j2", 422, title="Something is missing", lines=lines)
        opened = self.desk.open(case, changing.written(data))
        return RedirectResponse(f"/case/{opened.key}/interests", 303)

    async def interests(self, request: Request) -> Response:
        """Show the interviews of a case, or begin one."""
        opened = self.opened(request)
        if request.method == "POST":
            fields = await self.form(request)
            actor = fields.get("actor", "")
            if actor not in opened.case.actors or len(opened.interviews) >= MOST_INTERVIEWS:
                raise HTTPException(404 if actor not in opened.case.actors else 503, "Too many interviews are open.")
            number = str(len(opened.interviews) + 1)
            opened.interviews[number] = Interview(opened.case, actor, fields.get("by", "").strip()[:80])
            return RedirectResponse(f"/case/{opened.key}/interests/{number}", 303)
        return self.html("interests.html.j2", opened=opened, case=opened.case)

    async def interview(self, request: Request) -> Response:
        """Ask the next question, and take the answer."""
        opened = self.opened(request)
        one = opened.interviews.get(request.path_params["number"])
        if one is None:
            raise HTTPException(404)
        here = f"/case/{opened.key}/interests/{request.path_params['number']}"
        problems: list[str] = []
        if request.method == "POST":
            fields = await self.form(request)
            try:
                await run_in_threadpool(_answered, opened, one, fields)
                return RedirectResponse(f"/case/{opened.key}/interests" if "keep" in fields else here, 303)
            except HalfwayError as wrong:
                problems = [f"{problem.what}: {problem.why}".capitalize() + "." for problem in wrong.problems]
        values = await run_in_threadpool(_interview_page, one)
        status = 422 if problems else 200
        return self.html(
            "interview.html.j2", status, opened=opened, case=one.case, one=one, here=here, problems=problems, **values
        )


def _answered(opened: OpenCase, one: Interview, fields: Mapping[str, str]) -> None:
    if "keep" in fields:
        by = one.by or "unnamed"
        changed = one.found.as_case(f"{by}, {datetime.date.today().isoformat()}, {one.minutes:.0f} minutes")
        interests = changed.model_dump(mode="json", by_alias=True, exclude_unset=True)["actors"][one.actor]["interests"]
        text = changing.replaced_in(opened.text, ("actors", one.actor, "interests"), interests)
        opened.change(hw.loads(text, "your case"), text)
    elif "back" in fields:
        one.take_back([int(fields["back"])] if fields["back"].isdecimal() else [])
    elif fields.get("after") == str(len(one.answers)):
        # An answer that comes twice, by a second click or after going back, counts once.
        one.answer(fields)


def _interview_page(one: Interview) -> dict[str, Any]:
    found, case = one.found, one.case
    question, orders = found.question, found.standing.orders
    labels: list[Any] = []
    said = ""
    if question is not None:
        said = elicitation.question(case, question, orders, next(iter(found.ranked), None))
        if question.kind == "order":
            labels = [case.title_of("issues", str(question.issue), o) for o in question.choices]
        elif question.kind == "first":
            labels = [(i, elicitation.move(case, i, orders)) for i in question.choices]
        elif question.packages:
            issues = elicitation.differing(question.packages)
            labels = [elicitation.in_words(case, p, issues) for p in question.packages]
    clashing = list(found.clashing)
    if found.misplaced and not clashing:
        issue, better, worse = found.misplaced[0]
        clashing = [
            k
            for k, a in enumerate(found.answers)
            if a["about"] in ("order", "worth") and a["issue"] == issue and a.get("option", better) in (better, worse)
        ]
    return {
        "question": question,
        "said": said,
        "labels": labels,
        "clashing": [(k, elicitation.given(case, found.answers[k])) for k in clashing],
        "weights": list(elicitation.weights(case, found.weights)) if found.complete else [],
        "comparisons": list(elicitation.comparisons(case, found.comparisons)),
    }


def _changed(opened: OpenCase, plan: str, fields: Mapping[str, str]) -> None:
    changes = changing.asked(opened.bench(plan).controls, fields)
    if changes:
        text = changing.edited(opened.text, opened.case, changes)
        opened.change(hw.loads(text, "your case"), text)


def _effect_of(opened: OpenCase, plan: str, fields: Mapping[str, str]) -> list[str]:
    bench = opened.bench(plan)
    changes = changing.asked(bench.controls, fields)
    return _said(bench.case, bench.worths, bench.worths_with(changes)) if changes else ["Nothing is changed."]


def _said(case: Case, before: Mapping[str, changing.Worth], after: Mapping[str, changing.Worth]) -> list[str]:
    return list(before_after({a: case.title_of("actors", a) for a in case.actors}, before, after))


def _change_page(opened: OpenCase, plan: str) -> dict[str, Any]:
    bench = opened.bench(plan)
    effect = ["Nothing is changed yet."]
    if opened.at:
        effect = _said(bench.case, changing.Bench(opened.cases[0], plan).worths, bench.worths)
    return {
        "controls": bench.controls,
        "numbers": {control.path: number for number, control in enumerate(bench.controls)},
        "heading": "Since the case was opened",
        "effect": effect,
        "differences": changing.differences(opened.laid_out()[0], opened.text),
        "steps": steps(opened.at, len(opened.cases) - 1 - opened.at),
    }


def _address(key: str, tab: str, plan: str | None) -> str:
    return f"/case/{key}/{tab}" + (f"?{urlencode({'plan': plan})}" if plan is not None else "")


def _where(key: str, tabs: tuple[Tab, ...], plan: str | None) -> Callable[[str], str]:
    """Return where the section stands that shows how a figure was found."""
    homes = {section: tab.key for tab in tabs for section in tab.holds}

    def where(section: str) -> str:
        return f"{_address(key, homes.get(section, tabs[-1].key), plan)}#{section}"

    return where
