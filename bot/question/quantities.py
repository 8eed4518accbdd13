"""The numbers of a sentence: its metric, order, how many, above what, a share, each day. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from bot.question.conditions import amount_in, bounds, without_any
from bot.question.metric_words import (
    PRICE_OF,
    SHARE_OF,
    metric_spans,
    metrics_in,
    without_metrics,
)
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
_SHARE = re.compile(
    r"\b(?:share|percentage|percents?|per cent|proportion|how big (?:a |is )|what part|"
    r"andel(?:en)?|prosent(?:andel(?:en)?)?|(?:hvor stor|hvilken) del|"
    r"account(?:s|ed|ing)? for|makes? up|made up|utgj(?:ør|orde)|stå(?:r|tt)? for|sto(?:d)? for)\b|"
    r"(?:what|which|how many|hvor mange|hvilken) ?%|"
    r"% (?:of|av) (?:all|the|our|total|alle?|det|vår)\b|"
    r"\b(?:how much|hvor mye|mye) (?:of|av)\b.*(?:from|fra|percent|prosent|goes?|going|went|"
    r"spent|used|går|gikk|brukt|bruker|brukes|havner|ends? up)"
)
_DAILY = re.compile(
    r"\b(?:per|by|each|every|a|pr\.?|hver|(?<!nå )om|for|dag) (?:day|dag|dagen)\b|"
    r"\bdaily\b|\bdaglig\w*\b|"
    r"dag for dag|"
    r"day by day|day for day|dagsforbruk"
)
_RATIOS = {(name,) for name in ("cpm", "cpc", "cpl", "cpa", "ctr", "roas", *SHARE_OF.values())}
_WEEKLY = re.compile(
    r"\b(?:per|by|each|every|a|pr\.?|hver) (?:week|wk|uke)\b(?! ?[0-9])|\bweek by week\b|"
    r"\buke for uke\b|\b(?:weekly|ukentlig\w*)\b"
    r"(?! (?:report|summary|digest|status|update|meeting|review|deck|rapport|sammendrag|møte|"
    r"oppdatering))"
)
TOGETHER = re.compile(
    r"\b(?:together|combined|in total|altogether|summed|til ?sammen|samlet|sammenlagt)\b|¤ ?\+ ?¤"
)
_AVERAGE = re.compile(r"\b(?:average|avg|mean|snitt(?:et)?|gjennomsnitt\w*|a day|om dagen)\b")
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
_GROUPED = re.compile(
    r"\b(?:by|per|pr\.?|each|every|across|for hver|hver|fordelt på|split (?:by|on)|på tvers av|"
    r"between|among|mellom|blant) (?:of |av )?(?:the |our |all |hver |alle )?(?:¤ )?"
    r"(?:channels?|platforms?|(?:funnel[ -])?stages?|funnel|kanal\w*|plattform\w*|"
    r"steg\w*|trinn|fase\w*|trakt\w*|campaigns?|kampanje\w*|weekdays?|ukedag\w*|day of the week|"
    r"month|måned|mnd)\b"
)
_ACROSS = re.compile(
    r"\b(?:across|på tvers av) (?:the |all |our |alle )*(?:channel|kanal|platform|plat)"
)
_IN_ALL = re.compile(r"\b(?:in total|total|totalt|altogether|in all|i alt|til ?sammen|samlet)\b")
# `more on weekends than on weekdays`, `er mandager bedre enn fredager`: every weekday's own.
_PLURAL_DAY = (
    r"(?:weekends?|weekdays|helg\w*|hverdag\w*|(?:mon|tues|wednes|thurs|fri|satur|sun)days|"
    r"(?:man|tirs|ons|tors|fre|lør|søn)dager)"
)
_WEEKDAYS_BESIDE = re.compile(
    rf"\b{_PLURAL_DAY} (?:than|enn|vs\.?|versus|against|mot|compared (?:to|with)|or|eller) "
    rf"(?:on |in |på |i )?(?:the )?{_PLURAL_DAY}\b"
)
# Kinds in which several numbers are asked for at once.
LISTING_KINDS = ("how_much", "compare", "news")
RANKED_DAYS = {"day", "weekday", "week", "month"}
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
    r"^ ?(?:(?:look|looks|is|are|seem|seems|stay|stays|stayed|remain\w*|has|have|been|er|ser|ligger|"
    r"holder|holdt|har|vært) )*(?:ut )?(?:to be |som )?(?:pretty |about |quite |ganske |helt )?"
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
    first_bound, *besides = (*bounds(text), *none_of) or (None,)
    amount, percent = amount_in(text)
    same = slots.intent == "which" and _SAME_ONE.search(text) is not None
    each = same or (slots.intent == "which" and not order and not first_bound)
    listed = _listed(text) if each or slots.intent in LISTING_KINDS else ()
    metric, form = listed[0] if listed else _metric(text, metrics, order), _form(text)
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
        by=next((name for name, pattern in _BY if pattern.search(text)), ""),
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
    return _in_all(_settled(slots))


# `what did we spend and what did we get for it`
_GOT = re.compile(
    r"\b(?:what|hva)(?: did| do| have| has)? (?:we|it|they|that|vi|det|de)? ?(?:got|get|gotten|fikk|"
    r"får|har|ga|gav|give|gave|bring|brought)(?: vi| det| we)?(?: us| oss| tilbake| igjen| back| out"
    r"| ut)*(?: of| av)?(?: for (?:it|that|the money|det|pengene|dem))?\W*$"
)
# `which days do we sell most`: days of the week, where no days of a calendar are named.
_ANY_DAYS = re.compile(r"\b(?:which|what|hvilke) (?:days|dager) (?:do|does|are|is|er|selger|går|får|gir|har|vi)\b")


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
    if counted and (each := _WHAT_EACH.search(text, counted[-1][1])):
        spans = [span for span in spans if span[1] <= each.start()]
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


def _settled(slots: Slots) -> Slots:
    """What follows where no pattern says what is asked: a number, or how somebody does."""
    intent, text = slots.intent, slots.text
    if (
        intent == "which"
        and slots.bound is None
        and slots.form in {"days", "share"}
        and not slots.order
    ):
        intent = "how_much"
    if intent == "how_much" and slots.order and slots.by in RANKED_DAYS and slots.metric:
        intent = "which"  # `our best day, and how much did we make`: that day, with its number
    if intent in {"what_if", "define"} and slots.excluded and (slots.metric,) in _RATIOS:
        intent = "how_much"  # `cpa if we leave out brand` supposes no other budget
    if _WEEKDAYS_BESIDE.search(text) and intent in {"how_much", "compare"} and slots.metric:
        return replace(slots, intent="which", by="weekday", window="", against="", form="")
    if intent == "stake" and slots.metric in PRICE_OF.values():
        return replace(slots, intent="how_much", detail="")  # `how much is a lead costing us`
    if intent == "how_much" and slots.metric == "spend" and not slots.also and _GOT.search(text):
        return replace(slots, intent="news", detail="", metric="")  # what was spent, and what came
    if intent == "which" and _ANY_DAYS.search(text) and not slots.window and slots.metric:
        return replace(slots, by="weekday")
    grouped = _GROUPED.search(text)
    one_group = all(thing.kind in {"channel", "stage"} for thing in slots.things[:2])
    one_group = one_group or slots.by in RANKED_DAYS
    if (
        intent == "how_much"
        and slots.metric
        and grouped
        and one_group
        and slots.form in {"", "share"}
    ):
        intent = "which"  # `cpc by channel`, `spend by campaign for meta`: each of them
    if intent == "compare" and len(slots.things) < 2 and not slots.against and not slots.window:
        intent = "how_much" if slots.metric else "news"
    if intent in {"", "off_subject"} and (slots.metric or slots.things):
        intent = "how_much" if slots.metric else "news"
    if not intent and re.search(
        r"\bhow(?:'s|s| are| is| did| was| have)\b|hvordan|status|hvorledes", text
    ):
        intent = "news"
    if not intent and not slots.metric and slots.window and len(text) <= 2:
        intent = "news"
    return replace(slots, intent=intent)


_MEDIAN = re.compile(r"\bmedian(?:en|verdien|e)?\b")
_DRAWN = re.compile(
    r"\b(?:plot\w*|graph\w*|chart\w*|curve|draw|graf(?:en)?|kurve[n]?|diagram\w*|tegn)\b"
)


_TREND = re.compile(r"\b(?:trend(?:en|s|ing)?|over time|over tid|tidsserie|time series)\b")
_EVERY_ONE = {"day by day", "dag for dag", "day for day"}


def _form(text: str) -> str:
    if _MEDIAN.search(text):
        return "median"
    if daily := _daily(text):
        return daily
    if _TREND.search(text) and len(metrics_in(text)) == 1:
        return "weeks"
    if _DRAWN.search(text) and not _WEEKLY.search(text) and len(metrics_in(text)) == 1:
        return "days"
    if _WEEKLY.search(text):
        return "weeks"
    if _SHARE.search(without_metrics(text)):  # the documented share is a number itself
        return "share"
    return "together" if TOGETHER.search(text) else ""


def _daily(text: str) -> str:
    """`average` a day, or each of the `days`; "" where neither is asked."""
    daily = _DAILY.search(text)
    if daily is None or (daily[0] == "om dagen" and metrics_in(text)[:1] in _RATIOS):
        return ""  # `hva ligger ctr på om dagen`: these days
    mean = _AVERAGE.search(text.replace(daily[0], "")) or re.search(r"average|snitt|a day do", text)
    if daily[0] in _EVERY_ONE:
        return "days"
    if mean or daily[0] in {"a day", "om dagen"}:
        return "average"
    return "" if re.search(r"budget|budsjett", text) else "days"


def _count(text: str) -> int:
    match = _COUNT.search(text)
    count_text = (match["count"] or match["which"] or match["first"]) if match else ""
    if not count_text:
        return 0
    return _COUNTS.get(count_text) or min(int(count_text), 50)
