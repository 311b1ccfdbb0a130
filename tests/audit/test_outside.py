"""Rules from other packages: an installed one runs like any other, and one that cannot be used is refused with its reason."""

import re
import sys
from importlib.metadata import EntryPoint, entry_points

import pytest

from halfway.audit import outside
from halfway.audit.explain import explained
from halfway.audit.rule import Rule, Threshold
from halfway.audit.run import all_rules, audit, rule
from halfway.audit.sarif import as_sarif
from halfway.case.reader import load_text
from halfway.errors import Refusal
from tests.audit.examples import case_text

LONG = case_text(
    phases="first:\n  package: {land: given}\n  lasts: 24 months\n  then: second\nsecond: {package: {aid: paid}}"
)


def page(request):
    return (request.config.rootpath / "docs/how-to/audit-rule-of-your-own.md").read_text(encoding="utf-8")


@pytest.fixture
def installed(tmp_path, monkeypatch, request):
    """Install a package, as an installer leaves it on disk, whose module has this text."""

    def install(text, value="our_rules:LONG_PHASE"):
        monkeypatch.delitem(sys.modules, "our_rules", raising=False)
        (tmp_path / "our_rules.py").write_text(text, encoding="utf-8")
        told = tmp_path / "our_desk-1.0.dist-info"
        told.mkdir(exist_ok=True)
        (told / "METADATA").write_text("Metadata-Version: 2.1\nName: our-desk\nVersion: 1.0\n", encoding="utf-8")
        (told / "entry_points.txt").write_text(f"[halfway.rules]\nour-desk = {value}\n", encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        outside._entries.cache_clear()
        assert entry_points(group="halfway.rules")

    yield install
    monkeypatch.undo()
    sys.modules.pop("our_rules", None)
    outside._entries.cache_clear()


def example(request):
    return re.search(r"```python\n(.*?)```", page(request), re.DOTALL)[1]


def test_the_example_of_the_page_runs_when_installed(installed, request):
    installed(example(request))
    assert rule("x101").name == "long phase without an exit"
    found = [f for f in audit(load_text(LONG)).findings if f.code == "X101"]
    assert [(f.figure, f.severity, f.unit) for f in found] == [(24.0, "warning", "periods")]
    assert found[0].message == "phase 'First' lasts 24 periods and no rule ends it earlier"
    assert LONG.splitlines()[found[0].place.line - 1].strip() == "first:"
    assert "X101" not in audit(load_text(LONG), ignore=["X"]).codes
    assert audit(load_text(LONG), select=["X1"]).codes == {"X101"}
    assert "from 48" in " ".join(explained(rule("X101")))
    driver = as_sarif(audit(load_text(LONG)))["runs"][0]["tool"]["driver"]
    assert driver["rules"][-1]["id"] == "X101"


@pytest.mark.parametrize(
    ("change", "value", "why"),
    [
        (("X101", "T101"), None, "the code T101 is taken"),
        (("X101", "x1"), None, "'x1' is no code"),
        (('"other"', '"sundry"'), None, "'sundry' is none of the families"),
        (("{error}", "{grave}"), None, "names a threshold there that it does not have"),
        (("", ""), "our_rules:long_phase", "it brings a function, not a rule"),
        (("", ""), "our_rules:MISSING", "AttributeError"),
        (("import Hit", "import Miss"), None, "ImportError"),
    ],
)
def test_what_is_no_rule_is_refused(installed, request, change, value, why):
    installed(example(request).replace(*change), value or "our_rules:LONG_PHASE")
    with pytest.raises(Refusal, match="the audit's rule 'our-desk' of the package our-desk cannot be used") as refused:
        all_rules()
    assert refused.value.problems[0].code == "R080"
    assert why in refused.value.problems[0].why


def test_a_rule_that_fails_says_how_to_go_on_without_it(installed, request):
    installed(example(request).replace("periods = ", "periods = 1 / 0 + "))
    with pytest.raises(Refusal, match="the audit's rule X101 failed") as refused:
        audit(load_text(LONG))
    assert "--ignore X101" in refused.value.problems[0].remedy
    assert audit(load_text(LONG), ignore=["X101"])


def test_without_such_packages_the_rules_are_our_own():
    outside._entries.cache_clear()
    assert all(isinstance(e, EntryPoint) for e in outside._entries())
    assert all(r.check.__module__.startswith("halfway.") for r in all_rules())


def test_a_record_says_everything_once():
    for one in all_rules():
        assert isinstance(one, Rule)
        assert one.title[0].isupper()
        assert not one.title.endswith(".")
        assert one.figure
        names = [t.name for t in one.thresholds]
        assert len(set(names)) == len(names)
        assert all(isinstance(t, Threshold) and t.unit for t in one.thresholds)
        for reference in one.references:
            assert reference in one.reason
        # A number in the text of a rule that has thresholds stands for one of them.
        assert not one.thresholds or "{" in one.when
