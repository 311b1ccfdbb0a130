"""Published strategies of repeated play that can stand in for an actor.

In the literature they choose between cooperation and defection; here *keep* is what the plan prescribes and *break* the
departure that pays best in the period at hand. What they answer is what the public sees, not what was done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from halfway.errors import Collector, Problem, Refusal, suggestion, unknown
from halfway.reading.fence import fence
from halfway.reading.text import decode, read_bytes

KEEP, BREAK, SLICE, BEST = range(4)
"""Keep; the departure that pays best this period; the same among those hardly noticed; what a best response does."""


@dataclass(frozen=True)
class Strategy:
    """A small machine: what to do, and how what was seen changes its memory.

    A subclass names itself, says where it was published, and whether it watches who was seen to break.
    """

    name: ClassVar[str] = ""
    source: ClassVar[str] = ""
    watches: ClassVar[bool] = False

    @property
    def called(self) -> str:
        """What results call it."""
        return self.name

    @property
    def told(self) -> str | dict[str, Any]:
        """All that it takes to play it again, as plain data."""
        return self.name

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Return what it does, as (probability, act).

        Parameters
        ----------
        memory : int
            0 at the start.
        for_good : bool
            Whether the phase has no clock.
        """
        raise NotImplementedError

    def learns(self, memory: int, others: bool, own: bool) -> int:
        """Return its next memory when others, or it, were seen to break."""
        return 0


class AlwaysKeep(Strategy):
    """Keeps whatever happens."""

    name = "always_keep"
    source = "unconditional cooperation; R. Axelrod, The Evolution of Cooperation, 1984"

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Keep."""
        return ((1.0, KEEP),)


class AlwaysBreak(Strategy):
    """Takes what pays this period, always."""

    name = "always_break"
    source = "unconditional defection; R. Axelrod, The Evolution of Cooperation, 1984"

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Break."""
        return ((1.0, BREAK),)


class BestResponse(Strategy):
    """Plays its best response to the others' keeping the plan."""

    name = "best_response"
    source = "policy iteration; R. A. Howard, Dynamic Programming and Markov Processes, 1960"

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Do what a best response does."""
        return ((1.0, BEST),)


class SalamiSlicing(Strategy):
    """Takes at each step the most that hardly raises the chance of a consequence."""

    name = "salami_slicing"
    source = "salami tactics; T. C. Schelling, Arms and Influence, 1966, chapter 2"

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Take a slice."""
        return ((1.0, SLICE),)


class WaitOut(Strategy):
    """Keeps while a clock runs and breaks once a phase lasts for good."""

    name = "wait_out"
    source = "the trial that is waited out; compare G. W. Downs and D. M. Rocke, Optimal Imperfection?, 1995"

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Keep while the clock runs."""
        return ((1.0, BREAK if for_good else KEEP),)


class Grim(Strategy):
    """Keeps until another is seen to break, then breaks for ever."""

    name = "grim"
    source = "J. W. Friedman, A non-cooperative equilibrium for supergames, Review of Economic Studies 38, 1971"
    watches = True

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Keep until wronged."""
        return ((1.0, BREAK if memory else KEEP),)

    def learns(self, memory: int, others: bool, own: bool) -> int:
        """Never forget."""
        return int(memory or others)


class TitForTat(Strategy):
    """Keeps first, then does what the others were last seen to do."""

    name = "tit_for_tat"
    source = "R. Axelrod and W. D. Hamilton, The evolution of cooperation, Science 211, 1981"
    watches = True

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Answer in kind."""
        return ((1.0, BREAK if memory else KEEP),)

    def learns(self, memory: int, others: bool, own: bool) -> int:
        """Remember the last act of others."""
        return int(others)


class TitForTwoTats(Strategy):
    """Breaks only after others were seen to break twice running."""

    name = "tit_for_two_tats"
    source = "R. Axelrod, The Evolution of Cooperation, 1984"
    watches = True

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Answer the second breach in a row."""
        return ((1.0, BREAK if memory == 2 else KEEP),)

    def learns(self, memory: int, others: bool, own: bool) -> int:
        """Count breaches in a row, up to two."""
        return min(memory + 1, 2) if others else 0


@dataclass(frozen=True)
class GenerousTitForTat(Strategy):
    """Tit-for-tat that lets a breach pass with some probability.

    Attributes
    ----------
    forgives : float
        The default of one third is the published one for Axelrod's payoffs, min(1 − (T−R)/(R−S), (R−P)/(T−P)).
    """

    name = "generous_tit_for_tat"
    source = "M. A. Nowak and K. Sigmund, Tit for tat in heterogeneous populations, Nature 355, 1992"
    watches = True
    forgives: float = 1 / 3

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Answer in kind, mostly."""
        return ((self.forgives, KEEP), (1 - self.forgives, BREAK)) if memory else ((1.0, KEEP),)

    def learns(self, memory: int, others: bool, own: bool) -> int:
        """Remember the last act of others."""
        return int(others)


class ContriteTitForTat(Strategy):
    """Tit-for-tat that accepts punishment for its own breach: it answers only when in good standing itself.

    Memory: bit 0, it is in bad standing; bit 1, the others are.
    """

    name = "contrite_tit_for_tat"
    source = "M. C. Boerlijst, M. A. Nowak and K. Sigmund, The logic of contrition, J. Theoretical Biology 185, 1997"
    watches = True

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Break only when in good standing and wronged."""
        return ((1.0, BREAK if memory == 2 else KEEP),)

    def learns(self, memory: int, others: bool, own: bool) -> int:
        """Keep the books of standing: a breach is excused when provoked."""
        mine, theirs = memory & 1, memory >> 1 & 1
        excused, theirs_excused = not mine and theirs, not theirs and mine
        return int(own and not excused) | int(others and not theirs_excused) << 1


class WinStayLoseShift(Strategy):
    """Repeats its act when the others kept, changes it when they were seen to break."""

    name = "win_stay_lose_shift"
    source = "M. Nowak and K. Sigmund, A strategy of win-stay, lose-shift, Nature 364, 1993"
    watches = True

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Do what memory says."""
        return ((1.0, BREAK if memory else KEEP),)

    def learns(self, memory: int, others: bool, own: bool) -> int:
        """Shift after a loss."""
        return int(own != others)


@dataclass(frozen=True)
class Table(Strategy):
    """A machine given as a table, such as one read from YAML.

    Attributes
    ----------
    does : tuple of int
        The act in each memory; the first is the start.
    follows : tuple of tuple of int
        For each memory, the next one after: nobody, others, itself, both were seen to break.
    file : str
        Where it was read from, if it was.
    """

    name = "table"
    source = "a finite automaton; A. Rubinstein, Finite automata play the repeated prisoner's dilemma, JET 39, 1986"
    watches = True
    does: tuple[int, ...] = (KEEP,)
    follows: tuple[tuple[int, int, int, int], ...] = ((0, 0, 0, 0),)
    file: str = ""

    @property
    def called(self) -> str:
        """The file that it was read from."""
        return self.file or self.name

    @property
    def told(self) -> dict[str, Any]:
        """The table itself: a file can change."""
        acts = {act: word for word, act in _ACTS.items()}
        return {
            "file": self.file,
            "does": [acts[a] for a in self.does],
            "follows": [dict(zip(_AFTER, f, strict=True)) for f in self.follows],
        }

    def acts(self, memory: int, for_good: bool) -> tuple[tuple[float, int], ...]:
        """Look it up."""
        return ((1.0, self.does[memory]),)

    def learns(self, memory: int, others: bool, own: bool) -> int:
        """Look it up."""
        return self.follows[memory][int(others) + 2 * int(own)]


STRATEGIES: dict[str, type[Strategy]] = {
    s.name: s
    for s in (
        AlwaysKeep,
        AlwaysBreak,
        BestResponse,
        Grim,
        TitForTat,
        TitForTwoTats,
        GenerousTitForTat,
        ContriteTitForTat,
        WinStayLoseShift,
        SalamiSlicing,
        WaitOut,
    )
}

_ACTS = {"keep": KEEP, "break": BREAK, "slice": SLICE, "best": BEST}
_AFTER = ("then", "others_break", "own_break", "both_break")
_FILES = (".yaml", ".yml")

MOST_STATES = 40_000
"""Of a table; what is followed is the part of it that play can reach."""


def strategy(name: str) -> Strategy:
    """Return a published strategy by name, or the machine in a file whose path ends in ``.yaml`` or ``.yml``.

    Raises
    ------
    Refusal, InputError
        Where there is none of that name, or the file cannot be read.
    """
    if name.endswith(_FILES):
        with fence(name):
            return read_table(decode(read_bytes(Path(name)), name), name)
    key = name.replace("-", "_").replace(" ", "_")
    if key not in STRATEGIES:
        raise unknown("strategy", name, STRATEGIES, remedy="name one that is documented")
    return STRATEGIES[key]()


def read_table(text: str, file: str = "") -> Table:
    """Read a machine from YAML.

    The text maps each state to what it ``does`` (keep, break, slice or best) and to the states that follow: ``then`` by
    default, ``others_break``, ``own_break``, ``both_break`` where they differ. Play starts in the first state.

    Parameters
    ----------
    text : str
    file : str
        Where it is from, for messages.

    Raises
    ------
    Refusal
        Where the text does not say this.
    """
    from halfway.case.yaml_text import read_yaml

    data, places = read_yaml(text, file or "<strategy>", problems := Collector())
    problems.raise_if_any()

    def refuse(why: str, *path: str) -> Refusal:
        place = places.value_of(path) if path in places.values else places.of(path)
        return Refusal(
            [Problem("R036", "the strategy's table cannot be read", why, "see the page on strategies", place)]
        )

    if not isinstance(data, dict) or not data or not all(isinstance(v, dict) for v in data.values()):
        raise refuse("it does not map states to what they do")
    if len(data) > MOST_STATES:
        raise refuse(f"it has {len(data):,} states, {MOST_STATES:,} at most can be played")
    number = {name: n for n, name in enumerate(data)}
    does, follows = [], []
    for name, entry in data.items():
        for key in entry:
            if key not in ("does", *_AFTER):
                raise refuse(f"state '{name}' has '{key}'; {suggestion(str(key), ['does', *_AFTER])}", name, key)
            if not isinstance(entry[key], str):
                raise refuse(f"'{key}' of state '{name}' is not one word", name, key)
        if entry.get("does") not in _ACTS:
            raise refuse(f"state '{name}' does not say whether it does {', '.join(_ACTS)}", name)
        for key in _AFTER:
            if key in entry and entry[key] not in number:
                raise refuse(f"state '{name}' leads to an unknown state '{entry[key]}'", name, key)
        does.append(_ACTS[entry["does"]])
        default = entry.get("then", name)
        others, own = entry.get("others_break", default), entry.get("own_break", default)
        both = entry.get("both_break", others)
        follows.append((number[default], number[others], number[own], number[both]))
    return Table(tuple(does), tuple(follows), file)


def described() -> Mapping[str, tuple[str, str]]:
    """Return what each strategy does and where it was published, by name."""
    return {key: ((s.__doc__ or "").split("\n")[0], s.source) for key, s in STRATEGIES.items()}
