"""A plan put into the text of its case: the rest of the text stays as it is, to the letter."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.case.reader import load_text, text_of


def with_plan_in_text(case: Case, name: str, plan: Mapping[str, Any]) -> str:
    """Return the text of a case with one plan more, the last; the text is read again and must say the same."""
    text = _text_of(case)
    found = _inserted(text, name, plan) if text is not None else None
    if found is not None and _reads_as(found, case, name, plan):
        return found
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    data = yaml.load(text) if text is not None else case.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data.setdefault("plans", {})[name] = plan
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _text_of(case: Case) -> str | None:
    """Return the text of the case's file where it still says what the case does."""
    path = Path(case.places.file)
    if path.suffix.lower() not in (".yaml", ".yml") or not path.is_file():
        return None
    text = text_of(path)
    return text if load_text(text, str(path)).content_hash == case.content_hash else None


def _inserted(text: str, name: str, plan: Mapping[str, Any]) -> str | None:
    """Put the plan at the end of the block below `plans`; None where there is no such block."""
    lines = text.split("\n")
    start = next((k for k, line in enumerate(lines) if re.fullmatch(r"plans:\s*(#.*)?", line)), None)
    if start is None:
        return None
    end = next(
        (k for k in range(start + 1, len(lines)) if re.match(r"[^\s#]", lines[k])),
        len(lines),
    )
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    first = next((line for line in lines[start + 1 : end] if line.strip() and not line.strip().startswith("#")), None)
    if first is None:
        return None
    indent = " " * (len(first) - len(first.lstrip()))
    return "\n".join([*lines[:end], "", *textwrap.indent(as_yaml({name: plan}), indent).rstrip("\n").split("\n"),
                      *lines[end:]])  # fmt: skip


def as_yaml(data: Any) -> str:
    """Write plain data as a case file has it, short mappings and lists in a line."""
    import yaml

    class Lean(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

        def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
            plain = all(not isinstance(x, dict | list | tuple) for x in sequence)
            return super().represent_sequence(tag, sequence, flow_style=plain)

        def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
            short = sum(len(f"{k}{v}") + 4 for k, v in mapping.items()) < 90
            flat = all(not isinstance(v, dict) and not _nested(v) for v in mapping.values())
            return super().represent_mapping(tag, mapping, flow_style=short and flat and len(mapping) > 0)

    Lean.add_representer(tuple, Lean.represent_list)
    return str(yaml.dump(data, Dumper=Lean, sort_keys=False, allow_unicode=True, width=118))


def _nested(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(x, dict | list | tuple) for x in value)


def _reads_as(text: str, case: Case, name: str, plan: Mapping[str, Any]) -> bool:
    from halfway.case.plans import Plan
    from halfway.errors import InputError

    try:
        read = load_text(text, case.places.file)
    except InputError:
        return False
    return list(read.plans) == [*case.plans, name] and read.plans[name] == Plan.model_validate(plan)
