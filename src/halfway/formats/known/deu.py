"""CSV of DEU, Decision-making in the European Union: a line for each issue, a column for each actor.

``prnr`` and ``prname`` are the proposal, ``isnr`` the issue in it, ``counvte`` how the Council votes, ``pXX`` and ``sXX``
position and salience of actor ``XX``, ``rp`` the reference point, ``out`` the outcome; all on scales from 0 to 100. A
case is one proposal.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.errors import InputError, Place, Problem, Refusal, suggestion
from halfway.formats.format import Format, Imported, Source, peek
from halfway.formats.position_rows import PositionRow, TableProblems, case_of_rows
from halfway.reading.numbers import brief, exact
from halfway.reading.schema import one_line
from halfway.reading.table import Rows, read_table

NEEDED = ("prnr", "isnr")
BLANK = ("", ".", "NA", "N/A", "NAN")
COMMISSION = "com"
NAMES = {
    "com": "European Commission", "ep": "European Parliament", "at": "Austria", "be": "Belgium", "bu": "Bulgaria",
    "cr": "Croatia", "cy": "Cyprus", "cz": "Czechia", "dk": "Denmark", "ee": "Estonia", "fi": "Finland", "fr": "France",
    "de": "Germany", "el": "Greece", "hu": "Hungary", "ie": "Ireland", "it": "Italy", "lv": "Latvia", "lt": "Lithuania",
    "lu": "Luxembourg", "mt": "Malta", "nl": "Netherlands", "pl": "Poland", "pt": "Portugal", "ro": "Romania",
    "si": "Slovenia", "sk": "Slovakia", "es": "Spain", "se": "Sweden", "uk": "United Kingdom",
}  # fmt: skip
_VOTES = {"qmv": "qualified_majority", "unanimity": "unanimity", "unan": "unanimity", "sm": "majority"}


def _recognises(path: Path) -> int:
    if not path.is_file() or path.suffix.lower() not in (".csv", ".tsv"):
        return 0
    header = peek(path).split("\n", 1)[0].lower()
    return 2 if all(name in header for name in ("prnr", "isnr", "pcom", "scom")) else 0


def read_deu(source: Source) -> Imported:
    """Read one proposal, with its issues.

    Raises
    ------
    InputError
        With every wrong line, or where several proposals are there and none is named.
    """
    problems = TableProblems(source.shown)
    table = read_table(source.text(), source.shown, problems, (*NEEDED, "pcom", "scom"))
    codes = [name[1:] for name in table.header if name[:1] == "p" and f"s{name[1:]}" in table.header and name[1:]]
    missing = [name for name in NEEDED if name not in table.header]
    if missing or not codes:
        lacks = f"the table has no column {', '.join(missing)}" if missing else "no actor has columns pXX and sXX"
        problems.at("F161", lacks, "DEU's columns are read by name", "give the data set's own CSV export", 1)
    problems.raise_if_any()
    proposal = _proposal(source, table)
    chosen = [
        (cells, line)
        for cells, line in zip(table.cells, table.lines, strict=True)
        if one_line(cells[table.column("prnr")]) == proposal
    ]
    rows: list[PositionRow] = []
    beside: dict[str, dict[str, Any]] = {}
    title = proposal
    for cells, line in chosen:

        def cell(name: str, cells: tuple[str, ...] = cells) -> str:
            column = table.column(name)
            return one_line(cells[column]) if column >= 0 else ""

        def number(name: str, line: int = line) -> Fraction | None:
            return _number(cell(name), name, line, problems)

        issue = cell("isnr") or f"issue {line}"
        title = cell("prname") or title
        if issue in beside:
            problems.at("F163", f"issue {brief(issue)} has a second line", "each issue has one isnr", "keep one", line)
        beside[issue] = {"title": cell("isname") or issue}
        if vote := _VOTES.get(cell("counvte").lower()):
            beside[issue]["voting_rule"] = vote
        of_issue = {"from": Fraction(0), "to": Fraction(100), "reference": number("rp"), "outcome": number("out")}
        for code in codes:
            found = {**of_issue, "position": number(f"p{code}"), "salience": number(f"s{code}")}
            if found["position"] is not None:
                kept = {k: v for k, v in found.items() if v is not None}
                rows.append(PositionRow(line, code, issue, "", kept))
    problems.raise_if_any()
    if not rows:
        what, why = f"nobody has a position in proposal '{proposal}'", "there is nothing to bargain over"
        raise InputError([Problem("F161", what, why, "choose another", Place(source.shown, chosen[0][1]))])
    with_rows = {row.issue for row in rows}
    lost = ["capabilities are not in this table: a forecast weighs all actors alike until you state them"]
    empty = [issue for issue in beside if issue not in with_rows]
    if empty:
        lost.append(f"issues on which nobody has a position are left out: {', '.join(empty)}")
    others = len({one_line(cells[table.column("prnr")]) for cells in table.cells}) - 1
    if others:
        lost.append(f"{others} other proposals of the table are left out")
    dated = [c for c in ("intro", "finact") if c in table.header]
    if dated:
        lost.append(f"dates ({', '.join(dated)}) are not carried: exports write them in several ways")
    present = list(dict.fromkeys(row.actor for row in rows))
    if COMMISSION in present:
        for details in beside.values():
            details["agenda_setter"] = COMMISSION
    names = {code: {"name": NAMES[code]} for code in present if code in NAMES}
    return case_of_rows(f"{title} ({proposal})" if title != proposal else proposal, rows, lost, problems,
                            actors_beside=names, issues_beside=beside)  # fmt: skip


def _proposal(source: Source, table: Rows) -> str:
    """Return the proposal that is meant: the one that is named, or the only one."""
    column = table.column("prnr")
    found = list(dict.fromkeys(one_line(cells[column]) for cells in table.cells))
    place = Place(source.shown)
    if source.domain is not None:
        if source.domain in found:
            return source.domain
        what = f"there is no proposal '{source.domain}'"
        raise InputError([Problem("F166", what, suggestion(source.domain, found), "name one in column prnr", place)])
    if len(found) == 1:
        return found[0]
    what = f"the table has {len(found)} proposals" if found else "the table has no rows"
    listed = ", ".join(found[:5]) + (" …" if len(found) > 5 else "")
    why = f"a case is one of them: {listed}" if found else "nothing can be read"
    raise InputError([Problem("F166", what, why, "name one with --domain", place)])


def _number(text: str, name: str, line: int, problems: TableProblems) -> Fraction | None:
    if text.upper() in BLANK:
        return None
    try:
        value = exact(text)
    except ValueError as error:
        problems.at("F162", f"{name} {brief(text)} is not a number that can be read", str(error), "correct it", line)
        return None
    if not 0 <= value <= 100:
        problems.at(
            "F162", f"{name} {text} is out of range", "it runs from 0 to 100", "correct it, or leave it blank", line
        )
        return None
    return value


def write_deu(case: Case, path: Path) -> tuple[str, ...]:
    """Refuse: the columns are those of one data set and its actors.

    Raises
    ------
    Refusal
    """
    why = "DEU's columns are the institutions and member states of one data set"
    remedy = "write a table of positions with --to positions"
    raise Refusal([Problem("F130", "the case cannot be written in this format", why, remedy)])


FORMAT = Format(
    title="a table of DEU, Decision-making in the European Union",
    form="`.csv` in the data set's own columns",
    reads="one proposal (`--domain PRNR`) with its issues: positions, saliences, reference points, outcomes, voting rules",
    writes="nothing: use `positions`",
    recognises=_recognises,
    read=read_deu,
    write=write_deu,
)
