"""Halfway tests a diplomatic plan before anyone tables it.

>>> import halfway as hw
>>> case = hw.load("eu-belarus-2016")
>>> hw.settle(case).solutions["nash"].utilities  # doctest: +SKIP

Names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from halfway._version import __version__

if TYPE_CHECKING:
    from halfway.api import agreements as agreements
    from halfway.api import audit as audit
    from halfway.api import brief as brief
    from halfway.api import cases as cases
    from halfway.api import check as check
    from halfway.api import compare as compare
    from halfway.api import compile as compile
    from halfway.api import conduct as conduct
    from halfway.api import convert as convert
    from halfway.api import diagram as diagram
    from halfway.api import elicit as elicit
    from halfway.api import explore as explore
    from halfway.api import forecast as forecast
    from halfway.api import grade as grade
    from halfway.api import ladder as ladder
    from halfway.api import load as load
    from halfway.api import loads as loads
    from halfway.api import new as new
    from halfway.api import one_issue as one_issue
    from halfway.api import opened as opened
    from halfway.api import panel as panel
    from halfway.api import propose as propose
    from halfway.api import read as read
    from halfway.api import redraft as redraft
    from halfway.api import repair as repair
    from halfway.api import results as results
    from halfway.api import rules as rules
    from halfway.api import sarif as sarif
    from halfway.api import scenario as scenario
    from halfway.api import schema as schema
    from halfway.api import seal as seal
    from halfway.api import settle as settle
    from halfway.api import sheet as sheet
    from halfway.api import site as site
    from halfway.api import stability as stability
    from halfway.api import talks as talks
    from halfway.api import text as text
    from halfway.api import tournament as tournament
    from halfway.api import upgrade as upgrade
    from halfway.api import validate as validate
    from halfway.api import verify as verify
    from halfway.api import write as write
    from halfway.case.case import Case as Case
    from halfway.errors import HalfwayError as HalfwayError
    from halfway.errors import InputError as InputError
    from halfway.errors import Problem as Problem
    from halfway.errors import Refusal as Refusal
    from halfway.errors import UnknownName as UnknownName
    from halfway.space.compiled import CompiledCase as CompiledCase

_HOMES = {
    "Case": "halfway.case.case",
    "CompiledCase": "halfway.space.compiled",
    "HalfwayError": "halfway.errors",
    "InputError": "halfway.errors",
    "Problem": "halfway.errors",
    "Refusal": "halfway.errors",
    "UnknownName": "halfway.errors",
    "agreements": "halfway.api",
    "audit": "halfway.api",
    "brief": "halfway.api",
    "cases": "halfway.api",
    "check": "halfway.api",
    "compare": "halfway.api",
    "compile": "halfway.api",
    "conduct": "halfway.api",
    "convert": "halfway.api",
    "diagram": "halfway.api",
    "elicit": "halfway.api",
    "explore": "halfway.api",
    "panel": "halfway.api",
    "scenario": "halfway.api",
    "forecast": "halfway.api",
    "grade": "halfway.api",
    "ladder": "halfway.api",
    "load": "halfway.api",
    "loads": "halfway.api",
    "new": "halfway.api",
    "one_issue": "halfway.api",
    "opened": "halfway.api",
    "propose": "halfway.api",
    "read": "halfway.api",
    "redraft": "halfway.api",
    "repair": "halfway.api",
    "results": "halfway.api",
    "rules": "halfway.api",
    "sarif": "halfway.api",
    "schema": "halfway.api",
    "seal": "halfway.api",
    "settle": "halfway.api",
    "sheet": "halfway.api",
    "site": "halfway.api",
    "stability": "halfway.api",
    "talks": "halfway.api",
    "tournament": "halfway.api",
    "text": "halfway.api",
    "upgrade": "halfway.api",
    "validate": "halfway.api",
    "verify": "halfway.api",
    "write": "halfway.api",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'halfway' has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """Keeps ``halfway.settle`` the function, although a folder of that name is imported behind it."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
