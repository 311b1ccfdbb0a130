"""Write the page that holds `conduct` against history: what was promised, what became of it, what breaking paid."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau, rankdata, spearmanr

try:
    from docs.audit_readings import CARRIED_OUT
except ModuleNotFoundError:  # run as a script: its own folder is on the path
    from audit_readings import CARRIED_OUT  # type: ignore[no-redef]
from halfway import __version__
from halfway.case.case import Case
from halfway.case.catalog import load
from halfway.conduct.result import ConductResult
from halfway.conduct.run import conduct
from halfway.seeds import DEFAULT_SEED, generator

PAGE = Path(__file__).parent / "explanation" / "conduct-on-history.md"
SCALE = {"kept": 3, "late": 2, "partly": 2, "failed": 0}
OUTCOMES = ("kept", "late", "partly", "failed", "disputed", "not_due")
HINDSIGHT = {("dayton-1995", "as_carried_out")}  # the obligations of as_signed once more
DRAWS = 20_000


@dataclass(frozen=True)
class Commitment:
    """One obligation with what became of it, and what breaking paid the actor that owed it."""

    case: str
    plan: str
    by: str
    actor: str
    act: str
    modelled: bool
    outcome: str
    until: str | None
    exploitability: float
    first_breach: int | None


@dataclass(frozen=True)
class Correlation:
    """A rank correlation of the scale of outcomes with exploitability; `p` are two-sided, by permutation."""

    commitments: int
    actors: int
    rho: float
    tau: float
    p: float
    p_actors: float


def plans() -> list[tuple[Case, str]]:
    """Return the plans of the first seven cases that were carried out: those whose obligations say what became of them.

    The cases that were coded blind later have a page of their own (`history.py`): the rules had not seen them.
    """
    cases = [load(name) for name in sorted({case for case, _ in CARRIED_OUT})]
    return [(c, p) for c in cases for p, plan in c.plans.items() if any(o.outcome for o in plan.obligations)]


def computed(case: Case, plan: str) -> ConductResult:
    """Ask of the plan what this page needs, which draws nothing."""
    return conduct(case, plan, runs=0, with_thresholds=False, with_alternatives=False)


def commitments(case: Case, plan: str, found: ConductResult) -> list[Commitment]:
    """Put every obligation that has an outcome beside what was computed for the actor that owed it."""
    return [
        Commitment(
            case.name,
            plan,
            by,
            case.title_of("actors", by),
            o.act,
            bool(o.does),
            o.outcome,
            None if o.until is None else str(o.until),
            found.actors[by].exploitability,
            found.actors[by].worst.first_breach,
        )
        for o in case.plans[plan].obligations
        for by in o.by
        if o.outcome is not None
    ]


def held(c: Commitment) -> int:
    """Place a commitment on the scale by its outcome alone."""
    return SCALE[c.outcome]


def held_to_the_end(c: Commitment) -> int:
    """Place a commitment on the scale, with those kept for a time and then broken among the failed."""
    return 0 if c.until else held(c)


def correlation(
    listed: Iterable[Commitment], scale: Callable[[Commitment], int], name: str, draws: int = DRAWS
) -> Correlation:
    """Correlate what became of commitments with what breaking paid.

    The permutations are of single commitments, and of actors: there the commitments of one actor in one plan stay
    together and get the exploitability of another actor. A draw as far from zero as what was found counts against it.
    """
    judged = [c for c in listed if c.outcome in SCALE]
    x = np.array([scale(c) for c in judged], dtype=float)
    y = np.array([c.exploitability for c in judged])
    keys = sorted({(c.case, c.plan, c.by) for c in judged})
    owner = np.array([keys.index((c.case, c.plan, c.by)) for c in judged])
    worth = np.array([y[owner == k][0] for k in range(len(keys))])
    rho = float(spearmanr(x, y).statistic)
    rng = generator(DEFAULT_SEED, "conduct on history", name)
    singly = rng.permuted(np.tile(y, (draws, 1)), axis=1)
    by_actor = rng.permuted(np.tile(worth, (draws, 1)), axis=1)[:, owner]
    return Correlation(
        len(judged),
        len(keys),
        rho,
        float(kendalltau(x, y).statistic),
        _share(x, singly, rho),
        _share(x, by_actor, rho),
    )


def _share(x: np.ndarray, shuffled: np.ndarray, rho: float) -> float:
    a, b = rankdata(x), rankdata(shuffled, axis=1)
    a, b = a - a.mean(), b - b.mean(axis=1, keepdims=True)
    drawn = b @ a / np.sqrt((a @ a) * (b * b).sum(axis=1))
    # What was found is itself one of the orders, so that no p is zero.
    return float((1 + (np.abs(drawn) >= abs(rho) - 1e-12).sum()) / (1 + len(drawn)))


def within_plans(listed: Iterable[Commitment], draws: int = DRAWS) -> tuple[float, float]:
    """Correlate ranks less their plan's mean, so that differences between plans do not count.

    Returns the correlation and its two-sided p, from permutations of the actors inside each plan.
    """
    judged = [c for c in listed if c.outcome in SCALE]
    plan_of = np.array([f"{c.case} {c.plan}" for c in judged])
    actor_of = np.array([f"{c.case} {c.plan} {c.by}" for c in judged])
    _, first, owner = np.unique(actor_of, return_index=True, return_inverse=True)
    ranks = rankdata([c.exploitability for c in judged])
    x, worth = _centred(rankdata([held(c) for c in judged])[None, :], plan_of), ranks[first]
    rng = generator(DEFAULT_SEED, "conduct on history", "within plans")
    shuffled = np.tile(worth, (draws, 1))
    for plan in np.unique(plan_of):
        of = plan_of[first] == plan
        shuffled[:, of] = rng.permuted(shuffled[:, of], axis=1)

    def correlate(y: np.ndarray) -> np.ndarray:
        y = _centred(y, plan_of)
        return (y * x).sum(axis=1) / np.sqrt((x * x).sum() * (y * y).sum(axis=1))

    found = float(correlate(ranks[None, :])[0])
    drawn = correlate(shuffled[:, owner])
    return found, float((1 + (np.abs(drawn) >= abs(found) - 1e-12).sum()) / (1 + draws))


def _centred(ranks: np.ndarray, plan_of: np.ndarray) -> np.ndarray:
    out = np.array(ranks, dtype=float)
    for plan in np.unique(plan_of):
        out[:, plan_of == plan] -= out[:, plan_of == plan].mean(axis=1, keepdims=True)
    return out


def plan_rho(listed: list[Commitment]) -> str:
    """Write the rank correlation inside one plan, where both sides vary."""
    judged = [c for c in listed if c.outcome in SCALE]
    x, y = [held(c) for c in judged], [c.exploitability for c in judged]
    return f"{spearmanr(x, y).statistic:+.2f} ({len(x)})" if len(set(x)) > 1 and len(set(y)) > 1 else "—"


def by_plan(once: list[Commitment]) -> str:
    """Say how much of the correlation lies between the plans, and how much hangs on one of them."""
    without = {}
    for key in sorted({(c.case, c.plan) for c in once}):
        left = [c for c in once if (c.case, c.plan) != key and c.outcome in SCALE]
        without[key[0]] = spearmanr([held(c) for c in left], [c.exploitability for c in left]).statistic
    weakest = max(without, key=lambda k: without[k])
    strongest = min(without, key=lambda k: without[k])
    inside, p = within_plans(once)
    return (
        f"\nLeaving out one plan at a time, rho lies between {without[strongest]:+.2f} (without `{strongest}`) and "
        f"{without[weakest]:+.2f} (without `{weakest}`). Inside the plans, with the ranks taken less their plan's mean, the "
        f"correlation is {inside:+.2f}, p {chance(p)} when actors are shuffled inside their plan. These two checks too were "
        "added after the main figure was known.\n"
    )


def section(case: Case, plan: str, found: ConductResult) -> str:
    """Write one plan, commitment by commitment."""
    verdict = {True: "is self-enforcing", False: "is not self-enforcing", None: "could not be judged"}
    listed = commitments(case, plan, found)
    tempted = sorted({found_in.actor for found_in in found.enforcement.temptations})
    names = ", ".join(case.title_of("actors", a) for a in tempted)
    told = f": a departure of one period pays {names} somewhere" if names else ""
    reason = f" ({found.enforcement.reason})" if found.enforcement.reason else ""
    return (
        f"\n### {case.title or case.name}: {case.title_of('plans', plan)}\n\n"
        f"`{case.name}`, plan `{plan}`; a period is one {case.period}. The plan {verdict[found.enforcement.holds]}"
        f"{told}{reason}.\n\n"
        "| who owed it | commitment | what became of it | exploitability | first breach |\n|---|---|---|---:|---:|\n"
        + "".join(row(c) for c in listed)
    )


def row(c: Commitment) -> str:
    """Write one commitment."""
    became = c.outcome.replace("_", " ") + (f" until {c.until}, then broken" if c.until else "")
    mark = "" if c.modelled else " †"
    first = "—" if c.first_breach is None else str(c.first_breach)
    return f"| {c.actor} | {c.act.replace('|', '/')}{mark} | {became} | {c.exploitability:.2f} | {first} |\n"


def verdicts(done: list[tuple[Case, str, ConductResult]]) -> str:
    """Write one row a plan."""
    rows = []
    for case, plan, found in done:
        tally = Counter(c.outcome for c in commitments(case, plan, found))
        broken = sum(c.until is not None for c in commitments(case, plan, found))
        says = {True: "yes", False: "no", None: "not told"}[found.enforcement.holds]
        counts = " | ".join(str(tally[o]) for o in OUTCOMES)
        rho = plan_rho(commitments(case, plan, found))
        rows.append(f"| {case.name} | {plan} | {says} | {counts} | {broken} | {rho} |\n")
    return (
        "| case | plan | self-enforcing | "
        f"{' | '.join(o.replace('_', ' ') for o in OUTCOMES)} | of these, broken later | rho (n) |\n"
        f"|---|---|---|{'---:|' * (len(OUTCOMES) + 2)}\n" + "".join(rows) + verdict_in_words(done)
    )


def verdict_in_words(done: list[tuple[Case, str, ConductResult]]) -> str:
    """Say what the verdict on whole plans is good for here."""
    holding = sum(found.enforcement.holds is True for _, _, found in done)
    text = f"\n{holding} of the {len(done)} plans are found self-enforcing."
    if holding in (0, len(done)):
        text += (
            " The verdict is the same for those that held and those that failed, so on these plans it tells nothing of which is "
            "which; whatever agreement there is lies in how much breaking pays, and whom."
        )
    return text + "\n"


def correlations(listed: list[Commitment]) -> tuple[list[tuple[str, Correlation]], str]:
    """Return the correlation in its main reading and in others, with the table of them."""
    once = [c for c in listed if (c.case, c.plan) not in HINDSIGHT]
    found = [
        ("main: the outcome alone, Dayton once", correlation(once, held, "main")),
        ("kept for a time and then broken counts as failed", correlation(once, held_to_the_end, "to the end")),
        ("only what the plan puts into options", correlation([c for c in once if c.modelled], held, "modelled")),
        ("Dayton twice, as signed and as carried out", correlation(listed, held, "twice")),
    ]
    rows = "".join(
        f"| {name} | {c.commitments} | {c.actors} | {c.rho:+.2f} | {c.tau:+.2f} | {chance(c.p)} | {chance(c.p_actors)} |\n"
        for name, c in found
    )
    head = "| reading | commitments | actors | rho | tau | p, by commitment | p, by actor |\n"
    head += "|---|---:|---:|---:|---:|---:|---:|\n"
    return found, head + rows


def chance(p: float, draws: int = DRAWS) -> str:
    """Write a permutation p-value with its standard error."""
    if p * draws < 10:
        return f"below {10 / draws:.4f}"
    return f"{p:.4f} ± {np.sqrt(p * (1 - p) / draws):.4f}"


def disagreements(listed: list[Commitment]) -> str:
    """List where the figures and history point different ways."""
    paid = [c for c in listed if c.exploitability > 0 and c.outcome == "kept" and c.until is None]
    unpaid = [c for c in listed if c.exploitability <= 0 and (c.outcome == "failed" or c.until is not None)]
    return (
        f"\n**Breaking pays, by the figures, and the commitment was kept to the end of the record ({len(paid)}).**\n\n"
        + _by_actor(paid)
        + f"\n**Breaking pays nothing, by the figures, and the commitment failed or was broken later ({len(unpaid)}).**\n\n"
        + _by_actor(unpaid)
    )


def _by_actor(listed: list[Commitment]) -> str:
    lines = []
    ordered = sorted(listed, key=lambda c: (-c.exploitability, c.case, c.by))
    for _, group in groupby(ordered, key=lambda c: (c.case, c.by)):
        of = list(group)
        lines.append(
            f"- {of[0].actor} (`{of[0].case}`, {of[0].exploitability:.2f} points): {'; '.join(c.act for c in of)}.\n"
        )
    return "".join(lines) or "None.\n"


def cross(listed: list[Commitment]) -> str:
    """Count outcomes where breaking pays and where it does not."""
    rows = []
    for title, pays in (("breaking pays the actor", True), ("breaking pays it nothing", False)):
        tally = Counter(c.outcome for c in listed if (c.exploitability > 0) == pays)
        rows.append(f"| {title} | " + " | ".join(str(tally[o]) for o in OUTCOMES) + f" | {tally.total()} |\n")
    head = f"| | {' | '.join(o.replace('_', ' ') for o in OUTCOMES)} | all |\n|---|{'---:|' * (len(OUTCOMES) + 1)}\n"
    return head + "".join(rows)


def conclusion(found: list[tuple[str, Correlation]]) -> str:
    """Say in words what the correlation is."""
    main, others = found[0][1], [c for _, c in found[1:]]
    sign = (
        "the expected sign (the more breaking paid, the worse commitments fared)"
        if main.rho < 0
        else "not the expected sign"
    )
    rhos = [c.rho for c in others]
    low, high = min(rhos), max(rhos)
    return (
        f"On {main.commitments} commitments of {main.actors} actors (an actor of two plans counts twice), Spearman's rho is "
        f"**{main.rho:+.2f}** and Kendall's tau-b {main.tau:+.2f}; this is {sign}. "
        f"The permutation p is {chance(main.p)} if commitments are shuffled one by one, and {chance(main.p_actors)} if "
        f"actors are. In the other readings below rho lies between {low:+.2f} and {high:+.2f}."
    )


def page() -> str:
    """Compute everything and write the page."""
    done = [(case, plan, computed(case, plan)) for case, plan in plans()]
    listed = [c for case, plan, result in done for c in commitments(case, plan, result)]
    once = [c for c in listed if (c.case, c.plan) not in HINDSIGHT]
    found, table = correlations(listed)
    hashes = {case.name: case.content_hash for case, _, _ in done}
    return (
        INTRO
        + f"\nComputed with Halfway {__version__} on the cases with these content hashes:\n\n| case | hash |\n|---|---|\n"
        + "".join(f"| {name} | `{value}` |\n" for name, value in hashes.items())
        + "\n## What the correlation is\n\n"
        + conclusion(found)
        + "\n\n"
        + table
        + by_plan(once)
        + METHOD.format(draws=DRAWS, seed=DEFAULT_SEED, plans=len({(c.case, c.plan) for c in once}))
        + "\n## Plan by plan\n\n"
        + verdicts(done)
        + "\n`as_carried_out` is Dayton written with hindsight; its commitments are those of `as_signed` and are counted once "
        "below.\n\n"
        + cross(once)
        + "\n## Where they disagree\n"
        + disagreements(once)
        + "\n## Commitment by commitment\n\n"
        "Exploitability and first breach are those of the actor, so they repeat in each of its rows. A dagger (†) marks a "
        "commitment that the plan does not put into options: the figures cannot be about it.\n"
        + "".join(section(case, plan, result) for case, plan, result in done)
    )


INTRO = """\
# Conduct held against history

*This page is generated by `python docs/conduct_history.py`, which is not part of building the documentation: run it
again when a historical case or the code of `conduct` changes. A test checks that the hashes below are those of the
catalogue, that no commitment is missing, that the correlation follows from the rows, and one plan's rows anew.*

Every plan of the historical cases that was carried out is listed commitment by commitment: what became of it, as the
case file records it, and what [`conduct`](conduct.md) finds for the actor that owed it. *Exploitability* is what
breaking the plan would bring that actor when all others keep it, in utility points of the discounted average,
averaged over its types. *First breach* is the period in which the best response first departs, for the type that
weighs most in that average. A plan is *self-enforcing* where no departure of one period pays anyone in any state.
Rival plans that were never tried have no outcomes and are left out.

No number of a case or of the tool was changed for this page; where the figures and history disagree, that stands.
"""

METHOD = """
The scale of outcomes: kept 3, late or partly 2, failed 0; disputed and not due are left out. The sign expected is
negative. Ranks are averaged over ties. p is two-sided, from {draws:,} permutations (seed {seed}), with its standard
error. The scale and the first reading were set before the figures were computed. The others were added after the
figures by actor had been seen, to show how far the answer depends on choices; none replaces it. That Dayton counts
once follows the page on the audit.

How far to trust it:

- The sample is small: {plans} plans, all well known. Commitments of one plan are not independent of each other: one
  war, one election, one treaty falling apart decides many of them. Exploitability has one value for each actor and
  plan, however many commitments that actor made. So the p by commitment makes the evidence look stronger than it is.
  The p by actor is fairer, and still takes the actors of one plan for independent, which they are not.
- The authors of the cases knew what had happened when they judged the interests, even though they wrote them as of
  the day. This is a check that the parts fit together, not a forecast that came true.
- The figures are about actors, not commitments. An actor that gains by breaking one promise need not gain by breaking
  another.
- Exploitability asks whether breaking would pay against others who keep the plan. A promise can fail for want of
  power or luck, and one that it would have paid to break can be kept.
- In the main reading a commitment that was kept for a time and broken later counts as kept, because its outcome says
  so. The second row counts it as failed.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
