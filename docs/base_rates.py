"""Compute every figure that is quoted from outside evidence, and write the page that holds them.

python docs/base_rates.py
"""

from pathlib import Path

import numpy as np

from halfway.evidence.agreements import FEWEST, SCOPES, Became, NoComparableSet, Shape, agreements, became
from halfway.evidence.clauses import CLAUSES, SHAPE, Skill, skill
from halfway.evidence.promises import COMPARABLE, ENDED, IN_WAR, PRIOR_WEIGHT, Count, base_rate, counts
from halfway.evidence.resampled import DRAWS, Share
from halfway.seeds import DEFAULT_SEED

PAGE = Path(__file__).parent / "reference" / "evidence.md"
WHO = {True: "all warring parties", False: "some outside", None: "either"}
SCOPE_WORDS = {"full": "full", "partial": "partial", "process": "about the talks only", None: "any"}


def hundred(s: Share) -> str:
    """Write a share in a hundred with its interval."""
    return f"{100 * s.point:.0f} ({100 * s.low:.0f}–{100 * s.high:.0f})"


def agreement_rows() -> str:
    """Write what became of agreements of every shape."""
    rows = []
    for scope in (*SCOPES.values(), None):
        for sign in (True, False, None):
            found = became(Shape(scope, sign))
            if isinstance(found, NoComparableSet):
                rows.append(f"| {SCOPE_WORDS[scope]} | {WHO[sign]} | {found.reason} | | | |\n")
                continue
            q, s = found.quiet, found.stood
            rows.append(
                f"| {SCOPE_WORDS[scope]} | {WHO[sign]} | {hundred(q)} | {q.cases}; {q.clusters} | {hundred(s)} "
                f"| {s.cases}; {s.clusters} |\n"
            )
    return "".join(rows)


def percent(x: float) -> str:
    """Write a share of one as a signed percentage."""
    return f"{100 * x:+.0f}%".replace("-", "−").replace("+0%", "0%").replace("−0%", "0%")


def skills() -> list[Skill]:
    """Measure what shape and clauses add."""
    sets = (((), SHAPE), (SHAPE, CLAUSES), ((), CLAUSES))
    return [skill(scope, against, added) for scope in ("full", "partial", None) for against, added in sets]


def skill_rows() -> str:
    """Write what shape and clauses add to a prediction."""
    words = {(): "the base rate", SHAPE: "type and who signs", CLAUSES: "power-sharing, monitoring, third party"}
    return "".join(
        f"| {SCOPE_WORDS[s.scope]} | {words[s.added]} | {words[s.against]} | {s.agreements}; {s.skill.plans} "
        f"| {percent(s.skill.point)} [{percent(s.skill.low)}, {percent(s.skill.high)}] |\n"
        for s in skills()
    )


def count_rows() -> str:
    """Write the counts."""
    return "".join(
        f"| {c.source} | {c.kind} | {c.promises} | {c.not_kept} | {hundred(c.kept)} |\n" for c in counts().values()
    )


def kind_rows() -> str:
    """Write which kinds have a comparable set."""
    lines = []
    for kind in COMPARABLE:
        found = base_rate(kind)
        lines.append(f"| `{kind}` | {found.counted} | {hundred(found.kept)} | {found.kept.cases} |\n")
    return "".join(lines)


def gain_over_half(rate: float, tested: Count) -> float:
    """Return by how much a base rate from elsewhere beats one half on a count, as a share of the log loss of one half."""
    kept = tested.kept.point
    loss = -(kept * np.log(rate) + (1 - kept) * np.log(1 - rate))
    return float(1 - loss / np.log(2))


def held_out() -> str:
    """Test base rates on promises that they were not made from, as far as counts allow."""
    before, since = counts()[ENDED, "formed before 1945"], counts()[ENDED, "formed since 1945"]
    ended, war = counts()[ENDED, "all"], counts()[IN_WAR, "all"]
    rows = (
        ("alliances formed before 1945", before, "alliances formed since 1945", since),
        ("alliances formed since 1945", since, "alliances formed before 1945", before),
        ("alliances that ended", ended, "alliance obligations in war", war),
    )
    return "".join(
        f"| {a} ({100 * x.kept.point:.0f}) | {b} ({100 * y.kept.point:.0f}) | {y.promises} "
        f"| {100 * gain_over_half(x.kept.point, y):+.1f}% |\n".replace("-", "−")
        for a, x, b, y in rows
    )


def page() -> str:
    """Compute everything and write the page."""
    inside, outside = became(Shape("full", True)), became(Shape("full", False))
    assert isinstance(inside, Became)
    assert isinstance(outside, Became)
    full = next(s for s in skills() if s.scope == "full" and s.against == SHAPE)
    return TEXT.format(
        total=len(agreements()),
        inside=hundred(inside.quiet),
        n_inside=inside.quiet.cases,
        outside=hundred(outside.quiet),
        n_outside=outside.quiet.cases,
        stood=hundred(outside.stood),
        n_stood=outside.stood.cases,
        clauses=f"{percent(full.skill.point)} [{percent(full.skill.low)}, {percent(full.skill.high)}]",
        agreements=agreement_rows(),
        skills=skill_rows(),
        counts=count_rows(),
        kinds=kind_rows(),
        held_out=held_out(),
        pooled=hundred(base_rate().kept),
        draws=f"{DRAWS:,}",
        seed=DEFAULT_SEED,
        fewest=FEWEST,
        weight=f"{PRIOR_WEIGHT:g}",
    )


TEXT = """\
# Evidence from outside

*This page is generated by `python docs/base_rates.py`; a test holds it to the data.*

Beside what Halfway computes from a case stands what became of comparable things. `halfway.evidence` holds it: tables, where
they come from, and the functions that count. Nothing here is read from a case, and nothing here is tuned to one.

## What became of peace agreements

{total} agreements of 1975–2021, from the UCDP Peace Agreement Dataset 22.1 and the UCDP/PRIO conflict years to 2024 (CC BY
4.0; Pettersson, Högbladh and Öberg 2019; the licence was read from re-users, UCDP's own page was not seen).

Of 100 full agreements that **all warring parties signed, {inside} were quiet for five years** ({n_inside} agreements); with
**some outside, {outside}** ({n_outside}). The signatories' own peace is another matter: of those with some outside, UCDP
holds that {stood} in 100 had not ended after five years ({n_stood}). Outsiders fight on, and signatories mostly keep to
what they signed, as Nilsson (2008) found.

- *Quiet*: no conflict of the agreement reached 25 battle-related deaths in any of the five calendar years after the year of
  signature, whoever fought.
- *Stood*: UCDP does not hold that the agreement ended within five years; those signed after 2016 were not followed long
  enough.
- *n*: agreements; linked conflicts.

| agreement | who signs | quiet, in 100 | n | stood, in 100 | n |
|---|---|---:|---:|---:|---:|
{agreements}
In brackets the central 95 percent of {draws} resamples of linked conflicts (seed {seed}): agreements of one conflict share its
fate, and ten of them are one piece of evidence. A shape that fewer than {fewest} conflicts saw gets "no comparable set".

How far to trust it: the shape was not assigned by lot. Parties that all sign may have been readier for peace to begin with,
so the figures say what became of such agreements and not what signing causes. The share of conflicts with someone outside
includes wars in which an outsider was strong and wars in which it was a remnant.

### Clauses

Each linked conflict is predicted by a logistic regression on all others (standard normal prior on slopes). Skill is one
less the ratio of log losses; n as above.

| agreements | added | to | n | skill |
|---|---|---|---:|---:|
{skills}
Clauses on power-sharing, monitoring and third parties do not improve the prediction measurably: on full agreements {clauses}.
**So nothing is claimed for them**, here or in a brief. Who signs carries what signal there is, and even its interval touches 0.

## Promises by kind

Counts only; no row of these data sets is part of Halfway. ATOP v4 (Leeds and others 2002), the replication data of Leeds
and Anac (2005), TIES v4 (Morgan, Bapat and Kobayashi 2014). Brackets: the exact 95 percent (Clopper and Pearson 1934), as
if promises were independent.

| source | kind | n | not kept | kept, in 100 |
|---|---|---:|---:|---:|
{counts}
The ATOP counts are of alliances with a coded way of ending (the codebook was not seen); alliances that still stand are not among
them, so the share is low for promises in general.

A record in a case is shrunk to these rates. Kinds with a set of their own:

| kind | counted | kept, in 100 | n |
|---|---|---:|---:|
{kinds}
Every other kind (borders, withdrawals, prisoners, elections, sanctions relief …) has **no comparable set**; alliances of
all kinds stand in for it, {pooled}, and the result says so.

The record is read on three levels: all promises of an actor, those of a kind, those of that kind to one addressee. Each is
shrunk to the one above, learned from the promises that are not on it, and the first to the base rate
(`halfway.conduct.verdicts.credibility`).

The prior weighs as much as {weight} promises, on every level; only on the first was that measured. That figure is not
computed here: on 1,162 memberships of alliances, whose rows may not be passed on, a record pooled by actor with a weight of
about 10 and a base rate from the data forecast 1.2% better than the base rate alone, where a base rate of one half with
weight 2 forecast 3.4% worse, and 7% worse by kind. What the counts themselves allow is a test of the base rate, by how much
less log loss it has than one half:

| base rate from (kept, in 100) | tested on | n | gain |
|---|---|---:|---:|
{held_out}
It goes both ways: a base rate from elsewhere is worth little over knowing nothing. It is a prior, not a forecast.

## The link between temptation and chance

A temptation becomes a chance only through a link fitted on coded plans of the past. The contract:

- `scripts/fit_chance.py ROWS.csv` takes one row an actor: `plan`, `actor`, `temptation` (points), `percent_of_stake`,
  `vague` (share of its promises), `outcome` (`failed` or `kept`), optionally `promises` (how many). Every candidate (a
  logit on the logarithm of one plus the temptation in points or in percent of the stake, each with and without vagueness;
  agent quantal response with a precision, a cost of breaking and a rate of reconsidering) and every rival (the base rate,
  the share of vague promises, their number) predicts each plan from all others.
- Scored by log score and Brier score, plans resampled, and concordance within plans. Not by one area under the curve over
  all left-out plans: a base rate learned on the other plans lies on the wrong side for each plan, so that a constant scores
  far below one half there.
- The candidate with the best log score is kept. The procedure is repeated on 100 permutations of the outcomes, choice and
  all.
- `halfway.evidence.fitted_link.FittedLink` is what ships: coefficients, refits on resampled plans, gain with interval, base
  rate, permutation count, anchor, the range of temptations coded, and every coded actor's score.
- It gives a probability only if the gain's interval excludes 0, at least 90 of 100 permutations say "no better than the
  base rate", and a population is named to which the intercept is moved (King and Zeng 2001), because the coded set is about
  half failures by design. Otherwise it gives a rank, and outside the coded temptations nothing.
- Where no link is shipped, `shipped_link()` refuses with `R071`.

## In Python

```python
from halfway.evidence.comparable import comparison

found = comparison("full", all_sign=True, kinds=["no_force", "borders"])
assert (found.agreements.quiet.hits, found.agreements.quiet.cases) == (21, 38)
assert found.without == ("borders",)
assert comparison(None, None).agreements.reason.startswith("the plan does not end an armed conflict")
```
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
