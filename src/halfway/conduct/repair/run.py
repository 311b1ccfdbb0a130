"""Repair: the least-cost set of declared changes that makes a plan self-enforcing, and what is missing where none does.

Sets are judged in the order of their cost. Most are refuted by a departure that was found to pay under another set and
that none of the changes touches (`halfway.conduct.verdicts.refutation`); only the rest are compiled. Where no set is enough, the
nearest is the one under which the actors gain least by breaking; it is found by adding up the actors' gains, cheapest
to compute first, always going on with the set whose sum is lowest: a sum over some actors is never more than that over all.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import Study, study
from halfway.conduct.repair.changes import Change, Edit, Source, change_sets, count_sets
from halfway.conduct.repair.improvement import Free, Improvement, improvement
from halfway.conduct.repair.separable_gains import Apart, averaged, deciding_kinds
from halfway.conduct.repair.shortfall import Missing, missing
from halfway.conduct.repair.transfers import Compensation, compensation
from halfway.conduct.verdicts.enforcement import enforcement
from halfway.conduct.verdicts.refutation import GameKey, Refutation, Refutations, game_key
from halfway.errors import InputError, Refusal
from halfway.progress import Progress
from halfway.record import shown_as
from halfway.result import Provenance, Result, Table
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.plan.compile_rules import compile_rules

MOST_TRIED = 4096
"""The most sets of changes that are tried: all of those of twelve declared changes."""

Watcher = Progress
"""Is told what is being done, how much of it is done, and how much there is (None where that is not known)."""


@dataclass(frozen=True)
class Tried:
    """One set of changes and what it brings.

    Attributes
    ----------
    changes : tuple of str
        Names; empty for the plan as it is.
    cost : float
    sound : bool
        Whether the changed plan is a plan at all.
    exploitability : mapping from actor to float
        By whom it can still be exploited, averaged over types; for actors that are not among `weighed`, at least.
    weighed : tuple of str
        The actors whose exploitability was computed in full.
    complete : bool
        Whether these are all; the sum over actors is a lower bound otherwise.
    incentive_compatible : bool or None
        None where not enough was computed to tell.
    self_enforcing : bool or None
    refutation : Refutation or None
        A departure that pays.
    reason : str or None
        Why nothing can be said of it.
    """

    changes: tuple[str, ...]
    cost: float
    sound: bool
    exploitability: dict[str, float]
    weighed: tuple[str, ...]
    complete: bool
    incentive_compatible: bool | None
    self_enforcing: bool | None
    refutation: Refutation | None = None
    reason: str | None = None


@dataclass(frozen=True, repr=False)
class RepairResult(Result):
    """What was tried, and what makes the plan hold.

    Attributes
    ----------
    plan : str
    found : Tried or None
        The cheapest set of changes under which the plan is self-enforcing, of those tried.
    nearest : Tried
        `found`; else the set under which actors gain least by breaking, all together, of those tried.
    tried : tuple of Tried
        In the order of cost.
    sets : int
        How many sets there are.
    exhaustive : bool
        Whether all sets were tried, or all that are no dearer than the one found.
    stopped : bool
        Whether it was interrupted: then `nearest` may not be the nearest.
    undecided : int
        Sets that were tried and of which nothing could be told.
    missing : tuple of Missing
        Where none is found: for every actor and type still tempted under `nearest`, what would end that.
    compensation : Compensation or None
        Where none is found: transfers that would make `nearest` self-enforcing, or why none do.
    edits : tuple of Edit
        What `nearest` changes, place by place.
    weighed : int
        Among how many of the cheapest sets `nearest` is the nearest.
    yaml : str or None
        The case with the plan as `nearest` has it; None where that changes nothing.
    provenance : Provenance
    improvement : Improvement or None
        Where none is found and it was asked for: which changes buy most, one after another, and at what cost.
    """

    plan: str
    found: Tried | None
    nearest: Tried
    tried: tuple[Tried, ...]
    sets: int
    exhaustive: bool
    stopped: bool
    undecided: int
    missing: tuple[Missing, ...]
    compensation: Compensation | None
    edits: tuple[Edit, ...]
    weighed: int
    yaml: str | None
    provenance: Provenance
    improvement: Improvement | None = field(default=None, metadata=shown_as(unless_empty=True))

    def headline(self) -> str:
        """Return the main figures in a line."""
        tried = f"{len(self.tried):,} of {self.sets:,} sets tried"
        if self.found is not None:
            names = ", ".join(self.found.changes) or "no change"
            return f"plan '{self.plan}' holds with {names} (cost {self.found.cost:g}); {tried}"
        return f"plan '{self.plan}': no set of declared changes makes it hold; {tried}"

    def tables(self) -> dict[str, Table]:
        """Return what was tried, and the path of the best improvement."""
        rows = tuple(
            (", ".join(t.changes), t.cost, t.sound, sum(t.exploitability.values()), t.complete, t.self_enforcing,
             t.refutation.actor if t.refutation else None, t.refutation.phase if t.refutation else None,
             t.refutation.gain if t.refutation else None)
            for t in self.tried
        )  # fmt: skip
        columns = (
            "changes",
            "cost",
            "sound",
            "exploitability",
            "complete",
            "self_enforcing",
            "tempted",
            "phase",
            "gain",
        )
        path = () if self.improvement is None else self.improvement.path
        steps = tuple(
            (k, one.changes[-1] if one.changes else "", one.cost, sum(one.lacks.signing.values()),
             sum(one.lacks.serving.values()), one.lacks.worst)
            for k, one in enumerate(path)
        )  # fmt: skip
        named = ("step", "change", "cost", "short_of_signing", "short_of_aims", "temptation")
        return {"tried": Table("tried", columns, rows), "path": Table("path", named, steps)}


def repair(
    case: Case | CompiledCase,
    plan: str | None = None,
    *,
    most: int = MOST_TRIED,
    weighed: int | None = None,
    text: bool = True,
    free: Sequence[Free] = (),
    improvements: int = 0,
    watch: Watcher | None = None,
    interruptible: bool = False,
) -> RepairResult:
    """Find the cheapest declared changes under which a plan is self-enforcing.

    Every set of the plan's declared `repairs` is a candidate, save those that change one place in two ways. They are
    tried in order of cost; the answer is exact over them.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
    most : int
        The most sets tried.
    weighed : int, optional
        Look for the nearest among so many of the cheapest sets only; of one, it is the plan as it is, and what breaking
        it pays is not computed. Default: all that are tried.
    text : bool
        Whether to write the changed case out.
    free : sequence of str
        Kinds of change tried for the best improvement beside the declared ones: ``issues``, ``seats``, ``order``.
    improvements : int
        The most sets judged for the best improvement, where nothing makes the plan hold; 0 for none.
    watch : callable, optional
        Is told how far the search has come.
    interruptible : bool
        Whether a KeyboardInterrupt ends the search with what is known by then, in place of being raised.

    Raises
    ------
    Refusal
        Where there is no such plan, or where nothing can be said of it as it is.
    """
    compiled = compile_case(case)
    ask(compiled.case, "repair", compiled.case.plan(plan)[1])
    search = Search(compiled, plan, watch or (lambda *_: None))
    stopped = False
    try:
        search.run(most, weighed)
    except KeyboardInterrupt:
        if not interruptible or not search.tried:
            raise
        stopped = True
    found = search.result(most, stopped, weighed=weighed, text=text)
    if found.found is not None or stopped or not improvements:
        return found
    try:
        better = improvement(compiled, found.plan, free=free, most=improvements, watch=watch)
    except Refusal:
        # What a plan lacks takes temptations, which not every case allows.
        return found
    return replace(found, improvement=better)


@dataclass
class _Judged:
    """One game, which several sets of changes may lead to.

    Attributes
    ----------
    gains : dict from actor to dict from type to float
        What breaking pays, as far as it was added up.
    weighed : set of str
        Actors of whom all was added up.
    """

    changed: Study
    holds: bool | None
    refutation: Refutation | None
    reason: str | None
    gains: dict[str, dict[str | None, float]] = field(default_factory=dict)
    weighed: set[str] = field(default_factory=set)

    @property
    def gaps(self) -> dict[str, float]:
        return {name: averaged(self.changed, name, gains) for name, gains in self.gains.items()}


class Search:
    """One search for a repair.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str or None
    watch : callable
    """

    def __init__(self, case: Case | CompiledCase, plan: str | None, watch: Watcher) -> None:
        self.base = study(case, plan)
        self.source = Source(self.base.case, self.base.name)
        self.watch = watch
        self.known = Refutations()
        self.games: dict[GameKey, _Judged] = {}
        self.tried: list[tuple[Change, GameKey | str]] = []
        self.found: Change | None = None
        self.sets = count_sets(self.base.plan)
        self.apart = Apart()
        self.nearest: GameKey | None = None

    def run(self, most: int, weighed: int | None = None) -> None:
        """Try sets until one is enough, then look for the nearest where none was."""
        total = min(most, self.sets)
        for number, change in enumerate(islice(change_sets(self.base.plan), most)):
            self.watch("sets of changes tried", number, total)
            key = self.judged(change)
            self.tried.append((change, key))
            if isinstance(key, GameKey) and self.games[key].holds:
                self.found, self.nearest = change, key
                # Where no departure of one period pays anywhere, none of several does.
                self.games[key].weighed = {self.base.space.actors[a] for a in self.base.everyone}
                return
        near = [key for _, key in self.tried[:weighed] if isinstance(key, GameKey)]
        self.nearest = near[0] if weighed == 1 and near else self.look_for_nearest(dict.fromkeys(near))

    def changed(self, change: Change, more: Any = None) -> Study:
        """Compile the plan with some changes made, and transfers added; the packages and what they are worth stay as they are.

        Raises
        ------
        InputError, Refusal
            Where it is no plan.
        """
        base = self.base
        case = self.source.case_with(change.numbers, more)
        plan = case.plans[base.name]
        rules = compile_rules(base.space, plan, base.number)
        return Study(case, base.name, plan, base.space, rules, base.compiled, base.number)

    def judged(self, change: Change) -> GameKey | str:
        """Judge one set of changes; return its game, or why there is none."""
        try:
            changed = self.changed(change)
        except (InputError, Refusal) as error:
            return str(error)
        key = game_key(changed.rules)
        if key not in self.games:
            refutation = self.known.standing(key)
            if refutation is not None:
                self.games[key] = _Judged(changed, False, refutation, None)
            else:
                try:
                    self.games[key] = _Judged(changed, *self.known.look(changed, key))
                except Refusal as refusal:
                    self.games[key] = _Judged(changed, None, None, str(refusal))
                forget(changed)
        return key

    def look_for_nearest(self, games: Iterable[GameKey]) -> GameKey | None:
        """Find among some the game in which the actors' gains from breaking sum to the least."""
        base, space = self.base, self.base.space
        everyone = [space.actors[a] for a in base.everyone]
        sizes = {
            name: sum(base.automaton((space.actor(name),), part).situation_of.size
                      for kind in base.kinds(name) for part in self.apart.parts(base, name, kind).heavy)
            for name in everyone
        }  # fmt: skip
        # First what is soon solved, of everyone; then actor by actor.
        stages = [tuple(everyone), *((name,) for name in sorted(everyone, key=lambda n: sizes[n]))]
        heap = [(0.0, number, 0, key) for number, key in enumerate(games) if self.games[key].reason is None]
        count = 0
        while heap:
            _, number, stage, key = heap[0]
            if stage == len(stages):
                return key
            self.watch("looking for the nearest", count, None)
            judged = self.games[key]
            try:
                self.weigh(judged, stages[stage], heavy=stage > 0)
            except Refusal as refusal:
                judged.reason = str(refusal)
                heapq.heappop(heap)
                continue
            heapq.heapreplace(heap, (sum(judged.gaps.values()), number, stage + 1, key))
            count += 1
        return None

    def weigh(self, judged: _Judged, names: tuple[str, ...], *, heavy: bool) -> None:
        """Add up one kind of part of what breaking pays some actors."""
        whole = judged.changed
        for name in names:
            gains = judged.gains.setdefault(name, {})
            for kind in deciding_kinds(whole, name):
                more = (self.apart.heavy if heavy else self.apart.light)(whole, name, kind)
                gains[kind] = gains.get(kind, 0.0) + more
            if heavy:
                judged.weighed.add(name)
        forget(whole)

    def result(self, most: int, stopped: bool, *, weighed: int | None = None, text: bool = True) -> RepairResult:
        """Return what is known."""
        said = [self.said(change, key) for change, key in self.tried]
        sound = [(s, c) for s, (c, _) in zip(said, self.tried, strict=True) if s.sound]
        at = next((k for k, (_, key) in enumerate(self.tried) if key == self.nearest), None)
        if self.found is not None:
            at = len(said) - 1
        if at is None:
            # Interrupted: of those weighed in full, the one under which actors gain least; else the plan as it is.
            whole = [k for k, one in enumerate(said) if one.complete]
            at = min(whole, key=lambda k: (sum(said[k].exploitability.values()), k), default=0)
        nearest, (change, key) = said[at], self.tried[at]
        lacks: tuple[Missing, ...] = ()
        paid: Compensation | None = None
        if self.found is None and isinstance(key, GameKey) and not stopped:
            self.watch("asking what is missing", 0, None)
            lacks, paid = missing(self.games[key].changed), self.compensated(change, key)
            forget(self.games[key].changed)
        return RepairResult(
            plan=self.base.name,
            found=nearest if self.found is not None else None,
            nearest=nearest,
            tried=tuple(said),
            sets=self.sets,
            exhaustive=self.found is not None or len(said) == self.sets,
            stopped=stopped,
            missing=lacks,
            compensation=paid,
            undecided=sum(s.self_enforcing is None for s, _ in sound),
            edits=self.source.edits(change.numbers),
            weighed=len(said) if weighed is None else min(weighed, len(said)),
            yaml=self.source.edited(change.numbers) if change.numbers and text else None,
            provenance=Provenance(
                self.base.case.name,
                self.base.case.content_hash,
                "repair",
                {"plan": self.base.name, "most": most},
                taken_as_indifferent=without_value(self.base.case, self.base.name),
            ),
        )

    def compensated(self, change: Change, key: GameKey) -> Compensation:
        """Look for transfers that make a plan self-enforcing, and judge the plan with them."""
        found = compensation(self.games[key].changed)
        if not found.transfers:
            return found
        whole = self.changed(change, list(found.transfers))
        verdict = enforcement(whole)
        if verdict.holds:
            return replace(found, verified=True)
        told = "not decided" if verdict.holds is None else "no"
        reason = (
            f"transfers that leave each actor alone nothing to gain were found, but self-enforcing with them: {told}"
        )
        return Compensation((), None, False, reason, tuple(dict.fromkeys(t.actor for t in verdict.temptations)))

    def said(self, change: Change, key: GameKey | str) -> Tried:
        """Say what one set of changes brings."""
        if isinstance(key, str):
            return Tried(change.names, change.cost, False, {}, (), False, False, None, None, key)
        one = self.games[key]
        gaps = {name: size for name in self.base.space.actors if (size := one.gaps.get(name, 0.0)) > 0}
        complete = len(one.weighed) == len(self.base.everyone)
        weighed = tuple(name for name in self.base.space.actors if name in one.weighed)
        compatible = False if gaps else True if complete else None
        return Tried(change.names, change.cost, True, gaps, weighed, complete, compatible, one.holds, one.refutation,
                     one.reason)  # fmt: skip


def forget(one: Study) -> None:
    """Drop what a study has computed: there may be thousands of them."""
    for store in (one._automata, one._priced, one._responses, one._values, one._parts):
        store.clear()
    one.__dict__.pop("_full", None)
    one.__dict__.pop("kept", None)
    one.rules.memo.clear()
