"""The sentences of the front page: plain values in, one short paragraph out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from halfway.tolerances import only_rounding
from halfway.words.language import say

MINUS = "\u2212"
_NUMBERS = {
    1: "one",
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
}


def whole(value: float) -> str:
    """Write points without decimals and with a true minus sign."""
    return f"{round(value):d}".replace("-", MINUS)


def signed(value: float) -> str:
    """Write a difference in whole points."""
    return whole(value) if round(value) <= 0 else f"+{round(value):d}"


def counted(number: int, noun: str) -> str:
    """Write a count with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def spelled(number: int) -> str:
    """Write a count as prose does: up to ten in words."""
    return _NUMBERS.get(number, f"{number:,}")


def joined(parts: Sequence[str]) -> str:
    """Join parts of a sentence."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


_ARTICLES = ("The ", "A ", "An ")


def inside(name: str) -> str:
    """Write a name inside a sentence: its article without a capital."""
    return name[:1].lower() + name[1:] if name.startswith(_ARTICLES) else name


def capital(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def named(names: Sequence[str]) -> str:
    """Join names that stand at the start of a sentence."""
    return capital(joined([inside(n) for n in names]))


def first_sentences(text: str, words: int) -> str:
    """Return as many whole sentences from the start of a text as fit in so many words; at least one."""
    import re

    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z“'\"])", " ".join(text.split()))
    kept: list[str] = []
    for sentence in sentences:
        if kept and sum(len(s.split()) for s in (*kept, sentence)) > words:
            break
        kept.append(sentence)
    text = " ".join(kept)
    if len(text.split()) > words:
        # One long sentence: as many of its clauses as fit.
        clauses = text.rstrip(".").split("; ")
        while len(clauses) > 1 and sum(len(c.split()) for c in clauses) > words:
            clauses.pop()
        text = "; ".join(clauses) + "."
    return text


def signing(willing: Sequence[str], refusing: Sequence[tuple[str, float]], bodies: Sequence[str]) -> str:
    """Say who would sign.

    Parameters
    ----------
    willing : sequence of str
        Signatories that have more from the kept plan than without it.
    refusing : sequence of (name, points)
        Signatories and by how much they would be worse off than without a deal.
    bodies : sequence of str
        Bodies at home that would refuse what is signed.
    """
    parts = []
    if willing and not refusing:
        listed = joined([inside(n) for n in willing])
        parts.append(
            say("Yes: {names}.").format(names=listed)
            if len(willing) > 1
            else say("{names}, yes.").format(names=willing[0])
        )
    elif willing:
        parts.append(say("{names}, yes.").format(names=named(willing)))
    worse = say("{name} would be {points} worse off than without a deal.")
    parts += [worse.format(name=name, points=points_short(short)) for name, short in refusing]
    if bodies:
        # Names of bodies hold commas.
        listed = "; ".join(inside(b) for b in bodies)
        parts.append(say("Not approved by {names}.").format(names=listed))
    return " ".join(parts) or say("Nobody is asked to sign.")


def points_short(size: float) -> str:
    """Write a number of points: whole ones, and one decimal below ten."""
    shown = f"{round(size)}" if size >= 9.5 else f"{size:.1f}" if size >= 0.95 else f"{size:.2g}"
    return say("{size} points").format(size=shown)


def serving(
    named: Sequence[tuple[str, str, float, float, float]], absent: Sequence[tuple[str, float]], missing: int
) -> str:
    """Say whom the plan serves.

    Parameters
    ----------
    named : sequence of (name, seat, gain, low, high)
        Those whom the plan is meant to serve, with their gain over today and its interval.
    absent : sequence of (name, gain)
        Others outside the room who lose most.
    missing : int
        How many of the things that must hold for them would not.
    """
    if not named:
        out = ["It names no one whom it is meant to serve."]
    else:
        better = [gain > 0.5 for _, _, gain, _, _ in named]
        lead = (
            "Those it names."
            if all(better)
            else "Not those it names."
            if not any(better)
            else "Some of those it names."
        )
        out = [lead]
        for name, seat, gain, low, high in named:
            spread = "" if only_rounding(low, high) else f" ({signed(low)} to {signed(high)})"
            out.append(f"{name}{f', {inside(seat)},' if seat else ''} {_moved(gain)}{spread}.")
        if missing:
            things = f"{capital(spelled(missing))} thing{'' if missing == 1 else 's'}"
            out.append(f"{things} that must hold for them would not.")
    out += [f"{name}, outside the room, {_moved(gain)}." for name, gain in absent]
    return " ".join(out)


def _moved(gain: float) -> str:
    if abs(gain) < 0.05:
        return "would end up where it is today"
    return f"would {'gain' if gain > 0 else 'lose'} {points_short(abs(gain))}"


def going(
    mover: str,
    towards: str,
    level: float | None,
    today: float | None,
    gives: Sequence[tuple[str, float]],
    got: float,
    given: float,
    *,
    first: bool = True,
) -> str:
    """Say how far one side goes towards the other, and what it gives and gets.

    Movement is put into words only where today lies between the two ideals. What the percentages are of is said of the
    `first` side alone.
    """
    if level is None:
        return f"How far {mover} goes cannot be measured: its own ideal and that of {inside(towards)} are worth the same to it."
    exchange = f"gives {_amount(given)}{_items(gives)} and gets {_amount(got)}"
    if today is None or not 0 <= today <= 100:
        return f"{mover} {exchange}."
    if level < today - 0.5:
        way = f" of the way to {inside(towards)}" if first else ""
        lead = f"{mover} moves back from {whole(today)} to {whole(level)} percent{way}"
    elif level <= today + 0.5:
        lead = f"{mover} stays where it stands today, at {whole(level)} percent of the way to {inside(towards)}"
    else:
        lead = f"{mover} goes {whole(level)} percent of the way to {inside(towards)} ({whole(today)} today)"
    return f"{lead}; it {exchange}."


def _amount(points: float) -> str:
    return "nothing" if points < 0.05 else "next to nothing" if points < 0.5 else points_short(points)


def _items(items: Sequence[tuple[str, float]]) -> str:
    return f" ({', '.join(f'{name} {round(size)}' for name, size in items)})" if items else ""


def talking(shifts: Sequence[tuple[str, float, float]]) -> str:
    """Say whose position without a deal changes while talks last, before and after."""
    said = []
    for name, before, after in shifts:
        verb = "rises" if after > before else "falls"
        said.append(f"of {inside(name)} {verb} from {whole(before)} to {whole(after)}")
    return f"the no-deal position {', '.join(said)}." if said else ""


def changes(steps: Sequence[tuple[str, str, float, float]]) -> tuple[str, ...]:
    """Say issues left as they are today, one after another, and what that buys; a loser is named where it changes.

    Parameters
    ----------
    steps : sequence of (issue, actor, before, after)
        What the actor that falls shortest falls short, before and after the step, in points.
    """
    out, last = [], ""
    for what, who, before, after in steps:
        loss = "" if who == last else say("{who}'s long-run loss ").format(who=inside(who))
        out.append(say("Leave {what} as it is: ").format(what=what) + f"{loss}{whole(before)} → {whole(after)}.")
        last = who
    return tuple(out)


def tempted(name: str, kind: str, points: float, month: str, acts: Sequence[tuple[str, str]]) -> str:
    """Say how far a breach would tempt one actor, and by what: its acts by name, where they are one or two.

    Parameters
    ----------
    name : str
    kind : str
        What it would have to be, with how likely that is; empty where it is of one kind.
    points : float
    month : str
    acts : sequence of (issue, option)
    """
    who = f"{inside(name)}, if it is {kind}," if kind else inside(name)
    if len(acts) > 2:
        by = f" by {spelled(len(acts))} departures at once"
    else:
        by = f" by {joined([f'{issue}: {option}' for issue, option in acts])}" if acts else ""
    return f"From {month} {who} would gain {points_short(points)}{by}."


def not_bound(names: Sequence[str]) -> str:
    """Say who promised nothing and would not go along."""
    return f"{named(names)} promised nothing and would not go along." if names else ""


def no_restraint(names: Sequence[str], *, everyone: bool = False) -> str:
    """Say whom the plan restrains no more than no plan would; `everyone` who is tempted, or only those named."""
    if not names:
        return ""
    lead = "That is" if everyone else f"For {joined([inside(n) for n in names])} that is"
    return f"{lead} no less than with no plan at all."


def no_odds(record: Mapping[str, Any]) -> str:
    """Say why no odds are given: how past plans with the same grade ended.

    Parameters
    ----------
    record : mapping
        The JSON form of a `halfway.evidence.graded.GradeRecord`.
    """
    if not record["plans"]:
        return f"No odds: none of {record['graded']} past plans measured got this grade."
    share = "all" if record["plans"] == record["graded"] else f"{record['plans']} of"
    return f"No odds: {share} {record['graded']} past plans measured got this grade; {record['held']} held."


def could_sign(
    count: str,
    parties: Sequence[str],
    changed: Sequence[str],
    further: int = 0,
    left: Sequence[str] = (),
    *,
    none_of_them: bool = False,
) -> str:
    """Say what those who set or own what is at stake could sign.

    Parameters
    ----------
    count : str
        Of the packages acceptable to them.
    parties : sequence of str
    changed : sequence of str
        What the Nash package among them changes against today, what matters most to them first.
    further : int
        How many further changes it makes.
    left : sequence of str
        What it leaves as it is today and the plan does not.
    none_of_them : bool
        Whether none of the case's plans leaves each of them as well off as without a deal.
    """
    who = joined([inside(p) for p in parties])
    if len(parties) > 4:
        who = f"the {spelled(len(parties))} who set or own what is at stake"
    if count == "0":
        return f"Nothing is acceptable to {who}."
    count = spelled(int(count)) if count.isdigit() else count
    packages = "one package is" if count == "one" else f"{count} packages are"
    if none_of_them:
        do = "one package does" if count == "one" else f"{count} packages do"
        said = f"No plan here leaves each of {who} as well off as without a deal; {do}."
    else:
        said = f"{packages[:1].upper()}{packages[1:]} acceptable to {who}."
    if not changed:
        return said
    more = f"; {spelled(further)} more" if further else ""
    same = f" It leaves {joined(left)} as today." if left else ""
    return f"{said} Start from the Nash package: {'; '.join(changed)}{more}.{same}"


def penalty(name: str, whom: str, points: float, *, only: bool) -> str:
    """Say what the plan's own answers to a breach take from the one who breaks it, where that is next to nothing.

    Parameters
    ----------
    name : str
        What the penalty is for.
    whom : str
        From whom it takes most.
    points : float
    only : bool
        Whether it is the only one; else the harshest.
    """
    lead = "The only penalty" if only else "The harshest penalty"
    return f"{lead}, for {name}, takes {_amount(max(points, 0.0))} from {inside(whom)}."


def both(better: bool | None) -> str:
    """Say how two sides end of whom today lies outside the two ideals, so that no distance moved can be given."""
    if better is None:
        return ""
    return say("Both sides end better off than today.") if better else say("Both sides end worse off than today.")
