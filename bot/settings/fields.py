"""The kinds of values a setting may have, each refusing in words a person can act on."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.slack_ids import is_slack_id, is_team
from bot.kinds import KINDS, kinds
from bot.places import shipped

STAGES = ("reach", "act", "convert", "engage")
PRICING_MODELS = ("CPM", "CPC", "CPL", "CPA")
BILLED_BY = ("cpm", "cpc", "cpl", "cpa")
NORWEGIAN = {"no", "nb_no", "nb-no", "norsk", "bokmål", "norwegian"}


class Section(BaseModel):
    """A part of perfbot.toml: unknown keys are refused, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def languages() -> tuple[str, ...]:
    """Languages there is a catalogue for: English, and one for each file of templates/locale."""
    return ("en", *sorted(path.stem for path in (shipped("templates") / "locale").glob("*.po")))


def near(typed_name: str, options: tuple[str, ...]) -> str:
    """`Did you mean "…"?`, or the whole list where nothing is near."""
    nearest = difflib.get_close_matches(
        typed_name.lower(), [name.lower() for name in options], 1, 0.6
    )
    spelled = {name.lower(): name for name in options}
    if nearest:
        return f'Did you mean "{spelled[nearest[0]]}"?'
    return f"Use one of {', '.join(options)}."


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError):
        hint = near(str(value), tuple(sorted(available_timezones())))
        hint = hint if hint.startswith("Did") else 'Write it like "Europe/Oslo".'
        raise ValueError(f'"{value}" is no time zone. {hint}') from None


def _language(value: Any) -> str:
    text = str(value).strip().lower()
    text = "nb" if text in NORWEGIAN else "en" if text in {"english", "engelsk"} else text
    if text in languages():
        return text
    raise ValueError(f'there is no catalogue for the language "{value}". {near(text, languages())}')


def _currency(value: Any) -> str:
    text = str(value).strip().upper()
    if re.fullmatch(r"[A-Z]{3}", text):
        return text
    raise ValueError(f'"{value}" is no currency code. Write three letters, like "NOK".')


def _clock_time(value: Any) -> str:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", str(value).strip())
    if match:
        return f"{int(match[1]):02}:{match[2]}"
    raise ValueError(f'"{value}" is no time of day. Write it like "06:30".')


def _one_of(*options: str) -> BeforeValidator:
    spelled = {name.lower(): name for name in options}

    def check(value: Any) -> str:
        if str(value).strip().lower() in spelled:
            return spelled[str(value).strip().lower()]
        raise ValueError(f'"{value}" is none of {", ".join(options)}. {near(str(value), options)}')

    return BeforeValidator(check)


def _kind(value: Any) -> str:
    """A kind of source; installed packages are looked at only where it is none of ours."""
    text = str(value).strip().lower()
    if text in KINDS or text in kinds():
        return text
    options = tuple(kinds())
    raise ValueError(f'"{value}" is none of {", ".join(options)}. {near(text, options)}')


def _target(value: Any) -> Any:
    amounts = list(value.values()) if isinstance(value, Mapping) else [value]
    if amounts and all(_above_zero(amount) for amount in amounts):
        return value
    raise ValueError(f"{value} is no target. Write a number over 0, or {{cpa = 300}}.")


def _above_zero(amount: Any) -> bool:
    number = isinstance(amount, int | float) and not isinstance(amount, bool)
    return number and math.isfinite(amount) and amount > 0


def _member(value: Any) -> str:
    if is_slack_id(str(value).strip(), "UWS"):
        return str(value).strip()
    raise ValueError(
        f'"{value}" is no id of a person or a user group. In Slack: the profile, or the group, '
        'then "Copy member ID" or "Copy group ID".'
    )


def _slack_channel(value: Any) -> str:
    if is_slack_id(str(value).strip(), "CG"):
        return str(value).strip()
    raise ValueError(
        f'"{value}" is no id of a channel. In Slack: the channel\'s name, then its id below '
        '"About".'
    )


def _workspace(value: Any) -> str:
    if is_team(str(value).strip()):
        return str(value).strip()
    raise ValueError(
        f'"{value}" is no id of a workspace. In a browser it stands in Slack\'s address: '
        "app.slack.com/client/T…"
    )


def _web_address(value: Any) -> str:
    parts = urlsplit(str(value).strip())
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    plain = not (parts.query or parts.fragment or parts.username)
    if parts.hostname and plain and (parts.scheme == "https" or (local and parts.scheme == "http")):
        return str(value).strip().rstrip("/")
    raise ValueError(f'"{value}" is no address on the web. Write https:// and where perfbot is.')


def _amount(value: Any) -> Any:
    """A number, or one a currency; those are read by their codes."""
    if isinstance(value, Mapping):
        value = {_currency(code): amount for code, amount in value.items()}
    amounts = list(value.values()) if isinstance(value, dict) else [value]
    if amounts and all(_above_zero(amount) for amount in amounts):
        return value
    raise ValueError(f"{value} is no amount. Write a number over 0, or {{NOK = 5000, EUR = 500}}.")


def _hours(value: Any) -> str:
    start, dash, end = str(value).replace("–", "-").partition("-")
    if not dash or not str(value).strip():
        raise ValueError(f'"{value}" are no hours. Write them like "20:00-07:00".')
    since, until = _clock_time(start), _clock_time(end)
    if since == until:
        raise ValueError(f'"{value}" is all day. Write hours like "20:00-07:00".')
    return f"{since}-{until}"


def _country(value: Any) -> str:
    code = str(value).strip().upper()
    if re.fullmatch(r"[A-Z]{2}", code):
        return code
    raise ValueError(f'"{value}" is no country code. Write two letters, like "NO".')


def _pattern(value: Any) -> str:
    if str(value).strip():
        return str(value).strip()
    raise ValueError('it is empty. Write a campaign name or a pattern like "google_*".')


Zone = Annotated[str, BeforeValidator(_zone)]
LogForm = Annotated[str, _one_of("text", "json")]
Language = Annotated[str, BeforeValidator(_language)]
Currency = Annotated[str, BeforeValidator(_currency)]
ClockTime = Annotated[str, BeforeValidator(_clock_time)]
Stage = Annotated[str, _one_of(*STAGES)]
PricingModel = Annotated[str, _one_of(*PRICING_MODELS)]
BilledBy = Annotated[str, _one_of(*BILLED_BY)]
SourceKind = Annotated[str, BeforeValidator(_kind)]
SlackMode = Annotated[str, _one_of("socket", "http")]
Demand = Annotated[str, _one_of("captured", "created")]
Pattern = Annotated[str, BeforeValidator(_pattern)]
Above = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]
Target = Annotated[float | dict[str, float], BeforeValidator(_target)]
Member = Annotated[str, BeforeValidator(_member)]
SlackChannel = Annotated[str, BeforeValidator(_slack_channel)]
Workspace = Annotated[str, BeforeValidator(_workspace)]
WebAddress = Annotated[str, BeforeValidator(_web_address)]
Amount = Annotated[float | dict[str, float], BeforeValidator(_amount)]
Hours = Annotated[str, BeforeValidator(_hours)]
Country = Annotated[str, BeforeValidator(_country)]
