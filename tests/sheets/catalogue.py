"""Every case of the catalogue with every role: what the role may not see changes no byte of its sheet.

    python -m tests.sheets.catalogue

The suite tries one role a case; this tries all of them, in about two minutes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

import halfway as hw
from halfway.case.case import Case
from halfway.case.reader import build
from tests.sheets.unseen import ROLES, changed_for


def roles_of(case: Case) -> tuple[str, ...]:
    """Return everyone who may be given a sheet."""
    return (*case.actors, *ROLES)


def differing(entry: str, roles: Iterable[str]) -> list[str]:
    """Return the roles whose page, JSON or file name changes with what they may not see."""
    case = hw.load(entry)
    data = case.model_dump(mode="json", by_alias=True, exclude_unset=True)
    found = []
    for role in roles:
        other = build(changed_for(data, role))
        assert other.content_hash != case.content_hash
        mine, theirs = hw.sheet(case, role), hw.sheet(other, role)
        if (mine.html, mine.to_json(), mine.file_name) != (theirs.html, theirs.to_json(), theirs.file_name):
            found.append(role)
    return found


def main() -> int:
    """Try all pairs of case and role; return 1 where a sheet differs."""
    pairs, faults, started = 0, 0, time.monotonic()
    for entry in [e.name for e in hw.cases()]:
        roles = roles_of(hw.load(entry))
        wrong = differing(entry, roles)
        pairs, faults = pairs + len(roles), faults + len(wrong)
        print(f"{entry}: {len(roles)} roles" + (f", seen by {', '.join(wrong)}" if wrong else ""), flush=True)
    print(
        f"{pairs} pairs of case and role in {time.monotonic() - started:.0f} s: {faults} sheets with what is another's"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
