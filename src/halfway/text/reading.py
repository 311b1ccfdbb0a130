"""Numbered lines → a new draft of the plan that they revise, with every line that cannot be read at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from halfway.case.case import NAME, Case
from halfway.case.plans import Plan
from halfway.case.reader import build
from halfway.case.time import read_duration
from halfway.errors import Collector, InputError, Place, Problem, suggestion
from halfway.text.wording import (
    GOOD,
    LASTS,
    PAYMENTS,
    REMARKS,
    UNDERTAKINGS,
    Line,
    actor_labels,
    issue_labels,
    lines_of,
    option_labels,
    phase_title,
)

_ABOUT = re.compile(r"(?:Draft \d+|Plan) \((.+)\) of (\S+?)(?:, handed over on .*)?")
_PHASE = re.compile(r"(\d+)\. (.+)")
_CLAUSE = re.compile(r"(?:\d+\.\d+)\s+(.+)")
_LASTS = re.compile(rf"{LASTS}(.+?)(?:; then (\d+))?")
_REMARK = re.compile(r"On (.+?): (.+)", re.DOTALL)

Data = dict[str, Any]


def redraft(case: Case, lines: Sequence[Line], name: str, file: str = "<text>", date: str | None = None) -> Case:
    """Return the case with one more draft: what a text that was written for it says now.

    Options, brackets, how long a phase lasts, titles and remarks may be changed in a text, clauses added and taken out.
    Rules, undertakings and payments are changed in the case file, and a text that changes them is refused.

    Parameters
    ----------
    case : Case
    lines : sequence of Line
    name : str
        What the new draft's plan is called.
    file : str
        What problems call the text; their lines count its paragraphs.
    date : str, optional
        When it is handed to the parties.

    Raises
    ------
    InputError
        With every line that cannot be read.
    """
    reader = _Reader(case, file)
    data = reader.read(lines)
    if not re.fullmatch(NAME, name) or name in case.plans:
        what, how = ("is a plan of the case already", "give another name") if name in case.plans else (
            "cannot be a name", "use small letters, digits and hyphens")  # fmt: skip
        reader.problems.add("F190", f"'{name}' {what}", "a draft is a plan of its own", how, Place(file))
    reader.problems.raise_if_any()
    data["draft"]["number"] = max((p.draft.number for p in case.plans.values() if p.draft), default=0) + 1
    if date is not None:
        data["draft"]["date"] = date
    whole = case.model_dump(mode="json", by_alias=True, exclude_unset=True)
    whole["plans"] = {**whole["plans"], name: data}
    return build(whole)


class _Reader:
    def __init__(self, case: Case, file: str) -> None:
        self.case, self.file = case, file
        self.problems = Collector()
        self.at = 1
        self.issues = {label: key for key, label in issue_labels(case).items()}
        self.actors = {label: key for key, label in actor_labels(case).items()}

    def complain(self, what: str, why: str, remedy: str, code: str = "F191") -> None:
        self.problems.add(code, what, why, remedy, Place(self.file, self.at))

    def read(self, lines: Sequence[Line]) -> Data:
        base = self._base(lines)
        plan = self.case.plans[base]
        data: Data = plan.model_dump(mode="json", by_alias=True, exclude_unset=True)
        phases = list(plan.phases)
        draft: Data = {"number": 1, "open": [], "remarks": []}
        if plan.draft is not None:
            draft["after"] = base
        data["draft"] = draft
        packages: dict[str, Data] = {}
        fixed: list[tuple[int, str]] = []
        phase: str | None = None
        speaker: str | None = None
        section = ""
        for self.at, line in enumerate(lines, start=1):
            text = " ".join(line.text.split())
            if not text or self.at == 1 or _ABOUT.fullmatch(text):
                if self.at == 1 and text != lines_of(self.case, base)[0].text:
                    data["title"] = text
            elif line.kind == "heading":
                phase, speaker, section = None, None, text
                if match := _PHASE.fullmatch(text):
                    phase = self._phase(match, plan, data)
                    if phase is not None:
                        packages[phase] = {}
                elif text.startswith(REMARKS):
                    speaker = self._known(text.removeprefix(REMARKS), self.actors, "actor")
                elif text not in (UNDERTAKINGS, PAYMENTS):
                    self.complain(f"the heading '{text[:60]}' is not known", "phases are numbered", "restore it")
            elif speaker is not None or section.startswith(REMARKS):
                self._remark(text, speaker, phases, draft)
            elif phase is not None and (match := _LASTS.fullmatch(text)):
                self._lasts(match, phase, phases, data)
            elif phase is not None and (match := _CLAUSE.fullmatch(text)):
                self._clause(match[1], phase, packages[phase], draft)
            else:
                fixed.append((self.at, text))
        for key in phases:
            if key not in packages:
                self.complain(f"phase '{key}' is missing", "a text has every phase", "restore its heading and number")
            data["phases"][key]["package"] = packages.get(key, {})
        self._unchanged(base, fixed)
        return data

    def _base(self, lines: Sequence[Line]) -> str:
        match = next((m for line in lines[:3] if (m := _ABOUT.fullmatch(" ".join(line.text.split())))), None)
        what, why = "the text does not say which draft it is", "its second line was 'Draft N (plan) of case'"
        if match and match[2] != self.case.name:
            what, why = f"the text is of '{match[2]}'", f"the case is '{self.case.name}'"
        elif match and match[1] not in self.case.plans:
            what, why = f"the text revises '{match[1]}'", suggestion(match[1], list(self.case.plans))
        elif match:
            return match[1]
        raise InputError([Problem("F192", what, why, "start from what `halfway text` writes", Place(self.file, 2))])

    def _phase(self, match: re.Match[str], plan: Plan, data: Data) -> str | None:
        n, phases = int(match[1]), list(plan.phases)
        if not 1 <= n <= len(phases):
            self.complain(f"there is no phase {n}", f"the plan has {len(phases)}", "add phases in the case file")
            return None
        key = phases[n - 1]
        if match[2] != phase_title(plan, key):
            data["phases"][key]["title"] = match[2]
        return key

    def _lasts(self, match: re.Match[str], phase: str, phases: list[str], data: Data) -> None:
        own = data["phases"][phase]
        then = None if match[2] is None else int(match[2])
        if then is not None and not 1 <= then <= len(phases):
            self.complain(f"there is no phase {then}", f"the plan has {len(phases)}", "name one by its number")
            return
        if match[1] == GOOD:
            own.pop("lasts", None)
        else:
            try:
                own["lasts"] = str(read_duration(match[1]))
            except ValueError:
                self.complain(
                    f"'{match[1][:40]}' is not a length of time", "none is known like it", "write '12 months'"
                )
        own.pop("then", None)
        if then is not None:
            own["then"] = phases[then - 1]

    def _clause(self, text: str, phase: str, package: Data, draft: Data) -> None:
        found = [label for label in self.issues if text.startswith(f"{label}: ")]
        if not found:
            self.complain(
                f"no issue is called '{text.partition(': ')[0][:60]}'",
                suggestion(text.partition(": ")[0], list(self.issues)),
                "call it as the text did",
            )
            return
        label = max(found, key=len)
        issue, answer = self.issues[label], text[len(label) + 2 :].strip()
        options = {said: key for key, said in option_labels(self.case, issue).items()}
        working = not answer.endswith("(no working text)")
        answer = answer.removesuffix("(no working text)").strip()
        if not (answer.startswith("[") and answer.endswith("]")):
            option = self._known(answer, options, "option")
            if option is not None:
                package[issue] = option
            return
        wanted: Data = {}
        for part in answer[1:-1].split(" | "):
            said, _, who = (part.strip(), "", "") if part.strip() in options else part.strip().rpartition(" – ")
            option = self._known(said or who, options, "option")
            actors = [self._known(a.strip(), self.actors, "actor") for a in who.split(", ")] if said and who else []
            if option is not None:
                wanted[option] = [a for a in actors if a is not None]
        if len(wanted) > 1:
            draft["open"].append({"phase": phase, "issue": issue, "options": wanted})
        elif wanted:
            self.complain("the brackets hold one option", "nothing is open there", "take the brackets away")
        if working and wanted:
            package[issue] = next(iter(wanted))

    def _remark(self, text: str, speaker: str | None, phases: list[str], draft: Data) -> None:
        match = _REMARK.fullmatch(text)
        if match is None or speaker is None:
            if speaker is not None:
                self.complain(f"'{text[:40]}' is no remark", "it says not what it is about", "write 'On the draft: …'")
            return
        remark: Data = {"by": speaker, "text": match[2]}
        for part in [] if match[1] == "the draft" else match[1].split(", "):
            if part.isdigit() and 1 <= int(part) <= len(phases):
                remark["phase"] = phases[int(part) - 1]
            elif (issue := self._known(part, self.issues, "issue")) is not None:
                remark["issue"] = issue
        draft["remarks"].append(remark)

    def _known(self, said: str, names: dict[str, str], noun: str) -> str | None:
        if said in names:
            return names[said]
        if said in names.values():
            return said
        self.complain(
            f"no {noun} is called '{said[:60]}' here", suggestion(said, list(names)), "call it as the text did"
        )
        return None

    def _unchanged(self, base: str, fixed: list[tuple[int, str]]) -> None:
        """Refuse changes of what is changed in the case file: a change that is not carried over must not be lost."""
        known = [line.text for line in lines_of(self.case, base) if line.kind == "fixed"]
        said = [text for _, text in fixed]
        for self.at, text in fixed:
            if text not in known:
                self.complain(f"'{text[:60]}' is not in the draft that this text revises",
                              "rules, undertakings and payments are changed in the case file", "restore it", "F193")  # fmt: skip
        for text in known:
            if text not in said:
                self.complain(f"'{text[:60]}' is missing", "rules, undertakings and payments are changed in the case file",
                              "restore it", "F193")  # fmt: skip
