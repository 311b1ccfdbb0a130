"""Write the page of all codes of problems: read from the syntax tree of the source, so none is missed."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from halfway.audit.run import all_rules

SOURCE = Path(__file__).parents[1] / "src" / "halfway"
PAGE = Path(__file__).parent / "reference" / "problem-codes.md"
VARIES = "…"
_CODE = re.compile(r"[A-Z]\d{3}")

# What a code means where it is said in more than one way, or in words that come from elsewhere.
MEANINGS = {
    "F104": "the format to read is not known",
    "F110": "the file is not XML",
    "F111": "the XML is too deep, too large or holds what cannot be printed",
    "F113": "which file of a folder is the domain is not clear",
    "F115": "an issue of a Genius domain is not sound",
    "F117": "a Genius profile is not complete",
    "F118": "an attribute of a Genius file is missing or is no number of its kind",
    "F120": "the domain has no profile",
    "F122": "a profile's weights or values are not sound",
    "F140": "the JSON cannot be read",
    "F141": "a GeniusWeb file is not sound",
    "F151": "a NegMAS scenario is not sound",
    "F116": "an issue of a Genius domain is of a kind that has no options",
    "F166": "which proposal of a DEU table is meant is not clear",
    "M002": "an assistant may not touch this file",
    "M003": "an assistant may not write here",
    "F022": "the address of an archive is missing, or is none",
    "R629": "no box says where plans fail",
    "R714": "the dispute of a form is not complete",
    "F160": "the form of a table is not sound",
    "F161": "the file is not a table of positions",
    "F162": "a cell of a table of positions is not sound",
    "F163": "a row of a table of positions stands twice",
    "F164": "the scale of an issue is not sound, or a number lies off it",
    "F165": "a table of positions says two things of one",
    "F170": "the case has no normal form that can be written",
    "F171": "a Gambit file is not sound",
    "F180": "the columns of a sheet with a panel's answers are not those asked for",
    "F184": "no answer of a panel is found",
    "F191": "a line of a negotiating text cannot be read",
    "F192": "which draft a negotiating text revises is not clear",
    "F193": "a negotiating text changes what is changed in the case file",
    "F410": "a GMCR file is not sound",
    "F621": "the file is not a sealed forecast",
    "F622": "a sealed forecast is not sound in itself",
    "N302": "an issue has no such option or signal, or an event no such state",
    "N410": "the state that is named is no state of the case",
    "R002": "a name is not known here, whatever it is the name of",
    "R006": "what a group would do or suffer cannot be divided among its members",
    "R062": "there is nothing to propose from, or a phase cannot be kept",
    "R061": "there is no concession ladder between two actors, or no such rung on it",
    "R063": "a tournament cannot be held as asked",
    "R610": "what is asked for lacks a part that the answer needs",
    "S201": "a key is missing",
    "S202": "a key is not known",
    "S205": "a text, list or mapping stands where another is expected",
    "S207": "a name is not spelled as names are",
    "S208": "a list is too short or too long",
    "S210": "what stands where a number is expected is none",
    "S231": "how long something lasts cannot be read",
    "S257": "what is seen of an option is no list of rows that always holds",
    "S280": "an event comes in no way, or in two",
    "S212": "the numbers of an estimate do not describe a spread",
    "S220": "a condition is not well formed",
    "S250": "an option has no name",
    "S213": "a percent sign stands where it has no meaning, or on some numbers only",
    "U001": "the command line cannot be understood; what is wrong is said in its own words",
    "F201": "the file is not a workbook that can be opened",
    "F202": "the workbook holds more than is read",
    "F204": "a sheet is not known, or missing",
    "F206": "a cell holds a formula or its error",
    "F205": "a heading or key of a sheet is not known, stands twice or is missing",
    "F207": "a row of a workbook does not say where it belongs",
    "F208": "the case cannot be written as a workbook",
    "F209": "a cell holds what a case cannot",
    "V402": "a position or point is given on an issue without a scale",
    "V404": "a position or point lies off the scale",
    "V415": "a walk-away needs the status quo, which is not stated",
    "V442": "which row of what is seen holds is not certain",
    "V446": "an actor cannot do by itself what its reaction says",
    "V448": "the date of an event does not fit the case",
    "V449": "who promises and who performs is not clear",
    "V433": "how long a phase lasts and what follows do not fit",
    "Y101": "the YAML cannot be read; what is wrong is said in the words of its reader",
    "Y102": "a key stands twice in the same mapping",
    "Y105": "the YAML or the data unfold into too much",
    "Y107": "the file is not one document",
}

INTRO = """\
# Problem codes

*This page is generated from the source. `python docs/problem_codes.py` writes it again; a test compares it.*

Whatever cannot be read or answered is told as problems. Each has a code, a place where there is one, what is wrong, why, and
what to do; all problems of an input are told at once, and the exit status is 2. A code has one meaning and keeps it.

Without `--json` each problem is a line on standard error: `FILE:LINE:COLUMN: CODE what; why; remedy`. With `--json` every verb
prints them on standard output, in this one form:

```console
$ halfway settle nowhere.yaml --json  # exit 2
{
  "errors": [
    {
      "code": "F001",
      "file": "nowhere.yaml",
      "line": 1,
      "column": 1,
      "what": "cannot read nowhere.yaml",
      "why": "no such file or directory",
      "remedy": "check the path"
    }
  ]
}
```

`file`, `line` and `column` are `null` for a problem that stands in no file; lines and columns count from 1.
In a workbook the place is a cell, `FILE:SHEET!CELL`; with `--json` there is also a `sheet`, and `line` and `column` are its row
and column.
`halfway check --json` adds `"sound": false`, and prints `"errors": []` for a sound case. A command line that cannot be
understood has the code `U001`. In Python the same problems are in `problems` of the `InputError` or `Refusal` that is
raised, and `as_dict()` gives this form.

| letter | what is wrong |
|---|---|
| `F` | a file: it cannot be read or written, or a file of another program is not sound |
| `Y` | the YAML of a case file |
| `S` | the shape of a case: a key is missing or unknown, a value is of the wrong kind or out of range |
| `N` | names: something named does not exist; from `N401`, states of the graph model |
| `V` | values that do not fit together |
| `R` | a refusal: the question is well put, but no honest answer can be given, and the problem says why |
| `U` | the command line |
| `W` | a note of `check` on a sound case: how something is read that could be meant otherwise |

The codes of the audit's findings are in [Audit rules](audit-rules.md); they are findings on a plan, not problems of an input.

"""


def raised() -> dict[str, set[str]]:
    """Return the code of every problem with what it says is wrong; what varies from case to case is an ellipsis.

    A sentence that a helper is handed is looked up where the helper is called. The audit's rules have a page of their own.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(SOURCE.rglob("*.py")):
        for code, sentence in _in_file(ast.parse(path.read_text(encoding="utf-8"))):
            found[code].add(sentence)
    return {code: found[code] for code in sorted(found.keys() - {rule.code for rule in all_rules()})}


def page() -> str:
    """Return the page."""
    lines = [INTRO + "| code | meaning |\n|---|---|"]
    for code, sentences in raised().items():
        told = sorted(s for s in sentences if s != VARIES)
        said = "; ".join(told)
        if code in MEANINGS:
            said = f"**{MEANINGS[code]}**" + (f": {said}" if said else "")
        lines.append(f"| `{code}` | {_escaped(said)} |")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _in_file(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Module)]:
        for call in _calls(function):
            if len(call.args) < 2:
                continue
            if code := _code(call.args[0]):
                yield from ((code, s) for s in _sentences(call.args[1], function, tree))
            elif isinstance(call.args[0], ast.Name) and call.args[0].id == "code":
                yield from _handed_on(call.args[1], function, tree)


def _calls(function: ast.FunctionDef | ast.Module) -> Iterator[ast.Call]:
    """Yield the calls in a function, but not those in functions inside it."""
    queue: list[ast.AST] = list(ast.iter_child_nodes(function))
    while queue:
        node = queue.pop(0)
        if isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.Call):
            yield node
        queue.extend(ast.iter_child_nodes(node))


def _code(node: ast.expr) -> str | None:
    known = isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value)
    return str(node.value) if known and isinstance(node, ast.Constant) else None


def _handed_on(what: ast.expr, function: ast.FunctionDef | ast.Module, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Follow a helper that is handed both the code and the sentence."""
    if not isinstance(function, ast.FunctionDef) or not isinstance(what, ast.Name):
        return
    for call in _calls_of(function, tree):
        code = _code(_argument(call, function, "code") or ast.Constant(None))
        said = _argument(call, function, what.id)
        if code and said is not None:
            yield from ((code, s) for s in _sentences(said, None, tree))


def _sentences(node: ast.expr, function: ast.FunctionDef | ast.Module | None, tree: ast.Module) -> set[str]:
    """Return what a sentence can be, following names to where they are set or handed over."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.JoinedStr):
        return {"".join(str(v.value) if isinstance(v, ast.Constant) else VARIES for v in node.values)}
    if isinstance(node, ast.IfExp):
        return _sentences(node.body, function, tree) | _sentences(node.orelse, function, tree)
    if isinstance(node, ast.BinOp):
        first, second = _sentences(node.left, function, tree), _sentences(node.right, function, tree)
        return {a + b for a in first for b in second}
    if isinstance(node, ast.Name) and isinstance(function, ast.FunctionDef):
        here = [v for n in ast.walk(function) if isinstance(n, ast.Assign) for v in _assigned(n, node.id)]
        if here:
            return set().union(*(_sentences(v, function, tree) for v in here))
        handed = [_argument(call, function, node.id) for call in _calls_of(function, tree)]
        told = [_sentences(h, None, tree) for h in handed if h is not None]
        if told:
            return set().union(*told)
    return {VARIES}


def _assigned(statement: ast.Assign, name: str) -> Iterator[ast.expr]:
    for target in statement.targets:
        if isinstance(target, ast.Name) and target.id == name:
            yield statement.value
        elif isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
            for part, value in zip(target.elts, statement.value.elts, strict=True):
                if isinstance(part, ast.Name) and part.id == name:
                    yield value


def _calls_of(function: ast.FunctionDef, tree: ast.Module) -> list[ast.Call]:
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    return [c for c in calls if getattr(c.func, "id", getattr(c.func, "attr", None)) == function.name]


def _argument(call: ast.Call, function: ast.FunctionDef, name: str) -> ast.expr | None:
    """Return what a call hands to a parameter: by its name, by position, or its default."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    positional = [a.arg for a in function.args.args if a.arg != "self"]
    if name in positional and positional.index(name) < len(call.args):
        return call.args[positional.index(name)]
    defaults = zip(reversed([a.arg for a in function.args.args]), reversed(function.args.defaults), strict=False)
    return dict(defaults).get(name)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
