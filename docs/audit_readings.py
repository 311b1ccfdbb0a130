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
            (
                "C314",
                "Knesset",
                "false alarm",
                "It approved the frameworks by 84 to 19 and the treaty by 95 to 18, and none since has gone back on it.",
            ),
            ("C308", "Jordan", "hit", "Jordan never took the part that was written for it."),
            (
                "C308",
                "Egypt",
                "in part",
                "The treaty was kept; ambassadors were recalled twice and the peace stayed cold.",
            ),
            (
                "C308",
                "Israel",
                "hit",
                "Sinai was handed back; what was promised on settlements and self-rule was not kept.",
            ),
            ("C308", "Arab states", "hit", "They broke with Egypt."),
            ("C302", "Israel does not complete", "false alarm", "The withdrawal was completed in April 1982."),
            ("C305", "Egypt", "false alarm", "It kept the land, and the peace too."),
            ("C306", "Israel", "hit", "Self-rule lapsed and settlements grew, and nothing in the text answered that."),
            ("C315", "", "open", "Neither penalty was ever called for."),
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
            (
                "C302",
                "Ulster Unionists",
                "hit",
                "Suspension was what the opponents among unionists asked for, and four times it came.",
            ),
            (
                "C314",
                "Ulster Unionist Council",
                "hit",
                "It approved, and then was called again and again until the executive fell over arms.",
            ),
            ("C308", "British government", "in part", "Soldiers and watchtowers went late."),
            ("C308", "Ulster Unionists", "in part", "Power was shared late and with breaks."),
            ("C308", "Sinn Féin", "in part", "No return to an armed campaign; arms five years late."),
            ("C305", "Sinn Féin", "hit", "The prisoners were all out in 2000, the arms only in 2005."),
            ("C307", "Irish government", "false alarm", "It gave up its claim and kept to that."),
            (
                "C307",
                "Ulster Unionists",
                "false alarm",
                "What they had for nothing, consent, was no reason for what they did late.",
            ),
            ("C307", "Social Democratic", "false alarm", "It kept all that it had signed."),
            ("C307", "Sinn Féin", "hit", "Arms not given up cost it none of what it had been given."),
            (
                "C303",
                "British government",
                "false alarm",
                "London suspended the institutions four times, whatever it cost.",
            ),
        ),
        (
            "That arms would be given up five years late, and yet be given up: C308 says what breaking pays, not how long "
            "it would pay.",
            "That vague words held where exact ones might have failed: C313 notes each of them and says of none that it "
            "helped.",
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
            (
                "C308",
                "Bosnian Serbs",
                "in part",
                "They kept the military part, and obstructed the civilian part for years.",
            ),
            ("C308", "Croatia", "hit", "The institutions of Herzeg-Bosna went on under other names for years."),
            (
                "C308",
                "Serbia",
                "in part",
                "Belgrade kept the military part and gave up the indicted only under pressure.",
            ),
            ("C308", "NATO-led force", "hit", "For a year and a half it did not look for the indicted."),
            (
                "C302",
                "'Either side attacks'",
                "in part",
                "That nothing would answer once the force had gone was seen in time: it stayed.",
            ),
            (
                "C302",
                "Bosnian Serbs",
                "false alarm",
                "No attack came. What the force could compel is not in the case's points.",
            ),
            ("C305", "", "false alarm", "None of them went back to war when the force did in the end leave."),
            ("C312", "Bosnian Serbs", "false alarm", "They withdrew behind the zone on time."),
            ("C312", "Serbia", "false alarm", "Belgrade did not go back to backing war."),
            (
                "C306",
                "Serbia",
                "hit",
                "Sanctions ended ten days after the elections; the indicted stayed at large for years.",
            ),
            ("C303", "Bosnian government", "open", "The snapback was never used."),
            ("C307", "Croatia", "in part", "The Federation's common institutions were what it was slow to perform."),
            ("C315", "", "open", "It never came to that phase."),
            ("R401", "force limits", "false alarm", "This time they were kept, under the force's eyes."),
            ("R401", "settlement", "in part", "The award on Brčko came, two years late."),
        ),
        (
            "That soldiers compel: an attack is answered by a force whose presence the points of the case do not count "
            "against the attacker, so that C302 finds no cost where there was one.",
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
            ("E210", "Belarus", "hit", "What had been given for good held nothing back in August 2020."),
            ("C308", "European Union", "false alarm", "It gave all that it had promised."),
            ("C308", "Belarus", "hit", "In August 2020 the protests were put down by force."),
            ("R403", "", "hit", "It ended as the trial of 2008 had ended."),
            (
                "C306",
                "Belarus",
                "hit",
                "The fault for which the case is known: four months were kept, and what came after was for good.",
            ),
            ("C307", "European Union", "false alarm", "What came to it for nothing did not make it break anything."),
            ("C311", "Lifted for good", "hit", "Nothing in the decision said what would bring the sanctions back."),
            (
                "C315",
                "",
                "open",
                "The sanctions that came back in October 2020 were a new decision, not the plan's penalty.",
            ),
        ),
        (
            "How long it would take: the best response breaks in the first month of lasting relief, the crackdown came four "
            "and a half years later.",
            "That the votes would not be free: one broken promise on record is too little for R401.",
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
            ("E210", "Russia", "hit", "Nothing in the text held Russia back in 2014."),
            ("C308", "Russia", "hit", "The borders were respected until 2014 and not after."),
            ("C308", "Ukraine", "false alarm", "It gave up every warhead on time."),
            ("C308", "United States", "false alarm", "It paid, and it went to the Security Council."),
            ("C308", "United Kingdom", "false alarm", "As the United States."),
            (
                "C302",
                "Russia",
                "hit",
                "In 2014 consultations were asked for and refused; that was all the text had to offer.",
            ),
            ("C305", "Russia", "hit", "The warheads stayed where they had gone."),
            ("C305", "United", "false alarm", "Neither is said to have broken it."),
            (
                "C312",
                "Russia",
                "open",
                "Claims in words were made before 2014; the record of this case does not list them.",
            ),
            ("C307", "Ukraine", "false alarm", "It did all that it owed."),
            ("C307", "Russia", "hit", "What it was given for nothing could not be taken from it in 2014."),
            ("C307", "United", "false alarm", "Neither is said to have broken it."),
        ),
        (
            "That it would hold for twenty years first: what breaking pays Russia pays it in these numbers from the first "
            "month.",
        ),
    ),
    ("minsk-2015", "package-of-measures"): Carried(
        "failed",
        "Large battles ended; no election, no constitution, no border, no withdrawal of foreign troops.",
        (
            (
                "T106",
                "Donetsk",
                "in part",
                "Their heads signed, pressed by Moscow; what they signed they did not perform.",
            ),
            ("E210", "Donetsk", "hit", "The ceasefire was broken from the first days."),
            ("E206", "Donetsk", "hit", "Their promises on vote, border and troops were never performed."),
            (
                "T102",
                "behind the line",
                "hit",
                "Votes were held under arms in 2018, under no law that they had a say in.",
            ),
            ("A603", "minimum", "open", "Nobody knows whether a stated minimum would have changed anything."),
            ("T105", "Russia", "hit", "It signed as a guarantor and held that the promises were others' to keep."),
            ("T101", "behind the line", "hit", "Pensions, banks and trade across the line were not restored."),
            ("T101", "Germany and France", "false alarm", "The Union set the link itself and kept it."),
            (
                "T103",
                "Germany and France",
                "false alarm",
                "Sanctions stayed because the terms were not met, as announced.",
            ),
            ("C308", "Ukraine", "hit", "Constitution, amnesty and payments were not performed."),
            ("C308", "Russia", "hit", "Nothing was withdrawn."),
            ("C308", "Donetsk", "hit", "The ceasefire was broken from the first days."),
            ("C307", "", "open", "None of it was ever received."),
            ("C311", "", "open", "The last phase was never reached."),
            ("R401", "ceasefire", "hit", "Debaltseve fell three days after the ceasefire began."),
            ("R401", "elections", "hit", "They voted on their own again in November 2018."),
            ("R401", "withdrawal", "hit", "No foreign troops left; they came openly in February 2022."),
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
            ("C314", "Congress", "hit", "Congress let it pass in 2015; a new president left it in May 2018."),
            (
                "C308",
                "Iran",
                "in part",
                "The limits were kept until after the relief was gone; tests of missiles went on from the start.",
            ),
            ("C308", "United States", "hit", "It left in May 2018."),
            (
                "E210",
                "Iran",
                "false alarm",
                "The limits were kept for three and a half years, and were lower than before.",
            ),
            ("C306", "United States", "false alarm", "It did not wait for the last phase."),
            ("C306", "Iran", "open", "It never came to the tenth year with relief in force."),
            (
                "C304",
                "Settled",
                "in part",
                "The complaint of January 2020 was let lie for five years while the stock grew.",
            ),
            ("C311", "tenth year", "open", "That phase was never in force."),
            ("C305", "United States", "hit", "The core stayed filled when the relief was gone."),
            ("C305", "Britain", "false alarm", "Europe kept its part until 2025."),
            ("C315", "Snapback", "open", "It came in September 2025; what followed is too near to judge."),
            (
                "C315",
                "stops performing",
                "in part",
                "Talks to reopen the deal began in April 2021 and came to nothing.",
            ),
            ("C307", "Russia and China", "false alarm", "They kept their part."),
            ("C310", "weapons", "open", "What became of it is disputed."),
        ),
        (
            "That the snapback would be set off by those whom the breach had not come from: no rule asks who may set off an "
            "answer.",
        ),
    ),
}

BY_CODE: dict[str, tuple[Verdict, str]] = {
    "I501": ("open", "It speaks of the case's numbers, not of what came to pass."),
    "I502": ("open", "It speaks of the case's numbers, not of what came to pass."),
    "I505": ("open", "It says that the numbers do not settle the matter."),
}
