"""The brief on a case without a plan: the states of a game, each concept in a line, and what is stable for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.brief.contents import Block, Grid, Listing, Paragraph, Section
from halfway.brief.sections.lesson import concepts
from halfway.case.case import Case
from halfway.errors import Refusal
from halfway.result import Table
from halfway.stability.concepts.definitions import STANDARD
from halfway.stability.result import StabilityResult
from halfway.stability.run import stability
from halfway.words.front_page import capital, counted, first_sentences, inside, joined

LISTED = 40
"""States that are listed one by one."""
NAMED = 4
"""Equilibria that are named in a line."""
WORDS = 90


def game_front(case: Case, result: StabilityResult | str) -> tuple[Block, ...]:
    """Return the front page: the conflict, the matrix where two actors have one issue each, each concept in a line."""
    blocks: list[Block] = []
    text = case.abstract or ""
    if text:
        blocks.append(Paragraph(f"**The conflict.** {first_sentences(text, WORDS)}", "lead"))
    if isinstance(result, str):
        blocks.append(Paragraph(f"**What is stable?** Not answered: {result}.", "lead"))
        return tuple(blocks)
    actors = [inside(n) for n in result.names.actors]
    blocks.append(
        Paragraph(
            f"**Who decides what?** {capital(joined(actors))}; {counted(result.states, 'state')} in all. {_today(case, result)}",
            "lead",
            "states",
        )
    )
    matrix = _matrix(case, result)
    if matrix is not None:
        blocks.append(matrix)
    blocks.append(Paragraph("**What is stable for everybody?**", "lead", "concepts"))
    blocks.append(Listing(tuple(_concept(case, result, c.key) for c in STANDARD if c.key in result.stable)))
    return tuple(blocks)


def game_sections(case: Case, result: StabilityResult | str) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """Return the second page and the annex of a game."""
    if isinstance(result, str):
        return (), (concepts(),)
    second = []
    look = next((k for k in result.looks if "status quo" in k.why), None)
    if look is not None:
        said = list(dict.fromkeys(e.text for e in look.explanations if e.concept == "seq"))
        if said:
            second.append(
                Section("today", "Who would leave today's state", (Listing(tuple(_named(case, result, said))),))
            )
    if result.states <= LISTED:
        second.append(Section("states", "The states", (Grid(_states(case, result), caption=_read(result)),)))
    else:
        kept = sorted({k for c in result.stable for k in result.equilibria(c)})[:LISTED]
        said = [f"{label(case, result, k)}: {_under(result, k)}." for k in kept]
        second.append(Section("states", "States that are stable for everybody", (Listing(tuple(said)),)))
    return tuple(second), (concepts(),)


def asked(case: Case, seed: int) -> StabilityResult | str:
    """Judge every state, or say why not."""
    try:
        return stability(case, seed=seed)
    except Refusal as refusal:
        return "; ".join(f"{p.what}: {p.why}" for p in refusal.problems)


def label(case: Case, result: StabilityResult, number: int) -> str:
    """Name a state by its options; by whose they are, where options of several issues have one name."""
    issues = _varied(result)
    options = result.state(number)
    parts = [(i, case.title_of("issues", i, str(options[i]))) for i in issues if options[i] is not None]
    if not _same_options(case, issues):
        return ", ".join(title for _, title in parts)
    setters = [case.issues[i].set_by for i in issues]
    if len(set(setters)) == len(setters) and all(len(s) == 1 for s in setters):
        named = [f"{inside(case.title_of('actors', case.issues[i].set_by[0]))}: {title}" for i, title in parts]
        return capital("; ".join(named))
    return "; ".join(f"{case.title_of('issues', i)}: {title}" for i, title in parts)


def _same_options(case: Case, issues: Sequence[str]) -> bool:
    """Tell whether two issues have options of one name, which alone would not say whose they are."""
    named = [case.title_of("issues", i, o) for i in issues for o in case.issues[i].options]
    return len(set(named)) < len(named)


def _varied(result: StabilityResult) -> list[str]:
    return [i for i, options in zip(result.space.issues, result.space.options, strict=True) if len(options) > 1]


def _today(case: Case, result: StabilityResult) -> str:
    if case.status_quo is None or result.source < 0:
        return "No state is given as today's."
    return f"Today: {label(case, result, result.source + 1)}."


def _concept(case: Case, result: StabilityResult, key: str) -> str:
    concept = next(c for c in STANDARD if c.key == key)
    found = result.equilibria(key)
    if not found:
        what = "no state"
    elif len(found) <= NAMED:
        what = " — or ".join(label(case, result, k) for k in found)
    else:
        what = f"{len(found):,} of {result.states:,} states"
    return f"**{concept.title}** ({concept.meaning}): {what}."


def _matrix(case: Case, result: StabilityResult) -> Grid | None:
    """Draw the game as a matrix where two actors set one issue each."""
    issues = _varied(result)
    if len(result.actors) != 2 or len(issues) != 2:
        return None
    owners = {case.issues[i].set_by: i for i in issues}
    first, second = owners.get((result.actors[0],)), owners.get((result.actors[1],))
    if first is None or second is None or result.states > LISTED:
        return None
    place = {tuple(row.options[i] for i in (first, second)): row for row in result.state_rows}
    options = dict(zip(result.space.issues, result.space.options, strict=True))
    names = [capital(inside(n)) for n in result.names.actors]
    rows = []
    for own in options[first]:
        cells = [case.title_of("issues", first, own)]
        for other in options[second]:
            row = place.get((own, other))
            if row is None:
                cells.append("not possible")
                continue
            ranks = ", ".join(str(row.ranks[a]) for a in result.actors)
            cells.append(f"**{ranks}** Nash" if "nash" in row.equilibrium else ranks)
        rows.append(tuple(cells))
    columns = (names[0], *(f"{names[1]}: {case.title_of('issues', second, o)}" for o in options[second]))
    caption = f"Each cell: the place of the state for {inside(names[0])}, then for {inside(names[1])}; 1 is best."
    return Grid(Table("matrix", columns, tuple(rows)), caption=caption)


def _states(case: Case, result: StabilityResult) -> Table:
    rows = [
        (label(case, result, row.state), *(str(row.ranks[a]) for a in result.actors), _under(result, row.state))
        for row in result.state_rows
    ]
    return Table("states", ("State", *result.names.actors, "Stable for all under"), tuple(rows))


def _under(result: StabilityResult, number: int) -> str:
    found = [c.title for c in STANDARD if c.key in result.stable and number in result.equilibria(c.key)]
    return ", ".join(found) or "—"


def _read(result: StabilityResult) -> str:
    return "Under each actor: the place of the state in its order, 1 for the best."


def _named(case: Case, result: StabilityResult, said: Sequence[str]) -> list[str]:
    """Write states by their names where sentences have their numbers, while they are few enough to be named."""
    import re

    def name(found: re.Match[str]) -> str:
        return found[0] if found["other"] else f"“{label(case, result, int(found[0]))}”"

    if result.states > LISTED:
        return list(said)
    # An actor's name may hold a number, and departures are counted.
    actors = sorted((re.escape(n.replace("→", " to ")) for n in result.names.actors), key=len, reverse=True)
    number = re.compile(rf"(?P<other>{'|'.join(actors)}|\b\d+(?= other departure))|\b\d+\b")
    return [number.sub(name, text.replace("→", " to ")) for text in said]
