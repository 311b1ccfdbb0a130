"""The functions that ``import halfway as hw`` offers: each takes a case, or the path or name of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halfway.case.case import Case
from halfway.case.catalog import Entry, entries
from halfway.case.catalog import load as _load
from halfway.case.reader import build, load_text
from halfway.seeds import DEFAULT_SEED

if TYPE_CHECKING:
    from halfway.audit.run import AuditResult
    from halfway.conduct.repair.run import RepairResult
    from halfway.conduct.result import ConductResult
    from halfway.explore.comparison import CompareResult
    from halfway.forecast.result import ForecastResult
    from halfway.formats.format import Imported
    from halfway.settle.result import SettleResult
    from halfway.settle.talks.run import TalksResult
    from halfway.stability.result import StabilityResult


def load(case: str | Path | Case) -> Case:
    """Load a case by path or by its name in the catalogue.

    Raises
    ------
    InputError
        Where there is no such case, or with every problem of its file.
    """
    return _load(case)


def loads(text: str | dict[str, Any], file: str = "<text>") -> Case:
    """Make a case of YAML text, or of plain data in the same form.

    Raises
    ------
    InputError
        With every problem.
    """
    return load_text(text, file) if isinstance(text, str) else build(text)


def cases(tag: str | None = None, search: str | None = None) -> list[Entry]:
    """List the catalogue: all cases, those under a tag, or those that contain all words of a search."""
    return entries(tag, search)


def settle(case: str | Path | Case, plan: str | None = None, **options: Any) -> SettleResult:
    """Answer what the signatories could agree on; see `halfway.settle.run.settle` for the options."""
    from halfway.settle.run import settle as run

    return run(_load(case), plan, **options)


def talks(case: str | Path | Case, **options: Any) -> TalksResult:
    """Simulate alternating offers among the signatories; see `halfway.settle.talks.run.talks` for the options."""
    from halfway.settle.talks.run import talks as run

    return run(_load(case), **options)


def read(path: str | Path, format: str | None = None) -> Imported:
    """Read a peer's file or folder: the case, and what of the file it could not carry.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    from halfway.formats.files import read as run

    return run(path, format)


def write(case: str | Path | Case, path: str | Path, format: str | None = None) -> tuple[str, ...]:
    """Write a case in a peer's format, and return what of the case that format cannot hold."""
    from halfway.formats.files import write as run

    return run(_load(case), path, format)


def stability(case: str | Path | Case, **options: Any) -> StabilityResult:
    """Answer who would walk away from which state; see `halfway.stability.run.stability` for the options."""
    from halfway.stability.run import stability as run

    return run(_load(case), **options)


def conduct(case: str | Path | Case, plan: str | None = None, **options: Any) -> ConductResult:
    """Answer whether a plan holds, period after period; see `halfway.conduct.run.conduct` for the options."""
    from halfway.conduct.run import conduct as run

    return run(_load(case), plan, **options)


def repair(case: str | Path | Case, plan: str | None = None, **options: Any) -> RepairResult:
    """Find the least declared change that makes a plan hold; see `halfway.conduct.repair.run.repair` for the options."""
    from halfway.conduct.repair.run import repair as run

    return run(_load(case), plan, **options)


def audit(
    case: str | Path | Case,
    plan: str | None = None,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    seed: int = DEFAULT_SEED,
) -> AuditResult:
    """Audit one plan, or all plans of a case; see `halfway.audit.run.audit`."""
    from halfway.audit.run import audit as run

    return run(_load(case), plan=plan, select=select, ignore=ignore, seed=seed)


def compare(case: str | Path | Case, *, draws: int = 1_000, seed: int = DEFAULT_SEED) -> CompareResult:
    """Put the plans of a case side by side; see `halfway.explore.compare.compare`."""
    from halfway.explore.compare import compare as run

    return run(_load(case), draws=draws, seed=seed)


def forecast(
    case: str | Path | Case, issue: str | None = None, model: str | None = None, **options: Any
) -> ForecastResult:
    """Forecast where talks would land without a plan; see `halfway.forecast.run.forecast` for the options."""
    from halfway.forecast.run import forecast as run

    return run(_load(case), issue, model, **options)


def brief(
    case: str | Path | Case,
    output: str | Path | None = None,
    *,
    plan: str | None = None,
    seed: int = DEFAULT_SEED,
) -> str:
    """Write the brief on one plan as one HTML file, and return its text; see `halfway.brief.render.brief`."""
    from halfway.brief.render import brief as run

    return run(_load(case), output, plan=plan, seed=seed)
