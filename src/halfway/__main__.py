"""The command: `halfway`, or ``python -m halfway``. What interrupts it is answered from the first moment on."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; a person's interruption ends it with 130, a request to end with 143, in a line or none."""
    # Until the command line is loaded nothing has been begun that would have to be put in order.
    signal.signal(signal.SIGINT, _interrupted)
    from halfway.cli.main import main as run

    signal.signal(signal.SIGTERM, _asked_to_end)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
    sys.exit(0)


def _interrupted(number: int, frame: FrameType | None) -> None:
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(130)


def _asked_to_end(number: int, frame: FrameType | None) -> None:
    # An exception, so that what was put aside is removed and other processes end too.
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
