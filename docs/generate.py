"""Write the reference pages that follow from the code: the case format from its declarations, the command line."""

import dataclasses
import types
import typing
from pathlib import Path

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticUndefined

from halfway.case.case import Case
from halfway.case.conditions import WORDS
from halfway.cli.main import VERBS, root

HERE = Path(__file__).parent / "reference"

FORMAT_INTRO = """\
# The case format

*This page is generated from the declarations that validate a case file.*

A case is one YAML file. `halfway new NAME` writes a small one to start from, `halfway check FILE` says whether a file is
sound, and `halfway schema` prints this page as JSON Schema, by which editors complete and check.

Everything is read as it was typed: `no`, `on`, `12:30` and `1e3` are names where names are expected, and a number is a
number only where one is expected. A key that stands twice is an error. Anchors and aliases work; tags do not.

## Numbers

Any number may be uncertain. The centre that analyses use is the mean.

| written | means |
|---|---|
| `60`, `2.5`, `1e3`, `7%` | the number, kept without rounding |
| `60 ± 10` or `60 +/- 10` | normal with standard deviation 10, cut off at the bounds of the quantity |
| `50..70` | uniform from 50 to 70 |
| `triangular(40, 60, 90)` | triangular: least, most probable, most |
| `beta(8, 2)` | beta, stretched over the bounds of the quantity |
| `{experts: {ann: 60, bob: 50..70}}` | each named expert's own number; a draw takes one expert for the whole case |
| `{value: 60 ± 10, note: …, source: …}` | any of these with a reason and keys of `sources`; `by: assistant` until reviewed |

## Conditions

Constraints, linkages, red lines, aims and obligations hold conditions over a package; triggers hold them over public signals.

| written | holds when |
|---|---|
| `{troops: out}` | the issue has the option |
| `{troops: [out, leaving]}` | it has one of them |
| `{troops: out, border: open}` | all of these hold |
| `{all: […]}`, `{any: […]}`, `{not: …}` | all, at least one, not |
| `{if: …, then: …}`, `{iff: […, …]}` | the second holds whenever the first does; both or neither |
| `{at_least: 50}`, `{at_least: {gravity: 50, issue: troops, by: moscow}}` | triggers only: a breach at least so grave is seen |
| `{falls_by: {points: 30, issue: troops}}` | triggers only: the gravity seen fell by so much since the period before |

"""

SHORT = """
## Short spellings

| instead of | one may write |
|---|---|
| `set_by: [north]` | `set_by: north` |
| `options: {open: {}, shut: {}}` | `options: [open, shut]` |
| `options: {open: {title: Open to all}}` | `options: {open: Open to all}` |
| `border: {ranks: [open, shut]}` (an interest) | `border: [open, shut]` |
| `walk_away: {utility: 40}` | `walk_away: 40` |
| `walk_away: {status_quo: yes}` | `walk_away: status quo` |
| `patience: {value: 0.9, per: year}` | `patience: 0.9 per year` |
| `north: {seat: party}` | `north: party` |
| `north: {represented_by: south}` | `north: represented by south` |
"""

COMMAND_INTRO = """\
# The command line

*This page is generated from the commands themselves.*

`CASE` is the path of a case file or the name of a case in the catalogue. Exit status: 0 fine, 1 findings, 2 bad input
(every error with its file, line and column), 130 interrupted.
"""


def words(annotation: typing.Any, metadata: typing.Sequence[typing.Any] = ()) -> str:
    """Say in words what a declared type takes."""
    for item in metadata:
        if isinstance(item, WithJsonSchema) and item.json_schema:
            return schema_words(item.json_schema)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return words(arguments[0], arguments[1:])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(words(a) for a in arguments if a is not type(None))
    if origin is typing.Literal:
        return ", ".join(f"`{a}`" for a in arguments)
    if origin is dict:
        return f"mapping of {words(arguments[0])} to {words(arguments[1])}"
    if origin is tuple:
        return f"pair of {words(arguments[0])}" if arguments[-1] is not Ellipsis else f"list of {words(arguments[0])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return {str: "text", int: "whole number", float: "number", bool: "yes or no"}.get(annotation, "anything")


def schema_words(schema: dict[str, typing.Any]) -> str:
    """Say in words what a hand-written JSON Schema of a short type means."""
    if "description" in schema:
        text = str(schema["description"]).rstrip(".").split(":")[0]
        return text[:1].lower() + text[1:]
    if schema == {"type": ["string", "integer"]}:
        return "date"
    if "anyOf" in schema:
        one = "text" if schema["anyOf"][0] == {"type": "string"} else "name"
        return f"{one} or list of {one}s"
    return "name"


def models(start: type[BaseModel]) -> list[type[BaseModel]]:
    """List every noun that a case can hold, each once, in the order in which it is met."""
    found: list[type[BaseModel]] = []
    queue: list[typing.Any] = [start]
    while queue:
        here = queue.pop(0)
        if isinstance(here, type) and issubclass(here, BaseModel):
            if here not in found:
                found.append(here)
                queue.extend(info.annotation for info in here.model_fields.values())
        else:
            queue.extend(typing.get_args(here))
    return found


def field_row(name: str, info: FieldInfo) -> str:
    """Write one key as a row of a table."""
    if info.default is PydanticUndefined and info.default_factory is None:
        default = "**needed**"
    elif isinstance(info.default, bool):
        default = "`yes`" if info.default else "`no`"
    else:
        # What is left out stands empty, or its default is told in the description.
        default = f"`{info.default}`" if isinstance(info.default, str | int | float) and info.default != "" else ""
    takes = words(info.annotation, info.metadata).replace("|", "\\|")
    said = (info.description or "").replace("|", "\\|")
    return f"| `{info.alias or name}` | {takes} | {default} | {said} |"


def case_format() -> str:
    """Write the page on the case format."""
    parts = [FORMAT_INTRO]
    parts.append("No issue can be called " + ", ".join(f"`{w}`" for w in WORDS) + ".\n" + SHORT)
    for model in models(Case):
        text = " ".join((model.__doc__ or "").split())
        parts.append(
            f"\n## {model.__name__}\n\n{text}\n\n| key | takes | default | what it says |\n|---|---|---|---|\n"
        )
        parts.append("\n".join(field_row(name, info) for name, info in model.model_fields.items()) + "\n")
    return "".join(parts)


def command_line() -> str:
    """Write the page on the command line from the help of each verb."""
    parts = [COMMAND_INTRO]
    context = click.Context(root, info_name="halfway")
    for verb in VERBS:
        command = root.get_command(context, verb)
        assert command is not None
        text = command.get_help(click.Context(command, info_name=f"halfway {verb}", max_content_width=100))
        parts.append(f"\n## halfway {verb}\n\n```text\n{text}\n```\n")
    return "".join(parts)


PICTURE = HERE.parent / "pictures" / "eu-belarus-2016.svg"


def picture() -> str:
    """Draw the picture with which the README opens: the headline of a real case, on white for dark screens too."""
    from halfway.api import compare
    from halfway.charts.movement import movement_chart

    chart = movement_chart(compare("eu-belarus-2016"), "relief-as-given")
    assert chart is not None
    return dataclasses.replace(chart, spec={**chart.spec, "background": "white", "padding": 12}).svg() + "\n"


def main() -> None:
    """Write both pages and the picture."""
    PICTURE.write_text(picture(), encoding="utf-8")
    for name, text in (("case-format", case_format()), ("command-line", command_line())):
        (HERE / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
