"""What the audit finds, by what to change."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.audit.finding import SEVERITIES, Finding
from halfway.brief.contents import Block, Change, Changes, Paragraph, Section
from halfway.brief.material import Material
from halfway.words.front_page import capital, counted

OPEN = 5
"""Changes that are open from the start."""
TOGETHER = 3
"""Findings of one change that are spelled out."""


def findings(material: Material) -> Section:
    """Return this plan's findings, those that one change would answer together."""
    found = material.findings.of(material.name)
    title = "What is wrong, by what to change"
    if not found:
        return Section("findings", title, (Paragraph("The audit finds nothing wrong with the plan on its face."),))
    counts = {s: sum(f.severity == s for f in found) for s in reversed(SEVERITIES)}
    said = ", ".join(counted(n, s) for s, n in counts.items() if n)
    grouped = changes(found)
    blocks: list[Block] = [
        Paragraph(f"The audit finds **{said}**, which {counted(len(grouped), 'change')} would answer. Gravest first:"),
        Changes(grouped[:OPEN], grouped[OPEN:]),
    ]
    return Section("findings", title, tuple(blocks))


def changes(found: Sequence[Finding]) -> tuple[Change, ...]:
    """Put findings with one remedy together, the gravest and most frequent first."""
    by: dict[str, list[Finding]] = {}
    for one in found:
        by.setdefault(one.remedy, []).append(one)
    rank = {s: k for k, s in enumerate(reversed(SEVERITIES))}
    groups = sorted(by.items(), key=lambda g: (min(rank[f.severity] for f in g[1]), -len(g[1])))
    out = []
    for remedy, those in groups:
        messages = [f"{capital(f.message)}. ({f.code})" for f in those[:TOGETHER]]
        if len(those) > TOGETHER:
            messages.append(f"And {counted(len(those) - TOGETHER, 'more finding')} of the kind.")
        out.append(
            Change(f"{capital(remedy)}.", min((f.severity for f in those), key=rank.__getitem__), tuple(messages))
        )
    return tuple(out)
