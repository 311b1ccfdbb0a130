"""Write the reference page of the Python interface: every function of `import halfway as hw`, from its own declaration."""

import inspect
import re
from pathlib import Path

import halfway as hw
from halfway import api

PAGE = Path(__file__).parent / "reference" / "python-api.md"

INTRO = """\
# The Python interface

*This page is generated from the functions themselves.*

```python
import halfway as hw

case = hw.load("eu-belarus-2016")
compiled = hw.compile(case)  # analyses that share it share what they compute
hw.settle(compiled).solutions["nash"].utilities
hw.conduct(compiled).to_pandas("actors")

for length in ("4 months", "6 months", "12 months"):
    changed = case.with_("plans.relief-as-given.phases.trial.lasts", length)
    print(length, hw.conduct(changed, runs=0))
```

Every function takes a case as its name in the catalogue, as a path, as a `Case`, or compiled. The same call gives the same
answer whatever was called before. Errors are `hw.InputError` (what was given does not make sense), `hw.Refusal` (no
honest answer can be given) and `hw.UnknownName` (a name that is not known here; it is caught as either of these). Each
carries all its `problems`, with code, place, reason and remedy.

Results are frozen. `repr` shows their main figures; `to_dict` and `to_json` give everything, in the form of
`hw.schema(NAME)`; `tables`, `to_pandas`, `to_polars` and `save` give tables; notebooks draw those that have a picture.

`executor` is any `concurrent.futures.Executor`; no number depends on it. `progress` is called with the stage, how much of
it is done, and how much there is in all (`None` where that is not known).
"""


def written() -> str:
    """Return the page."""
    groups = _groups()
    parts = [INTRO]
    for group, names in groups.items():
        parts.append(f"\n## {group}\n")
        parts += [_function(name) for name in names]
    parts.append("\n## Results\n\n| function | returns | JSON Schema |\n|---|---|---|\n")
    for name, kind in sorted(hw.results().items()):
        summary = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        parts.append(f"| `{name}` | `{kind.__name__}`: {summary} | `halfway schema --result {name}` |\n")
    parts.append("\n## Changing a case\n\n")
    parts.append(_said("case.with_", hw.Case.with_))
    return "".join(parts).rstrip() + "\n"


def _groups() -> dict[str, list[str]]:
    """Return the functions under the headings that stand above them in the source."""
    out: dict[str, list[str]] = {}
    heading = "Cases"
    for line in Path(inspect.getfile(api)).read_text().splitlines():
        if found := re.fullmatch(r"# ([A-Z][^.]*)", line):
            heading = found[1]
        elif found := re.match(r"def ([a-z]\w*)\(", line):
            out.setdefault(heading, []).append(found[1])
    return out


def _function(name: str) -> str:
    return _said(f"hw.{name}", getattr(hw, name))


def _said(called: str, function: object) -> str:
    signature = inspect.signature(function)  # type: ignore[arg-type]
    parameters = [p for p in signature.parameters.values() if p.name != "self"]
    shown = inspect.Signature(parameters, return_annotation=signature.return_annotation)
    text = f"{called}{shown}".replace("'", "")
    if len(text) > 88:
        star = False
        lines = []
        for p in parameters:
            if p.kind is p.KEYWORD_ONLY and not star:
                lines.append("    *,")
                star = True
            lines.append(f"    {p!s},".replace("'", ""))
        returned = str(signature.return_annotation).strip("'")
        text = f"{called}(\n" + "\n".join(lines) + f"\n) -> {returned}"
    # Coloured as Python, but not called so: examples of Python on a page are run, and a signature cannot be.
    return f"\n### {called}\n\n```py\n{text}\n```\n\n{_prose(inspect.getdoc(function) or '')}\n"


def _prose(doc: str) -> str:
    """Turn a numpydoc docstring into Markdown."""
    head, *sections = re.split(r"\n(?=[A-Z][a-z]+\n-+\n)", doc)
    out = [_plain(head)]
    for section in sections:
        title, _, body = section.split("\n", 2)
        if title == "Parameters":
            out.append(_parameters(body))
        else:
            said = "; ".join(_raised(part) for part in re.split(r"\n(?=\S)", body.strip("\n")) if part.strip())
            out.append(f"*{title}:* {said}")
    return "\n\n".join(part for part in out if part.strip())


def _plain(text: str) -> str:
    kept = "\n".join(line for line in text.splitlines() if not line.startswith(">>>"))
    joined = "\n\n".join(" ".join(part.split()) for part in kept.split("\n\n"))
    return re.sub(r"``([^`]*)``", r"`\1`", joined).strip()


def _raised(part: str) -> str:
    names, *rest = part.split("\n")
    named = ", ".join(f"`{name.strip()}`" for name in names.split(","))
    return f"{named}: {_plain(chr(10).join(rest))}" if rest else named


def _parameters(body: str) -> str:
    rows = []
    for part in re.split(r"\n(?=\S)", body.strip("\n")):
        name, *rest = part.split("\n")
        called, _, kind = name.partition(" : ")
        said = " ".join(" ".join(rest).split())
        rows.append(f"- `{called}`" + (f" ({kind})" if kind else "") + (f": {_plain(said)}" if said else ""))
    return "\n".join(rows)


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
