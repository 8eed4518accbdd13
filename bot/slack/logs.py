"""Logs without secrets: tokens, signing secrets and one-time addresses never reach a line."""

from __future__ import annotations

import logging
import re

SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|xwfp-[\w-]+"  # tokens
    r"|(?<=[?&]ticket=)[^&\s'\"]+"  # a socket's single-use ticket
    r"|(?<=hooks\.slack\.com/)[^\s'\"]+"  # response_url: anybody may post there
    r"|(?<=://)[^\s/:@'\"]+:[^\s/@'\"]+(?=@)"  # user:password of a database address
)
HIDDEN = "[hidden]"
LIBRARIES = {
    "slack_sdk": logging.WARNING,
    "slack_sdk.web": logging.CRITICAL,  # what fails is raised, and said by whoever asked
    "slack_bolt": logging.ERROR,
    "apscheduler": logging.WARNING,
}


def scrub(text: str) -> str:
    """The text with everything secret-looking replaced by `[hidden]`."""
    return SECRET.sub(HIDDEN, text)


class Scrubbing(logging.Formatter):
    """Scrubs the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


def set_up(level: int = logging.INFO) -> None:
    """Log to standard error, scrubbed, replacing whatever handlers there were."""
    handler = logging.StreamHandler()
    handler.setFormatter(Scrubbing("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in LIBRARIES.items():
        logging.getLogger(name).setLevel(max(level, least))
