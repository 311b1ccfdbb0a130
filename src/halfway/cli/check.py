"""Verb `halfway check`: is the case file sound."""

from __future__ import annotations

import click

from halfway.case.notes import notes
from halfway.cli.common import case_argument, json_option, load_case, print_errors, print_json
from halfway.errors import InputError, printable


@click.command()
@case_argument
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
        listed = ", ".join(f"{n} {what if n != 1 else what[:-1]}" for what, n in counts.items())
        for note in said:
            click.echo(f"{note} (a note)", err=True)
        click.echo(f"{printable(loaded.places.file)}: sound ({listed}; hash {loaded.content_hash[:12]})")
    return 0
