"""Voting weights in the Council of the European Union by treaty, from the public record.

Weights to 1 November 2004: Treaty establishing the European Community, Article 205(2), as amended by the Accession Act
of 1994 (87 votes, 62 needed). From then to 31 October 2014: Treaty of Nice and the Accession Acts of 2003, 2005 and
2011 (France 29, Romania 14, Croatia 7 …; 255 of 345 needed with 27 members). Since then: Treaty on European Union,
Article 16(4), 55 percent of the members with 65 percent of the population; populations in thousands on 1 January 2013,
as used for the first year of that rule (Eurostat).
"""

from __future__ import annotations

BEFORE_NICE: dict[str, float] = {
    "de": 10, "fr": 10, "it": 10, "uk": 10, "es": 8, "be": 5, "el": 5, "nl": 5, "pt": 5, "at": 4, "se": 4, "dk": 3,
    "fi": 3, "ie": 3, "lu": 2,
}  # fmt: skip

NICE: dict[str, float] = {
    "de": 29, "fr": 29, "it": 29, "uk": 29, "es": 27, "pl": 27, "ro": 14, "nl": 13, "be": 12, "cz": 12, "el": 12,
    "hu": 12, "pt": 12, "at": 10, "bu": 10, "se": 10, "cr": 7, "dk": 7, "fi": 7, "ie": 7, "lt": 7, "sk": 7, "cy": 4,
    "ee": 4, "lu": 4, "lv": 4, "si": 4, "mt": 3,
}  # fmt: skip

LISBON: dict[str, float] = {
    "at": 8451.9, "be": 11161.6, "bu": 7284.6, "cr": 4262.1, "cy": 865.9, "cz": 10516.1, "de": 80523.7, "dk": 5602.6,
    "ee": 1324.8, "el": 11062.5, "es": 46704.3, "fi": 5426.7, "fr": 65633.2, "hu": 9908.8, "ie": 4591.1, "it": 59685.2,
    "lt": 2971.9, "lu": 537.0, "lv": 2023.8, "mt": 421.4, "nl": 16779.6, "pl": 38533.3, "pt": 10487.3, "ro": 20057.5,
    "se": 9555.9, "si": 2058.8, "sk": 5410.8, "uk": 63730.1,
}  # fmt: skip

QUOTAS: dict[str, float] = {"before-nice": 62 / 87, "nice": 255 / 345, "lisbon": 0.65}
"""Share of the votes needed; of Lisbon's two conditions, the share of the population."""

WEIGHTS: dict[str, dict[str, float]] = {"before-nice": BEFORE_NICE, "nice": NICE, "lisbon": LISBON}


def treaty(year: int) -> str:
    """Return the rule under which a proposal introduced in a year was decided.

    Decisions take about two years, so proposals made from 2003 on met the votes of Nice, and those made from 2012 on
    the double majority.
    """
    if year < 2003:
        return "before-nice"
    return "nice" if year < 2012 else "lisbon"
