"""Which names a sentence holds: whole words, typing errors allowed, the longest name first. Pure.

"target" is not Re*target*ing and "per" is not White*p*a*per*: a name is one or more whole words. A
part of a campaign's name stands for it where only one campaign has it and it is no word of ours; a
part that several have (`Northwind` of `Northwind | Brand`) stands for all of them together.
Names a sentence mentions that are none are told apart, and those it leaves out: `excluding brand`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.question.metric_words import metrics_in
from bot.question.name_wording import plain_line
from bot.question.slots import Named
from bot.question.vocabulary import STAGE_OF, STOP_WORDS

NAME, PERSON = "¤", "£"  # stand in a sentence where somebody was named
WORD = re.compile(r"[^\W_]+(?:['’&+.][^\W_]+)*", re.UNICODE)
ALIKE, SHORTEST = 84.0, 5  # a typing error in a word of so many letters
LONGEST = 8
_WORDS = (
    "all video text image search display campaign kampanje test reach act convert engage "
    "autumn winter summer spring høst vinter sommer vår new ny kampanjer campaigns traffic "
    "leads sales week month budget target cost price spend pause stop best worst order "
    "orders first last channel device mobile country report client kunde kunder weekly daily "
    "monthly september october november december januar februar mars april mai juni juli "
    "august oktober desember january february march may june july total percent average "
    "before after money changed shift shifts ordre selling"
)
_OURS = frozenset(_WORDS.split())
# Words of ours that name a campaign just behind its channel's name.
_KINDS_OF_AD = frozenset(
    [
        "video",
        "text",
        "image",
        "search",
        "display",
        "test",
        "autumn",
        "winter",
        "summer",
        "spring",
        "høst",
        "vinter",
        "sommer",
    ]
)
# A kind of ad stands for the campaign where it is named as one: `how did video do`.
_MEDIA = {"video", "search", "display", "image", "text"}
_CALLED = re.compile(
    r"\b(?:with|about|on|for|is|are|did|does|was|med|på|for|om|går|gikk|er|var|of) $"
)
_CAMPAIGN_NOUN = re.compile(r" (?:campaigns?|kampanje\w*)\b")
_GENITIVE = re.compile(r"(?:['’]s|s['’])$")


@dataclass(frozen=True)
class Mention:
    """A name in a sentence, and where it stands."""

    named: Named
    start: int
    end: int


class NameIndex:
    """The names there are, by the words they may be called."""

    def __init__(self, named: Iterable[tuple[Named, Sequence[str]]]) -> None:
        self._entries = tuple(named)

    @cached_property
    def by_words(self) -> Mapping[tuple[str, ...], tuple[Named, ...]]:
        """Everything that may be called so."""
        named_by_words: dict[tuple[str, ...], list[Named]] = {}
        for name_entry, callings in self._entries:
            for calling in callings:
                words = words_of(calling)
                if words and name_entry not in named_by_words.setdefault(words, []):
                    named_by_words[words].append(name_entry)
        for words, name_entry in self._parts().items():
            named_by_words.setdefault(words, [name_entry])
        for words, name_entry in self._groups().items():
            named_by_words.setdefault(words, []).append(name_entry)
        return {words: tuple(named_group) for words, named_group in named_by_words.items()}

    def _parts(self) -> dict[tuple[str, ...], Named]:
        """A word of one campaign's name only, and none of ours."""
        owners: dict[str, set[Named]] = {}
        for name_entry, callings in self._entries:
            for word in {word for calling in callings for word in words_of(calling)}:
                owners.setdefault(word, set()).add(name_entry)
        return {
            (word,): next(iter(holders))
            for word, holders in owners.items()
            if len(holders) == 1 and distinctive(word) and next(iter(holders)).kind == "campaign"
        }

    def _groups(self) -> dict[tuple[str, ...], Named]:
        """A part of several campaigns' names, or a name several have: all of them together."""
        owners: dict[tuple[str, ...], set[Named]] = {}
        titles: dict[tuple[str, ...], str] = {}
        for name_entry, callings in self._entries:
            if name_entry.kind == "campaign":
                for part in {part for calling in callings for part in _pieces(calling)}:
                    owners.setdefault(words_of(part), set()).add(name_entry)
                    titles.setdefault(words_of(part), part)
        return {
            words: Named("group", " ".join(words), titles[words])
            for words, holders in owners.items()
            if len(holders) > 1 and any(map(distinctive, words))
        }

    @cached_property
    def _single(self) -> tuple[str, ...]:
        return tuple(
            words[0] for words in self.by_words if len(words) == 1 and len(words[0]) >= SHORTEST
        )

    def called(self, words: tuple[str, ...]) -> tuple[Named, ...]:
        """Everything called just this, or nearly where it is one long word."""
        matches = self.by_words.get(words, ())
        if matches or len(words) != 1 or len(words[0]) < SHORTEST or not distinctive(words[0]):
            return matches
        from rapidfuzz import fuzz, process  # noqa: PLC0415, wanted where something is mistyped

        near = process.extractOne(
            words[0], self._single, scorer=fuzz.ratio, score_cutoff=ALIKE, processor=None
        )
        return self.by_words[(near[0],)] if near and near[0][0] == words[0][0] else ()

    def inside(self, channel: Named, word: str) -> Named | None:
        """The one campaign of a channel whose name has a word: `tiktok video`."""
        if channel.kind != "channel" or word not in _KINDS_OF_AD:
            return None
        holders = {
            name_entry
            for name_entry, callings in self._entries
            if name_entry.kind == "campaign" and name_entry.key.startswith(f"{channel.key}|")
            and any(word in words_of(calling) for calling in callings)
        }  # fmt: skip
        return holders.pop() if len(holders) == 1 else None

    def medium(self, word: str) -> Named | None:
        """The one campaign whose name has a kind of ad or a season in it."""
        if word not in _KINDS_OF_AD:
            return None
        holders = {
            name_entry
            for name_entry, callings in self._entries
            if name_entry.kind == "campaign"
            and any(word in words_of(calling) for calling in callings)
        }
        return holders.pop() if len(holders) == 1 else None

    def owned(self, words: tuple[str, ...]) -> tuple[Named, ...]:
        """The channel whose something is: `Metas andel` as Norwegians write a genitive."""
        if not words[-1].endswith("s"):
            return ()
        owners = self.by_words.get((*words[:-1], words[-1].removesuffix("s")), ())
        return tuple(name_entry for name_entry in owners if name_entry.kind == "channel")


def distinctive(word: str) -> bool:
    """Whether a word alone may be a name: no number, no metric, nothing of the language."""
    ours = word in _OURS or word in STOP_WORDS or word in STAGE_OF
    return len(word) > 2 and not word.isdigit() and not ours and not metrics_in(word)


def _pieces(name: str) -> Iterator[str]:
    """The name, its parts between bars, and its words: what several names may share."""
    yield from (name.strip(), *(part.strip() for part in name.split("|")))
    yield from (match[0] for match in WORD.finditer(name))


def shares(name: str, words: str) -> bool:
    """Whether a campaign's name holds the words of a group, one after the other."""
    return f" {words} " in f" {' '.join(words_of(name))} "


def words_of(name: str) -> tuple[str, ...]:
    """A name's words, casefolded: `Google | Shopping` has two."""
    return tuple(_bare(match[0]) for match in WORD.finditer(name.casefold()))


def _bare(word: str) -> str:
    return _GENITIVE.sub("", word)


def mentions(text: str, names: NameIndex) -> tuple[Mention, ...]:
    """The names in a casefolded sentence, in its order."""
    places = [
        (match.start(), match.start() + len(_bare(match[0])), _bare(match[0]))
        for match in WORD.finditer(text)
    ]
    name_mentions: list[Mention] = []
    at = 0
    while at < len(places):
        for length in range(min(LONGEST, len(places) - at), 0, -1):
            run = places[at : at + length]
            candidates = names.called(words := tuple(word for _, _, word in run))
            candidates = candidates or names.owned(words)
            if candidates and (chosen := _one(candidates)):
                name_mentions.append(Mention(chosen, run[0][0], run[-1][1]))
                at += length
                break
        else:
            if name_mentions and name_mentions[-1].end == places[at][0] - 1:
                word, owner = places[at], name_mentions[-1]
                if campaign := names.inside(owner.named, word[2]):
                    name_mentions[-1] = Mention(campaign, owner.start, word[1])
                    at += 1
                    continue
            if medium := _medium(text, places[at], names):
                name_mentions.append(medium)
            at += 1
    return tuple(name_mentions)


def _medium(text: str, place: tuple[int, int, str], names: NameIndex) -> Mention | None:
    """`the video campaign`, `how did video do`: the one campaign that has the word in its name."""
    start, end, word = place
    plain = word if word in _KINDS_OF_AD else re.sub(r"(?:e[nt]|a)$", "", word)
    noun = _CAMPAIGN_NOUN.match(text, end)
    is_medium = plain in _MEDIA and (plain != word or _CALLED.search(text[:start]))
    if not (noun or is_medium) or plain not in _KINDS_OF_AD:
        return None
    campaign = names.medium(plain)
    return Mention(campaign, start, noun.end() if noun else end) if campaign else None


def _one(candidates: Sequence[Named]) -> Named | None:
    """A channel before a campaign of its name; of several campaigns all of them together."""
    channels = [candidate for candidate in candidates if candidate.kind == "channel"]
    if channels:
        return channels[0]
    alone = [candidate for candidate in candidates if candidate.kind != "group"]
    if len(alone) == 1:
        return alone[0]
    return next((candidate for candidate in candidates if candidate.kind == "group"), None)


def masked(text: str, name_mentions: Sequence[Mention]) -> str:
    """The sentence with a mark for each name."""
    pieces, at = [], 0
    for mention in name_mentions:
        pieces += [text[at : mention.start], PERSON if mention.named.kind == "person" else NAME]
        at = mention.end
    return "".join((*pieces, text[at:]))


LONGEST_GAP = 3  # letters between a channel and its campaign: a space, or ` | `
_REACH_OF = re.compile(r" (?:of|for|on|did|by|numbers?|figures?)\b")
_WHAT_REACH = re.compile(r"\b(?:what|total|weekly|daily|much|our|people (?:did|have|has) .*) $")
_PEOPLE = re.compile(r"customers?|kunder?|kundene?|visitors?|besøkende|users?|brukere|followers?")
_SOME_PEOPLE = re.compile(
    r"\b(?:new|our|your|a|an|one|per|each|existing|old|the|many|more|of|paying|ny|nye|våre?|en|hver|"
    r"pr\.?|eksisterende|gamle|mange|flere|av|became|become|becomes|ble|blir|til) $"
)
_CAMPAIGN = re.compile(r"(?:'s)?[ -](?:campaign|kampanje)")
_EXCLUDING = re.compile(
    r"\b(?:(?:everything|everyone|all(?: of them)?|anything) but|"
    r"alt(?: annet)? enn|alle(?: andre)? enn|"
    r"excluding|excl\.?|ex\.?|except(?: for)?|without|other than|but not|minus|apart from|"
    r"not counting|leaving out|ignoring|unntatt|uten|utenom|bortsett fra|eksklusive|ekskl\.?|"
    r"foruten|se[r]? (?:vi |jeg |man )?bort fra|disregarding|leaving aside|exclud(?:e|es|ed)|"
    r"leaves? out|takes? out|(?:not|don't|didn't|doesn't|ikke) (?:includ(?:e|ing)|count|"
    r"regne?r? med|tar? med)|ekskluder\w*) (?:the |our )?$"
)
_AND = re.compile(r" ?(?:,|and|or|og|eller|&|\+) ?")


_ON = re.compile(r",? (?:on|at|in|from|på|i|hos|fra) (?:the )?")


def _is_on(text: str, campaign: Mention, channel: Mention) -> bool:
    """`awareness on meta`: the channel just behind its campaign says whose it is, too."""
    belonging = channel.named.kind == "channel" and campaign.named.key.startswith(
        f"{channel.named.key}|"
    )
    return belonging and _ON.fullmatch(text[campaign.end : channel.start]) is not None


def without_owners(text: str, name_mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """`meta awareness` is the campaign: its channel beside it only says whose it is."""
    filtered_mentions: list[Mention] = []
    for at, mention in enumerate(name_mentions):
        before = filtered_mentions[-1] if filtered_mentions else None
        if before and _is_on(text, before, mention):
            filtered_mentions[-1] = Mention(before.named, before.start, mention.end)
            continue
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


def without_nouns(name_mentions: tuple[Mention, ...], text: str) -> tuple[Mention, ...]:
    """`reach of awareness` is the number, and `new customers` are people, whatever is called so."""
    return tuple(mention for mention in name_mentions if not _is_noun(mention, text))


def _is_noun(mention: Mention, text: str) -> bool:
    before, after = text[: mention.start], text[mention.end :]
    if mention.named.kind == "stage" and text[mention.start : mention.end] == "reach":
        return bool(_REACH_OF.match(after) or _WHAT_REACH.search(before))
    people = bool(_PEOPLE.fullmatch(text[mention.start : mention.end]))
    return people and bool(_SOME_PEOPLE.search(before)) and not _CAMPAIGN.match(after)


def left_out(
    text: str, name_mentions: tuple[Mention, ...]
) -> tuple[str, tuple[Mention, ...], tuple[Named, ...]]:
    """The sentence without whom it leaves out: their words become spaces, so that places hold."""
    remaining: list[Mention] = []
    excluded: list[Mention] = []
    for mention in name_mentions:
        before = text[: mention.start]
        goes_on = excluded and _AND.fullmatch(text[excluded[-1].end : mention.start])
        start = excluded[-1].end if goes_on else None
        if not goes_on and (word := _EXCLUDING.search(before)):
            start = word.start()
        if start is None:
            remaining.append(mention)
            continue
        excluded.append(mention)
        text = f"{text[:start]}{' ' * (mention.end - start)}{text[mention.end :]}"
    return text, tuple(remaining), tuple(mention.named for mention in excluded)


@dataclass(frozen=True)
class MarkedNames:
    """A line as it was typed, casefolded, with a mark where each name stood.

    Attributes:
        line: Without quotes and `/perf`, and without whom it leaves out.
        mentions: Whom it names, and where their marks stand in `line`.
        excluded: Whom it leaves out: `excluding brand`.
    """

    line: str
    mentions: tuple[Mention, ...] = ()
    excluded: tuple[Named, ...] = ()

    def part(self, start: int, end: int) -> MarkedNames:
        """What stands between two places of the line."""
        inside = (
            mention for mention in self.mentions if start <= mention.start and mention.end <= end
        )
        moved = tuple(
            Mention(mention.named, mention.start - start, mention.end - start) for mention in inside
        )
        return MarkedNames(self.line[start:end], moved)


def marked(text: str, names: NameIndex) -> MarkedNames:
    """What was typed, with its names marked. Never raises."""
    name_words = {word for words in names.by_words for word in words}
    text = plain_line(text, name_words)
    name_mentions = without_nouns(without_owners(text, mentions(text, names)), text)
    text, name_mentions, excluded = left_out(text, name_mentions)
    return MarkedNames(masked(text, name_mentions), tuple(_at_marks(name_mentions)), excluded)


def _at_marks(name_mentions: Iterable[Mention]) -> Iterator[Mention]:
    """The mentions where their marks, of a letter each, stand in the masked text."""
    shorter = 0
    for mention in name_mentions:
        start = mention.start - shorter
        yield Mention(mention.named, start, start + 1)
        shorter += mention.end - mention.start - 1
