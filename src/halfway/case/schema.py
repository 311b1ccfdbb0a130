"""The case format as JSON Schema, derived from the same declarations that validate it."""

from __future__ import annotations

from typing import Any

from halfway.case.case import FORMAT, Case
from halfway.case.plans import SHORT_SEATS

SCHEMA_ID = f"urn:halfway:case:{FORMAT}"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a case file.

    Short spellings that validation accepts (a name for a list of one, a word for a seat) are accepted here too.
    """
    schema = Case.model_json_schema(by_alias=True, mode="validation")
    for noun, shorter in _SHORT_SPELLINGS.items():
        _allow(schema, noun, shorter)
    issue = schema["$defs"]["Issue"]["properties"]["options"]
    schema["$defs"]["Issue"]["properties"]["options"] = {
        "description": issue.pop("description", ""),
        "anyOf": [issue, {"type": "array", "minItems": 2, "items": {"type": ["string", "number", "boolean"]}}],
    }
    for definition in schema["$defs"].values():
        _drop_noise(definition)
    _drop_noise(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


_TRUTH = [True, False, "yes", "no", "on", "off", "true", "false"]
_SHORT_SPELLINGS: dict[str, list[dict[str, Any]]] = {
    "Interest": [{"type": "array"}],
    "WalkAway": [{"type": ["string", "number"]}, {"type": "object", "required": ["experts"]},
                 {"type": "object", "required": ["value"]}],
    "Option": [{"type": "string"}],
    "Signal": [{"type": ["string", "null"]}],
    "Patience": [{"type": ["string", "number"]}, {"type": "object", "required": ["experts"]}],
    "Chance": [{"type": ["string", "number"]}, {"type": "object", "required": ["experts"]}],
    "Seat": [{"enum": ["party", "observer", "absent", *SHORT_SEATS]}, {"type": "string", "pattern": "^represented[ _]by "}],
}  # fmt: skip


def _allow(schema: dict[str, Any], noun: str, shorter: list[dict[str, Any]]) -> None:
    """Let a noun be written in its short spellings wherever it is referred to."""
    full = schema["$defs"].pop(noun)
    schema["$defs"][f"{noun}Mapping"] = full
    schema["$defs"][noun] = {
        "description": full.get("description", ""),
        "anyOf": [{"$ref": f"#/$defs/{noun}Mapping"}, *shorter],
    }


def _drop_noise(definition: dict[str, Any]) -> None:
    """Remove what only repeats the name, and let truth values and numbers be typed as people do."""
    definition.pop("title", None)
    for content in definition.get("properties", {}).values():
        content.pop("title", None)
        for form in (content, *content.get("anyOf", ())):
            if form.get("type") == "boolean":
                del form["type"]
                form["enum"] = _TRUTH
            elif form.get("type") == "string" and "enum" not in form:
                form["type"] = ["string", "number", "boolean"]
