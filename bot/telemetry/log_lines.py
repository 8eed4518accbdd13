"""The log set up so that no line is written with a secret in it, nor what a crash prints.

Apart from `bot.redaction`, which every command loads: loading `logging` takes longer than that.
"""

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


def set_up(level: int = logging.INFO, form: logging.Formatter | None = None) -> None:
    """Log to standard error, scrubbed, replacing whatever handlers there were; crashes too.

    Args:
        level: The least that is logged.
        form: What makes lines, and scrubs them (`bot.telemetry.tracing`).
    """
    handler = logging.StreamHandler()
    handler.setFormatter(form or Scrubbing("%(asctime)s %(levelname)s %(name)s: %(message)s"))
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
