"""A rule in words, from its record alone: what `--explain` prints and the reference holds."""

from __future__ import annotations

from halfway.audit.past import said_of
from halfway.audit.rule import Rule


def explained(rule: Rule) -> tuple[str, ...]:
    """Return the paragraphs that explain a rule."""
    future = "it can differ from one future to another" if rule.per_future else "it is the same in every future"
    facts = [
        f"Family: {rule.family}.",
        f"Usual severity: {rule.severity}.",
        f"Figure: {rule.figure}; {future}.",
        f"Since {rule.since}.",
    ]
    parts = [
        f"{rule.code} {rule.name}: {rule.title[:1].lower()}{rule.title[1:]}",
        rule.reason,
        f"Fires: {rule.fires}",
        f"Remedy: {rule.remedy}.",
        " ".join(facts),
    ]
    if rule.thresholds:
        parts.append(f"Thresholds: {'; '.join(thresholds(rule))}.")
    told = said_of(rule.code)
    parts.append(f"Record: {told[:1].upper()}{told[1:]}.")
    if rule.references:
        parts.append(f"References: {'; '.join(rule.references)}.")
    return tuple(parts)


def thresholds(rule: Rule) -> tuple[str, ...]:
    """Return a rule's thresholds in words."""
    return tuple(f"{t.name.replace('_', ' ')} {t.value:g} {t.unit}" for t in rule.thresholds)
