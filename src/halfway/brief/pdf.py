"""A brief → PDF, by a Chromium-like browser without a window, where the machine has one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from halfway.errors import Problem, Refusal
from halfway.result import keep_existing

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
    "brave-browser",
)
"""Programs that print without a window, in the order in which they are looked for."""
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-pdf-header-footer",
)
LONGEST = 120
"""Seconds that printing may take."""


def browser() -> str | None:
    """Return the path of a browser that can print without a window; None where there is none on the search path."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_pdf(page: str | Path, output: str | Path, *, force: bool = False) -> None:
    """Print a brief on A4.

    Parameters
    ----------
    page : path
        The brief, an HTML file.
    output : path
        The PDF; a file that is there already is written over only with `force`.
    force : bool

    Raises
    ------
    Refusal
        Where no browser is found, or the one found prints nothing; says how to print by hand.
    InputError
        Where `output` is there already.
    """
    keep_existing(output, force)
    by_hand = f"open {page} in a browser and print it to a file"
    found = browser()
    if found is None:
        why = f"none of {', '.join(BROWSERS)} is on the search path"
        raise Refusal([Problem("R070", "no PDF was written", why, by_hand)])
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "brief.pdf"
        command = [found, *OPTIONS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # Its sandbox does not start as the superuser; the page holds no scripts and asks nothing of the network.
            command.append("--no-sandbox")
        try:
            subprocess.run([*command, Path(page).resolve().as_uri()], check=True, capture_output=True, timeout=LONGEST)
        except (OSError, subprocess.SubprocessError) as error:
            raise Refusal([Problem("R070", "no PDF was written", f"{found} failed", by_hand)]) from error
        if not made.is_file():
            raise Refusal([Problem("R070", "no PDF was written", f"{found} printed nothing", by_hand)])
        shutil.copyfile(made, output)
