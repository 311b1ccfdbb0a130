"""What history says of each finding on the plans that were carried out, from the record that the cases themselves cite.

A reading is looked up by case, code and a word of the finding's message. `docs/audit_pages.py` refuses to write the page
where a warning or an error has no reading, so that nothing is left out in silence.
"""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["hit", "in part", "false alarm", "open"]


@dataclass(frozen=True)
class Carried:
    """A plan that was carried out, and what became of it.

    Attributes
    ----------
    outcome : str
        Held, failed, or in part.
    story : str
        In a sentence.
    readings : tuple of (code, word, verdict, why)
    misses : tuple of str
        What went wrong, or held against expectation, of which these rules say nothing.
    """

    outcome: str
    story: str
    readings: tuple[tuple[str, str, Verdict, str], ...]
    misses: tuple[str, ...]


CARRIED_OUT: dict[tuple[str, str], Carried] = {
    ("camp-david-1978", "accords"): Carried(
        "held in its Egyptian half, failed in its Palestinian half",
        "Sinai was handed back on time in 1982 and the peace has lasted; Jordan and the Palestinians never came to "
        "the table.",
        (
            ("T104", "Arab states", "hit", "Egypt was suspended from the Arab League for ten years."),
            ("T104", "Jordan", "hit", "Jordan stayed out."),
            ("A602", "Khartoum", "hit", "Egypt's partners of Khartoum treated the peace as a breach."),
            ("A602", "Rabat", "hit", "Speaking for the Palestinians in the PLO's place is what was rejected at once."),
            ("E204", "Jordan", "hit", "Jordan had not been asked and refused."),
            ("T101", "Jordan", "hit", "The same."),
            ("T103", "Jordan", "hit", "The step that Jordan was to take was never taken."),
            ("T101", "Palestinians", "hit", "The half that concerned them lapsed; the settlements grew."),
            ("T103", "Palestinians", "hit", "No authority was elected for lack of those who should have stood."),
            ("A601", "Israel", "false alarm", "Israel kept the bargain and has not gone back on it."),
            (
                "E206",
                "Israel",
                "false alarm",
                "The same; I505 says that this verdict turns in nearly a third of the draws.",
            ),
            ("E209", "Israel", "false alarm", "Israel completed the withdrawal from the interim line."),
        ),
        (
            "That the settlements went on: no finding says that a freeze of three months covers a transition of five "
            "years.",
            "That Camp David's Egyptian half would hold in spite of land for peace: E202 is silent, because the "
            "United States answers for the promises and has aid to withhold.",
        ),
    ),
    ("good-friday-1998", "agreement"): Carried(
        "held, late",
        "Prisoners were out by 2000, arms beyond use only in 2005; the institutions were suspended from 2002 to "
        "2007; no return to war.",
        (
            (
                "T104",
                "Democratic Unionist",
                "hit",
                "The party grew by opposing it, and power was shared for good only when it had come in, in 2007.",
            ),
            (
                "E203",
                "British government",
                "hit",
                "Prisoners out before arms were gone was the sorest point of the years to 2005.",
            ),
        ),
        (
            "That arms were given up five years late: no finding on the missing date and missing trigger, which are "
            "matters of commitment, not of exchange.",
            "That vague words held where exact ones might have failed: the rules here do not count precision.",
        ),
    ),
    ("dayton-1995", "as_signed"): Carried(
        "held in its military half, late and in part in its civilian half",
        "No return to war; returns of the displaced and arrests of the indicted came years late, and the force did "
        "not leave after a year.",
        (
            ("A601", "Bosnian Serbs", "false alarm", "They lost by it and did not go back to war."),
            (
                "T104",
                "Bosnian Serbs",
                "in part",
                "They obstructed returns and institutions for years, without fighting.",
            ),
            ("T101", "Bosnian Serbs", "in part", "Belgrade signed for them; they kept the military part only."),
            ("T103", "Bosnian Serbs", "in part", "They separated the forces on time and dragged out the rest."),
            ("T101", "displaced", "hit", "Few returned to where they were a minority before 1999."),
            (
                "E207",
                "Bosnian government",
                "false alarm",
                "A matter of the first months; the government lived with it.",
            ),
        ),
        (
            "That the force would have to stay: nothing here says that the last phase has no one to uphold it.",
            "That sanctions were lifted before the civilian part was performed: that is a matter of commitment.",
        ),
    ),
    ("eu-belarus-2016", "relief-as-given"): Carried(
        "failed",
        "Sanctions were suspended for four months, lifted in February 2016, and the protests of August 2020 were put "
        "down by force.",
        (
            (
                "T105",
                "European Union",
                "hit",
                "Whether anything grave happened was for the Council alone to say, and no crackdown short of 2020 "
                "moved it.",
            ),
            (
                "T104",
                "Russia",
                "false alarm",
                "Moscow gained by later failure and did nothing known to bring it about.",
            ),
            ("E203", "Belarus", "false alarm", "Minsk freed the prisoners first and was paid in full."),
            (
                "T101",
                "civil society",
                "hit",
                "They were not asked what counted as grave; their civil rights and the elections are the promises "
                "that failed.",
            ),
        ),
        (
            "The fault for which the case is known, a trial that becomes permanent with nothing to bring the "
            "sanctions back, is a matter of commitment; no rule here speaks of it.",
        ),
    ),
    ("budapest-1994", "memorandum"): Carried(
        "failed",
        "The warheads were gone by June 1996; the assured borders held until 2014.",
        (
            ("E202", "warheads", "hit", "What was given could not be taken back; what was assured was taken."),
            ("T105", "Russia", "hit", "The guarantor was the one that broke the promise."),
            (
                "E203",
                "Russia",
                "false alarm",
                "Russia had what it came for in a year and a half; the exposed side was the other.",
            ),
        ),
        (
            "That the answer to a breach is to consult, with no penalty: found only through E202's question what a "
            "guarantor does on a breach; the rule on toothless answers is one of commitment.",
        ),
    ),
    ("minsk-2015", "package-of-measures"): Carried(
        "failed",
        "Large battles ended; no election, no constitution, no border, no withdrawal of foreign troops.",
        (
            ("E206", "Donetsk", "hit", "Their promises on vote, border and troops were never performed."),
            (
                "T102",
                "behind the line",
                "hit",
                "Votes were held under arms in 2018, under no law that they had a say in.",
            ),
            ("A603", "least", "open", "Whether a stated least would have changed anything cannot be told."),
            ("T105", "Russia", "hit", "It signed as a guarantor and held that the promises were others' to keep."),
            ("T101", "behind the line", "hit", "Pensions, banks and trade across the line were not restored."),
            ("T101", "Germany and France", "false alarm", "The Union set the link itself and kept it."),
            (
                "T103",
                "Germany and France",
                "false alarm",
                "Sanctions stayed because the terms were not met, as announced.",
            ),
        ),
        (
            "That the text can be read in two orders, politics first or security first: the case had to choose one, "
            "and no rule finds what a text leaves open.",
        ),
    ),
    ("iran-2015", "jcpoa"): Carried(
        "failed after three years",
        "Performed on all sides from January 2016; the United States left in May 2018, and Iran went beyond the "
        "limits from July 2019.",
        (
            ("A601", "must hold", "hit", "The limits that end were the reason given for leaving."),
            (
                "A603",
                "bottom line",
                "hit",
                "The same: what was said to be the least does not last under the plan's own terms.",
            ),
            ("E203", "Iran", "hit", "Iran had performed when the relief was withdrawn."),
            ("E202", "Arak", "hit", "The core stayed filled when the relief was gone."),
            ("E205", "American sanctions", "open", "The plan never came to the repeal of which this speaks."),
            (
                "T101",
                "Israel",
                "hit",
                "The tests of missiles went on, and the neighbours outside worked against the deal.",
            ),
        ),
        (
            "That a later government would leave: turnover before performance is a matter of commitment and of "
            "ratification.",
            "The snapback itself, which every signatory could set off and which was set off in the end: a matter of "
            "commitment.",
        ),
    ),
}

BY_CODE: dict[str, tuple[Verdict, str]] = {
    "I501": ("open", "It speaks of the case's numbers, not of what came to pass."),
    "I502": ("open", "It speaks of the case's numbers, not of what came to pass."),
    "I505": ("open", "It says that the numbers do not settle the matter."),
}
