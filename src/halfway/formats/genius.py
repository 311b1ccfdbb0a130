"""Genius XML: a domain file and one profile a party (Lin et al. 2014, "Genius: an integrated environment").

A discrete evaluation counts as a share of the largest one of its issue. An integer issue has a linear evaluator,
``clip(offset + slope · (value − lower bound), 0, 1)``. Weights belong to issues by their ``index``, from whatever
number that starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from xml.sax.saxutils import quoteattr

from halfway.case.case import Case
from halfway.errors import InputError, Place, Problem, suggestion
from halfway.formats.profiles import Domain, Imported, Profile, decimal, from_case, slug, to_case
from halfway.formats.xml_tree import Node, parse_xml
from halfway.result import write_safely

DOMAIN_ROOT = "negotiation_template"
PROFILE_ROOT = "utility_space"
WIDEST = 10_000
"""The most values of an integer issue."""


def read_genius(path: Path) -> Imported:
    """Read a domain with its profiles.

    Parameters
    ----------
    path : Path
        The folder, or the domain file; the profiles are the other XML files beside it.

    Raises
    ------
    InputError
        With the place of what is wrong.
    """
    folder = path if path.is_dir() else path.parent
    trees = {p: parse_xml(p) for p in sorted(folder.glob("*.xml"))}
    if path.is_file() and path not in trees:
        trees[path] = parse_xml(path)
    domains = [p for p, tree in trees.items() if tree.tag == DOMAIN_ROOT]
    if path.is_file():
        _expect_root(trees[path], DOMAIN_ROOT)
        domains = [path]
    if len(domains) != 1:
        what = "no domain file" if not domains else "several domain files: " + ", ".join(p.name for p in domains)
        raise InputError(
            [
                Problem(
                    "F113",
                    f"there is {what} in {folder}",
                    f"one XML file has the root <{DOMAIN_ROOT}>",
                    "name the domain file itself",
                    Place(str(folder)),
                )
            ]
        )
    tree = trees[domains[0]]
    issues = {name: options for name, (options, _) in _issues(tree).items()}
    for agent in tree.walk("agent"):
        wanted = agent.attributes.get("utility_space", "")
        if wanted and not (folder / wanted).is_file():
            raise InputError(
                [
                    Problem(
                        "F120",
                        f"the profile '{wanted}' is missing",
                        "the domain file names it",
                        "put it beside the domain file",
                        agent.place,
                    )
                ]
            )
    domain = Domain(folder.name if path.is_dir() else domains[0].stem, issues)
    profiles, lost = [], list[str]()
    for file, root in trees.items():
        if file == domains[0]:
            continue
        _expect_root(root, PROFILE_ROOT)
        profiles.append(_profile(file.stem, root, domain))
    return to_case(domain, profiles, lost, tree.place)


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


def _issues(tree: Node) -> dict[str, tuple[tuple[str, ...], Node]]:
    found: dict[str, tuple[tuple[str, ...], Node]] = {}
    for node in tree.walk("issue"):
        name = _attribute(node, "name").strip()
        if name in found:
            raise InputError(
                [Problem("F115", f"issue '{name}' occurs twice", "issues are told apart by name", "rename", node.place)]
            )
        found[name] = (_options(node), node)
    if not found:
        raise InputError(
            [Problem("F115", "there is no issue", "a domain has at least one", "check the file", tree.place)]
        )
    return found


def _options(node: Node) -> tuple[str, ...]:
    kind = node.attributes.get("vtype", node.attributes.get("type", "discrete"))
    if kind == "integer":
        low, high = (_whole(node, name) for name in ("lowerbound", "upperbound"))
        if not 0 <= high - low < WIDEST:
            raise InputError(
                [
                    Problem(
                        "F115",
                        f"the integer issue runs from {low} to {high}",
                        f"it needs between 1 and {WIDEST:,} values",
                        "check its bounds",
                        node.place,
                    )
                ]
            )
        return tuple(str(v) for v in range(low, high + 1))
    if kind != "discrete":
        raise InputError(
            [
                Problem(
                    "F116",
                    f"the issue is of type '{kind}'",
                    "only discrete and integer issues have options",
                    "list the values that matter",
                    node.place,
                )
            ]
        )
    options = tuple(_attribute(item, "value") for item in node.children if item.tag == "item")
    twice = next((o for n, o in enumerate(options) if o in options[:n]), None)
    if twice is not None or not options:
        what = "the issue has no values" if twice is None else f"value '{twice}' occurs twice"
        raise InputError([Problem("F115", what, "values are told apart by name", "check the issue", node.place)])
    return options


def _profile(name: str, root: Node, domain: Domain) -> Profile:
    found = _issues_of_profile(root, domain)
    weights_by_index = {w.attributes.get("index"): _fraction(w, "value") for w in root.walk("weight")}
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
        values[issue] = _values(node, options)
    reservation = root.first("reservation")
    discount = root.first("discount_factor")
    return Profile(
        name,
        weights,
        values,
        None if reservation is None else _fraction(reservation, "value"),
        None if discount is None else _fraction(discount, "value"),
        root.place,
    )


def _issues_of_profile(root: Node, domain: Domain) -> dict[str, Node]:
    return {_attribute(node, "name").strip(): node for node in root.walk("issue")}


def _values(node: Node, options: Sequence[str]) -> dict[str, Fraction]:
    evaluator = next((c for c in node.children if c.tag == "evaluator"), None)
    if evaluator is not None and evaluator.attributes.get("ftype") == "linear":
        offset, slope = _fraction(evaluator, "offset"), _fraction(evaluator, "slope")
        low = _whole(node, "lowerbound")
        return {o: min(max(offset + slope * (int(o) - low), Fraction(0)), Fraction(1)) for o in options}
    given = {
        _attribute(item, "value"): (_fraction(item, "evaluation"), item) for item in node.children if item.tag == "item"
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


def _attribute(node: Node, name: str) -> str:
    if name not in node.attributes:
        raise InputError(
            [Problem("F118", f"<{node.tag}> has no '{name}'", "it is needed", "add the attribute", node.place)]
        )
    return node.attributes[name]


def _fraction(node: Node, name: str) -> Fraction:
    text = _attribute(node, name)
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InputError(
            [
                Problem(
                    "F118", f"'{text}' is not a number", f"it is the {name} of <{node.tag}>", "correct it", node.place
                )
            ]
        ) from None
    return value


def _whole(node: Node, name: str) -> int:
    value = _fraction(node, name)
    if value.denominator != 1:
        raise InputError(
            [Problem("F118", f"'{name}' is not a whole number", "the issue is integer", "correct it", node.place)]
        )
    return int(value)


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
    write_safely(folder / f"{slug(case.name)}_domain.xml", "\n".join(lines))
    for profile in profiles:
        write_safely(folder / f"{profile.name}.xml", _profile_text(domain, profile, lost))
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
