"""One run of Halfway inside this process, and what may never come of it, whatever it was given."""

from __future__ import annotations

import contextlib
import io
import json
import re
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import halfway
from halfway.errors import HalfwayError

PACKAGE = str(Path(halfway.__file__).parent)
LINE = re.compile(r"^(?P<place>\S.*?:\d+:\d+): (?P<code>[A-Z]\d{3}) .+; .+; .+$")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\ud800-\udfff]")


class TimeUp(BaseException):
    """Raised by the alarm: this run has taken too long."""


@dataclass(frozen=True)
class Fault:
    """What may not be.

    Attributes
    ----------
    kind : str
        ``traceback``, ``hang``, ``unlocated``, ``noise``, ``unprintable``, ``json``, ``status`` or ``left``.
    cause : str
        The same for all inputs that fail alike.
    detail : str
    """

    kind: str
    cause: str
    detail: str


@dataclass(frozen=True)
class Run:
    """What came of one run."""

    status: int | None
    seconds: float
    out: str
    err: str
    fault: Fault | None = None


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` here after so much processor time; compiled code is interrupted when it returns."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeUp(place_of_frame(frame))

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def place_of_frame(frame: FrameType | None) -> str:
    """Return where in Halfway a frame was called from."""
    while frame is not None and not frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return "outside" if frame is None else f"{_short(frame.f_code.co_filename)}:{frame.f_code.co_name}"


def _short(filename: str) -> str:
    return filename.removeprefix(PACKAGE).lstrip("/")


def cause_of(error: BaseException) -> str:
    """Return what is the same of all errors of one cause: its kind and the last place in Halfway."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(PACKAGE)]
    where = f"{_short(frames[-1].filename)}:{frames[-1].name}:{frames[-1].lineno}" if frames else "outside"
    return f"{type(error).__name__} at {where}"


def call(function: Callable[[], int | None], seconds: float = 20.0, as_json: bool = False, located: bool = True) -> Run:
    """Run something in this process as a face of Halfway does, and judge what came of it.

    Parameters
    ----------
    function : callable
        Returns a status, or ends in `SystemExit` or a `HalfwayError`.
    seconds : float
        Most processor time that it may take.
    as_json : bool
        Whether its output must be JSON.
    located : bool
        Whether a refusal must name a place.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    status: int | None = None
    fault: Fault | None = None
    start = time.process_time()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("default")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=ResourceWarning)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                with time_limit(seconds):
                    status = function()
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
            except TimeUp as late:
                fault = Fault("hang", f"over {seconds:.0f} s at {late}", "")
            except HalfwayError as error:
                status = 2
                err.write("".join(f"{p}\n" for p in error.problems))
            except BaseException as error:  # noqa: BLE001 (whatever it is: it may not be)
                fault = Fault("traceback", cause_of(error), "".join(traceback.format_exception(error)[-12:])[-4000:])
    took = time.process_time() - start
    said, complained = (s.buffer.getvalue().decode("utf-8", "replace") for s in (out, err))  # type: ignore[attr-defined]
    if fault is None:
        fault = _judge(status, said, complained, as_json, located)
    if fault is None and warned:
        w = warned[0]
        where = _short(w.filename)
        fault = Fault("noise", f"{w.category.__name__} at {where}:{w.lineno}: {str(w.message)[:80]}", str(w.message))
    return Run(status, took, said, complained, fault)


def _judge(status: int | None, out: str, err: str, as_json: bool, located: bool) -> Fault | None:
    if status not in (0, 1, 2, None):
        return Fault("status", f"status {status}", err[-2000:])
    for text in (out, err):
        if found := UNPRINTABLE.search(text):
            at = found.start()
            return Fault("unprintable", f"U+{ord(found[0]):04X} in the output", repr(text[max(0, at - 120) : at + 60]))
    if as_json and out.strip():
        try:
            data = json.loads(out, parse_constant=_no_constant)
        except ValueError as error:
            return Fault("json", f"not JSON: {str(error)[:60]}", out[-1000:])
        if status == 2:
            places = [e.get("line") for e in data.get("errors", [])]
            if not places:
                return Fault("unlocated", "status 2 and no errors", out[:1000])
            if located and None in places:
                lost = next(e for e in data["errors"] if e.get("line") is None)
                return Fault("unlocated", f"{lost['code']} without a place", json.dumps(lost)[:1000])
    elif status == 2:
        for line in err.splitlines() or [""]:
            if located and not LINE.match(line):
                code = re.search(r"\b[A-Z]\d{3}\b", line)
                return Fault("unlocated", f"{code[0] if code else line[:50]!r} without a place", err[:2000])
    return None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def command(arguments: Sequence[str], seconds: float = 20.0, located: bool = True) -> Run:
    """Run a command line in this process."""
    from halfway.cli.main import main

    def run() -> int | None:
        main(list(arguments))
        return None

    return call(run, seconds, "--json" in arguments, located)


def check_text(text: str, seconds: float = 20.0) -> tuple[Run, bool]:
    """Read a case as `check` does; return what came of it, and whether it is sound."""
    from halfway.case.reader import load_text

    sound: list[bool] = []

    def run() -> int:
        load_text(text, "case.yaml")
        sound.append(True)
        return 0

    ran = call(run, seconds)
    if ran.fault is None and not sound:
        outside = place_outside(ran.err, text)
        if outside:
            ran = Run(
                ran.status, ran.seconds, ran.out, ran.err, Fault("unlocated", "a place outside the file", outside)
            )
    return ran, bool(sound)


def place_outside(err: str, text: str) -> str | None:
    """Return a complaint whose place is not in the text."""
    lines = text.splitlines() or [""]
    for complaint in err.splitlines():
        found = re.match(r"case\.yaml:(\d+):(\d+): ", complaint)
        if found is None:
            return complaint
        line, column = int(found[1]), int(found[2])
        length = len(lines[line - 1]) if line <= len(lines) else 0
        if not (1 <= line <= len(lines) + 1 and 1 <= column <= length + 1):
            return complaint
    return None


if sys.platform == "win32":  # pragma: no cover
    raise ImportError("the alarm of this module needs POSIX")
