"""What can be changed on a case, and the case with it changed: its text with every comment where it was."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from halfway.case.case import Case
from halfway.case.estimates import Estimate
from halfway.case.reader import build, load_text
from halfway.errors import HalfwayError, Problem, Refusal
from halfway.explore.break_evens import HIGH, LOW, ChangedDraws, margins
from halfway.explore.futures.design import estimates
from halfway.space.arrays import FloatArray
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.plan.outcomes import drawn_values
from halfway.space.utilities.sobol import quantile
from halfway.words.exploration import input_named

NUMBERS = 5
SEATS = ("party", "observer", "absent")


@dataclass(frozen=True)
class Control:
    """One thing that can be changed.

    Attributes
    ----------
    kind : str
    label : str
    path : tuple of str
        Where it stands in the case.
    value : str
        What it is now.
    choices : tuple of (str, str)
        Value and label; empty for numbers and lengths.
    low, high : float
        Of a number.
    group : str
        The phase, for options and lengths.
    """

    kind: Literal["number", "option", "length", "seat"]
    label: str
    path: tuple[str, ...]
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    low: float = 0.0
    high: float = 0.0
    group: str = ""


@dataclass(frozen=True)
class Worth:
    """What a plan is worth to one actor in the long run when everyone keeps it.

    Attributes
    ----------
    plan, no_agreement : float
    signs : bool or None
        None for those who are not asked to.
    """

    plan: float
    no_agreement: float
    signs: bool | None


@dataclass(frozen=True)
class Bench:
    """One plan of a case, ready to be changed: what does not depend on a change is worked out once.

    Attributes
    ----------
    case : Case
    plan : str
    """

    case: Case
    plan: str

    @cached_property
    def compiled(self) -> CompiledCase:
        """The case as numbers."""
        return compile_case(self.case)

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        """What can be changed."""
        return controls(self.case, self.plan)

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Every number of the case, by its path."""
        return estimates(self.compiled)

    @cached_property
    def worths(self) -> dict[str, Worth]:
        """What the plan is worth to every actor as it is."""
        return worths(self.compiled, self.plan)

    def worths_with(self, changes: Sequence[tuple[Control, str]]) -> dict[str, Worth]:
        """Return what the plan would be worth with changes made.

        Where only numbers of actors change, the path of the kept plan is the same, and nothing is compiled again.

        Raises
        ------
        InputError
            Where the changed case is not sound.
        """
        known = self.estimates
        numbers = {"/".join(c.path): _number(new) for c, new in changes if c.kind == "number" and c.path[0] == "actors"}
        changed = {k: np.array([x]) for k, x in numbers.items() if x is not None and known[k].low <= x <= known[k].high}
        if len(changed) < len(changes):
            return worths(compile_case(tried(self.case, changes)), self.plan)
        drawn = ChangedDraws(self.case, 1, 0, {}, changed)
        space, values = self.compiled.space(), self.compiled.values(self.plan)
        total = drawn_values(space, self.case.plans[self.plan], values, drawn)
        return _worths(self.compiled, self.plan, total[0], np.broadcast_to(drawn.walk_away, total.shape)[0])


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def controls(case: Case, plan: str) -> tuple[Control, ...]:
    """Return what can be changed: the numbers with most effect on who signs, options, lengths and seats of a plan."""
    data = _data(case)
    found = [*_numbers(case, plan), *_of_phases(case, plan), *_seats(case, plan)]
    return tuple(c for c in found if _reachable(data, c.path))


def tightest(case: Case, plan: str) -> list[str]:
    """Return the signatories, the one nearest to its line or furthest below it first."""
    known = worths(compile_case(case), plan)
    spare = {a: known[a].plan - known[a].no_agreement for a in case.signatories(case.plans[plan])}
    return sorted(spare, key=lambda a: spare[a])


def _numbers(case: Case, plan: str) -> list[Control]:
    """Return the numbers with most effect on a signatory's margin over no agreement; uncertain ones come first.

    The effect of an uncertain number is that of its range from 5 to 95 percent; of a certain one, that of a tenth up and down.
    """
    compiled, data = compile_case(case), _data(case)
    space, signatories = compiled.space(), tightest(case, plan)
    known = {
        name: e
        for name, e in estimates(compiled).items()
        if name.startswith("actors/") and _reachable(data, tuple(name.split("/")))
    }
    if not signatories or not known:
        return []
    ends = {
        n: np.array([0.9, 1.1]) * float(e) if e.certain else quantile(e, np.array([LOW, HIGH]))
        for n, e in known.items()
    }
    changed = {}
    for k, (name, pair) in enumerate(ends.items()):
        column = np.full(2 * len(ends), np.nan)
        column[2 * k : 2 * k + 2] = np.clip(pair, known[name].low, known[name].high)
        changed[name] = column
    found = margins(compiled, plan, ChangedDraws(case, 2 * len(ends), 0, {}, changed))
    rows = [space.actor(a) for a in signatories]
    moved = np.abs(found[1::2] - found[::2])[:, rows]
    order = sorted(range(len(ends)), key=lambda k: (list(known.values())[k].certain, -float(moved[k].max())))
    out = []
    for k in order[:NUMBERS]:
        name = list(ends)[k]
        estimate, now, wide = known[name], float(known[name]), float(np.ptp(ends[name]))
        actor = case.title_of("actors", signatories[int(moved[k].argmax())])
        label = f"{input_named(case, name)} (its range moves {actor} by {moved[k].max():.1f} points)"
        low = estimate.low if np.isfinite(estimate.low) else now - 2 * wide
        high = estimate.high if np.isfinite(estimate.high) else now + 2 * max(wide, abs(now) / 2)
        out.append(Control("number", label, tuple(name.split("/")), f"{now:g}", (), float(low), float(high)))
    return out


def _of_phases(case: Case, plan: str) -> list[Control]:
    found: list[Control] = []
    for key, phase in case.plans[plan].phases.items():
        title, where = case.title_of("plans", plan, key), ("plans", plan, "phases", key)
        if phase.lasts is not None:
            found.append(Control("length", "Lasts", (*where, "lasts"), str(phase.lasts), group=title))
        for issue, option in phase.package.items():
            choices = tuple((o, case.title_of("issues", issue, o)) for o in case.issues[issue].options)
            label = case.title_of("issues", issue)
            found.append(Control("option", label, (*where, "package", issue), option, choices, group=title))
    return found


def _seats(case: Case, plan: str) -> list[Control]:
    choices = tuple((s, s) for s in SEATS)
    return [
        Control("seat", case.title_of("actors", a), ("plans", plan, "seats", a), str(seat.seat), choices)
        for a, seat in case.plans[plan].seats.items()
        if seat.represented_by is None and str(seat.seat) in SEATS
    ]


def worths(compiled: CompiledCase, plan: str) -> dict[str, Worth]:
    """Return what a plan is worth to every actor, and who would sign it on its face."""
    return _worths(compiled, plan, compiled.values(plan).long_run, compiled.space().walk_away)


def _worths(compiled: CompiledCase, plan: str, plan_worth: FloatArray, no_agreement: FloatArray) -> dict[str, Worth]:
    signatories = compiled.case.signatories(compiled.case.plans[plan])
    found = {}
    for k, actor in enumerate(compiled.space().actors):
        worth, least = float(plan_worth[k]), float(no_agreement[k])
        found[actor] = Worth(worth, least, worth >= least - 1e-9 if actor in signatories else None)
    return found


def asked(offered: Sequence[Control], fields: Mapping[str, str]) -> list[tuple[Control, str]]:
    """Return what a form changes: of each control, named by its number, the new value where it differs."""
    out = []
    for number, control in enumerate(offered):
        new = fields.get(f"c{number}", control.value).strip()
        if new == control.value or (control.choices and new not in {c for c, _ in control.choices}):
            continue
        if control.kind == "number":
            try:
                if float(new) == float(control.value):
                    continue
            except ValueError:
                pass
        out.append((control, new))
    return out


def tried(case: Case, changes: Sequence[tuple[Control, str]]) -> Case:
    """Return the case with changes made, as plain data.

    Raises
    ------
    InputError
        Where the changed case is not sound.
    """
    data = _data(case)
    _make(data, case, changes)
    return build(data)


def text_of(case: Case) -> str:
    """Return the text that a case was read from, with its comments; a case that was made otherwise is written out."""
    file = Path(case.places.file) if case.places.file else None
    if file is not None and file.suffix.lower() in (".yaml", ".yml") and file.is_file():
        text = file.read_text(encoding="utf-8-sig")
        try:
            if load_text(text, str(file)).content_hash == case.content_hash:
                return laid_out(text)
        except HalfwayError:
            pass
    return written(_data(case))


def edited(text: str, case: Case, changes: Sequence[tuple[Control, str]]) -> str:
    """Return a text with changes made; comments stay where they are."""
    yaml = _yaml()
    data = yaml.load(text)
    _make(data, case, changes)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def replaced_in(text: str, path: Sequence[str], value: Any) -> str:
    """Return a text with one part in place of another; comments elsewhere stay where they are."""
    yaml = _yaml()
    data = yaml.load(text)
    here = data
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def differences(before: str, after: str) -> list[str]:
    """Return the lines that differ, as a unified diff without its heading."""
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]


def written(data: Any) -> str:
    """Write plain data as the text of a case."""
    out = io.StringIO()
    _yaml().dump(data, out)
    return out.getvalue()


def laid_out(text: str) -> str:
    """Lay a text out as it will be after a change, so that only changes differ."""
    yaml = _yaml()
    out = io.StringIO()
    yaml.dump(yaml.load(text), out)
    return out.getvalue()


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def _data(case: Case) -> Any:
    return case.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _reachable(data: Any, path: Sequence[str]) -> bool:
    place = _place(data, path)
    if place is None:
        return False
    here = place[0][place[1]]
    return not isinstance(here, dict) or "value" in here or "seat" in here


def _place(data: Any, path: Sequence[str]) -> tuple[Any, Any] | None:
    """Return what holds the last step of a path, and the key there; where a number stands for the mapping, that number."""
    here: Any = data
    found: tuple[Any, Any] | None = None
    for step in path:
        key: Any = int(step) if isinstance(here, list) and step.isdecimal() else step
        if (isinstance(here, dict) and key in here) or (isinstance(here, list) and key in range(len(here))):
            found, here = (here, key), here[key]
        elif found is not None and step == "utility" and step == path[-1] and not isinstance(here, dict | list):
            return found
        else:
            return None
    return found


def _make(data: Any, case: Case, changes: Sequence[tuple[Control, str]]) -> None:
    known = estimates(compile_case(case))
    for control, new in changes:
        place = _place(data, control.path)
        if place is None:
            what = f"{control.label} cannot be changed here"
            why = "the file has it in a short form, or inherits it"
            raise Refusal([Problem("R712", what, why, "change it in the file")])
        here, key = place
        value = _spread(known.get("/".join(control.path)), new) if control.kind == "number" else new
        inner = {"number": "value", "seat": "seat"}.get(control.kind)
        if isinstance(here[key], dict) and inner in here[key]:
            here[key][inner] = value
        else:
            here[key] = value


def _spread(estimate: Estimate | None, new: str) -> str | float:
    """Write a new centre with the spread that the number had, where it had one on both sides."""
    if estimate is not None and estimate.kind == "normal":
        return f"{new} ± {float(estimate.parameters[1]):g}"
    try:
        return int(new) if new.isdecimal() else float(new)
    except ValueError:
        # What is no number is for the reader of the case to refuse.
        return new
