"""What must never be seen: tokens, passwords and keys, taken out of any text on its way out.

One function for every way out: errors, logs, the terminal, the database, exports, a crash. A secret
is known by its shape (Slack's, Google's, Meta's, AWS's … tokens), by where it stands (in an
address before the @) or by what it is called (password=…, "client_secret": …, Authorization: …).
The logs are set up in `bot.telemetry.log_lines`, so that no line is written without it.
"""

from __future__ import annotations

import re
from functools import cache

HIDDEN = "[hidden]"

_SHAPES = (
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+",  # Slack: bot, user, refresh, rotated
    r"xapp-[\w-]+",  # Slack: app level
    r"xwfp-[\w-]+",  # Slack: workflow
    r"ya29\.[\w.-]{8,}",  # Google: access
    r"1//0[\w-]{8,}",  # Google: refresh
    r"GOCSPX-[\w-]{8,}",  # Google: client secret
    r"AIza[\w-]{20,}",  # Google: API key
    r"EAA[A-Za-z0-9]{20,}",  # Meta: access
    r"pina_[A-Za-z0-9]{16,}",  # Pinterest: access
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",  # AWS: access key
    r"(?:gh[pousr]|github_pat)_\w{16,}",  # GitHub
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",  # a JSON web token
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^\"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
)
_PLACES = (
    r"(?<=hooks\.slack\.com/)[^\s'\"]+",  # response_url: anybody may post there
)
# What it is called, then its value: as in a URL, a settings file, JSON, a header, or libpq's words.
_NAME = (
    r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key|ticket|"
    r"authorization|cookie)(?:[_-]\w{1,12})?"  # whatever stands before it is left where it is
)
_VALUE = r"(?:\"[^\"]*\"|'[^']*'|\\\"[^\"]*\\\"|[^\s\"'&,;)}\]]+)"
_CALLED = (
    # user:password of an address, also one that passed for a path; how one is written is none
    r"(?P<name0>:/{1,2})(?!user:password@)(?P<value0>[^\s/:@'\"<>]*:[^\s'\"<>]+)(?=@)",
    rf"(?P<name>(?i:{_NAME})=)(?P<value>{_VALUE})",
    rf"(?P<name2>(?i:{_NAME})[\"'\\]*\s*(?:=|:)\s*)(?P<value2>[\"'].+?[\"']|\\\"[^\"]*\\\")",
    rf"(?P<name3>(?i:{_NAME}):\s*(?:(?i:bearer|basic|token)\s+)?)(?P<value3>[^\s\"',;]{{8,}})",
    r"(?P<name4>(?i:bearer|basic)\s+)(?P<value4>[\w.~+/=-]{16,})",
)
# Nothing is searched for in a text that holds none of these: almost every text.
_SIGNS = (
    r"xox|xapp|xwfp|ya29|1//0|GOCSPX|AIza|EAA|pina_|AKIA|ASIA|gh[pousr]_|github_pat|eyJ|PRIVATE|"
    r"hooks\.slack|:/|(?i:pass|pwd|secret|token|key|ticket|authorization|cookie|bearer|basic)"
)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Made when first needed: it takes longer than the command line's door to open."""
    return re.compile(_SIGNS), re.compile("|".join((*_SHAPES, *_PLACES, *_CALLED)))


def redacted(text: str) -> str:
    """The text with everything that looks like a secret replaced by `[hidden]`.

    What a secret is called stays: `password=[hidden]`, `postgresql://[hidden]@host/database`.
    """
    signs, secret = _patterns()
    return secret.sub(_hidden, text) if signs.search(text) else text


def _hidden(match: re.Match[str]) -> str:
    parts = match.groupdict()
    name = next(
        (parts[group] for group in ("name0", "name", "name2", "name3", "name4") if parts[group]), ""
    )
    value = next(
        (
            parts[group]
            for group in ("value0", "value", "value2", "value3", "value4")
            if parts[group]
        ),
        "",
    )
    quote = next((mark for mark in ('\\"', '"', "'") if value.startswith(mark)), "")
    return f"{name}{quote}{HIDDEN}{quote}"
