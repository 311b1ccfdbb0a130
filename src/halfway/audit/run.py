"""Run the rules on plans: select, ignore, place, sort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from halfway.audit.finding import SEVERITIES, Finding, Hit
from halfway.audit.groups import Group, Told, groups
from halfway.audit.outside import failed, rules_from_outside
from halfway.audit.past import past_records
from halfway.audit.question import Ground, Question
from halfway.audit.rule import FAMILIES, Rule
from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.notes import without_value
from halfway.case.support import ask
from halfway.errors import UnknownName, unknown
from halfway.result import Provenance, Result, Table
from halfway.seeds import DEFAULT_SEED
from halfway.space.compiled import CompiledCase, compile_case


def all_rules() -> tuple[Rule, ...]:
    """Return every rule, those from outside included, in the order of the documentation.

    Raises
    ------
    Refusal
        Where a rule from outside cannot be used.
    """
    from halfway.audit.rules import aims, commitment, concessions, exchange, inputs, record, table, verdicts

    own = (
        *aims.RULES,
        *table.RULES,
        *concessions.RULES,
        *exchange.RULES,
        *commitment.RULES,
        *record.RULES,
        *inputs.RULES,
        *verdicts.RULES,
    )
    past = past_records()
    judged = (replace(r, most=past[r.code].most) if r.code in past else r for r in own)
    every = (*judged, *rules_from_outside(frozenset(r.code for r in own)))
    return tuple(sorted(every, key=lambda r: (FAMILIES.index(r.family), r.code)))


@dataclass(frozen=True, repr=False)
class AuditResult(Result):
    """Findings on the plans asked about.

    Attributes
    ----------
    findings : tuple of Finding
        By plan, then by severity (worst first), then by place.
    ignored : tuple of Finding
        Silenced by a comment in the file.
    skipped : tuple of str
        Rules that need utilities and were not run, because no actor has any.
    unjudged : tuple of str
        Actors without utilities, whom rules that need them pass over.
    groups : tuple of Group
        The findings by what would have to change, plan by plan: those to be shown first, the rest, and at the end what
        concerns the inputs, once for the case.
    provenance : Provenance
    """

    findings: tuple[Finding, ...]
    provenance: Provenance
    ignored: tuple[Finding, ...] = ()
    skipped: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()

    def of(self, plan: str) -> tuple[Finding, ...]:
        """Return the findings on one plan."""
        return tuple(f for f in self.findings if f.plan == plan)

    @property
    def codes(self) -> frozenset[str]:
        """The codes found."""
        return frozenset(f.code for f in self.findings)

    def headline(self) -> str:
        """Return the main figures in a line."""
        counts = (f"{sum(f.severity == s for f in self.findings)} {s}s" for s in reversed(SEVERITIES))
        return f"{', '.join(counts)}" + (f" ({', '.join(sorted(self.codes))})" if self.findings else "")

    def tables(self) -> dict[str, Table]:
        """Return the table ``findings``."""
        columns = ("plan", "code", "name", "severity", "file", "line", "column", "message", "figure", "unit", "remedy")
        rows = tuple(
            (
                f.plan,
                f.code,
                f.name,
                f.severity,
                f.place.file,
                f.place.line,
                f.place.column,
                f.message,
                f.figure,
                f.unit,
                f.remedy,
            )
            for f in self.findings
        )
        return {"findings": Table("findings", columns, rows)}


def audit(
    case: Case | CompiledCase,
    *,
    plan: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    seed: int = DEFAULT_SEED,
) -> AuditResult:
    """Audit one plan, or all plans of a case.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
        One plan by name; all by default.
    select, ignore : sequence of str
        Codes, or the beginnings of codes (``E`` for all rules on the exchange), to run or to leave out.
    seed : int
        Root of the random streams of rules that speak of uncertainty.

    Raises
    ------
    Refusal
        Where there is no such plan or rule.
    """
    compiled = compile_case(case)
    case = compiled.case
    found = find(compiled, plan=plan, select=select, ignore=ignore, seed=seed)
    told = [Told(n, *pair) for n, pair in enumerate(zip(found.kept, found.about, strict=True))]
    names = [q.name for q in found.questions]
    parameters = {"plans": names, "select": list(select), "ignore": list(ignore)}
    return AuditResult(
        findings=found.kept,
        ignored=found.ignored,
        skipped=found.skipped,
        unjudged=tuple(actor for actor in case.actors if not found.questions[0].cardinal(actor)),
        groups=groups(case, told, found.questions),
        provenance=Provenance(
            case.name,
            case.content_hash,
            "audit rules on the compiled plan",
            parameters,
            seed,
            taken_as_indifferent=without_value(case, plan),
        ),
    )


@dataclass(frozen=True)
class Found:
    """What the rules find, before it is put together.

    Attributes
    ----------
    kept, ignored : tuple of Finding
        As `AuditResult` has them.
    about : tuple of path
        What would have to change, for each of those kept.
    skipped : tuple of str
    questions : tuple of Question
        The plans asked about.
    """

    kept: tuple[Finding, ...]
    about: tuple[Path, ...]
    ignored: tuple[Finding, ...]
    skipped: tuple[str, ...]
    questions: tuple[Question, ...]


def find(
    case: Case | CompiledCase,
    *,
    plan: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    seed: int = DEFAULT_SEED,
) -> Found:
    """Find what `audit` finds, without what mending each step would do; the parameters are those of `audit`."""
    compiled = compile_case(case)
    case, rules = compiled.case, chosen(select, ignore)
    chosen_plan = case.plan(plan)[1]
    ask(case, "audit", chosen_plan if plan is not None else None)
    names = [plan] if plan is not None else list(case.plans)
    kept: list[Finding] = []
    silenced: list[Finding] = []
    skipped: dict[str, None] = {}
    ground = Ground(compiled, seed)
    questions = []
    about: list[Path] = []
    for name in names:
        question = Question(case, name, case.plans[name], ground)
        questions.append(question)
        found: list[tuple[Finding, Path]] = []
        for rule in rules:
            if not rule.ordinal and not any(ground.cardinal(actor) for actor in case.actors):
                skipped[rule.code] = None
            elif question.acts or rule.idle:
                found.extend(_placed(case, rule, question))
        found.sort(key=lambda f: (-SEVERITIES.index(f[0].severity), f[0].place.line, f[0].code))
        for finding, subject in found:
            ignored = case.places.ignored.get(finding.place.line, frozenset())
            if finding.code in ignored:
                silenced.append(finding)
            else:
                kept.append(finding)
                about.append(subject)
    return Found(tuple(kept), tuple(about), tuple(silenced), tuple(skipped), tuple(questions))


def chosen(select: Sequence[str], ignore: Sequence[str]) -> tuple[Rule, ...]:
    """Return the rules that a selection leaves.

    Raises
    ------
    Refusal
        Where a code is the beginning of no rule's.
    """
    rules = all_rules()
    for code in (*select, *ignore):
        if not any(rule.code.startswith(code.upper()) for rule in rules):
            raise _unknown(code, rules)
    return tuple(
        rule
        for rule in rules
        if (not select or any(rule.code.startswith(s.upper()) for s in select))
        and not any(rule.code.startswith(s.upper()) for s in ignore)
    )


def rule(code: str) -> Rule:
    """Return a rule by its code.

    Raises
    ------
    Refusal
        Where there is none.
    """
    rules = all_rules()
    for one in rules:
        if one.code == code.upper():
            return one
    raise _unknown(code, rules)


def _unknown(code: str, rules: Iterable[Rule]) -> UnknownName:
    return unknown("rule", code, (r.code for r in rules), remedy="see `halfway audit --rules`")


def _hits(one: Rule, question: Question) -> tuple[Hit, ...]:
    if one.check.__module__.startswith("halfway."):
        return tuple(one.check(question, one))
    try:
        return tuple(one.check(question, one))
    except Exception as problem:
        # The fault is in another package, so the message says how to go on without it.
        raise failed(one, problem) from problem


def _placed(case: Case, one: Rule, question: Question) -> Iterable[tuple[Finding, Path]]:
    for hit in _hits(one, question):
        finding = Finding(
            code=one.code,
            name=one.name,
            severity=one.severity_of(hit),
            place=case.place(*hit.path),
            message=hit.message,
            figure=round(hit.figure, 6),
            unit=hit.unit,
            remedy=hit.remedy or one.remedy,
            plan=question.name,
            actor=hit.actor,
        )
        yield finding, hit.path if hit.about is None else hit.about
