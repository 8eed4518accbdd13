"""Logs without secrets: tokens, signing secrets and one-time addresses never reach a line."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from bot.redaction import redacted

LIBRARIES = {
    "slack_sdk": logging.WARNING,
    "slack_sdk.web": logging.CRITICAL,  # what fails is raised, and said by whoever asked
    "slack_bolt": logging.ERROR,
    "apscheduler": logging.WARNING,
}


class Scrubbing(logging.Formatter):
    """Scrubs the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def set_up(level: int = logging.INFO) -> None:
    """Log to standard error, scrubbed, replacing whatever handlers there were; crashes too."""
    handler = logging.StreamHandler()
    handler.setFormatter(Scrubbing("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in LIBRARIES.items():
        logging.getLogger(name).setLevel(max(level, least))
    sys.excepthook = _crash
    threading.excepthook = lambda crash: _crash(
        crash.exc_type, crash.exc_value, crash.exc_traceback
    )


def _crash(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """What Python says of an error nobody caught, scrubbed."""
    sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))
