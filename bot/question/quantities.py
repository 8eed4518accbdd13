"""The numbers of a sentence: its metric, order, how many, above what, a share, each day. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from bot.question.conditions import amount_in, bounds, without_any
from bot.question.corrected_kinds import corrected
from bot.question.metric_words import (
    PRICE_OF,
    SHARE_OF,
    metric_spans,
    metrics_in,
)
from bot.question.number_forms import form_of
from bot.question.slots import Bound, Slots

SHARES = {"documented_share", "qualified_share"}  # metrics that are called a share
_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "en": 1, "to": 2, "tre": 3, "fire": 4, "fem": 5, "seks": 6, "sju": 7,
    "syv": 7, "åtte": 8, "ni": 9, "ti": 10,
}  # fmt: skip
# `the worst one` is a pronoun, and no count.
_SEVERAL = "|".join(name for name in _COUNTS if name not in {"one", "en"})
_COUNT = re.compile(
    r"\b(?:top|topp|bottom|bunn|worst|best|beste|dårligste|verste|the|de|first|første)\s+"
    rf"(?P<count>[0-9]{{1,2}}|{_SEVERAL})\b(?! ?(?:kr|%|prosent)| \w+st\b)"
    r"|\b(?:which|what|hvilke) (?P<which>two|three|four|five|to|tre|fire|fem|[2-9])\b(?! ?(?:kr|%))"
    rf"|^(?P<first>{'|'.join(_COUNTS)}) (?:most|least|best|worst|cheap|dyr|billig|highest|beste)"
)
# `most leads for the money`: the cheapest, whoever has most of them.
_FOR_MONEY = re.compile(
    r"\b(?:for the (?:least )?money|for (?:our|your) money|for pengene|"
    r"(?:per|for (?:hver|each|every)) (?:krone|kr|nok|dollar|euro|pound)(?: (?:spent|brukt))?)\b"
)
_LOSING = re.compile(
    r"\b(?:los(?:e|es|ing)|taper|burn\w*|unprofitable|ulønnsom\w*|not profitable|ikke lønnsom\w*)\b"
)
_PAYING = re.compile(
    r"\b(?:profitable|lønnsomm?e?|mak(?:e|es|ing) (?:us )?(?:any )?money|tjener (?:vi )?penger|"
    r"i pluss|in the black|pays? for (?:itself|themselves))\b"
)
_NOT = re.compile(r"\b(?:not|ikke|aren't|isn't|don't|doesn't)\b")
_WHENCE = re.compile(
    r"\b(?:where|hvor)\b.*\b(?:come|comes|coming|came|kommer|kom|stammer)\b.*\b(?:from|fra)\b"
)
_WASTING = re.compile(r"\b(?:wast\w*|kast\w* (?:\w+ ){0,2}bort|sløs\w*|throw\w* away)\b")
_WORRYING = re.compile(
    r"\b(?:problems?|problem\w*|worr\w*|trouble\w*|concern\w*|bekymr\w*|sliter|struggl\w*|hurt\w*|"
    r"bleeding|underperform\w*|failing|skuffe\w*|disappoint\w*)\b"
)
_EARNING = re.compile(r"\b(?:mak(?:e|es|ing)|made|earn\w*|bring\w*|tjen\w*|drar inn|trekker inn)\b")
_MONEY = re.compile(r"\b(?:money|penger|cash|unprofitable|u?lønnsom\w*|profitable)\b")
_DOWN = re.compile(
    r"\b(?:cut\w*|trim\w*|shav\w*|slash\w*|reduc\w*|decreas\w*|lower\w*|less|fewer|down|"
    r"drop\w*(?! (?:\S+ ){0,5}?(?:in|into|onto|on)\b)|"
    r"minus|kutt\w*|kapp\w*|skjær\w*|skar|senk\w*|reduser\w*|krymp\w*|strup\w*|barber\w*|mindre|"
    r"færre|ned)\b|"
    r"\b(?:scal|pull|dial|roll|eas|hold)\w* (?:\S+ ){0,3}?back\b|\beas\w* off\b|"
    r"\b(?:tak|took|pull|knock|chop)\w* (?:\S+ ){0,4}?(?:out of|off|away)\b|"
    r"\b(?:tar?|tok|tatt|trekk\w*|trakk) (?:\S+ ){0,4}?(?:fra|av|bort|tilbake|ut av)\b"
)
_BEST = r"best|beste|strongest|sterkest\w*|finest|top perform\w*"
_WORST = r"worst|poorest|weakest|dårligst\w*|verste?|svakest\w*"
_MOST = (
    r"most|highest|biggest|largest|top|topp|mest|flest|høyest\w*|størst\w*|dearest|priciest|"
    r"expensive|dyrest\w*|dyre|best[- ]?selling|bestselgende|bestselger"
)
_LEAST = (
    r"least|lowest|fewest|smallest|cheapest|cheap|bottom|minst|minste|færrest|lavest\w*|"
    r"billigst\w*|bunn"
)
_GOOD = (
    r"efficient\w*|effective\w*|profitable|successful|valuable|efficiency|effektiv\w*|lønnsom\w*|"
    r"vellykke\w*|verdifull\w*"
)
_AT_LEAST = re.compile(r"\b(?:at (?:least|most)|minst(?= [0-9])|no (?:more|less) than)\b")
# `fra dyrest til billigst`, `from worst to best`, `cheapest first`: the first named begins.
_BEGINS_WITH = {
    "best": r"best|beste",
    "worst": r"worst|dårligst\w*|verste?|svakest\w*|weakest",
    "most": r"highest|largest|biggest|dearest|priciest|most(?: expensive)?|most|høyest\w*|"
    r"størst\w*|dyrest\w*|mest|flest",
    "least": r"lowest|smallest|cheapest|least|fewest|lavest\w*|minste?|billigst\w*|færrest",
}
_ENDS_WITH = r"(?:\w+st(?:e|lig\w*)?|verste?|most expensive)"
_SORTED = tuple(
    (
        name,
        re.compile(
            rf"\b(?:{words}) (?:\w+ )?(?:to|til|->|→) (?:the )?{_ENDS_WITH}\b|"
            rf"\b(?:{words})(?: \w+)? (?:first|først|øverst|on top)\b|"
            rf"\b(?:{words}) (?:on|at the) top\b"
        ),
    )
    for name, words in _BEGINS_WITH.items()
)
_ORDERS = (
    *_SORTED,
    (
        "least",
        re.compile(
            r"\b(?:low(?:est)? to high(?:est)?|ascending|lowest first|smallest first|"
            r"lavest(?:e)? (?:til høyest\w*|først)|stigende|minst(?:e)? først|"
            r"(?:less|lesser|smaller) (?:amount|number)s? of)\b"
        ),
    ),
    (
        "most",
        re.compile(
            r"\b(?:high(?:est)? to low(?:est)?|descending|highest first|synkende|"
            r"høyest(?:e)? (?:til lavest\w*|først))\b"
        ),
    ),
    ("most", re.compile(r"\b(?:best[- ]?selling|bestselgende|bestselger)\b")),
    *(
        (name, re.compile(rf"\b(?:which|hvilke[nt]?|who|hvem)\b.*\b(?:{words})\b(?! than| enn)"))
        for name, words in (
            ("least", "lower|cheaper|smaller|fewer|lavere|billigere|rimeligere|færre"),
            ("most", "higher|bigger|larger|dearer|pricier|høyere|større|dyrere|flere"),
            ("best", "better|bedre"),
            ("worst", "worse|dårligere|verre"),
        )
    ),
    ("best", re.compile(rf"\b(?:{_BEST})\b")),
    ("worst", re.compile(rf"\b(?:{_WORST})\b")),
    ("worst", re.compile(rf"\b(?:least|minst|lowest) (?:{_GOOD})\b")),
    ("best", re.compile(rf"\b(?:most|mest|highest) (?:{_GOOD})\b")),
    ("least", re.compile(rf"\b(?:{_LEAST})\b")),
    ("most", re.compile(rf"\b(?:{_MOST})\b")),
)
_DEAR = re.compile(r"\b(?:cheap\w*|expensive|dear\w*|pric(?:e|iest|ey)|dyr\w*|billig\w*|costs?)\b")
_OF_PRICE = {"most": "worst", "least": "best"}
_RANKED_DAY = (
    r"\b(?:which|worst|best|hvilken|beste|dårligste|verste|what|top) "
    r"(?:day|dag(?:en)?|date|dato(?:en)?|weekday|ukedag(?:en)?)\b|"
    r"(?<!a )(?<!per )(?<!each )(?<!om )\b(?:day|dag) (?:with|med)\b|"
    r"\b(?:days|dager|dagene)\b|"
    r"\b(?:lowest|highest|cheapest|dearest|biggest|strongest|weakest|laveste?|høyeste?|billigste?|"
    r"dyreste?|største?|sterkeste?|svakeste?) (?:\w+ ){0,2}?(?:day|dag(?:en)?)\b"
)
_RANKED_SPAN = (
    r"\b(?:which|worst|best|hvilken|beste|dårligste|verste|what|top|strongest|weakest) (?:{0})\b|"
    r"\b(?:{0}) (?:with|med)\b"
)
_WEEKDAY = (
    r"\b(?:weekdays?|ukedag(?:er|ene|en)?|days? of the week|dag(?:er|en|ene)? i uk[ae]n?|"
    r"(?:man|tirs|ons|tors|fre|lør|søn)dager|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b"
)
_BY = (
    ("weekday", re.compile(rf"(?:which|what|best|worst|strongest|weakest|hvilken|hvilke|beste|"
                           rf"dårligste|verste|by|per|pr\.?|each|for each|hver|fordelt på|på) "
                           rf"(?:the )?{_WEEKDAY}")),
    ("week", re.compile(_RANKED_SPAN.format("week|uke|uka"))),
    ("month", re.compile(_RANKED_SPAN.format("month|måned")
                         + r"|\b(?:by|per|pr\.?|each|every|hver|for hver) (?:month|måned|mnd)\b"
                         + r"|\b(?:monthly|månedlig\w*)\b(?! (?:report|rapport|budget|budsjett))")),
    ("day", re.compile(_RANKED_DAY)),
    ("stage", re.compile(r"\b(?:stages?|steg(?:ene|et)?|trinn|fase[nr]?|funnel|trakt(?:en|a)?)\b")),
    ("channel", re.compile(r"\b(?:channels?|kanal(?:en|er|ene)?|platforms?|plattform(?:er)?)\b")),
)  # fmt: skip
_ACROSS = re.compile(
    r"\b(?:across|på tvers av) (?:the |all |our |alle )*(?:channel|kanal|platform|plat)"
)
_IN_ALL = re.compile(r"\b(?:in total|total|totalt|altogether|in all|i alt|til ?sammen|samlet)\b")
# Kinds in which several numbers are asked for at once.
LISTING_KINDS = ("how_much", "compare", "news")
MOST_LISTED = 4  # of them in an answer
_ASKS = (
    r"(?:how much|how many|hvor mye|hvor mange|how|hvor|what|hva|was|is|were|var|er|the|our|vår|"
    r"vårt|våre|did|do|we|get|got|fikk|hadde|had|vi|of|percentage|share|prosent|andel|av|total|totalt|"
    r"average|snitt|also|også|har|have|has|ga|det|it|that|give|gave|bring|brought|then|¤|◊|'s|in|for|on|i|på)"
)
_JOINED = re.compile(
    rf"(?: {_ASKS})* ?(?:,|&|\+|/|,? ?\b(?:and|og|plus|pluss|samt|vs\.?|versus|kontra)\b)"
    rf"[ ,]*(?:{_ASKS}[ ,]*)*"
)
# `repeat sales, and what each cost`: the price of what is counted just before.
_WHAT_EACH = re.compile(
    r" ?,? ?\b(?:and|og)\b (?:what|how much|hva|hvor mye) (?:did |does |do )?(?:each|one|it|"
    r"they|that|every one|hver|én|en|den|de|det)?(?: of (?:them|those))? ?"
    r"(?:cost|costs|costed|koster|kostet|kosta)(?: (?:each|us|per stykk|stykket|hver|oss|vi))*"
)
_RATE = re.compile(r"\brates?\b|rate\b")
# `what did it cost, and how much came back`: two numbers asked one after the other.
_ASKED_TWICE = re.compile(
    r",? (?:and|og|&) (?=(?:(?:at|with|for|på|til|med) )?(?:what|how|hva|hvor)\b)"
)
# `the lowest cpc, and is it the same one that had the lowest cpm`
_SAME_ONE = re.compile(
    r",? (?:and|og) (?:(?:is|was|are|er|var) (?:it|that|they|det|den|de) (?:also |også )?)?"
    r"(?:the |den |det |de )?(?:very )?(?:same|samme)\b"
)
_FLAT = re.compile(
    r"^ ?(?:(?:look|looks|is|are|seem|seems|stay|stays|stayed|remain\w*|has|have|been|er|ser|"
    r"ligger|holder|holdt|har|vært) )*(?:ut )?"
    r"(?:to be |som )?(?:pretty |about |quite |ganske |helt )?"
    r"(?:flat\w*|stead\w*|stable|unchanged|the same|normal\w*|fine|ok|constant|uendre\w*|stabil\w*|"
    r"jevn\w*|som før|som vanlig|seg)\b"
)


def goes_down(text: str) -> bool:
    """Whether the change a sentence wishes, or supposes, is one to less: `trim`, `skjær ned`.

    Args:
        text: Casefolded; what says neither is taken for more.
    """
    return _DOWN.search(text) is not None


def numbered(slots: Slots) -> Slots:
    """The metric, the order, how many, and the condition."""
    text = slots.text
    metrics = metrics_in(text)
    ordering = _AT_LEAST.sub(" ", text)  # `at least 10` is a condition, no order
    order = next((name for name, pattern in _ORDERS if pattern.search(ordering)), "")
    if not metrics and ((order and _WASTING.search(text)) or _WORRYING.search(text)):
        order = "worst"
    none_of = without_any(slots.intent, text)
    if not metrics and order in _OF_PRICE and _DEAR.search(text):
        order = _OF_PRICE[order]  # `the most expensive campaign`, whatever it is paid for
    first_bound, *besides = (*bounds(text), *none_of) or (None,)
    amount, percent = amount_in(text)
    same = slots.intent == "which" and _SAME_ONE.search(text) is not None
    of_each = same or (slots.intent == "which" and not order and not first_bound)
    listed = _listed(text) if of_each or slots.intent in LISTING_KINDS else ()
    by = next((name for name, pattern in _BY if pattern.search(text)), "")
    if not by and metrics and _WHENCE.search(text):
        by = "channel"  # `where do our leads come from`
    metric, form = listed[0] if listed else _metric(text, metrics, order), form_of(text)
    if form == "share" and metric in SHARES:
        form = ""  # `the documented share of brand` is that share, and no share of it
    slots = replace(
        slots,
        metric=metric,
        also=listed[1:],
        order=order,
        count=_count(text),
        bound=first_bound,
        besides=tuple(bound for bound in besides if bound is not None),
        amount=amount,
        percent=percent,
        form=form,
        by=by,
    )
    if metric in PRICE_OF and order and _FOR_MONEY.search(text):
        cheapest = "best" if order in {"most", "best"} else "worst"
        slots = replace(slots, metric=PRICE_OF[metric], order=cheapest)
    slots = _of_conditions(slots)
    if slots.intent == "which" and not metrics and _LOSING.search(text) and _MONEY.search(text):
        slots = replace(slots, metric="roas", bound=Bound(above=False, number=1.0))
    elif slots.intent == "which" and not (metrics or order) and _PAYING.search(text):
        above = _NOT.search(text) is None  # it brings in more than its ads cost
        slots = replace(slots, metric="roas", bound=Bound(above=above, number=1.0))
    return _in_all(corrected(slots))


def _in_all(slots: Slots) -> Slots:
    """`in total, across all channels` asks for one sum."""
    across = _ACROSS.search(slots.text) and _IN_ALL.search(slots.text)
    if across and slots.intent == "which" and slots.metric and not (slots.order or slots.bound):
        return replace(slots, intent="how_much", by="")
    return slots


def _listed(text: str) -> tuple[str, ...]:
    """The metrics of a list, `spend and revenue`, `klikk, salg og cpa`; none where it is none.

    A price in a phrase (`how many sales for the money spent`) is no list: something has to join
    them, and nothing but what asks for a number may stand between.
    """
    spans = metric_spans(text)
    counted = [span for span in spans if span[2] in PRICE_OF]
    if counted and (what_each := _WHAT_EACH.search(text, counted[-1][1])):
        spans = [span for span in spans if span[1] <= what_each.start()]
        return tuple(dict.fromkeys((*(name for *_, name in spans), PRICE_OF[counted[-1][2]])))
    names: list[str] = []
    for (_, end, name), (start, _, following) in pairwise(spans):
        between = text[end:start]
        if _JOINED.fullmatch(between) or _ASKED_TWICE.search(between) or _SAME_ONE.search(between):
            names += [name, following]
    return tuple(dict.fromkeys(names))[:MOST_LISTED]


def _of_conditions(slots: Slots) -> Slots:
    """Where a sentence orders by nothing, it is about the number its first condition is of."""
    bound = slots.bound
    if slots.intent != "which" or bound is None or not bound.metric or slots.order:
        return slots
    return replace(slots, metric=bound.metric)


def _metric(text: str, metrics: tuple[str, ...], order: str) -> str:
    if not metrics and _WASTING.search(text):
        return ""  # judged against targets: spent for nothing is no size of spend
    if not metrics and order and _EARNING.search(text):
        return "revenue"
    if not metrics:
        return "spend" if order and re.search(r"\b(?:money|penger|cash|kroner)\b", text) else ""
    flat = {name for _, end, name in metric_spans(text) if _FLAT.match(text[end:])}
    metrics = tuple(name for name in metrics if name not in flat) or metrics
    asked_metrics = [name for name in metrics if name != "spend"] or list(metrics)
    metric = asked_metrics[0]
    if _DEAR.search(text) and metric in PRICE_OF and (order or "spend" not in metrics):
        cheap = re.search(r"\b(?:cheap\w*|expensive|dyr\w*|billig\w*|costs?|price\w*)\b", text)
        metric = PRICE_OF[metric] if cheap else metric
    if _RATE.search(text) and metric in SHARE_OF:
        metric = SHARE_OF[metric]
    return metric


def _count(text: str) -> int:
    match = _COUNT.search(text)
    count_text = (match["count"] or match["which"] or match["first"]) if match else ""
    if not count_text:
        return 0
    return _COUNTS.get(count_text) or min(int(count_text), 50)
