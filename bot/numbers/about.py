"""What each campaign is called: the newest word of every text column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.columns import TEXT
from bot.numbers.history import span_of
from bot.numbers.revisions import Known

Words: TypeAlias = Mapping[str, npt.NDArray[np.object_]]
WORDS = tuple(name for name in TEXT if name not in {"level", "parent_id"})


def campaigns_of(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a campaign of known rows, by entity: the newest word of every text column or None."""
    return campaigns_known(Known.of(frame, span_of(frame)))


def campaigns_known(known: Known) -> pd.DataFrame:
    """The same of what was known on a morning, in the order of its entities."""
    return table_of(known.entities, words_known(known))


def words_known(known: Known) -> Words:
    """The newest word of every text column, one a campaign, None where there is none."""
    found = {name: known.newest(name) for name in WORDS}
    unnamed = pd.isna(found["campaign_name"])
    found["campaign_name"] = np.where(unnamed, found["campaign_id"], found["campaign_name"])
    return found


def table_of(entities: Sequence[str], words: Words) -> pd.DataFrame:
    """Campaigns and their words as a table."""
    told = {name: pd.Series(said, dtype=object) for name, said in words.items()}
    return pd.DataFrame({"entity": pd.Series(entities, dtype="str"), **told})


def unique_ids(rows: pd.DataFrame) -> pd.Series:
    """Campaign ids that are unique among these rows.

    `channel:` stands before an id only on a clash, and the account too where that is not enough.
    """
    ids = rows["campaign_id"]
    for place in (("channel",), ("channel", "account_id")):
        clash = ids.duplicated(keep=False)
        if not clash.any():
            break
        told = rows.loc[clash, [*place, "campaign_id"]].itertuples(index=False, name=None)
        ids = ids.copy()
        ids[clash] = [":".join(words) for words in told]
    return ids
