"""What is asked of Meta below its campaigns: ad sets, ads, and campaigns by who saw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bot.domain.details import Level
from bot.errors import SourceError
from bot.sentences import Sentence
from bot.sources.platforms.meta_rows import Row, read_row


@dataclass(frozen=True)
class MetaLevel:
    """A level of Meta's.

    Attributes:
        level: As the insights edge calls it.
        fields: Fields that tell its parts apart: id and name of the part, then of its ad set.
        breakdowns: Or what the campaign is broken down by; several make one name.
    """

    level: str
    fields: tuple[str, ...] = ()
    breakdowns: tuple[str, ...] = ()


LEVELS: Mapping[Level, MetaLevel] = {
    Level.AD_SET: MetaLevel("adset", ("adset_id", "adset_name")),
    Level.AD: MetaLevel("ad", ("ad_id", "ad_name", "adset_id", "adset_name")),
    Level.AGE: MetaLevel("campaign", breakdowns=("age",)),
    Level.GENDER: MetaLevel("campaign", breakdowns=("gender",)),
    Level.REGION: MetaLevel("campaign", breakdowns=("region",)),
    Level.DEVICE: MetaLevel("campaign", breakdowns=("device_platform",)),
    Level.PLACEMENT: MetaLevel("campaign", breakdowns=("publisher_platform", "platform_position")),
}


def read_details(rows: Iterable[Row], below: MetaLevel) -> pd.DataFrame:
    """A row a part and day.

    Raises:
        SourceError: A number that is none, or a row that does not say which part it is of.
    """
    return pd.DataFrame([{**read_row(row), **_part(row, below)} for row in rows])


def _part(row: Row, below: MetaLevel) -> dict[str, Any]:
    try:
        words = [str(row[name]) for name in (*below.fields, *below.breakdowns)]
    except KeyError as error:
        raise SourceError(
            Sentence("Meta's report has a row without %(field)s.", field=error.args[0]),
            hint="Nothing of it is stored; the next pull asks again.",
        ) from None
    if below.breakdowns:
        return {"detail_name": _called(words)}
    names = ("detail_id", "detail_name", "parent_id", "parent_name")
    return dict(zip(names, words, strict=False))


def _called(words: list[str]) -> str:
    """`instagram` and `instagram_stories` are "instagram stories"."""
    first_word = words[0].replace("_", " ")
    details = (word.replace("_", " ").removeprefix(f"{first_word} ") for word in words[1:])
    return " ".join((first_word, *details))
