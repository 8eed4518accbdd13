"""A line in the words names are written in: without quotes, in an account's own language. Pure."""

from __future__ import annotations

import re

from bot.question.grammar import HYPHENS, MOST_WORDS

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


def plain_line(text: str, name_words: set[str]) -> str:
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
