"""Sealed records: what is not sound or was altered is refused at its place, and never graded."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.errors import HalfwayError, InputError
from halfway.forecast.sealed.grading import grade, verify
from halfway.forecast.sealed.record import digest, read_record
from halfway.forecast.sealed.seal import seal
from tests.forecast.cases import write_case


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("sealed")
    return seal(write_case(folder), folder / "r.json")[1]


def resealed(record: dict[str, Any]) -> dict[str, Any]:
    """Give altered content the hashes that it should have: what someone would do who knows the format."""
    out = {k: v for k, v in record.items() if k != "seal"}
    out["distribution_hash"] = digest(out["forecasts"])
    return {**out, "seal": digest(out)}


def altered(record: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    out = copy.deepcopy(record)
    change(out)
    return resealed(out)


def first(record: dict[str, Any]) -> dict[str, Any]:
    return record["forecasts"][0]


def test_what_seal_wrote_is_read_and_graded(sealed: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(resealed(sealed)), encoding="utf-8")
    assert read_record(path).intact
    assert grade(path, 7, "delay").outcome == 7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.update(seed=-1), r"F622 .*'seed'"),
        (lambda r: r.update(seed=1.5), r"F622 .*'seed'"),
        (lambda r: r.update(date="someday"), "'someday' is not a date"),
        (lambda r: r.update(issue=["delay"]), "a list stands where a text is expected"),
        (lambda r: r.update(forecasts=[]), "'forecasts' has too few entries"),
        (lambda r: r.update(extra=1), "does not fit 'extra'"),
        (lambda r: r["forecasts"].append(first(r)), "is forecast twice"),
        (lambda r: first(r).update(masses=[0] * len(first(r)["masses"]), spread=[0] * len(first(r)["spread"])), "together are 0"),
        (lambda r: first(r).update(points=[], masses=[], edges=[], spread=[]), "together are 0"),
        (lambda r: first(r)["masses"].append(0.5), "masses"),
        (lambda r: first(r)["spread"].__setitem__(0, -0.1), "a probability is -0.1"),
        (lambda r: first(r)["points"].__setitem__(0, 400), "'0'|does not fit"),
        (lambda r: first(r)["points"].reverse(), "do not ascend"),
        (lambda r: first(r).update(scale=[10, 4]), "no length"),
        (lambda r: first(r).update(median=4.0), "the median is stated as 4"),
        (lambda r: first(r).update(mean=9.0), "the mean is stated as 9"),
        (lambda r: first(r).update(mean="7"), "does not fit|stands where"),
        (lambda r: first(r).update(title=True), "a truth value stands where a text"),
    ],
)  # fmt: skip
def test_an_unsound_record_is_never_graded_even_with_hashes_of_its_own(
    sealed: dict[str, Any], tmp_path: Path, change: Callable[[dict[str, Any]], Any], said: str
) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(altered(sealed, change), indent=1), encoding="utf-8")
    for attempt in (lambda: grade(path, 7, "delay"), lambda: verify(path)):
        with pytest.raises(InputError, match=said) as caught:
            attempt()
        assert all(p.place is not None and p.place.file == str(path) for p in caught.value.problems)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"seed": ', '"seed": ' + "1" * 5000),
        ('"mean": ', '"mean": 1e999, "x": '),
        ('"mean": ', '"mean": NaN, "x": '),
        ('"mean": ', '"mean": Infinity, "x": '),
        ('"case": "', '"case": "\\ud800'),
        ('"case": "', '"case": "\\u001b[31m'),
        ('"date"', '"seed": 1, "date"'),
        ("{", "[" * 3000),
    ],
)
def test_text_that_is_no_sound_json_is_refused_where_it_breaks(
    sealed: dict[str, Any], tmp_path: Path, old: str, new: str
) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(sealed, indent=1).replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"r\.json:\d+:\d+: F621 .*is not a record"):
        read_record(path)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mangled_records_end_in_a_located_refusal_or_are_what_they_were(
    sealed: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    text = json.dumps(sealed)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 30, len(text))))
    mangled = text[:start] + data.draw(st.text(max_size=6)) + text[end:]
    path = tmp_path_factory.mktemp("mangled") / "r.json"
    path.write_bytes(mangled.encode("utf-8", "surrogatepass"))
    refused: tuple[Any, ...] = ()
    sealed_as = sealed["seal"]
    try:
        sealed_as = grade(path, 7, "delay").provenance.parameters["record"]
    except HalfwayError as error:
        refused = error.problems
    assert sealed_as == sealed["seal"]
    assert all(p.place is not None for p in refused)
