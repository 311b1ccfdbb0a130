"""What the audit finds."""

from __future__ import annotations

from halfway.brief.contents import Block, Findings, Grid, Paragraph, Section
from halfway.brief.material import Material
from halfway.result import Table


def findings(material: Material) -> Section:
    """Return this plan's findings, and how many each plan has."""
    found = material.findings.of(material.name)
    rows = []
    for name in material.case.plans:
        theirs = material.every_plan.of(name)
        counts = [sum(f.severity == s for f in theirs) for s in ("error", "warning", "note")]
        codes = ", ".join(dict.fromkeys(f.code for f in theirs)) or "—"
        rows.append((material.case.title_of("plans", name), *counts, codes))
    table = Table("audits", ("Plan", "Errors", "Warnings", "Notes", "Rules"), tuple(rows))
    blocks: list[Block] = [
        Paragraph(
            "Each finding names the rule, the line of the case file, the figure that fired it, and a remedy. Findings come from "
            "the computed outcome of the plan and from its structure, not from its wording."
        ),
        Findings(found),
    ]
    if len(rows) > 1:
        blocks += [
            Paragraph(
                "Every plan of the case by the rules on aims, table, exchange, record and inputs (A, T, E, R, I):"
            ),
            Grid(table, numeric=frozenset({1, 2, 3})),
        ]
    return Section("findings", "What is wrong with the plan", tuple(blocks))
