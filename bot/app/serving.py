"""A web server on a thread, on an address that is checked before anything starts."""

from __future__ import annotations

import errno
import socket
from threading import Thread

import uvicorn
from starlette.applications import Starlette

from bot.errors import PerfbotError


class PortError(PerfbotError):
    """An address nobody can listen on."""

    code = "port"


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to host and port (0 for any free one).

    Raises:
        PortError: The port is in use, or not ours to use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)  # from here on callers wait instead of being turned away
    except OSError as error:
        bound.close()
        taken = error.errno == errno.EADDRINUSE
        what = "is in use" if taken else f"cannot be used ({(error.strerror or '').lower()})"
        raise PortError(
            f"Port {port} on {host} {what}.", hint="Choose another with --port."
        ) from error
    return bound


class Server:
    """Serves an ASGI app on a bound socket until stopped."""

    def __init__(self, app: Starlette, bound: socket.socket) -> None:
        config = uvicorn.Config(app, log_config=None, lifespan="off", access_log=False)
        self._server = uvicorn.Server(config)
        self._bound = bound
        self._thread = Thread(target=self._run, name="perfbot-web", daemon=True)

    @property
    def address(self) -> str:
        """`http://host:port`."""
        host, port = self._bound.getsockname()[:2]
        return f"http://{host}:{port}"

    def start(self) -> None:
        """Start serving; the socket takes connections from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests at work and stop."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._bound.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._bound])
