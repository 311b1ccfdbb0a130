"""What the audit finds, by what to change."""

from __future__ import annotations

from halfway.audit.finding import SEVERITIES
from halfway.audit.groups import Group
from halfway.brief.contents import Block, Change, Changes, Paragraph, Section
from halfway.brief.material import Material
from halfway.words.front_page import capital, counted, whole

TOGETHER = 3
"""Findings of one heading that are spelled out; an analyst sees all."""


def findings(material: Material) -> Section:
    """Return this plan's findings by what would have to change, the first headings open."""
    result, title = material.findings, "What is wrong, by what to change"
    found = result.of(material.name)
    if not found:
        return Section("findings", title, (Paragraph("The audit finds nothing wrong with the plan on its face."),))
    counts = {s: sum(f.severity == s for f in found) for s in reversed(SEVERITIES)}
    said = ", ".join(counted(n, s) for s, n in counts.items() if n)
    headings = tuple((g.first, _change(material, g)) for g in result.groups)
    blocks: list[Block] = [
        Paragraph(
            f"The audit finds **{said}**, under {counted(len(headings), 'heading')}; what mends most comes first."
        ),
        Changes(tuple(c for first, c in headings if first), tuple(c for first, c in headings if not first)),
    ]
    return Section("findings", title, tuple(blocks))


def _change(material: Material, group: Group) -> Change:
    found = [material.findings.findings[n] for n in group.findings]
    shown = found if material.detailed else found[: TOGETHER if group.first else 1]
    said = [f"{capital(f.message)}. ({f.code})" for f in shown]
    if len(found) > len(shown):
        rest = counted(len(found) - len(shown), "more finding")
        said.append(f"And {rest} ({', '.join(dict.fromkeys(f.code for f in found[len(shown) :]))}).")
    remedy = "" if group.kind == "consent" else f"{capital(remedy_of(group))}."
    return Change(capital(group.title), group.severity, tuple(said), remedy, effect(group))


def remedy_of(group: Group) -> str:
    """Say what to do; a page names no commands."""
    return "make keeping it pay, or breaking it cost, for those it tempts" if "`" in group.remedy else group.remedy


def effect(group: Group) -> str:
    """Say what leaving a step out would buy; empty where that is not computed, or buys nothing."""
    found = group.effect
    if found is None:
        return ""
    parts = []
    if found.below[0] and round(found.short[0]) != round(found.short[1]):
        parts.append(f"signatories' loss {whole(found.short[0])} → {whole(found.short[1])}")
    if found.tempted is not None and round(found.tempted[0]) != round(found.tempted[1]):
        parts.append(f"largest temptation {whole(found.tempted[0])} → {whole(found.tempted[1])}")
    if found.aims is not None and round(found.aims):
        parts.append(f"those it is for {found.aims:+.0f}".replace("-", "−"))
    return "; ".join(parts)
