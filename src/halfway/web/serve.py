"""Starts the web app on this computer."""

from __future__ import annotations

import socket

import uvicorn

from halfway.case.case import Case
from halfway.errors import Problem, Refusal
from halfway.web.app import application

LOOPBACK = "127.0.0.1"


def bound(port: int) -> socket.socket:
    """Take the port, on the loopback interface alone.

    Parameters
    ----------
    port : int
        0: any that is free.

    Raises
    ------
    Refusal
        Where the port is taken, or may not be.
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((LOOPBACK, port))
    except OSError as error:
        found.close()
        why = (error.strerror or str(error)).lower()
        raise Refusal(
            [Problem("U010", f"port {port} cannot be used", why, "choose another with --port, or 0 for any")]
        ) from error
    return found


def address_of(taken: socket.socket) -> str:
    """Return the address under which the app answers."""
    return f"http://{LOOPBACK}:{taken.getsockname()[1]}/"


def serve(taken: socket.socket, case: Case | None = None) -> None:
    """Answer requests until interrupted.

    Parameters
    ----------
    taken : socket
        From `bound`.
    case : Case, optional
        What is open from the start.
    """
    port = taken.getsockname()[1]
    app = application({f"{name}:{port}" for name in (LOOPBACK, "localhost")}, case)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, date_header=False, limit_concurrency=100
    )
    uvicorn.Server(config).run(sockets=[taken])
