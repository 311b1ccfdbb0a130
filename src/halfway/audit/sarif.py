"""Findings as SARIF 2.1.0, the form in which editors and code hosts show them at their lines."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from halfway._version import __version__
from halfway.audit.run import AuditResult, all_rules


def as_sarif(result: AuditResult) -> dict[str, Any]:
    """Return a SARIF log of one run."""
    rules = all_rules()
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Halfway",
                        "version": __version__,
                        "rules": [
                            {
                                "id": rule.code,
                                "name": "".join(
                                    w.capitalize() for w in rule.name.replace("'", "").replace("-", " ").split()
                                ),
                                "shortDescription": {"text": f"{rule.title}."},
                                "fullDescription": {"text": rule.reason},
                                "help": {"text": f"{rule.fires} Remedy: {rule.remedy}."},
                                "defaultConfiguration": {"level": rule.severity},
                            }
                            for rule in rules
                        ],
                    }
                },
                "results": [
                    {
                        "ruleId": finding.code,
                        "level": finding.severity,
                        "message": {"text": f"{finding.message}. {finding.remedy[:1].upper()}{finding.remedy[1:]}."},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": _uri(finding.place.file)},
                                    "region": {"startLine": finding.place.line, "startColumn": finding.place.column},
                                }
                            }
                        ],
                        "properties": {"plan": finding.plan, "figure": finding.figure, "unit": finding.unit},
                    }
                    for finding in result.findings
                ],
            }
        ],
    }


def _uri(file: str) -> str:
    """Return a file's address: relative paths stay relative, so that a code host finds them in the checkout."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
