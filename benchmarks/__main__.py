"""Run every benchmark found here; name some on the command line to run only these."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks

names = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_")]
for name in [n for n in names if not sys.argv[1:] or n in sys.argv[1:]]:
    module = importlib.import_module(f"benchmarks.{name}")
    if hasattr(module, "main"):
        module.main()
