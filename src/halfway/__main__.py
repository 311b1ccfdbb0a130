"""Run with ``python -m halfway``."""

from halfway.cli.main import main

main()
