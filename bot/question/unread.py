"""What a sentence asks about that nobody knows: a number, a place, a way of splitting. Pure.

`sales in trondheim` is no question about all sales, `how many phone calls` none about leads: what
was not read is said, instead of answering something else.
"""

from __future__ import annotations

import re
from functools import cache

from bot.question.calendar_spans import MONTH_OF
from bot.question.classifier import weights
from bot.question.metric_words import metrics_in, without_metrics
from bot.question.named_days import DAY_OF
from bot.question.vocabulary import COMMAND_OF, STAGE_OF, STOP_WORDS
from bot.question.wording import is_norwegian, wording

LONGEST = 3  # words that are said back
_WORD = r"[^\W\d_][\w'-]{2,}"
_SPLIT = re.compile(
    r"\b(?:per|pr\.?|by|for each|for every|split (?:by|on)|broken down by|grouped by|fordelt på|"
    rf"splittet på) (?:the |our |hver |hvert )?(?P<words>{_WORD}(?: {_WORD})?)"
)
_COUNTED = re.compile(
    r"\b(?:how many|number of|amount of|hvor mange|antall(?:et)?)(?: of (?:our|the))? "
    rf"(?P<words>{_WORD}(?: {_WORD}){{0,2}})"
)
_OWN = re.compile(
    r"^(?:what|hva|how (?:big|high|large|long)|hvor (?:stor|høy|lang)t?)"
    r"(?: is| are| was| were| er| var) (?:our|the|my|vår|våre|vårt|den|det)? ?"
    rf"(?P<words>{_WORD}(?: {_WORD}){{0,2}})$"
)
_WHERE = re.compile(
    r"\b(?:in|from|among|within|via|through|i|fra|blant|hos|gjennom) (?:the |our |vår |våre )?"
    rf"(?P<words>{_WORD})"
)
_NAMED = re.compile(
    r"\b(?:on|for|of|at|to|på|av|til|excluding|except|unntatt|utenom) (?:the |our |vår |våre )?"
    rf"(?P<words>{_WORD})"
)  # fmt: skip
_WHOM = re.compile(
    r"\b(?:is|are|was|did|s|with|about|on|to|status|med|på|om|hos|går|gikk|gjør|er|var) "
    rf"(?:the |our |det |det med )?(?P<words>{_WORD}(?: {_WORD}){{0,3}})"
)

# Days that were named and not read: every Monday, or two weekends, are no span of days.
_DAYS_LEFT = re.compile(
    r"\b(?:(?:the |our |de |every |each |hver |alle |all )?(?:(?:last|past|first|next|siste|neste|"
    r"previous|forrige) )?(?:[0-9]{1,2} |two |three |four |to |tre |fire )?)"
    r"(?:weekends?|helg(?:er|ene|a|en)?|fortnights?|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:man|tirs|ons|tors|fre|lør|søn)dag(?:er|ene)?|"
    r"weekdays|hverdager|hverdagene|quarters?|kvartal(?:er|et)?|"
    r"(?:this |last |i |in |the |sist )(?:spring|summer|autumn|fall|winter|sommer(?:en)?|"
    r"høst(?:en)?|vinter(?:en)?|vår(?:en)?)|(?:\w+[’']s|prime|labou?r|bank) day|"
    r"(?!hver)[^\W\d_]{4,}dagen(?<!verdagen)|mornings?|evenings?|nights?|afternoons?|hours?|"
    r"morgen(?:en)?|kveld(?:en|er)?|timer?|natt(?:a|en)?)\b"
)


@cache
def _ordinary() -> frozenset[str]:
    words = (*wording().ordinary.split(), *wording().spelled.split())
    return frozenset((*words, *STOP_WORDS, *STAGE_OF, *COMMAND_OF, *DAY_OF, *MONTH_OF))


@cache
def _learned() -> frozenset[str]:
    """The words of the examples: what people say who ask, and hardly anybody's name."""
    return frozenset(name[1:] for name in weights().rows if name[0] == "w" and " " not in name)


@cache
def _dimensions() -> frozenset[str]:
    return frozenset(wording().dimensions.split())


def nobody_knows(text: str, *, counted: bool, placed: bool = False) -> str:
    """The words of a casefolded sentence nobody has numbers for, "" where there are none.

    Args:
        text: Names and days taken out.
        counted: Whether a number, or somebody, was read too: then only what it is split by, or
            where, can be unknown.
        placed: Whether it asks how things go: where, is looked for too.
    """
    text = re.sub(r"[?!.]+$", "", text).strip()
    if not is_norwegian(text):
        text = re.sub(r"\bi\b", " ", text)  # `i need` is no place called need
    text = re.sub(r"\b(?:by|med) (?:what|how many|how much|hvor mange|hvor mye) ", "", text)
    if split := _unknown(_SPLIT, without_metrics(text), _dimensions()):
        return split
    if counted:
        return _unknown(_WHERE, without_metrics(text), _ordinary())
    if placed and (where := _unknown(_WHERE, text, _ordinary())):
        return where
    return _unknown(_COUNTED, text, _ordinary()) or _unknown(_OWN, text, _ordinary())


def strangers(text: str) -> tuple[str, ...]:
    """Words of a casefolded sentence that stand in no example: maybe somebody's name."""
    words = re.findall(_WORD, without_metrics(text))
    return tuple(word for word in words if not _known(word, _ordinary() | _learned()))


def whom(text: str) -> tuple[str, ...]:
    """Words nobody knows that stand where a name does: `how is flurb doing`."""
    unknown = strangers(text)
    return tuple(word for match in _WHOM.finditer(text) for word in match["words"].split()
                 if word in unknown)  # fmt: skip


def left_aside(text: str) -> str:
    """A word that looks like a name and was not used, "" where there is none."""
    return _unknown(_NAMED, without_metrics(text), _ordinary())


def days_left(text: str) -> str:
    """Days a sentence names that were not read as such, "" where there are none.

    Args:
        text: Casefolded, the days that were read taken out.
    """
    match = _DAYS_LEFT.search(text)
    return match[0].strip() if match else ""


def _unknown(pattern: re.Pattern[str], text: str, known: frozenset[str]) -> str:
    """The words of the first place whose words nobody knows."""
    for match in pattern.finditer(text):
        words = [word for word in match["words"].split() if word not in STOP_WORDS]
        heads = words[:1] if pattern is _SPLIT else words  # `by shoe size` splits by shoes
        if words and not _known(" ".join(heads), known) and not metrics_in(" ".join(words)):
            return " ".join(words[:LONGEST])
    return ""


def _known(words: str, known: frozenset[str]) -> bool:
    typed_words = words.split()
    return bool(metrics_in(words)) or any(
        word in known or _stem(word) in known for word in typed_words
    )


def _stem(word: str) -> str:
    """A word without its genitive or plural."""
    return re.sub(r"(?:['’]s|s['’]|s)$", "", word)
