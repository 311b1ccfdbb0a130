"""Sentences of the front page."""

from halfway.words.front_page import could_sign, going, penalty, serving, spelled


def test_counts_up_to_ten_are_words() -> None:
    assert [spelled(n) for n in (1, 2, 10, 11, 1200)] == ["one", "two", "ten", "11", "1,200"]
    assert "Two things that must hold for them would not." in serving([("A", "", 1.0, 0.0, 2.0)], [], 2)
    assert "One thing that must hold for them would not." in serving([("A", "", 1.0, 0.0, 2.0)], [], 1)


def test_what_could_be_signed_is_said_by_its_contents() -> None:
    said = could_sign("44", ["A", "B"], ["Vote: Held again"], 2, ["Crimea"])
    assert said == (
        "44 packages are acceptable to A and B. Start from the Nash package: Vote: Held again; two more. "
        "It leaves Crimea as today."
    )
    assert could_sign("44", ["A", "B"], [], 2, ["Crimea"]) == "44 packages are acceptable to A and B."
    assert could_sign("0", ["A", "B"], []) == "Nothing is acceptable to A and B."


def test_a_penalty_is_measured_against_whom_it_takes_most_from() -> None:
    assert penalty("declared war", "The East", 0.1, only=True) == (
        "The only penalty, for declared war, takes next to nothing from the East."
    )
    assert penalty("delay", "B", 0.7, only=False).startswith("The harshest penalty, for delay, takes 0.7 points")
    assert "takes nothing from B" in penalty("delay", "B", -3.0, only=True)


def test_what_percentages_are_of_is_said_once() -> None:
    back = going("A", "B", 27.0, 33.0, [], 5.0, 1.0)
    assert back.startswith("A moves back from 33 to 27 percent of the way to B; ")
    assert going("B", "A", 48.0, 75.0, [], 5.0, 1.0, first=False).startswith("B moves back from 75 to 48 percent; ")
