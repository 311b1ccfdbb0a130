"""What all checks of a case share: its names, and how to complain about a place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from halfway.case.case import Case
from halfway.case.conditions import Condition, Is, Path, atoms
from halfway.case.estimates import Estimate
from halfway.case.events import EVENT_SIGNALS
from halfway.case.issues import rows_in
from halfway.errors import Collector, suggestion

SUM_TOLERANCE = 1e-6


class Checker:
    """What all checks share: the case, its names, and how to complain about a place."""

    def __init__(self, case: Case, problems: Collector) -> None:
        self.case = case
        self.problems = problems
        self.actors = list(case.actors)
        self.issues = list(case.issues)
        # Members of a group can act and be spoken of, too.
        self.everyone = self.actors + [m for a in case.actors.values() for m in a.members]

    def complain(self, code: str, what: str, why: str, remedy: str, path: Path, *, value: bool = True) -> None:
        """Add a problem at the value (or key) of a path."""
        place = self.case.places.value_of(path) if value else self.case.places.of(path)
        self.problems.add(code, what, why, remedy, place)

    def known(self, name: str, names: Sequence[str], kind: str, path: Path) -> bool:
        """Complain where a name is not declared."""
        if name in names:
            return True
        article = "an" if kind[0] in "aeiou" else "a"
        self.complain(
            "N301", f"'{name}' is not {article} {kind} of this case", suggestion(name, names), "correct it", path
        )
        return False

    def all_known(self, some: Iterable[str], names: Sequence[str], kind: str, path: Path) -> None:
        """Complain about every name that is not declared."""
        for i, name in enumerate(some):
            at = (*path, i)
            self.known(name, names, kind, at if at in self.case.places.values else path)

    def option(self, issue: str, option: str, path: Path, *, signals: bool = False) -> None:
        """Complain where an issue has no such option (or, in a trigger, shows no such signal)."""
        if signals and issue in self.case.events and issue not in self.issues:
            self._event(issue, option, path)
            return
        if not self.known(issue, [*self.issues, *(self.case.events if signals else ())], "issue", path):
            return
        declared = self.case.issues[issue]
        names = self.signals(issue) if signals else list(declared.options)
        if option not in names:
            self.complain(
                "N302",
                f"'{option}' is not {'a signal' if signals else 'an option'} of issue '{issue}'",
                suggestion(option, names),
                "declare it or correct it",
                path,
            )

    def _event(self, event: str, asked: str, path: Path) -> None:
        """Check what a rule asks of an event: whether it is in force, and only where all can see that."""
        if asked not in EVENT_SIGNALS:
            self.complain(
                "N302",
                f"'{asked}' cannot be asked of event '{event}'",
                suggestion(asked, EVENT_SIGNALS),
                f"write {{{event}: yes}} or {{{event}: no}}",
                path,
            )
        elif self.case.events[event].hidden_from:
            self.complain(
                "V450",
                f"event '{event}' is hidden from {', '.join(self.case.events[event].hidden_from)}",
                "rules and reactions follow what all can see",
                "remove 'hidden_from', or ask for a signal that the event changes",
                path,
            )

    def signals(self, issue: str) -> list[str]:
        """Return every signal that an issue can show, whatever else is in force."""
        declared = self.case.issues[issue]
        shown = {s for o in declared.options for row in declared.rows_of(o) for s in row.signals}
        changed = {
            s
            for event in self.case.events.values()
            for seen in event.changes.observed.get(issue, {}).values()
            for row in rows_in(seen)
            for s in row.signals
        }
        return sorted(shown | changed | set(declared.signals))

    def assignment(self, given: dict[str, str], path: Path) -> None:
        """Check a mapping from issues to options."""
        for issue, option in given.items():
            self.option(issue, option, (*path, issue))

    def condition(self, condition: Condition, path: Path, *, signals: bool = False) -> None:
        """Check every name in a condition."""
        for atom in atoms(condition):
            at = (*path, *atom.path)
            if isinstance(atom, Is):
                for i, option in enumerate(atom.options):
                    one = (*at, i)
                    self.option(atom.issue, option, one if one in self.case.places.values else at, signals=signals)
                    if atom.issue not in self.issues and not (signals and atom.issue in self.case.events):
                        break
            else:
                if atom.issue is not None:
                    self.known(atom.issue, self.issues, "issue", at)
                by = getattr(atom, "by", None)
                if by is not None:
                    self.known(by, self.actors, "actor", at)

    def sums_to_one(self, parts: Iterable[Estimate], what: str, path: Path) -> None:
        """Complain where probabilities do not sum to one."""
        total = math.fsum(float(p) for p in parts)
        if abs(total - 1) > SUM_TOLERANCE:
            self.complain(
                "V401", f"{what} sum to {total:g}", "probabilities of all cases sum to 1", "correct one of them", path
            )
