"""One id for everything a request leads to, from what somebody typed to the message that shows it.

The id is worked out from Slack's own key of the request, so that a request Slack sends again has
the id it had. It travels with what is queued: into another thread, and with a message of the outbox
into another process. Each line of the log bears it: a line for people, or one JSON object for
programs, scrubbed of secrets as it is finished, so that arguments and tracebacks are covered.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from bot.redaction import redacted
from bot.telemetry import log_lines
from bot.telemetry.log_lines import Scrubbing

LENGTH = 12
_current: ContextVar[str] = ContextVar("perfbot_request", default="")


def current() -> str:
    """The id of the request at work here, "" where nobody asked for what is done."""
    return _current.get()


@contextmanager
def bound(request: str) -> Iterator[None]:
    """Do something as a part of a request with this id; "" for nobody's."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def request(key: str) -> Iterator[None]:
    """Do what a request of Slack's leads to.

    Args:
        key: Slack's own for it, the same when it comes again; "" where it has none: then it is a
            part of the request at work, or one of its own.
    """
    with bound(_id_of(key)):
        yield


def _id_of(key: str) -> str:
    if key:
        return hashlib.sha256(key.encode()).hexdigest()[:LENGTH]
    return current() or secrets.token_hex(LENGTH // 2)


TEXT, JSON = "text", "json"
_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s%(request)s"
Fields = MutableMapping[str, Any]


def set_up(form: str = TEXT, level: int = logging.INFO) -> None:
    """Log to standard error, replacing whatever handlers there were; crashes are scrubbed too.

    Args:
        form: `text` or `json`.
        level: The least that is logged.
    """
    log_lines.set_up(level, json_lines() if form == JSON else TextLines(_LINE))


class TextLines(Scrubbing):
    """A line for people, with the request's id at its end."""

    def format(self, record: logging.LogRecord) -> str:
        request = current()
        record.request = f" [{request}]" if request else ""
        return super().format(record)


def json_lines() -> logging.Formatter:
    """One JSON object a line: at, level, logger, event, what was logged with it, exception."""
    import structlog  # noqa: PLC0415, a third of the door's time, and only wanted here

    class JsonLines(structlog.stdlib.ProcessorFormatter):
        def format(self, record: logging.LogRecord) -> str:
            return redacted(super().format(record))

    return JsonLines(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.stdlib.ExtraAdder(),
            _with_request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def _with_request(_logger: Any, _method: str, fields: Fields) -> Fields:
    request = current()
    return {**fields, "request": request} if request else fields
