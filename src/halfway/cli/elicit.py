"""Verb `halfway elicit`: what one actor wants, asked question by question in the terminal."""

from __future__ import annotations

import datetime
import json
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from halfway.cli.common import (
    case_argument,
    console,
    force_option,
    heading,
    json_option,
    load_case,
    print_json,
    prose,
    saving,
    seed_option,
)

if TYPE_CHECKING:
    from halfway.case.case import Case
    from halfway.elicit.questions import Question
    from halfway.elicit.result import Elicited

_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:\s*(?:\.\.|-|–|to)\s*(\d+(?:\.\d+)?))?")


@click.command()
@case_argument
@click.option("--actor", required=True, metavar="ACTOR", help="Whose interests are asked for.")
@click.option("--by", default="", metavar="NAME", help="Who answers; stands in what is written.")
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.json",
    help="Where the answers are kept, one by one; it goes on from there. Default: CASE-ACTOR-answers.json.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the result: a respondent's rows for `explore --panel` (.csv), or a case with these interests (.yaml).",
)
@force_option
@json_option
@seed_option
def command(
    case: str, actor: str, by: str, record: Path | None, output: Path | None, force: bool, as_json: bool, seed: int
) -> int:
    """Ask what an actor wants: options, their places, what matters most, what would be signed.

    Every answer is kept at once: `stop` (or Ctrl-C) ends it anywhere, the same command goes on from there, and `back` takes the
    last answer back. What the answers leave open stays open: weights come as bounds that are exact, with the centre of all
    that agree with the answers. With --json nothing is asked: it prints what follows from the answers kept so far.
    """
    from halfway.api import elicit
    from halfway.errors import printable

    loaded = load_case(case)
    kept = _Record(record or Path(f"{loaded.name}-{actor}-answers.json"), loaded, actor, by)
    if output is not None:
        if output.suffix.lower() not in (".csv", ".yaml", ".yml"):
            raise click.UsageError("-o writes a panel's rows (.csv) or a case (.yaml)")
        with saving(output, force):
            pass
    found = elicit(loaded, actor, kept.answers, by=kept.by, seed=seed)
    if not as_json:
        if kept.answers:
            click.echo(f"{len(kept.answers)} answers are in {kept.path}; going on from there.")
        else:
            click.echo(
                f"About 20 minutes. Answers are kept in {kept.path}; 'stop' ends it anywhere, 'back' takes one back."
            )
        found = _ask(found, loaded, kept, seed)
        _show(loaded, found)
    if output is not None:
        note = printable(f"{kept.by or 'unnamed'}, {datetime.date.today().isoformat()}, {kept.minutes:.0f} minutes")
        with saving(output, force):
            if output.suffix.lower() == ".csv":
                found.panel().to_csv(output)
            else:
                from halfway.formats.files import write

                write(found.as_case(note), output)
    if as_json:
        print_json(found.to_dict())
    elif output is not None:
        click.echo(f"The result is in {output}.")
    return 0


class _Record:
    """The answers on disk."""

    def __init__(self, path: Path, case: Case, actor: str, by: str) -> None:
        from halfway.elicit.answers import same_case
        from halfway.errors import InputError, Place, Problem
        from halfway.reading.json_text import read_json
        from halfway.reading.text import decode, read_bytes

        self.path, self.case, self.actor, self.by = path, case, actor, by
        self.answers: list[Mapping[str, Any]] = []
        self.before, self.started = 0.0, time.monotonic()
        if path.exists():
            data = read_json(decode(read_bytes(path, str(path)), str(path)), str(path), float)
            if not isinstance(data, dict) or not isinstance(data.get("answers"), list) or data.get("actor") != actor:
                what, why = (
                    f"{path} holds no answers of '{actor}'",
                    "it is no record that this verb wrote for this actor",
                )
                raise InputError([Problem("F198", what, why, "name another file with --record", Place(str(path)))])
            same_case(case, str(data.get("case")), str(path))
            self.answers = list(data["answers"])
            self.by = by or str(data.get("by") or "")
            minutes = data.get("minutes", 0)
            self.before = float(minutes) if isinstance(minutes, int | float) else 0.0

    @property
    def minutes(self) -> float:
        """How long answering has taken."""
        return self.before + (time.monotonic() - self.started) / 60

    def keep(self, answers: Sequence[Mapping[str, Any]]) -> None:
        """Write the answers down; they are whole on disk when this returns."""
        from halfway.result import write_safely

        self.answers = list(answers)
        data = {
            "case": self.case.name,
            "case_hash": self.case.content_hash,
            "actor": self.actor,
            "by": self.by,
            "date": datetime.date.today().isoformat(),
            "minutes": round(self.minutes, 1),
            "answers": self.answers,
        }
        write_safely(self.path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _ask(found: Elicited, case: Case, kept: _Record, seed: int) -> Elicited:
    from halfway.api import elicit
    from halfway.words import elicitation as words

    while True:
        try:
            if found.clashing or found.misplaced:
                answers = _resolved(found, case)
            elif found.question is None:
                return found
            else:
                said = words.question(case, found.question, found.standing.orders, next(iter(found.ranked), None))
                click.echo()
                prose(console(), f"({found.question.left} left) {said}")
                answer = _answer(found.question, case, found)
                answers = found.answers[:-1] if answer is None else [*found.answers, answer]
        except EOFError:
            return found
        found = elicit(case, kept.actor, answers, by=kept.by, seed=seed)
        kept.keep(found.answers)


def _typed(text: str) -> str:
    """Return what is typed.

    Raises
    ------
    EOFError
        Where it is ``stop``, or nothing more comes.
    """
    click.echo(f"{text}: ", nl=False)
    said = input().strip()
    if said.lower() in ("stop", "quit", "q"):
        raise EOFError
    return said


def _answer(asked: Question, case: Case, found: Elicited) -> dict[str, Any] | None:
    """Return the answer to a question as plain data; None to take the last one back."""
    from halfway.words import elicitation as words

    choices = list(asked.choices)
    if asked.kind in ("order", "first"):
        for n, choice in enumerate(choices, start=1):
            named = case.title_of("issues", asked.issue or "", choice) if asked.kind == "order" else words.move(
                case, choice, found.standing.orders
            )  # fmt: skip
            prose(console(), f"{n}. {named}", indent="  ")
    issues = words.differing(asked.packages) if asked.packages else ()
    for n, package in enumerate(asked.packages, start=1):
        if len(asked.packages) > 1:
            click.echo(f"  {n}.")
        for line in words.in_words(case, package, issues):
            prose(console(), line, indent="    ")
    hints = {"order": "numbers, best first", "worth": "0 to 100", "first": "a number", "swing": "such as 60..80",
             "accept": "yes or no", "prefer": "1, 2 or same"}  # fmt: skip
    while True:
        said = _typed(hints[asked.kind])
        if said.lower() == "back":
            return None
        answer = _read(asked, said.lower(), choices)
        if answer is not None:
            return {"about": asked.kind, **answer}
        click.echo(f"Please answer with {hints[asked.kind]}.")


def _read(asked: Question, said: str, choices: list[str]) -> dict[str, Any] | None:
    """Return what was typed as the fields of an answer; None where it is no answer."""
    if asked.kind == "order":
        numbers = [int(n) for n in re.findall(r"\d+", said)]
        if sorted(numbers) != list(range(1, len(choices) + 1)):
            return None
        return {"issue": asked.issue, "options": [choices[n - 1] for n in numbers]}
    if asked.kind == "first":
        return {"issue": choices[int(said) - 1]} if said.isdecimal() and 0 < int(said) <= len(choices) else None
    if asked.kind in ("worth", "swing"):
        match = _RANGE.fullmatch(said)
        if match is None:
            return None
        low, high = float(match[1]), float(match[2] or match[1])
        if not 0 <= low <= high <= 100 or (asked.kind == "worth" and low != high):
            return None
        if asked.kind == "worth":
            return {"issue": asked.issue, "option": asked.option, "points": low}
        return {"issue": asked.issue, "low": low, "high": high}
    if asked.kind == "accept":
        known = {"y": True, "yes": True, "n": False, "no": False}
        return {"package": dict(asked.packages[0]), "signed": known[said]} if said in known else None
    better = {"1": "first", "2": "second", "same": "same", "=": "same"}.get(said)
    first, second = asked.packages
    return None if better is None else {"first": dict(first), "second": dict(second), "better": better}


def _resolved(found: Elicited, case: Case) -> list[Any]:
    """Let the one who answers take one of the answers back that cannot all be true."""
    from halfway.words import elicitation as words

    answers = found.answers
    clashing = list(found.clashing)
    if not clashing:
        issue, better, worse = found.misplaced[0]
        clashing = [k for k, a in enumerate(answers) if a["about"] in ("order", "worth") and a["issue"] == issue
                    and a.get("option", better) in (better, worse)]  # fmt: skip
    click.echo()
    click.echo("These answers cannot all be true:")
    for n, k in enumerate(clashing, start=1):
        prose(console(), f"{n}. {words.given(case, answers[k])}", indent="  ")
    while True:
        said = _typed("Which one do you take back? A number")
        if said.isdecimal() and 0 < int(said) <= len(clashing):
            return [a for k, a in enumerate(answers) if k != clashing[int(said) - 1]]


def _show(case: Case, found: Elicited) -> None:
    from halfway.words import elicitation as words

    out = console()
    click.echo()
    if not found.weights:
        click.echo(f"{len(found.answers)} answers are kept; the weights come when the issues are in order.")
        return
    out.print(heading(f"What {case.title_of('actors', found.actor)} wants, by these answers"))
    for line in words.weights(case, found.weights):
        prose(out, line, indent="  ")
    for line in words.comparisons(case, found.comparisons):
        prose(out, line, indent="  ")
