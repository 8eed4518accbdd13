"""Words of a sentence that name nobody who is known: whom they may mean."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from bot.errors import UnknownName
from bot.numbers.input.names import normal_name
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import Unclear, find_campaign, redirected, title

SHORTEST_NAME = 3
ALIKE = 0.75  # a word of a sentence is nearly a name
MOST_NEAR = 500  # campaigns a word is compared with letter by letter, the biggest
MOST_WORDS = 12


def nobody(figures: Figures, words: Sequence[str], command: str) -> UnknownName:
    """What is wrong with words that may be a name, with the nearest name.

    Args:
        figures: The board whose names are meant.
        words: The words of a sentence that are neither its language's nor the field's.
        command: What is asked about the name: `why`, `campaign`.

    Raises:
        Unclear: Several campaigns are called so.
    """
    for run in _runs(words[:MOST_WORDS]):
        try:
            return UnknownName("campaign", run, (find_campaign(figures, run).campaign_name,))
        except Unclear as unclear:
            raise Unclear(redirected(unclear.choice, command)) from None
        except UnknownName:
            continue
    return _nearly(figures, words) or UnknownName("name", " ".join(words))


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Every run of the words as a possible name, the longest first."""
    for length in range(len(words), 0, -1):
        for at in range(len(words) - length + 1):
            run = " ".join(words[at : at + length])
            if len(run) >= SHORTEST_NAME:
                yield run


def _nearly(figures: Figures, words: Sequence[str]) -> UnknownName | None:
    """The channel or campaign that is spelled nearly like some of the words."""
    campaigns = {
        normal_name(row.campaign_name): row.campaign_name for row in figures.biggest(MOST_NEAR)
    }
    channels = {
        normal_name(name): title(channel)
        for channel in figures.channels
        for name in (channel, title(channel))
    }
    for run in _runs(words[:MOST_WORDS]):
        for kind, names in (("channel", channels), ("campaign", campaigns)):
            near = difflib.get_close_matches(normal_name(run), list(names), n=1, cutoff=ALIKE)
            if near:
                return UnknownName(kind, run, (names[near[0]],))
    return None
