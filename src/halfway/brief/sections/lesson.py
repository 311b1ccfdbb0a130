"""For a class: the words of the brief defined, and questions whose answers the brief holds."""

from __future__ import annotations

from halfway.brief.contents import Definitions, Listing, Section
from halfway.brief.material import Material
from halfway.case.case import Case
from halfway.stability.concepts.definitions import STANDARD
from halfway.words.front_page import inside

WORDS = (
    ("Walk-away", "What an actor has if there is no agreement. Nobody gains by signing for less."),
    (
        "Points",
        "How much an actor likes an outcome, from 0 to 100 on its own scale. Points of two actors cannot be added.",
    ),
    (
        "Concession level",
        "How far an actor goes from its own best outcome (0 percent) to the other side's best (100 percent).",
    ),
    (
        "Acceptable package",
        "A combination of options that crosses no signatory's red line and leaves none below its walk-away.",
    ),
    ("Pareto frontier", "The packages that cannot be bettered for one signatory without costing another."),
    (
        "Nash solution",
        "The acceptable package with the largest product of the signatories' gains over their walk-aways.",
    ),
    ("Temptation", "What the best breach would gain an actor over the best way of keeping the plan."),
    ("Material breach", "A breach that costs somebody else a stated number of points or more."),
    ("Patience", "How much a point next period counts today. Threats work only on the patient."),
)


def definitions() -> Section:
    """Return what the words of a brief mean."""
    return Section("words", "Words used here", (Definitions(WORDS),))


def concepts() -> Section:
    """Return what the stability concepts mean."""
    entries = tuple((c.title, f"A state is stable for an actor when {c.meaning}.") for c in STANDARD)
    return Section("concepts", "The stability concepts", (Definitions(entries),))


def questions(material: Material) -> Section:
    """Return questions for a class, by the names of the case."""
    signatories = [material.inside(a) for a in material.case.signatories(material.plan)]
    aimed = [material.inside(a) for a in dict.fromkeys(a for aim in material.plan.aims for a in aim.for_)]
    asked = []
    if signatories:
        asked.append(
            f"Would each of {', '.join(signatories)} sign? What would have to change for the one that gains least?"
        )
    if aimed:
        asked.append(
            f"The plan is meant to serve {', '.join(aimed)}. By what is it judged here, and would you judge it so?"
        )
    asked += [
        "Who is most tempted to break the plan, when, and what would the others do about it?",
        "Which of the numbers do you doubt most? Change it (--set) and see whether the answer turns.",
        "Write a plan of your own for this case that every signatory would sign. What does it leave out?",
    ]
    return Section("questions", "Questions for the class", (Listing(tuple(asked), ordered=True),))


def game_questions(case: Case) -> Section:
    """Return questions for a class on a case without a plan, by the names of the case."""
    mover = inside(case.title_of("actors", next(iter(case.actors))))
    asked = (
        "From which states would nobody move alone? Find them by hand before you read which are Nash.",
        "Take a state that is stable under GMR and not under Nash. Who is deterred there, and by whose answer?",
        "Take a state that is stable under GMR and not under SEQ, if there is one. Why would nobody give that answer?",
        f"Put two neighbouring states in the order of {mover} the other way round (--set). Which equilibria come or go?",
        "What do the actors know here that they would not know in fact? What does the order of states leave out?",
    )
    return Section("questions", "Questions for the class", (Listing(asked, ordered=True),))
