"""In which form a number is asked for: a share, an average a day, each day or week. Pure."""

from __future__ import annotations

import re

from bot.question.metric_words import SHARE_OF, metrics_in, without_metrics

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
RATIOS = {(name,) for name in ("cpm", "cpc", "cpl", "cpa", "ctr", "roas", *SHARE_OF.values())}
_WEEKLY = re.compile(
    r"\b(?:per|by|each|every|a|pr\.?|hver) (?:week|wk|uke)\b(?! ?[0-9])|\bweek by week\b|"
    r"\buke for uke\b|\b(?:weekly|ukentlig\w*)\b"
    r"(?! (?:report|summary|digest|status|update|meeting|review|deck|rapport|sammendrag|møte|"
    r"oppdatering))"
)
_MONTHLY = re.compile(
    r"\b(?:per|by|each|every|pr\.?|hver|for hver) (?:calendar )?(?:month|mth|måned|mnd)\b|"
    r"\bmonth (?:by|for|on|over) month\b|\bmåned for måned\b|"
    r"\b(?:monthly|månedlig\w*)\b"
    r"(?! (?:report|summary|digest|status|update|meeting|review|deck|budget\w*|rapport|sammendrag|"
    r"møte|oppdatering|budsjett\w*))"
)
EACH_PERIOD = {"days", "weeks", "months"}  # a number told one after the other
TOGETHER = re.compile(
    r"\b(?:together|combined|in total|altogether|summed|til ?sammen|samlet|sammenlagt)\b|¤ ?\+ ?¤"
)
_AVERAGE = re.compile(r"\b(?:average|avg|mean|snitt(?:et)?|gjennomsnitt\w*|a day|om dagen)\b")
_MEDIAN = re.compile(r"\bmedian(?:en|verdien|e)?\b")
_DRAWN = re.compile(
    r"\b(?:plot\w*|graph\w*|chart\w*|curve|draw|graf(?:en)?|kurve[n]?|diagram\w*|tegn)\b"
)
_TREND = re.compile(r"\b(?:trend(?:en|s|ing)?|over time|over tid|tidsserie|time series)\b")
_EVERY_ONE = {"day by day", "dag for dag", "day for day"}


def form_of(text: str) -> str:
    """`median`, `average`, `share`, `together`, an EACH_PERIOD or "" of a casefolded sentence."""
    if _MEDIAN.search(text):
        return "median"
    if each := _daily(text) or _each_period(text):
        return each
    if _SHARE.search(without_metrics(text)):  # the documented share is a number itself
        return "share"
    return "together" if TOGETHER.search(text) else ""


def _each_period(text: str) -> str:
    """`weeks` or `months` one after the other, or days as a curve; "" where none is asked."""
    alone = len(metrics_in(text)) == 1
    if _WEEKLY.search(text) or (alone and _TREND.search(text)):
        return "weeks"
    if _MONTHLY.search(text):
        return "months"
    return "days" if alone and _DRAWN.search(text) else ""


def _daily(text: str) -> str:
    """`average` a day, or each of the `days`; "" where neither is asked."""
    daily = _DAILY.search(text)
    if daily is None or (daily[0] == "om dagen" and metrics_in(text)[:1] in RATIOS):
        return ""  # `hva ligger ctr på om dagen`: these days
    mean = _AVERAGE.search(text.replace(daily[0], "")) or re.search(r"average|snitt|a day do", text)
    if daily[0] in _EVERY_ONE:
        return "days"
    if mean or daily[0] in {"a day", "om dagen"}:
        return "average"
    return "" if re.search(r"budget|budsjett", text) else "days"
