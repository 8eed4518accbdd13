"""What a file leaves out, as its owner knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReadSettings:
    """What a file leaves out, as its owner knows it.

    Attributes:
        columns: The owner's own headings, each to its column ("Mediekost": "spend").
        currency: ISO code of amounts whose file names none.
        channel: Channel of rows that name none, before what the dialect says.
        account_id: Account of rows that name none.
        time_zone: Time zone of the account's days.
        date_order: `DMY` or `MDY` for numeric dates that can be read both ways.
        decimal: "." or "," for numbers that can be read both ways.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    channel: str | None = None
    account_id: str | None = None
    time_zone: str | None = None
    date_order: str | None = None
    decimal: str | None = None
