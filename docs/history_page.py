"""The page that holds temptation against history: misses first, then how well it tells, then every actor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

try:
    from docs.history_figures import Twice, agreeing, auc_resampled, calibration, matched, on_civil_wars
    from docs.history_rows import Row, coded
except ModuleNotFoundError:  # run as a script: its own folder is on the path
    from history_figures import Twice, agreeing, auc_resampled, calibration, matched, on_civil_wars  # type: ignore[no-redef]
    from history_rows import Row, coded  # type: ignore[no-redef]
from halfway.case.outcomes import Filed
from halfway.errors import HalfwayError
from halfway.evidence.fitted_link import FittedLink
from halfway.evidence.fitting import Choice, choose, left_out_chances
from halfway.evidence.links import BASE, LINKS
from halfway.evidence.scoring import Estimate, log_losses, mean
from halfway.words.grades import SHORT

TRIFLING = 0.5


def estimate(e: Estimate, places: int = 2, sign: bool = False) -> str:
    """Write an estimate with its interval."""
    form = f"{'+' if sign else ''}.{places}f"
    return f"{e.point:{form}} [{e.low:{form}}, {e.high:{form}}]".replace("-", "−").replace("nan", "–")


def grade(number: int | None) -> str:
    """Write a grade."""
    return "hangs on someone or would not be kept" if number is None else f"{number}, {SHORT[number]}"


def links(found: Choice) -> list[str]:
    """Return the comparison of links and rivals as lines of a table."""
    out = [
        "| link | role | log loss | gain over the base rate | Brier | concordance within plans |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for line in found.lines:
        chosen = " **(chosen)**" if line.link == found.link.name else ""
        out.append(
            f"| {line.title}{chosen} | {line.role} | {line.log_loss.point:.3f} | {estimate(line.gain, 3, sign=True)} "
            f"| {line.brier.point:.3f} | {estimate(line.concordance)} |"
        )
    return out


def fitted(rows: Sequence[Row], words: Callable[[Choice], list[str]], *, strict: bool = False) -> list[str]:
    """Choose a link on the rows and write what came of it, or why it could not be fitted."""
    try:
        return words(choose(coded(rows, strict=strict)))
    except HalfwayError as error:
        return [f"Not fitted: {error}"]


def transfer(old: Sequence[Row], new: Sequence[Row]) -> list[str]:
    """Fit every candidate on the plans that were known when temptation was defined, and predict those coded blind."""
    if not old or not new or len({r.outcome for r in old}) < 2:
        return []
    before, after = coded(old), coded(new)
    base = BASE.predict(BASE.fit(BASE.predictors(before.rows), before.failed), BASE.predictors(after.rows))
    reference = log_losses(base, after.failed)
    out = [
        f"Fitted on the {len(set(before.plans))} plans that were in the catalogue when temptation was defined "
        f"({len(old)} actors), asked about the {len(set(after.plans))} coded blind ({len(new)} actors):",
        "",
        "| link | log loss | gain over the base rate of the first plans |",
        "|---|---:|---:|",
    ]
    for link in LINKS.values():
        p = link.predict(link.fit(link.predictors(before.rows), before.failed), link.predictors(after.rows))
        losses = log_losses(p, after.failed)
        gain = mean(reference - losses, after.plans, "transfer", link.name)
        out.append(f"| {link.title} | {losses.mean():.3f} | {estimate(gain, 3, sign=True)} |")
    return [*out, ""]


def misses(rows: Sequence[Row]) -> list[str]:
    """List who failed although nothing tempted, and who kept although something did."""
    fell = [r for r in rows if r.outcome == "failed" and r.temptation <= TRIFLING]
    kept = [r for r in rows if r.outcome == "kept" and r.temptation > TRIFLING]
    head = [
        "| plan | actor | temptation | of its stake | from month | what it would do |",
        "|---|---|---:|---:|---:|---|",
    ]

    def line(r: Row) -> str:
        month = "–" if r.month is None else str(r.month)
        return f"| {r.key} | {r.title} | {r.temptation:.1f} | {r.percent:.0f}% | {month} | {r.acts or '–'} |"

    tempted = sum(r.temptation > TRIFLING for r in rows)
    return [
        f"Half a point is what the tool calls trifling. Of {sum(r.outcome == 'failed' for r in rows)} actors that failed, "
        f"{len(fell)} were not tempted by more than that; of {sum(r.outcome == 'kept' for r in rows)} that kept, "
        f"{len(kept)} were. ({tempted} of {len(rows)} were tempted at all.)",
        "",
        f"**Failed, and nothing tempted them ({len(fell)}).**",
        "",
        *head,
        *(line(r) for r in sorted(fell, key=lambda r: r.key)),
        "",
        f"**Kept, and something tempted them ({len(kept)}).**",
        "",
        *head,
        *(line(r) for r in sorted(kept, key=lambda r: -r.temptation)),
        "",
    ]


def plans_table(
    rows: Sequence[Row], measured: Mapping[str, Any], filed: Mapping[str, Filed], found: Choice | None, blind: set[str]
) -> list[str]:
    """Write a row a plan: would they sign, grade, who is tempted most, what became of it, and how it was predicted."""
    scores = {} if found is None else {s.plan: s for s in found.plans}
    out = [
        "| plan | would they sign | grade | most tempted | what became of it | actors failed | log loss | Brier |",
        "|---|---|---|---|---|---:|---:|---:|",
    ]
    for key in dict.fromkeys(r.key for r in rows):
        own = [r for r in rows if r.key == key]
        judged = [r for r in own if r.outcome != "open"]
        most = max(own, key=lambda r: r.temptation)
        signs = measured[key].get("would_sign")
        score = scores.get(key)
        out.append(
            f"| {key}{' (blind)' if own[0].case in blind else ''} "
            f"| {'not computed' if signs is None else 'yes' if not signs else 'not ' + ', '.join(signs)} "
            f"| {grade(own[0].grade)} "
            f"| {f'{most.title}, {most.temptation:.1f}' if most.temptation > TRIFLING else 'nobody'} "
            f"| {filed[own[0].case].outcome if own[0].case in filed else '–'} "
            f"| {sum(r.outcome == 'failed' for r in judged)} of {len(judged)} "
            f"| {'–' if score is None else f'{score.log_loss:.2f}'} | {'–' if score is None else f'{score.brier:.2f}'} |"
        )
    return [*out, ""]


def grades_table(rows: Sequence[Row], filed: Mapping[str, Filed]) -> list[str]:
    """Cross the grades of plans with what became of them."""
    tally = Counter(
        (own[0].grade, filed[own[0].case].outcome)
        for key in dict.fromkeys(r.key for r in rows)
        for own in [[r for r in rows if r.key == key]]
        if own[0].case in filed
    )
    names = ("held", "held in part", "failed")
    numbers = sorted({g for g, _ in tally}, key=lambda g: g or 6)
    return [
        f"| grade | {' | '.join(names)} |",
        "|---|---:|---:|---:|",
        *(f"| {grade(g)} | {' | '.join(str(tally[g, n]) for n in names)} |" for g in numbers),
        "",
    ]


def twice_over(pairs: Sequence[Twice], unpaired: Sequence[str], refused: Mapping[str, str]) -> list[str]:
    """Write how far two codings of one plan agree."""
    out = [f"- {plan}: not judged; {why}." for plan, why in refused.items()]
    if not pairs:
        return [*out, "No actor could be compared.", ""]
    a = agreeing(pairs)
    kappa = "not defined" if np.isnan(a.kappa) else f"{a.kappa:.2f}"
    return [
        f"{a.actors} actors of {len({p.plan for p in pairs})} plans promise something in both codings. What became of their "
        f"promises is the same in {a.outcomes} (Cohen's kappa {kappa}); whether they are tempted by more than half a point in "
        f"{a.tempted}. Two actors are ordered by temptation alike in {100 * a.order:.0f} of 100 pairs (50 would be chance); half "
        f"of the temptations differ by more than {a.typical:.1f} points.",
        "",
        "| plan | actor | temptation, first coding | second | what became of it, first | second | grade, first | second |",
        "|---|---|---:|---:|---|---|---:|---:|",
        *(
            f"| {p.plan} | {p.first.title} | {p.first.temptation:.1f} | {p.second.temptation:.1f} | {p.first.outcome} "
            f"| {p.second.outcome} | {p.first.grade or '4 or 5'} | {p.second.grade or '4 or 5'} |"
            for p in pairs
        ),
        "",
        *out,
        *([f"In one coding only: {', '.join(unpaired)}.", ""] if unpaired else []),
    ]


def shipped(link: FittedLink | None) -> list[str]:
    """Say whether the link ships as a probability."""
    if link is None:
        return ["No link is shipped yet.", ""]
    gain = (
        f"{link.log_score_gain.point:+.3f} [{link.log_score_gain.low:+.3f}, {link.log_score_gain.high:+.3f}]".replace(
            "-", "−"
        )
    )
    named = ", ".join(f"{k} {v:+.3f}" for k, v in link.coefficients.items()).replace("-", "−")
    said = [
        f"`scripts/fit_chance.py` fitted `{link.link}` on all of them ({named}). On plans left out its gain over the base rate "
        f"is {gain} in log score an actor. With the outcomes shuffled among the actors the same procedure, choice of the link "
        f"included, says that it is no better than the base rate in {link.permutation_quiet} of {link.permutation_runs} runs; 90 "
        "of 100 are asked."
    ]
    said.append(
        "It ships as a probability."
        if link.gives_probabilities
        else f"It gives no probability, only a rank among the coded actors: {link.withheld}."
    )
    said.append(
        "About half of the coded actors failed because the plans were chosen so. A probability would therefore need a named "
        "population of actors whose rate of failure is counted; UCDP counts agreements and not who broke them, and the counts "
        "of alliances are of promises that a war called in, so that none fits."
        if link.anchor is None
        else f"Its intercept is anchored to {link.anchor.name} ({link.anchor.source})."
    )
    return [" ".join(said), ""]


def page(
    rows: Sequence[Row],
    second: Sequence[Row],
    measured: Mapping[str, Any],
    filed: Mapping[str, Filed],
    blind: set[str],
    link: FittedLink | None,
) -> str:
    """Write the page."""
    judged = [r for r in rows if r.outcome != "open"]
    new = [r for r in judged if r.case in blind]
    old = [r for r in judged if r.case not in blind]
    refused = {k: v["refused"] for k, v in measured.items() if "refused" in v and not k.startswith("second:")}
    refused_second = {k[7:]: v["refused"] for k, v in measured.items() if "refused" in v and k.startswith("second:")}
    try:
        found: Choice | None = choose(coded(judged))
    except HalfwayError:
        found = None
    parts = [
        "# Temptation against history",
        "",
        "*This page is written by `python docs/history.py --page` from `docs/data/measured.json`; a test holds it to that file.*",
        "",
        f"{len({r.key for r in judged})} plans of the past, {len(judged)} actors that promised something and of whose promises "
        f"it is known what became; {sum(r.outcome == 'failed' for r in judged)} failed one, or kept it for a time and broke it "
        f"within five years. The unit is the actor. {len({r.case for r in new})} of the plans ({len(new)} actors) were "
        "[coded blind to what the tool says](coding.md), though not to history. They were measured once, and no number of a "
        "case, of the definition or of this page's rules was changed because of a figure. Intervals hold 95 percent of "
        "resampled plans.",
        "",
        *ranking(judged, new, old),
        *(
            [
                f"{len(refused)} plan{'s' if len(refused) != 1 else ''} could not be judged; the reasons stand at the end.",
                "",
            ]
            if refused
            else []
        ),
        "## What disagrees",
        "",
        *misses(judged),
        "## Does temptation tell who fails?",
        "",
        "Each plan is predicted from all others. Gain is log loss of the base rate less that of the link; a link may give a "
        "probability only where the interval of its gain excludes 0. Log loss and Brier score: less is better; concordance: of "
        "two actors of one plan, how often the one that failed was given the higher chance (a half would be chance).",
        "",
        *fitted(judged, links),
        "",
        "With late and partly performed promises counted as failures too:",
        "",
        *fitted(judged, links, strict=True),
        "",
    ]
    if new:
        parts += ["Among the plans coded blind alone:", "", *fitted(new, links), ""]
    parts += transfer(old, new)
    parts += ["### What ships", "", *shipped(link)]
    if found is not None:
        failed = coded(judged).failed
        plans = [r.key for r in judged]
        parts += ["### Calibration", "", *calibrated(found, failed, plans)]
        parts += civil_wars(judged, found, filed)
    parts += [
        "## Plan by plan",
        "",
        *plans_table(rows, measured, filed, found, blind),
        "Grades against what became of the plan:",
        "",
        *grades_table(rows, filed),
        "## Coded twice",
        "",
    ]
    first = [r for r in rows if r.case in {s.case for s in second}]
    pairs = matched(first, second)
    both = {(p.plan, p.actor) for p in pairs}
    unpaired = sorted({f"{r.actor} ({r.case})" for r in (*first, *second) if (r.case, r.actor) not in both})
    parts += twice_over(pairs, unpaired, refused_second)
    ranks = {} if link is None else ranked(link)
    parts += [
        "## Every actor",
        "",
        "The rank is by the shipped link, from the actor most likely to fail; it is no chance for any population.",
        "",
        "| plan | grade | actor | temptation | of its stake | rank | vague promises | what became of it "
        "| late and partly as failures |",
        "|---|---:|---|---:|---:|---:|---:|---|---|",
        *(
            f"| {r.key}{' (blind)' if r.case in blind else ''} | {r.grade or '4 or 5'} | {r.title} | {r.temptation:.1f} "
            f"| {r.percent:.0f}% | {ranks.get((r.key, r.actor), '–')} | {r.vague:.0%} | {r.outcome} | {r.second} |"
            for r in rows
        ),
    ]
    parts += amended(rows, measured)
    if refused:
        parts += ["", "## Not judged", "", *(f"- {plan}: {why}." for plan, why in refused.items())]
    parts += [
        "",
        "## Which files were measured",
        "",
        "| plan | content hash | version |",
        "|---|---|---|",
        *(f"| {k} | `{v['hash'][:16]}` | {v['version']} |" for k, v in measured.items()),
    ]
    return "\n".join(parts) + "\n"


def ranked(link: FittedLink) -> dict[tuple[str, str], str]:
    """Return where each actor stands by the shipped link, 1 being the most likely to fail; ties share a place."""
    return {
        (c.plan, c.actor): f"{1 + sum(other.score > c.score + 1e-12 for other in link.coded)} of {link.actors}"
        for c in link.coded
    }


def amended(rows: Sequence[Row], measured: Mapping[str, Any]) -> list[str]:
    """Set both results of the plans whose case was amended beside one another, where a figure differs."""
    changed = {k: v for k, v in measured.items() if "actors" in v and "actors" in v.get("before", {})}
    if not changed:
        return []
    titles = {(r.key, r.actor): r.title for r in rows}
    out = [
        "",
        "## Amended after a first measuring",
        "",
        "What each amendment is, why, and from what source stands in `catalog/historical/amendments.csv`. Whoever amended a case "
        "had seen no figure of it; the figures above are those after.",
        "",
        "| plan | actor | temptation before | after | grade before | after |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for key, now in changed.items():
        then = now["before"]
        grades = f"{then['grade'] or '–'} | {now['grade'] or '–'}"
        differs = [
            a
            for a, found in now["actors"].items()
            if abs(found["points"] - then["actors"].get(a, {"points": 0.0})["points"]) >= 0.05
        ]
        if not differs:
            out.append(f"| {key} | all | as before | as before | {grades} |")
        out += [
            f"| {key} | {titles.get((key, a), a)} | {then['actors'].get(a, {'points': 0.0})['points']:.1f} "
            f"| {now['actors'][a]['points']:.1f} | {grades} |"
            for a in differs
        ]
    return out


def ranking(judged: Sequence[Row], new: Sequence[Row], old: Sequence[Row]) -> list[str]:
    """Say how often who failed was tempted more, by points, by share of the stake, and by vagueness alone."""
    groups = [("all", judged), ("coded blind", new), ("known when temptation was defined", old)]
    predictors: list[tuple[str, Callable[[Row], float]]] = [
        ("temptation in points", lambda r: r.temptation),
        ("temptation in percent of the stake", lambda r: r.percent),
        ("share of vague promises", lambda r: r.vague),
        ("number of promises", lambda r: float(r.promises)),
    ]
    out = [
        "How often, of an actor that failed and one that kept, the one that failed has the higher figure (a half would be "
        "chance; nothing is fitted):",
        "",
        f"| figure | {' | '.join(f'{name} ({len(rows)})' for name, rows in groups if rows)} |",
        "|---|" + "---:|" * sum(bool(rows) for _, rows in groups),
    ]
    for title, of in predictors:
        cells = [
            estimate(
                auc_resampled(
                    np.array([of(r) for r in rows]),
                    np.array([r.outcome == "failed" for r in rows], dtype=np.float64),
                    [r.key for r in rows],
                )
            )
            for _, rows in groups
            if rows
        ]
        out.append(f"| {title} | {' | '.join(cells)} |")
    return [*out, "", *read_as(judged, new)]


def read_as(judged: Sequence[Row], new: Sequence[Row]) -> list[str]:
    """Say what the figures come to: whether temptation told who failed where nobody could have chosen it so, and grades."""
    said = []
    if new:
        found = auc_resampled(
            np.array([r.temptation for r in new]),
            np.array([r.outcome == "failed" for r in new], dtype=np.float64),
            [r.key for r in new],
        )
        said.append(
            "**On the plans coded blind, temptation told who failed better than chance.**"
            if found.low > 0.5
            else "**On the plans coded blind, temptation did not measurably tell who failed:** the interval holds a half."
            if found.high >= 0.5
            else "**On the plans coded blind, those that failed were tempted less.**"
        )
    got = {r.key: r.grade for r in judged if r.grade is not None}
    if len(set(got.values())) == 1:
        (grade,) = set(got.values())
        ordinal = ("first", "second", "third", "fourth", "fifth")[grade - 1]
        said.append(
            f"All {len(got)} plans that have a grade got the same, the {ordinal}, those that held too: the grade says where a "
            "plan could give way and does not foretell that it will."
        )
    return [" ".join(said), ""] if said else []


def calibrated(found: Choice, failed: np.ndarray, plans: Sequence[str]) -> list[str]:
    """Write how often actors with a left-out chance failed."""
    bins = calibration(found.chances, failed, plans)
    return [
        f"The chosen link ({found.link.title}), each plan left out; chances are of the coded set, about half of which failed "
        "by design.",
        "",
        "| chance given | mean | share that failed | actors |",
        "|---|---:|---:|---:|",
        *(f"| {b.low:.2f} to {b.high:.2f} | {b.mean:.2f} | {estimate(b.failed)} | {b.actors} |" for b in bins),
        "",
    ]


def civil_wars(judged: Sequence[Row], found: Choice, filed: Mapping[str, Filed]) -> list[str]:
    """Compare with what UCDP's data alone predict of the plans that end a civil war."""
    numbers = {name: f.ucdp for name, f in filed.items() if f.ucdp is not None}
    given = coded(judged)
    base = left_out_chances(BASE, given, given.failed)
    plans, rivals = on_civil_wars(list(judged), found.chances, base, numbers)
    if not rivals:
        return []
    return [
        "### Against what is known of peace agreements",
        "",
        f"{plans} of the plans are in the UCDP Peace Agreement Dataset. There each actor is given the chance that UCDP's data, "
        "without the plan's own conflict, give for the agreement's ending within five years; UCDP knows nothing of actors.",
        "",
        "| prediction | log loss | gain over the base rate |",
        "|---|---:|---:|",
        *(f"| {r.title} | {r.log_loss.point:.3f} | {estimate(r.gain, 3, sign=True)} |" for r in rivals),
        "",
    ]
