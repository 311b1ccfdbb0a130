"""What stands between a request and the app: whose it is, how large it is, and what the browser may do with the answer."""

from __future__ import annotations

import hmac
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 2_000_000
"""Of the body of a request: more than any case file that a person writes."""

HEADERS = {
    # No script but our own file, no style but our own file, nothing from another computer, in nobody's frame.
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it browsers send forms without their origin, and the guard has to know it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # A case is confidential: it does not stay in the browser's cache.
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses requests that are not meant for this server or come from another site, and bodies that are too large.

    Parameters
    ----------
    app : ASGIApp
    hosts : collection of str
        What the header Host may say, with the port: another name that leads here belongs to somebody who wants to read
        through the user's browser (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out[name] = value
            await send(message)

        if (reason := self._refused(scope, headers, host)) is not None:
            status, said = reason
            await PlainTextResponse(said + "\n", status)(scope, receive, guarded)
            return
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MOST_BYTES:
                raise HTTPException(413, _TOO_LARGE)
            return message

        await self.app(scope, bounded, guarded)

    def _refused(self, scope: Scope, headers: Headers, host: str) -> tuple[int, str] | None:
        if host not in self.hosts:
            return 421, "This server does not answer under that name."
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "Only GET, HEAD and POST are answered."
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            return 413, _TOO_LARGE
        if scope["method"] == "POST" and headers.get("origin", "").lower() != f"http://{host}":
            return 403, "This was sent from another site."
        return None


_TOO_LARGE = f"The request is larger than {MOST_BYTES:,} bytes."


def same(given: str, expected: str) -> bool:
    """Compare a token in a time that does not depend on how much of it is right."""
    return hmac.compare_digest(given.encode(), expected.encode())
