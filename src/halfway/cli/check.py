"""Verb `halfway check`: is the case file sound."""

from __future__ import annotations

import click

from halfway.case.notes import notes
from halfway.cli.common import case_argument, json_option, language_option, load_case, print_errors, print_json
from halfway.errors import InputError, printable
from halfway.words.language import say, say_number


@click.command()
@case_argument
@language_option
@json_option
def command(case: str, as_json: bool) -> int:
    """Check a case file: every error at once, each at its line; of a sound one, what is read in a way worth knowing."""
    try:
        loaded = load_case(case)
    except InputError as error:
        if not as_json:
            raise
        print_errors(error.problems, sound=False)
        return 2
    said = notes(loaded)
    counts = {
        "actors": len(loaded.actors),
        "issues": len(loaded.issues),
        "plans": len(loaded.plans),
        "sources": len(loaded.sources),
    }
    if as_json:
        print_json(
            {
                "sound": True,
                "errors": [],
                "notes": [note.as_dict() for note in said],
                "case": loaded.name,
                "hash": loaded.content_hash,
                **counts,
            }
        )
    else:
        forms = {
            "actors": say_number("{n} actor", "{n} actors", counts["actors"]),
            "issues": say_number("{n} issue", "{n} issues", counts["issues"]),
            "plans": say_number("{n} plan", "{n} plans", counts["plans"]),
            "sources": say_number("{n} source", "{n} sources", counts["sources"]),
        }
        listed = ", ".join(forms[what].format(n=n) for what, n in counts.items())
        for note in said:
            click.echo(f"{note} ({say('a note')})", err=True)
        click.echo(
            f"{printable(loaded.places.file)}: {say('sound')} ({listed}; {say('hash')} {loaded.content_hash[:12]})"
        )
    return 0
