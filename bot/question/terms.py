"""The words perfbot explains, how people write them, and whether a meaning is asked for. Pure.

terms.yml has them; what each one means stands in bot/render/glossary_words.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.question.metric_words import metrics_in, without_metrics
from bot.question.word_files import words_of

_EXPLAIN = re.compile(
    r"^(?:(?:can|could) (?:you|someone) )?(?:please )?(?:explain|describe)\b|"
    r"^(?:kan (?:du|dere|noen) )?(?:forklar|forklare|beskriv|beskrive)\b|"
    r"\b(?:explain|explained|forklar|forklart)$"
)
_EQUALS = re.compile(r"^[\w -]{2,30}?\s*=\s*\??$")
_CHANGED = re.compile(
    r"\b(?:why|hvorfor|how come|drop\w*|fall\w*|fell|rise\w*|rose|jump\w*|increase\w*|decrease\w*|"
    r"spike\w*|chang\w+|went|gone|high\w*|low\w*|bad|worse|up|down|falt|fallet|økte?|økning\w*|"
    r"steg|stigning\w*|sank|gikk|gått|endr\w+|høye?|lave?|dårlig\w*|verre|opp|ned|grunn\w*)\b"
)
LONGEST = 3  # words in a word asked about
_PUNCTUATION = re.compile(r"[\"«»“”'?!.,:;()=]")
_SMALL = re.compile(r"\b(?:a|an|the|et|en|ei|of|on|ad|and|og)\b")


def terms() -> Mapping[str, Any]:
    """terms.yml, read once: `words`, `asked`, and what stands around them."""
    return words_of("terms.yml")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    known = {**terms()["words"], **terms()["asked"]}
    return tuple((name, re.compile(rf"(?<!\w)(?:{words})(?!\w)")) for name, words in known.items())


@cache
def _frames() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A word between what asks for its meaning, and what asks for a meaning anywhere."""
    frame = rf"^{terms()['before']} (?P<word>.+?){terms()['after']}$"
    return re.compile(frame), re.compile(terms()["meant"])


def terms_in(text: str) -> tuple[str, ...]:
    """The glossary's words in a casefolded sentence, the longest first, none inside another."""
    found = sorted(
        (
            (match.start() - match.end(), match.start(), match.end(), name)
            for name, pattern in _patterns()
            for match in pattern.finditer(text)
        ),
    )
    kept: list[tuple[int, int, int, str]] = []
    for each in found:
        if all(each[2] <= other[1] or each[1] >= other[2] for other in kept):
            kept.append(each)
    return tuple(dict.fromkeys(name for _, _, _, name in kept))


def means_asked(text: str) -> bool:
    """Whether a casefolded sentence asks what a word means: a word we know, or any word.

    "what is cpa" does, "what is our cpa in october" does not: more than the word is asked there.
    """
    bare = " ".join(_PUNCTUATION.sub(" ", text).split())
    frame, meant = _frames()
    if _EQUALS.search(text.strip()) or meant.search(bare) or _explained(bare):
        return True
    framed = frame.search(bare)
    return bool(framed and not _own(bare) and _only_a_word(bare, framed["word"]))


def _explained(text: str) -> bool:
    """Whether a word is to be explained, and not why its number changed."""
    if not _EXPLAIN.search(text) or _CHANGED.search(text) or "¤" in text or "◊" in text:
        return False
    return bool(metrics_in(text) or terms_in(text)) and not _own(text)


def word_asked(text: str) -> str:
    """The word whose meaning a casefolded sentence asks for, "" where it is not clear which."""
    bare = " ".join(_PUNCTUATION.sub(" ", text).split())
    frame, meant = _frames()
    framed = frame.search(meant.sub(" ", bare)) or frame.search(bare)
    word = " ".join((framed["word"] if framed else "").split())
    return word if len(word.split()) <= LONGEST else ""


def is_term(text: str) -> bool:
    """Whether a casefolded sentence is a word of the glossary and nothing more."""
    bare = " ".join(_PUNCTUATION.sub(" ", text).split())
    always = (pattern for name, pattern in _patterns() if name in terms()["words"])
    return any(pattern.fullmatch(bare) for pattern in always)


def _own(text: str) -> bool:
    """Whether somebody's own number is asked for: `what is our cpa`."""
    return bool(re.search(r"\b(?:our|my|your|vår|våre|vårt|min|mine)\b", text))


def _only_a_word(text: str, word: str) -> bool:
    """Whether what is asked about is a word and no number: `the cpa`, `klikkraten` are numbers."""
    if is_term(word) or word in terms()["stages"]:
        return True
    definite = re.search(
        r"^(?:what (?:is|was|are|were) the|hva (?:er|var)\b.*(?:en|et|a|ene)$)", text
    )
    return bool(metrics_in(word)) and not definite and not _left(word)


def _left(word: str) -> list[str]:
    return _SMALL.sub(" ", without_metrics(word)).split()
