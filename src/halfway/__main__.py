"""Run with ``python -m halfway``."""

from halfway.cli.main import main

if __name__ == "__main__":
    main()
