"""Files of daily numbers into the store: kinds of tables that were told, and keeping what was read.

The same whether a file is handed in at the terminal or dropped into a Slack channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd

from bot.features.imports import detail_intake
from bot.numbers.schema_changes import columns_of
from bot.settings import Details
from bot.snapshot.feed_health import remember_columns
from bot.sources.exports import ReadFile
from bot.sources.refusals import other_currency, shown
from bot.store.base import Store
from bot.store.reader import Reader
from bot.store.records import DetailsImported, Imported

MAPPINGS = "import:mappings"  # what was said of kinds of tables: a preference of nobody's
_CAMPAIGN = ["channel", "account_id", "campaign_id"]
NOTHING = Imported(0, 0, 0, 0, 0, 0)


def keep(
    store: Store,
    parsed: ReadFile,
    name: str,
    at: datetime,
    limits: Details = detail_intake.AS_USUAL,
) -> tuple[Imported, DetailsImported | None]:
    """Keep a table, all of it or nothing; what that came to, and its details where it has any.

    Args:
        store: Where it goes.
        parsed: The table, as read.
        name: What it is called: the source of its rows.
        at: Now.
        limits: `[details]` of perfbot.toml.

    Raises:
        MixedCurrencies: It is in another currency than what is stored of the same account.
        ImpossibleRowError: A row that cannot be true.
        StoreError: Rows that contradict each other; a database in trouble.
    """
    with store.atomic("numbers"):
        stored = _numbers(store, parsed, name, at)
        if parsed.details is None:
            return stored, None
        return stored, detail_intake.keep(store, parsed.details, at.date(), limits)


def one_currency(store: Reader, frame: pd.DataFrame) -> None:
    """See to it that no campaign, and no account with an id, comes to have two currencies.

    Rows that bring every stored day anew may be in another: then the stored ones were mislabelled.

    Raises:
        MixedCurrencies: They are in another currency than what is stored of the same.
    """
    coming = frame.loc[frame["currency"].notna(), [*_CAMPAIGN, "currency"]].drop_duplicates()
    if coming.empty or len({*coming["currency"], *store.currencies()} - {""}) < 2:
        return
    census = store.census(date.min, frame["date"].max().date(), as_of=date.max)
    stored = census[census["currency"].notna()]
    for keys in (_CAMPAIGN, _CAMPAIGN[:2]):
        both = coming[coming["account_id"].ne("") | (len(keys) == len(_CAMPAIGN))].merge(
            stored[[*_CAMPAIGN, "currency"]], on=keys, suffixes=("", "_stored")
        )
        differs = both["currency"] != both["currency_stored"]
        other = both[differs.groupby([both[key] for key in (*keys, "currency")]).transform("all")]
        if len(other):
            _refuse_other(store, frame, other.iloc[0], keys)


def _refuse_other(store: Reader, frame: pd.DataFrame, row: pd.Series, keys: list[str]) -> None:
    """Refuse rows in another currency, where days in the stored one would stay beside them."""
    stored = store.numbers()
    of = stored["currency"].eq(row["currency_stored"])
    for name in keys:
        of &= stored[name].eq(row[name])
    cells = ["date", *_CAMPAIGN]
    beside = stored.loc[of, cells].drop_duplicates().merge(frame[cells], how="left", indicator=True)
    left = beside[beside["_merge"] == "left_only"]
    if left.empty:
        return
    channel, account = str(row["channel"]), str(row["account_id"])
    place = f"{channel} {account}".strip()
    raise other_currency(
        place if keys != _CAMPAIGN else f"{shown(row['campaign_id'])} of {place}",
        (row["currency_stored"], row["currency"]),
        left["date"].max().date(),
        account or channel,
    )


def _numbers(store: Store, parsed: ReadFile, name: str, at: datetime) -> Imported:
    """Daily numbers, or the reach of whole windows."""
    reach = parsed.window_reach
    if parsed.frame.empty and parsed.details is not None:
        return NOTHING
    if reach is None:
        one_currency(store, parsed.frame)
        remember_columns(store, columns_of(parsed.frame, parsed.columns), at.date())
        return store.add_numbers(parsed.frame, source=name, pulled_at=at)
    changed = store.add_window_reach(reach)
    campaigns = len(reach[["channel", "account_id", "campaign_id"]].drop_duplicates())
    return Imported(len(reach), 0, campaigns, changed, 0, len(reach) - changed)


def together(counts: Sequence[Imported]) -> Imported:
    """Several tables as one."""
    fields = ("rows", "days", "campaigns", "added", "restated", "unchanged")
    return Imported(*(sum(getattr(count, name) for count in counts) for name in fields))
