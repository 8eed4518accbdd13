"""A question said back in the reader's words, which the grammar reads as the same question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.errors import UnknownName
from bot.numbers.input.daily import match_channel
from bot.question.grammar import Question, as_subject, subjects
from bot.question.vocabulary import METRICS, MONTHS, WEEKDAYS
from bot.snapshot.naming import TITLES

Words = Mapping[str, str]


def _named(names: Iterable[str], ends: str) -> str:
    """The first of a day's names that ends so: `monday`, `mandag`."""
    return next(name for name in names if name.endswith(ends))


COMMANDS: Mapping[str, Words] = {
    "nb": {
        "channel": "kanal", "campaign": "kampanje", "why": "hvorfor", "why-not": "hvorfor-ikke",
        "stage": "steg", "pricing": "prismodell", "compare": "sammenlign", "pacing": "tempo",
        "tests": "tester", "outcomes": "resultater", "rules": "regler", "targets": "måltall",
        "settings": "innstillinger", "sources": "kilder", "share": "del", "advice": "råd",
        "digest": "sammendrag", "subscribe": "abonner", "unsubscribe": "avmeld", "find": "finn",
        "audit": "logg", "export": "eksporter", "help": "hjelp", "keywords": "søkeord",
        "ads": "annonser", "pages": "landingssider", "audiences": "målgrupper",
    },
}  # fmt: skip
NUMBERS: Mapping[str, Words] = {
    "nb": {
        "spend": "forbruk", "impressions": "visninger", "clicks": "klikk",
        "landing_views": "besøk", "engagements": "reaksjoner", "conversions": "salg",
        "qualified_leads": "kvalifiserte leads", "documented_conversions": "dokumenterte salg",
        "repeat_conversions": "gjenkjøp", "revenue": "inntekter", "cpa_documented":
        "dokumentert cpa", "cost_per_qualified_lead": "pris per kvalifisert lead",
        "cost_per_landing_view": "pris per besøk", "cost_per_engagement": "pris per reaksjon",
        "cost_per_repeat_sale": "pris per gjenkjøp", "cost_per_reach": "pris per 1000 nådd",
        "order_value": "ordreverdi", "ctr": "klikkrate", "conversion_rate": "konverteringsrate",
        "lead_rate": "leadrate", "landing_rate": "landingsrate", "qualified_share":
        "andel kvalifiserte", "close_rate": "lukkerate", "documented_share": "dokumentert andel",
        "age": "alder", "gender": "kjønn", "device": "enhet", "placement": "plassering",
        "repeat_rate": "gjenkjøpsrate", "engagement_rate": "reaksjonsrate",
    },
}  # fmt: skip
WINDOWS: Mapping[str, Words] = {
    "en": {"mtd": "this month", "wtd": "this week", "lastweek": "last week",
           "lastmonth": "last month"},
    "nb": {"mtd": "denne måneden", "wtd": "denne uken", "lastweek": "forrige uke",
           "ytd": "hittil i år", "qtd": "hittil i kvartalet",
           "lastmonth": "forrige måned", "yesterday": "i går", "today": "i dag"},
}  # fmt: skip
COMPARES: Mapping[str, Words] = {
    "en": {"week": "last week", "month": "last month", "year": "last year"},
    "nb": {"week": "uken før", "month": "forrige måned", "year": "i fjor", "target": "mål",
           "previous": "perioden før"},
}  # fmt: skip
SMALL: Mapping[str, Words] = {
    "nb": {"vs": "mot", "and": "og", "since": "siden", "on": "på", "in": "i"},
}
DAYS: Mapping[str, Words] = {
    "nb": {_named(names, "day"): _named(names, "dag") for names in WEEKDAYS.values()} | MONTHS,
}


def echoed(question: Question, language: str) -> str:
    """A question as somebody of that language types it (English where there are no words)."""
    parts = (
        command(question.command, language),
        _whom(question, language),
        _metric(question.metric, language),
        _when(question.window, language),
        _against(question.compare, language),
    )
    return " ".join(part for part in parts if part)


def command(name: str, language: str) -> str:
    """A command in a language: `kanal`."""
    return _word(COMMANDS, name, language)


def _word(words: Mapping[str, Words], name: str, language: str) -> str:
    return words.get(language.partition("-")[0], {}).get(name, name)


def _whom(question: Question, language: str) -> str:
    if question.command != "compare":
        return as_subject(_title(question.subject))
    joiner = f" {_word(SMALL, 'and', language)} "
    return joiner.join(as_subject(_title(name)) for name in subjects(question))


def _title(subject: str) -> str:
    """What people call a channel, where that is understood as the same one."""
    label = TITLES.get(subject, subject)
    try:
        return label if match_channel(label, [subject]) == subject else subject
    except UnknownName:
        return subject


def _metric(name: str, language: str) -> str:
    usual = METRICS[name][0] if name in METRICS else name
    translation = _word(NUMBERS, name, language)
    return usual if translation == name else translation


def _when(window: str, language: str) -> str:
    preposition, _, day_name = window.partition(" ")
    if day_name:
        day = _word(DAYS, day_name, language)
        return f"{_word(SMALL, preposition, language)} {_when(day, language)}"
    return _word(WINDOWS, window, language)


def _against(compare: str, language: str) -> str:
    if not compare:
        return ""
    return f"{_word(SMALL, 'vs', language)} {_word(COMPARES, compare, language)}"
