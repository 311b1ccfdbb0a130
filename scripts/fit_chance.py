"""Fit the link between temptation and outcome on coded plans, measure it, and write it down as it may ship.

    python scripts/fit_chance.py ROWS.csv [-o FILE] [--anchor NAME --failure-rate X --anchor-source TEXT]

ROWS.csv has one row an actor: plan, actor, temptation (points), percent_of_stake, vague (share of its promises, 0–1), outcome
(failed or kept; disputed and not due are left out), and promises (how many, optional). Every candidate and every rival predicts
each plan from all others; the candidate with the best log score is fitted on everything. Without -o nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from halfway import __version__
from halfway.errors import HalfwayError
from halfway.evidence.coded import Coded, read_coded
from halfway.evidence.fitted_link import Anchor, CodedOutcome, FittedLink, Gain
from halfway.evidence.fitting import RUNS, Choice, choose, quiet_on_permuted, resampled_coefficients
from halfway.evidence.scoring import Estimate
from halfway.result import write_safely
from halfway.seeds import DEFAULT_SEED


def main() -> int:
    """Read, measure, fit, write."""
    parser = argparse.ArgumentParser(description="Fit the link between temptation and outcome.")
    parser.add_argument("rows", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--runs", type=int, default=RUNS, help="Permutations of the outcomes.")
    parser.add_argument("--anchor", help="The population that a probability is to speak of.")
    parser.add_argument("--failure-rate", type=float, help="How often actors of that population fail, 0 to 1.")
    parser.add_argument("--anchor-source", help="Where that rate comes from.")
    given = parser.parse_args()
    whole = (given.anchor, given.failure_rate, given.anchor_source)
    if any(x is not None for x in whole) and None in whole:
        parser.error("--anchor, --failure-rate and --anchor-source go together")
    if given.failure_rate is not None and not 0 < given.failure_rate < 1:
        parser.error("--failure-rate lies between 0 and 1")
    anchor = None if given.anchor is None else Anchor(name=whole[0], failure_rate=whole[1], source=whole[2])
    try:
        coded = read_coded(given.rows)
        found = choose(coded, seed=given.seed)
        show(coded, found)
        quiet = quiet_on_permuted(coded, given.runs, given.seed, progress=progress if sys.stderr.isatty() else None)
        link = fitted(coded, found, quiet, given.runs, anchor, given.seed)
        conclude(link)
        if given.output is not None:
            write_safely(given.output, link.model_dump_json(indent=1) + "\n")
            print(f"Written to {given.output}.")
    except HalfwayError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def fitted(coded: Coded, found: Choice, quiet: int, runs: int, anchor: Anchor | None, seed: int) -> FittedLink:
    """Fit the chosen link on all plans and put its measured skill beside it."""
    link = found.link
    predictors = link.predictors(coded.rows)
    coefficients = link.fit(predictors, coded.failed)
    scores = link.predict(coefficients, predictors)
    gain = found.line.gain
    return FittedLink(
        link=link.name,
        coefficients=dict(zip(link.parameters, coefficients.tolist(), strict=True)),
        resampled=tuple(tuple(row) for row in resampled_coefficients(link, coded, seed).round(6).tolist()),
        plans=len(set(coded.plans)),
        actors=len(coded.rows),
        base_rate=float(coded.failed.mean()),
        log_score_gain=Gain(point=gain.point, low=gain.low, high=gain.high),
        permutation_runs=runs,
        permutation_quiet=quiet,
        anchor=anchor,
        support=(min(r.temptation for r in coded.rows), max(r.temptation for r in coded.rows)),
        coded=tuple(
            CodedOutcome(plan=r.plan, actor=r.actor, score=float(s), failed=r.failed)
            for r, s in zip(coded.rows, scores, strict=True)
        ),
        rows_sha256=coded.digest,
        seed=seed,
        version=__version__,
    )


def show(coded: Coded, found: Choice) -> None:
    """Print every link's scores on plans left out, and the chosen one's plan by plan."""
    plans = len(set(coded.plans))
    print(
        f"{plans} plans, {len(coded.rows)} actors, {int(coded.failed.sum())} failed. Each plan predicted from the others;"
    )
    print("95 percent over resampled plans.\n")
    print(f"{'':64}{'log loss':>10}{'gain over base rate':>26}{'Brier':>8}{'concordance within':>24}")
    for line in found.lines:
        mark = "*" if line.link == found.link.name else " "
        said = f"{mark} {line.title} ({line.role})"
        figures = f"{line.log_loss.point:10.3f}{span(line.gain):>26}{line.brier.point:8.3f}{span(line.concordance):>24}"
        print(f"{said:64}{figures}")
    print(f"\n* chosen by its log score. Plan by plan:\n\n{'plan':40}{'failed':>10}{'log loss':>10}{'Brier':>8}")
    for plan in found.plans:
        print(f"{plan.plan:40}{f'{plan.failed} of {plan.actors}':>10}{plan.log_loss:10.3f}{plan.brier:8.3f}")


def conclude(link: FittedLink) -> None:
    """Print whether it may ship as a probability."""
    quiet = f"{link.permutation_quiet} of {link.permutation_runs}"
    print(f"\nOn permuted outcomes it says 'no better than the base rate' in {quiet} runs.")
    if link.permutation_runs < RUNS:
        print(f"This was a trial: no number of runs below {RUNS} lets a probability ship.")
    said = (
        "It may ship as a probability" if link.gives_probabilities else f"Only the rank may be shown: {link.withheld}"
    )
    print(f"{said}.")


def span(e: Estimate) -> str:
    """Write an estimate with its interval."""
    return f"{e.point:.3f} [{e.low:.3f}, {e.high:.3f}]"


def progress(done: int) -> None:
    """Say how many permutations are done."""
    print(f"\rpermutation {done}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
