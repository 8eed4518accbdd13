"""Which names a line holds, marked: the longest first, in the words an account uses. Pure.

Names a sentence mentions that are none are told apart, and those it leaves out: `excluding brand`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.question.grammar import HYPHENS, MOST_WORDS
from bot.question.name_index import (
    KINDS_OF_AD,
    SHORTEST,
    WORD,
    NameIndex,
    bare_word,
    distinctive,
)
from bot.question.slots import Named

ALIKE = 84.0  # a typing error in a long word
LONGEST = 8  # words of a name
NAME, PERSON = "¤", "£"  # stand in a sentence where somebody was named
# A kind of ad stands for the campaign where it is named as one: `how did video do`.
_MEDIA = {"video", "search", "display", "image", "text"}
_CALLED = re.compile(
    r"\b(?:with|about|on|for|is|are|did|does|was|med|på|for|om|går|gikk|er|var|of) $"
)
_CAMPAIGN_NOUN = re.compile(r" (?:campaigns?|kampanje\w*)\b")
# What names mean in the other language; the one an account uses is what the other says.
_ALIKE = (
    ("brand", "merkevare", "merkenavn"),
    ("competitors", "competitor", "konkurrenter", "konkurrent"),
    ("customers", "customer", "kunder", "kunde"),
    ("autumn", "høst", "fall"),
    ("summer", "sommer"),
    ("winter", "vinter"),
    ("spring", "vår"),
    ("christmas", "jul", "jule"),
    ("leads", "lead"),
    ("awareness", "kjennskap", "oppmerksomhet", "bevissthet"),
    ("recruitment", "rekruttering", "rekrutterings"),
)
_ALONE = {"merkevare", "merkenavn"}  # nothing else is called so
_COMPOUND = re.compile(r"\b(?P<name>[^\W\d_]{3,}?)(?P<s>s?)-?(?P<noun>kampanj(?:e[nr]?|a|ene))\b")
# What channels are called for short, where nobody's name has it: `LI`, `TT`, a capital `G`.
_SHORT_CHANNELS = (("tt", "tiktok"), ("li", "linkedin"), ("goog", "google"), ("adwords", "google"))
_CAPITAL_G = re.compile(r"(?<![\w|&-] )(?<![\w|&-])G(?![\w|&-])(?! [|-])")


@dataclass(frozen=True)
class Mention:
    """A name in a sentence, and where it stands."""

    named: Named
    start: int
    end: int


def mentions(text: str, names: NameIndex) -> tuple[Mention, ...]:
    """The names in a casefolded sentence, in its order."""
    places = [
        (match.start(), match.start() + len(bare_word(match[0])), bare_word(match[0]))
        for match in WORD.finditer(text)
    ]
    name_mentions: list[Mention] = []
    at = 0
    while at < len(places):
        for length in range(min(LONGEST, len(places) - at), 0, -1):
            run = places[at : at + length]
            candidates = _called(names, words := tuple(word for _, _, word in run))
            candidates = candidates or _owned(names, words)
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


def _called(names: NameIndex, words: tuple[str, ...]) -> tuple[Named, ...]:
    """Everything called just this, or nearly where it is one long word."""
    matches = names.by_words.get(words, ())
    if matches or len(words) != 1 or len(words[0]) < SHORTEST or not distinctive(words[0]):
        return matches
    from rapidfuzz import fuzz, process  # noqa: PLC0415, wanted where something is mistyped

    near = process.extractOne(
        words[0], names.long_words, scorer=fuzz.ratio, score_cutoff=ALIKE, processor=None
    )
    return names.by_words[(near[0],)] if near and near[0][0] == words[0][0] else ()


def _owned(names: NameIndex, words: tuple[str, ...]) -> tuple[Named, ...]:
    """The channel whose something is: `Metas andel` as Norwegians write a genitive."""
    if not words[-1].endswith("s"):
        return ()
    owners = names.by_words.get((*words[:-1], words[-1].removesuffix("s")), ())
    return tuple(name_entry for name_entry in owners if name_entry.kind == "channel")


def _medium(text: str, place: tuple[int, int, str], names: NameIndex) -> Mention | None:
    """`the video campaign`, `how did video do`: the one campaign that has the word in its name."""
    start, end, word = place
    plain = word if word in KINDS_OF_AD else re.sub(r"(?:e[nt]|a)$", "", word)
    noun = _CAMPAIGN_NOUN.match(text, end)
    is_medium = plain in _MEDIA and (plain != word or _CALLED.search(text[:start]))
    if not (noun or is_medium) or plain not in KINDS_OF_AD:
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
    text = _plain_line(text, name_words)
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


def _plain_line(text: str, name_words: set[str]) -> str:
    """What was typed, casefolded, with channels and names as an account calls them."""
    text = _plain(text if "g" in name_words else _CAPITAL_G.sub("Google", text))
    for short, channel in _SHORT_CHANNELS:
        if short not in name_words:
            text = re.sub(rf"\b{short}\b", channel, text)
    return _in_our_words(text, name_words)


def _in_our_words(text: str, name_words: set[str]) -> str:
    """`merkevarekampanjen` as `brand kampanjen`, where that is what an account calls it."""
    text = _COMPOUND.sub(lambda match: _split(match, name_words), text)
    for alike in _ALIKE:
        account_words = [word for word in alike if word in name_words]
        translations = "|".join(word for word in alike if word not in name_words)
        if not account_words or not translations:
            continue
        text = re.sub(rf"\b(?:{translations})s?(?= (?:campaign|kampanj))", account_words[0], text)
        if alone := "|".join(_ALONE & set(translations.split("|"))):
            text = re.sub(rf"\b(?:{alone})(?:n|t|ne)?\b", account_words[0], text)
    return text


def _split(match: re.Match[str], name_words: set[str]) -> str:
    """A compound in two words where the first is, or means, a word of a name."""
    vocabulary = {
        word for alike in _ALIKE if name_words & set(alike) for word in alike
    } | name_words
    for name in (f"{match['name']}{match['s']}", match["name"]):
        if name in vocabulary:
            return f"{name} {match['noun']}"
    return match[0]


def _plain(text: str) -> str:
    words = HYPHENS.sub("-", text).replace("\u00a0", " ").replace("’", "'").split()[:MOST_WORDS]
    text = " ".join(words).casefold()
    return re.sub(r"^\s*/perf\b", "", re.sub(r"[\"«»“”*]", " ", text)).strip()
