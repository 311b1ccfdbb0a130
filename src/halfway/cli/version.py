"""What ``halfway --version --full`` prints: all that a report of a fault needs."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

from halfway._version import __version__

_DISTRIBUTION = "halfway"


def described() -> list[tuple[str, str]]:
    """Return what a report of a fault says about the machine and the installation, without a personal name or path.

    Returns
    -------
    list of tuple of str
        What it is, and its value.
    """
    return [
        ("halfway", __version__),
        ("Python", f"{platform.python_version()} ({platform.python_implementation()}, {platform.machine()})"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("processors", str(os.cpu_count() or "unknown")),
        ("encodings", f"output {_encoding(sys.stdout)}, file names {sys.getfilesystemencoding()}"),
        ("installed", _how_installed()),
        ("catalogue", _catalogue()),
        *_packages(),
    ]


def _encoding(stream: object) -> str:
    return str(getattr(stream, "encoding", None) or "none").lower()


def _how_installed() -> str:
    """Tell a wheel from a checkout, whose files change under the version's number."""
    try:
        found = metadata.distribution(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "not installed, run from its folder"
    return "from a checkout" if '"editable": true' in _direct(found) else "as a package"


def _direct(found: metadata.Distribution) -> str:
    return (found.read_text("direct_url.json") or "").replace('"editable":true', '"editable": true')


def _catalogue() -> str:
    from halfway.case.catalog import folder

    count = sum(1 for _ in folder().glob("*/*/case.yaml"))
    inside = folder().parent == Path(__file__).resolve().parents[1]
    return f"{count} cases, {'inside the package' if inside else 'beside the source'}"


def _packages() -> list[tuple[str, str]]:
    """List the packages that Halfway asks for, those of its extras where they are there."""
    try:
        asked = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        asked = []
    found: dict[str, str] = {}
    for line in asked:
        requirement, _, condition = line.partition(";")
        name = requirement.strip()
        for number, sign in enumerate(name):
            if not (sign.isalnum() or sign in "-_."):
                name = name[:number]
                break
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            if "extra" not in condition:
                found[name] = "missing"
    return sorted(found.items(), key=lambda item: item[0].lower())
