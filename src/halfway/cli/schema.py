"""Verb `halfway schema`: the case format as JSON Schema, for editors."""

from __future__ import annotations

import click

from halfway.cli.common import force_option, print_json, saving


@click.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file.")
@force_option
def command(output: str | None, force: bool) -> int:
    """Print the JSON Schema of case files; editors complete and check by it."""
    import json

    from halfway.case.schema import json_schema
    from halfway.result import write_safely

    if output is None:
        print_json(json_schema())
    else:
        with saving(output, force):
            write_safely(output, json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")
    return 0
