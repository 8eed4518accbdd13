"""Logs: lines for people, or one JSON object a line for programs; each with its request's id.

Both are scrubbed of secrets as a finished line, so that arguments and tracebacks are covered.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

from bot import redaction
from bot.redaction import Scrubbing, redacted
from bot.telemetry import tracing

TEXT, JSON = "text", "json"
_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s%(request)s"
Fields = MutableMapping[str, Any]


def set_up(form: str = TEXT, level: int = logging.INFO) -> None:
    """Log to standard error, replacing whatever handlers there were; crashes are scrubbed too.

    Args:
        form: `text` or `json`.
        level: The least that is logged.
    """
    redaction.set_up(level, json_lines() if form == JSON else TextLines(_LINE))


class TextLines(Scrubbing):
    """A line for people, with the request's id at its end."""

    def format(self, record: logging.LogRecord) -> str:
        request = tracing.current()
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
    request = tracing.current()
    return {**fields, "request": request} if request else fields
