"""Panels: each expert's own figures judged as if typed into the case, camps counted, faults placed."""

from __future__ import annotations

import csv
import itertools
import json
import pickle
from concurrent.futures import Executor, Future

import numpy as np
import pytest

from halfway.case.catalog import load
from halfway.case.reader import build
from halfway.cli.main import main
from halfway.errors import InputError, Refusal
from halfway.explore.futures.design import estimates
from halfway.explore.panels import verdicts
from halfway.explore.panels.answers import answers_in_case, read_answers
from halfway.explore.panels.division import dividing_numbers
from halfway.explore.panels.sheet import sheet
from halfway.explore.panels.verdicts import panel
from halfway.space.compiled import compile_case
from tests.explore.futures.test_design import case_of

VALUE = "actors/north/interests/land/values/keep"
AWAY = "actors/north/walk_away/utility"


def written(path, rows, header="number,expert,value"):
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def compiled():
    return compile_case(case_of())


def test_an_experts_verdict_is_that_of_the_case_with_its_figures_typed_in(compiled, tmp_path):
    rng = np.random.default_rng(4)
    rows, typed = [], {}
    for e in range(12):
        own = {VALUE: round(float(rng.uniform(0, 100)), 2), AWAY: round(float(rng.uniform(0, 60)), 2)}
        if e % 3 == 0:
            own.pop(VALUE)
        typed[f"e{e}"] = own
        rows += [f"{n},e{e},{x}" for n, x in own.items()]
    found = panel(compiled, read_answers(written(tmp_path / "p.csv", rows), compiled), seed=1).plans["swap"]
    assert [e.name for e in found.experts] == list(typed)
    for expert in found.experts:
        data = case_of().model_dump(mode="json", exclude_unset=True)
        for path, x in typed[expert.name].items():
            if path == VALUE:
                data["actors"]["north"]["interests"]["land"]["values"]["keep"] = repr(x)
            else:
                data["actors"]["north"]["walk_away"] = repr(x)
        own = compile_case(build(data))
        over = own.values("swap").long_run - own.space().walk_away
        assert expert.margin == pytest.approx(float(over.min()), abs=1e-6)
        assert expert.signed == bool((over >= -1e-9).all())
        assert expert.stated == len(typed[expert.name])
    assert len(found.met) + len(found.not_met) == 12


def test_a_figure_left_open_is_no_endorsement(compiled, tmp_path):
    rows = [f"{AWAY},a,10", f"{AWAY},b,", f"{VALUE},b,", f"{AWAY},c,90"]
    answers = read_answers(written(tmp_path / "p.csv", rows), compiled)
    found = panel(compiled, answers, success=["signed"], seed=1)
    assert found.silent == ("b",)
    assert (found.plans["swap"].met, found.plans["swap"].not_met) == (("a",), ("c",))


def test_disagreement_is_kept_apart_from_uncertainty(compiled, tmp_path):
    names = list(estimates(compiled))
    agree = [f"{n},{e},{float(estimates(compiled)[n]):.3f}" for n in names for e in "ab"]
    found = panel(compiled, read_answers(written(tmp_path / "a.csv", agree), compiled), seed=1).plans["swap"]
    assert all(x.disagreement < 1e-9 and x.uncertainty < 1e-9 for x in found.apart.values())
    wide = [f"{AWAY},{e},20 ± 8" for e in "ab"]
    found = panel(compiled, read_answers(written(tmp_path / "w.csv", wide), compiled), seed=1).plans["swap"]
    assert found.apart["over_walk_away:north"].disagreement < 1e-9
    assert found.apart["over_walk_away:north"].uncertainty > 2
    apart = [f"{AWAY},a,10", f"{AWAY},b,30"]
    found = panel(compiled, read_answers(written(tmp_path / "d.csv", apart), compiled), seed=1).plans["swap"]
    assert found.apart["over_walk_away:north"].disagreement == pytest.approx(np.std([10, 30], ddof=1))


def slowly(camps, stated):
    """Every threshold of every number, one after another."""
    best = 0
    for said in stated.values():
        who = [n for n in camps if n in said]
        values = sorted({said[n] for n in who})
        most = max(sum(camps[n] for n in who), sum(not camps[n] for n in who))
        for low, high in itertools.pairwise(values):
            at = (low + high) / 2
            for up in (True, False):
                best = max(best, sum((said[n] > at) == (camps[n] == up) for n in who) - most)
    return best


def test_the_dividing_number_is_the_best_of_all_thresholds():
    rng = np.random.default_rng(7)
    for _ in range(150):
        names = [f"e{k}" for k in range(int(rng.integers(2, 9)))]
        camps = {n: bool(rng.random() < 0.5) for n in names}
        stated = {
            f"n{j}": {n: float(rng.integers(0, 5)) for n in names if rng.random() < 0.7}
            for j in range(int(rng.integers(1, 4)))
        }
        found = dividing_numbers(camps, stated, 1)
        assert (found[0].gain if found else 0) == slowly(camps, stated)
        for d in found:
            said = stated[d.input]
            right = [n for n in said if (said[n] > d.at) == (camps[n] == d.yes_above)]
            assert (len(right), set(said) - set(right)) == (d.right, set(d.exceptions))


def test_a_real_divide_is_no_chance_and_noise_is():
    names = [f"e{k}" for k in range(24)]
    camps = {n: k < 12 for k, n in enumerate(names)}
    rng = np.random.default_rng(3)
    noise = {f"n{j}": {n: float(rng.random()) for n in names} for j in range(30)}
    clear = {**noise, "split": {n: float(k) for k, n in enumerate(names)}}
    (best, *_) = dividing_numbers(camps, clear, 1)
    assert (best.input, best.right, best.yes_above, best.by_chance) == ("split", 24, False, 0.001)
    (best, *_) = dividing_numbers(camps, noise, 1)
    assert best.by_chance > 0.05


def test_every_fault_of_a_sheet_at_its_place(compiled, tmp_path):
    rows = [
        f"{AWAY},a,10",
        "actors/north/walkaway,a,3",
        f"{AWAY},a,12",
        f"{VALUE},,4",
        f"{VALUE},b,400",
        f"{VALUE},c,high",
    ]
    path = written(tmp_path / "p.csv", rows)
    with pytest.raises(InputError) as caught:
        read_answers(path, compiled)
    said = [(p.code, p.place.line, p.place.column) for p in caught.value.problems]
    assert said == [("F181", 3, 1), ("F183", 4, 3), ("F182", 5, 1), ("S211", 6, 3), ("S210", 7, 3)]
    for text, code in (("number,worth\n", "F180"), ("number,value\n", "F184"), ("number,value,weight\n", "F180")):
        (tmp_path / "q.csv").write_text(text)
        with pytest.raises(InputError, match=code):
            read_answers(tmp_path / "q.csv", compiled)
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="F184"):
        read_answers(tmp_path / "none", compiled)
    with pytest.raises(Refusal, match="R627"):
        panel(compiled, answers_in_case(compiled))


def test_sheets_as_spreadsheets_save_them(compiled, tmp_path):
    """A folder, a file an expert: semicolons, decimal commas, and what Excel puts before the first letter."""
    (tmp_path / "Ana.csv").write_bytes(f"\ufeffnumber;value\r\n{AWAY};12,5\r\n".encode())
    (tmp_path / "ben.csv").write_text(f"number,question,scale,expert,value,note\n{AWAY},?,,,'20 ± 3,\n{VALUE},?,,,,\n")
    found = read_answers(tmp_path, compiled)
    assert found.experts == ("Ana", "ben")
    assert {e: x.notation() for e, x in found.numbers[AWAY].items()} == {"Ana": "12.5", "ben": "20 ± 3"}


def test_what_the_case_quotes_from_experts_is_a_panel(tmp_path):
    data = case_of().model_dump(mode="json", exclude_unset=True)
    data["experts"] = {"kim": {"name": "Kim"}, "lee": {"name": "Lee"}, "max": {"name": "Max"}}
    data["actors"]["north"]["walk_away"] = {"experts": {"kim": 10, "lee": "90 ± 2"}}
    compiled = compile_case(build(data))
    found = panel(compiled, answers_in_case(compiled), success=["signed"], seed=1)
    assert (found.plans["swap"].met, found.plans["swap"].not_met, found.silent) == (("kim",), ("lee",), ("max",))
    assert found.plans["swap"].dividing[0].at == pytest.approx(50, abs=0.5)


def test_signals_that_the_case_is_certain_of_are_an_experts_to_state(tmp_path):
    compiled = compile_case(load("eu-belarus-2016"))
    seen = next((n for n in estimates(compiled) if n.startswith("issues/")), None)
    assert seen is not None
    rows = [f"{seen},a,0.9", f"{seen},b,0.1"]
    found = panel(
        compiled, read_answers(written(tmp_path / "p.csv", rows), compiled), plans=["relief-as-given"], seed=1
    )
    one, other = found.plans["relief-as-given"].experts
    assert one.stated == other.stated == 1


def test_the_sheet_asks_without_showing_the_cases_figure_and_comes_back(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["panel", "new", "eu-belarus-2016", "-o", "sheet.csv"])
    assert ended.value.code == 0
    with open("sheet.csv", encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    compiled = compile_case(load("eu-belarus-2016"))
    assert len(rows) == len(sheet(compiled, str).rows) == 28
    assert all(r["value"] == "" and r["question"] and r["scale"] for r in rows)
    with pytest.raises(SystemExit) as ended:
        main(["panel", "new", "eu-belarus-2016", "-o", "sheet.csv"])
    assert ended.value.code == 2
    (tmp_path / "in").mkdir()
    for name, share in (("ana", 0.2), ("ben", 0.8)):
        with open(tmp_path / "in" / f"{name}.csv", "w", encoding="utf-8", newline="") as stream:
            out = csv.DictWriter(stream, rows[0])
            out.writeheader()
            out.writerows({**r, "value": str(round(100 * share if "to 100" in r["scale"] else share, 2))} for r in rows)
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["explore", "eu-belarus-2016", "--plan", "relief-as-given", "--panel", "in", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert [e["name"] for e in found["plans"]["relief-as-given"]["experts"]] == ["ana", "ben"]
    with pytest.raises(SystemExit):
        main(["explore", "eu-belarus-2016", "--plan", "relief-as-given", "--panel", "in"])
    assert "of 2 experts" in capsys.readouterr().out


class Elsewhere(Executor):
    """Computes at once, with everything sent as another process would get it."""

    tasks = 0

    def submit(self, act, /, *args, **named):
        self.tasks += 1
        done = Future()
        act, args, named = pickle.loads(pickle.dumps((act, args, named)))
        done.set_result(pickle.loads(pickle.dumps(act(*args, **named))))
        return done


def test_verdicts_do_not_depend_on_where_they_are_computed(compiled, tmp_path, monkeypatch):
    monkeypatch.setattr(verdicts, "CHUNK", 1)
    rng = np.random.default_rng(8)
    rows = [
        f"{n},e{e},{x:.2f} ± 4" for e in range(5) for n, x in zip((VALUE, AWAY), rng.uniform(10, 90, 2), strict=True)
    ]
    answers = read_answers(written(tmp_path / "p.csv", rows), compiled)
    pool = Elsewhere()
    assert panel(compiled, answers, executor=pool).to_json() == panel(compiled, answers).to_json()
    assert pool.tasks == 5
