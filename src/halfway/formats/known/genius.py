"""Genius XML: a domain file and one profile a party (Lin et al. 2014, "Genius: an integrated environment").

A discrete evaluation counts as a share of the largest one of its issue. Issues of numbers are read by
`halfway.formats.genius_numbers`. Weights belong to issues by their ``index``, from whatever
number that starts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from xml.sax.saxutils import quoteattr

from halfway.case.case import Case
from halfway.errors import InputError, Problem, suggestion
from halfway.formats.folder import CANNOT_BE_READ, domain_of, flat, load_each, profiles_of, said_of
from halfway.formats.format import Format, Imported, Source, files_in
from halfway.formats.genius_numbers import (
    Numbers,
    attribute,
    fraction,
    read_evaluator,
    read_numbers,
    said_of_steps,
)
from halfway.formats.names import file_names, twice
from halfway.formats.profiles import Domain, Profile, decimal, from_case, slug, to_case
from halfway.formats.xml_tree import Node, parse_xml
from halfway.result import write_safely

DOMAIN_ROOT = "negotiation_template"
PROFILE_ROOT = "utility_space"
_OURS = re.compile(f"<{DOMAIN_ROOT}|<{PROFILE_ROOT}")


def _recognises(path: Path) -> int:
    if path.is_dir():
        return 2 if files_in(path, ".xml") else 0
    return 2 if path.suffix.lower() == ".xml" else 0


def read_genius(source: Source) -> Imported:
    """Read a domain with its profiles: the other XML files beside it, or those that the user names.

    Raises
    ------
    InputError
        With the place of what is wrong.
    """
    files = files_in(source.folder, ".xml")
    loaded = load_each(source, files, lambda path: parse_xml(path, source.encoding), _OURS)
    trees = loaded.contents
    domains = [p for p, tree in trees.items() if tree.tag == DOMAIN_ROOT]
    if source.path.is_file():
        _expect_root(trees[source.path], DOMAIN_ROOT)
    chosen = domain_of(source, domains, f"a domain file has the root <{DOMAIN_ROOT}>", flat(loaded.broken))
    tree = trees[chosen]
    found = _issues(tree, source.steps)
    issues = {name: values.options if isinstance(values, Numbers) else values for name, values in found.items()}
    numbers = {name: values for name, values in found.items() if isinstance(values, Numbers)}
    lost_at: dict[str, list[tuple[str, Fraction]]] = {name: [] for name, values in numbers.items() if values.thinned}
    domain = Domain(source.folder.name if len(domains) == 1 and source.path.is_dir() else chosen.stem, issues)
    spaces = [p for p, t in trees.items() if t.tag == PROFILE_ROOT]
    odd = [p for p in trees if p not in spaces and p not in domains]
    _expect_named_profiles(source, tree, spaces)
    profiles = profiles_of(source, chosen, [*spaces, *odd] if source.profiles else spaces, domains)
    if not profiles and odd:
        for path in odd:
            _expect_root(trees[path], PROFILE_ROOT)
    problems: list[Problem] = []
    read: list[Profile] = []
    for path in profiles:
        try:
            _expect_root(trees[path], PROFILE_ROOT)
            read.append(_profile(path.stem, trees[path], domain, numbers, lost_at))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    lost = said_of(len(read), [p for p in spaces if p not in profiles], "profiles that were not named or are of others")
    lost += said_of(0, [p for p in odd if p not in profiles], "no domain and no profile")
    lost += said_of(0, list(loaded.broken), CANNOT_BE_READ)
    lost += [said_of_steps(name, numbers[name], worst) for name, worst in lost_at.items()]
    return to_case(domain, read, lost, tree.place)


def _expect_named_profiles(source: Source, tree: Node, spaces: Sequence[Path]) -> None:
    """Complain of profiles that the domain file names and that are not there; names without an ending are placeholders."""
    if source.profiles:
        return
    for agent in tree.walk("agent"):
        wanted = agent.attributes.get("utility_space", "").replace("\\", "/").strip()
        name = wanted.rsplit("/", 1)[-1]
        if name.lower().endswith(".xml") and name not in [p.name for p in spaces]:
            raise InputError(
                [
                    Problem(
                        "F120",
                        f"the profile '{name}' is missing",
                        "the domain file names it",
                        "put it beside the domain file, or name the profiles with --profiles",
                        agent.place,
                    )
                ]
            )


def _expect_root(tree: Node, root: str) -> None:
    if tree.tag != root:
        raise InputError(
            [
                Problem(
                    "F114",
                    f"the root element is <{tree.tag}>",
                    f"here <{root}> is expected",
                    "check that this is the right file",
                    tree.place,
                )
            ]
        )


def _issues(tree: Node, steps: int | None) -> dict[str, tuple[str, ...] | Numbers]:
    """Return the values of every issue: as a list, or as the numbers that stand for all of them."""
    found: dict[str, tuple[str, ...] | Numbers] = {}
    for node in tree.walk("issue"):
        name = attribute(node, "name")
        if not name or twice([*found, name]):
            raise InputError(
                [Problem("F115", f"issue '{name}' occurs twice", "issues are told apart by name", "rename", node.place)]
            )
        kind = node.attributes.get("vtype", node.attributes.get("type", "discrete"))
        if kind in ("integer", "real"):
            found[name] = read_numbers(node, kind, steps)
        elif kind == "discrete":
            found[name] = _options(node)
        else:
            what, why = f"the issue is of type '{kind}'", "only discrete, integer and real issues can become options"
            raise InputError([Problem("F116", what, why, "list the values that matter", node.place)])
    if not found:
        raise InputError(
            [Problem("F115", "there is no issue", "a domain has at least one", "check the file", tree.place)]
        )
    return found


def _options(node: Node) -> tuple[str, ...]:
    options = tuple(attribute(item, "value") for item in node.children if item.tag == "item")
    again = twice(options)
    if again is not None or not options:
        what = "the issue has no values" if again is None else f"value '{again}' occurs twice"
        raise InputError([Problem("F115", what, "values are told apart by name", "check the issue", node.place)])
    return options


def _profile(
    name: str,
    root: Node,
    domain: Domain,
    numbers: Mapping[str, Numbers],
    lost_at: Mapping[str, list[tuple[str, Fraction]]],
) -> Profile:
    """Read a profile; where values were left out, note in `lost_at` how far off the nearest kept one may be, in points."""
    if nonlinear := root.first("hyperRectangle") or root.first("ufun"):
        raise InputError(
            [
                Problem(
                    "F119",
                    f"the utilities of '{name}' are no sum over issues",
                    "they are given by hyper-rectangles, which tie issues together and cannot be carried",
                    "choose linear additive profiles",
                    nonlinear.place,
                )
            ]
        )
    found = {}
    for node in root.walk("issue"):
        issue = attribute(node, "name")
        if issue in found:
            raise InputError(
                [
                    Problem(
                        "F115", f"issue '{issue}' occurs twice", "issues are told apart by name", "rename", node.place
                    )
                ]
            )
        found[issue] = node
    weights_by_index: dict[str | None, Fraction] = {}
    for w in root.walk("weight"):
        index = w.attributes.get("index")
        if index in weights_by_index:
            raise InputError(
                [Problem("F117", f"the weight {index} stands twice", "only one could count", "remove one", w.place)]
            )
        weights_by_index[index] = fraction(w, "value")
    weights, values = {}, {}
    for issue, options in domain.issues.items():
        if issue not in found:
            raise InputError(
                [
                    Problem(
                        "F117",
                        f"the profile says nothing of issue '{issue}'",
                        suggestion(issue, list(found)),
                        "add the issue",
                        root.place,
                    )
                ]
            )
        node = found[issue]
        index = node.attributes.get("index")
        if index not in weights_by_index:
            raise InputError(
                [
                    Problem(
                        "F117",
                        f"issue '{issue}' has no weight",
                        f"no <weight> has the index {index}",
                        "add its weight",
                        node.place,
                    )
                ]
            )
        weights[issue] = weights_by_index[index]
        if weights[issue] < 0:
            place = next(w.place for w in root.walk("weight") if w.attributes.get("index") == index)
            raise InputError(
                [
                    Problem(
                        "F122",
                        f"the weight of '{issue}' is negative",
                        "a weight is zero or more",
                        "make it positive",
                        place,
                    )
                ]
            )
        evaluator = next((c for c in node.children if c.tag == "evaluator"), None)
        if evaluator is None:
            values[issue] = _values(node, options)
        elif issue not in numbers:
            what = f"issue '{issue}' has no value by a formula"
            why = "an evaluator is for the numbers of an integer or a real issue"
            raise InputError([Problem("F117", what, why, "give an evaluation for each value", evaluator.place)])
        else:
            line = read_evaluator(node, evaluator, numbers[issue])
            values[issue] = dict(zip(options, map(line.worth, numbers[issue].kept), strict=True))
            if issue in lost_at:
                lost_at[issue].append((name, 100 * weights[issue] * line.lost_between(numbers[issue])))
    reservation = root.first("reservation")
    discount = root.first("discount_factor")
    return Profile(
        name,
        weights,
        values,
        None if reservation is None else fraction(reservation, "value"),
        None if discount is None else fraction(discount, "value"),
        root.place,
    )


def _values(node: Node, options: Sequence[str]) -> dict[str, Fraction]:
    given = {
        attribute(item, "value"): (fraction(item, "evaluation"), item) for item in node.children if item.tag == "item"
    }
    for option in options:
        if option not in given:
            raise InputError(
                [
                    Problem(
                        "F117",
                        f"value '{option}' has no evaluation",
                        suggestion(option, list(given)),
                        "add it to the profile",
                        node.place,
                    )
                ]
            )
    for value, item in given.values():
        if value < 0:
            raise InputError(
                [Problem("F122", f"the evaluation is {float(value):g}", "it is zero or more", "correct it", item.place)]
            )
    top = max(given[o][0] for o in options)
    return {o: given[o][0] / top if top else Fraction(0) for o in options}


def write_genius(case: Case, folder: Path) -> tuple[str, ...]:
    """Write a folder with a domain file and a profile for each actor; return what is lost.

    Evaluations are written as shares of one, multiplied into the weights where the largest is less: Genius divides
    by the largest.
    """
    domain, profiles, lost = from_case(case)
    folder.mkdir(parents=True, exist_ok=True)
    names = list(domain.issues)
    lines = ["<negotiation_template>", f'<utility_space number_of_issues="{len(names)}">']
    lines.append('<objective index="0" name="root" description="" type="objective" etype="objective">')
    for n, issue in enumerate(names, start=1):
        lines.append(_issue_tag(n, issue))
        lines += [
            f'<item index="{k}" value={quoteattr(o)} description=""></item>'
            for k, o in enumerate(domain.issues[issue], start=1)
        ]
        lines.append("</issue>")
    lines += ["</objective>", "</utility_space>", "</negotiation_template>", ""]
    own = f"{slug(case.name)}_domain.xml"
    files = file_names([p.name for p in profiles], ".xml", [own], lost)
    write_safely(folder / own, "\n".join(lines))
    for profile in profiles:
        write_safely(folder / files[profile.name], _profile_text(domain, profile, lost))
    return tuple(lost)


def _issue_tag(index: int, name: str) -> str:
    return f'<issue index="{index}" name={quoteattr(name)} type="discrete" etype="discrete" vtype="discrete">'


def _profile_text(domain: Domain, profile: Profile, lost: list[str]) -> str:
    lines = ["<utility_space>"]
    lines.append('<objective index="0" name="root" description="" type="objective" etype="objective">')
    weights = []
    for n, issue in enumerate(domain.issues, start=1):
        values = profile.values[issue]
        top = max(values.values())
        weights.append(profile.weights[issue] * top)
        if not top and profile.weights[issue]:
            lost.append(f"{profile.name}: the weight of '{issue}', all of whose values are 0, becomes 0")
        lines.append(_issue_tag(n, issue))
        lines += [
            f'<item index="{k}" value={quoteattr(o)} evaluation="{decimal(v / top if top else v)}"></item>'
            for k, (o, v) in enumerate(values.items(), start=1)
        ]
        lines.append("</issue>")
    lines += [f'<weight index="{n}" value="{decimal(w)}"></weight>' for n, w in enumerate(weights, start=1)]
    lines.append("</objective>")
    if profile.discount is not None:
        lines.append(f'<discount_factor value="{decimal(profile.discount)}"></discount_factor>')
    if profile.reservation is not None:
        lines.append(f'<reservation value="{decimal(profile.reservation)}"></reservation>')
    return "\n".join([*lines, "</utility_space>", ""])


FORMAT = Format(
    title="Genius XML: domain and profiles in a folder",
    form="folder with a domain file and one profile a party",
    reads="discrete and integer issues, real ones with `--steps`, evaluators of all kinds, weights, reservation, discount factor",
    writes="additive interests, walk-aways as numbers, discount factor",
    recognises=_recognises,
    read=read_genius,
    write=write_genius,
)
