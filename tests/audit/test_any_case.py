"""On generated cases: the audit never fails, places every finding, and looks at structure, never at names."""

import math
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.audit.run import audit
from halfway.case.reader import build, load_text
from halfway.errors import Refusal
from halfway.testing import EVERY_NOUN, Wanted, as_text, case_data


def audited(case):
    """Audit a case; one that cannot be followed or drawn is refused, with a reason, and that is an answer too."""
    try:
        return audit(case)
    except Refusal:
        return None


@settings(max_examples=60, deadline=None)
@given(case_data(EVERY_NOUN))
def test_never_fails_and_every_finding_has_its_place_and_figure(data):
    text = as_text(data)
    result = audited(load_text(text, "generated.yaml"))
    if result is None:
        return
    lines = text.splitlines()
    for finding in result.findings:
        assert finding.plan in data["plans"]
        assert finding.place.file == "generated.yaml"
        assert 1 <= finding.place.line <= len(lines)
        assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1
        assert math.isfinite(finding.figure)
        assert "nan" not in finding.message.split()
    result.to_json()


PLAIN = Wanted(
    linkages=True,
    constraints=True,
    red_lines=True,
    walk_aways=True,
    transitions=True,
    plans=1,
    seats=True,
    transfers=True,
    actors=(2, 4),
)


def renamed(data, names):
    """Rename keys and references throughout; the generator's names are of one letter and a number and mean one thing."""
    if isinstance(data, dict):
        return {names.get(k, k): renamed(v, names) for k, v in data.items()}
    if isinstance(data, list):
        return [renamed(v, names) for v in data]
    return re.sub(r"\b[aio]\d\b", lambda m: names[m[0]], data) if isinstance(data, str) else data


def kinds(result):
    return sorted((f.code, f.severity, round(f.figure, 4)) for f in result.findings)


@settings(max_examples=50, deadline=None)
@given(case_data(PLAIN))
def test_names_do_not_matter(data):
    names = {
        f"{letter}{k}": f"{word}-{k}"
        for letter, word in (("a", "moscow"), ("i", "sanctions"), ("o", "lifted"))
        for k in range(9)
    }
    before, after = audited(build(data)), audited(build(renamed(data, names)))
    assert (before is None) == (after is None)
    if before is not None:
        assert kinds(before) == kinds(after)


@settings(max_examples=50, deadline=None)
@given(case_data(PLAIN), st.randoms(use_true_random=False))
def test_order_does_not_matter(data, rng):
    shuffled = dict(data)
    for part in ("actors", "issues", "status_quo"):
        entries = list(data[part].items())
        rng.shuffle(entries)
        shuffled[part] = dict(entries)
    plans = {k: dict(v) for k, v in data["plans"].items()}
    # Without a declared pair the two sides of the headline are the first two parties: then order has a meaning.
    for plan in (*plans.values(), *data["plans"].values()):
        plan.setdefault("between", list(data["actors"])[:2])
        plan.setdefault("start", next(iter(plan["phases"])))
    shuffled["plans"] = plans
    before, after = audited(build(data)), audited(build(shuffled))
    assert (before is None) == (after is None)
    if before is not None:
        assert kinds(before) == kinds(after)
