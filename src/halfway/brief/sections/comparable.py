"""What became of agreements and promises like the plan's: counts from outside the case."""

from __future__ import annotations

from halfway.brief.contents import Paragraph, Section
from halfway.brief.material import Material
from halfway.record import plain
from halfway.words.evidence import what_became


def comparable(material: Material) -> Section:
    """Return what is known of agreements of the plan's shape and of promises of its kinds."""
    said = what_became(plain(material.outcome.comparable))
    return Section(
        "comparable",
        "What became of agreements and promises like these",
        tuple(Paragraph(sentence) for sentence in said),
    )
