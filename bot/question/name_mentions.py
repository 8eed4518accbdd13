"""Names a sentence mentions that are none, and those it leaves out: `excluding brand`. Pure."""

from __future__ import annotations

import re

from bot.question.name_index import Mention
from bot.question.slots import Named

LONGEST_GAP = 3  # letters between a channel and its campaign: a space, or ` | `
_REACH_OF = re.compile(r" (?:of|for|on|did|by|numbers?|figures?)\b")
_WHAT_REACH = re.compile(r"\b(?:what|total|weekly|daily|much|our|people (?:did|have|has) .*) $")
_PEOPLE = re.compile(r"customers?|kunder?|kundene?|visitors?|besøkende|users?|brukere|followers?")
_SOME_PEOPLE = re.compile(
    r"\b(?:new|our|your|a|an|one|per|each|existing|old|the|many|more|of|paying|ny|nye|våre?|en|hver|"
    r"pr\.?|eksisterende|gamle|mange|flere|av|became|become|becomes|ble|blir|til) $"
)
_CAMPAIGN = re.compile(r"(?:'s)? (?:campaign|kampanje)")
_EXCLUDING = re.compile(
    r"\b(?:excluding|excl\.?|ex\.?|except(?: for)?|without|other than|but not|minus|apart from|"
    r"not counting|leaving out|ignoring|unntatt|uten|utenom|bortsett fra|eksklusive|ekskl\.?|"
    r"foruten|se[r]? (?:vi |jeg |man )?bort fra|disregarding|leaving aside|exclud(?:e|es|ed)|"
    r"leaves? out|takes? out|(?:not|don't|didn't|doesn't|ikke) (?:includ(?:e|ing)|count|"
    r"regne?r? med|tar? med)|ekskluder\w*) (?:the |our )?$"
)
_AND = re.compile(r" ?(?:,|and|or|og|eller|&|\+) ?")


def without_owners(name_mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """`meta awareness` is the campaign: its channel just before it only says whose it is."""
    filtered_mentions = []
    for at, mention in enumerate(name_mentions):
        after = name_mentions[at + 1] if at + 1 < len(name_mentions) else None
        owner = (
            after is not None
            and mention.named.kind == "channel"
            and after.named.key.startswith(f"{mention.named.key}|")
            and after.start - mention.end <= LONGEST_GAP
        )
        if not owner:
            filtered_mentions.append(mention)
    return tuple(filtered_mentions)


def without_nouns(name_mentions: tuple[Mention, ...], raw: str) -> tuple[Mention, ...]:
    """`reach of awareness` is the number, and `new customers` are people, whatever is called so."""
    return tuple(mention for mention in name_mentions if not _is_noun(mention, raw))


def _is_noun(mention: Mention, raw: str) -> bool:
    before, after = raw[: mention.start], raw[mention.end :]
    if mention.named.kind == "stage" and raw[mention.start : mention.end] == "reach":
        return bool(_REACH_OF.match(after) or _WHAT_REACH.search(before))
    people = bool(_PEOPLE.fullmatch(raw[mention.start : mention.end]))
    return people and bool(_SOME_PEOPLE.search(before)) and not _CAMPAIGN.match(after)


def left_out(
    raw: str, name_mentions: tuple[Mention, ...]
) -> tuple[str, tuple[Mention, ...], tuple[Named, ...]]:
    """The sentence without whom it leaves out: their words become spaces, so that places hold."""
    kept: list[Mention] = []
    excluded: list[Mention] = []
    for mention in name_mentions:
        before = raw[: mention.start]
        goes_on = excluded and _AND.fullmatch(raw[excluded[-1].end : mention.start])
        start = excluded[-1].end if goes_on else None
        if not goes_on and (word := _EXCLUDING.search(before)):
            start = word.start()
        if start is None:
            kept.append(mention)
            continue
        excluded.append(mention)
        raw = f"{raw[:start]}{' ' * (mention.end - start)}{raw[mention.end :]}"
    return raw, tuple(kept), tuple(mention.named for mention in excluded)
