"""Verb `halfway schema`: the case format, or the JSON of a result, as JSON Schema."""

from __future__ import annotations

import click

from halfway.cli.common import force_option, print_json, saving


@click.command()
@click.option(
    "--result", metavar="VERB", help="Of what this verb prints with --json, such as settle. Default: of a case."
)
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False), help="Write to this file.")
@force_option
def command(result: str | None, output: str | None, force: bool) -> int:
    """Print the JSON Schema of case files, by which editors complete and check, or of a verb's JSON."""
    import json

    from halfway.api import schema
    from halfway.result import write_safely

    found = schema(result)
    if output is None:
        print_json(found)
    else:
        with saving(output, force):
            write_safely(output, json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return 0
