"""Full-text search over campaigns, advice and answers, kept by triggers as things are written."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from bot.store.part import Part
from bot.store.records import Found

MOST_WORDS = 12
WORD = re.compile(r"\w+")

# What a campaign is found by is every name it ever had and its id; advice by its rule's title,
# the names in it and its words as they were posted, in whatever language; an answer by who gave
# it and why. Numbers of the rows they are about tell which campaign, advice or event it is.
TABLE = """CREATE VIRTUAL TABLE search USING fts5 (
    words, kind UNINDEXED, ref UNINDEXED, at UNINDEXED,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')"""

_CAMPAIGN = """INSERT INTO search (words, kind, ref, at)
    SELECT n.name || ' ' || c.campaign_id || ' ' || replace(c.channel, '_', ' '),
    'campaign', c.no, n.known_on FROM campaign_names n JOIN campaigns c ON c.no = n.campaign"""
_ADVICE = """INSERT INTO search (words, kind, ref, at) SELECT
    coalesce(json_extract(a.body, '$.title'), '') || ' '
    || coalesce(json_extract(a.body, '$.numbers.name'), '') || ' '
    || CASE json_type(a.body, '$.numbers.to') WHEN 'object'
       THEN coalesce(json_extract(a.body, '$.numbers.to.name'), '')
       WHEN 'text' THEN json_extract(a.body, '$.numbers.to') ELSE '' END
    || ' ' || replace(coalesce(json_extract(a.body, '$.rule'), ''), '-', ' '),
    'advice', a.id, a.first_on FROM advice a"""
_POSTED = """INSERT INTO search (words, kind, ref, at)
    SELECT o.text, 'advice', o.advice_id, '' FROM outbox o
    WHERE o.kind = 'advice' AND o.advice_id <> ''"""
_ANSWER = """INSERT INTO search (words, kind, ref, at) SELECT
    coalesce(json_extract(e.details, '$.reason'), '') || ' ' || e.actor || ' ' || coalesce(
        (SELECT p.value FROM preferences p WHERE p.user = e.actor AND p.name = 'name'), '')
    || ' ' || replace(e.kind, '.', ' ') || ' ' || coalesce(
        (SELECT json_extract(a.body, '$.numbers.name') FROM advice a WHERE a.id = e.subject), ''),
    'answer', e.number, e.at FROM events e
    WHERE e.kind IN ('advice.acknowledge', 'advice.progress', 'advice.snooze', 'advice.dismiss')"""

STATEMENTS = (
    TABLE,
    _CAMPAIGN,
    _ADVICE,
    _POSTED,
    _ANSWER,
    f"""CREATE TRIGGER search_campaigns AFTER INSERT ON campaign_names
        BEGIN {_CAMPAIGN} WHERE n.campaign = new.campaign AND n.name = new.name; END""",
    f"""CREATE TRIGGER search_ids AFTER UPDATE OF campaign_id ON campaigns
        BEGIN {_CAMPAIGN} WHERE n.campaign = new.no; END""",
    f"""CREATE TRIGGER search_advice AFTER INSERT ON advice
        BEGIN {_ADVICE} WHERE a.id = new.id; END""",
    f"""CREATE TRIGGER search_posted AFTER INSERT ON outbox
        WHEN new.kind = 'advice' AND new.advice_id <> ''
        BEGIN {_POSTED} AND o.number = new.number; END""",
    f"""CREATE TRIGGER search_answers AFTER INSERT ON events
        WHEN new.kind LIKE 'advice.%'
        BEGIN {_ANSWER} AND e.number = new.number; END""",
)

_FIND = """
    SELECT kind, ref, max(at) AS at, min(rank) AS rank, words FROM (
        SELECT kind, ref, at, rank, words FROM search WHERE search MATCH :match
        AND (:kind = '' OR kind = :kind) ORDER BY rank LIMIT 2000)
    GROUP BY kind, ref ORDER BY min(rank), max(at) DESC, ref"""
# What holds no letter and no digit (🚀) is no word of the index, but may be part of a name.
_HOLDING = """
    SELECT kind, ref, max(at) AS at FROM search WHERE (:kind = '' OR kind = :kind)
    AND NOT EXISTS (SELECT 1 FROM json_each(:signs) AS sign WHERE instr(words, sign.value) = 0)
    GROUP BY kind, ref ORDER BY max(at) DESC, ref LIMIT 2000"""


class Search(Part):
    def find(self, text: str, *, kind: str = "", limit: int = 20) -> list[Found]:
        match, signs = as_match(text), _signs(text)
        if not match and not signs:
            return []
        with self._db.reading() as db:
            if not match:
                rows = list(db.query(_HOLDING, {"signs": json.dumps(signs), "kind": kind}))
                return [_found(db, row, of=len(rows)) for row in rows[:limit]]
            rows = list(db.query(_FIND, {"match": match, "kind": kind}))
            said = " ".join(_words(text))
            rows.sort(key=lambda row: said not in " ".join(_words(str(row["words"]))))
            return [_found(db, row, of=len(rows)) for row in rows[:limit]]


def as_match(text: str) -> str:
    """What was typed as an FTS5 question: every word, each as a beginning; never syntax. Pure.

    Only letters and digits are passed on, each word in quotes: `a* OR "b` asks for words that
    begin with a, or and b. Empty where there is nothing to look for.
    """
    return " AND ".join(f'"{word}" *' for word in _words(text)[:MOST_WORDS])


def _signs(text: str) -> list[str]:
    """The symbols somebody typed; what keyboards put between words, such as `|`, is none."""
    found = (sign for sign in text if not sign.isascii())
    symbols = dict.fromkeys(sign for sign in found if unicodedata.category(sign)[0] == "S")
    return list(symbols)[:MOST_WORDS]


def _words(text: str) -> list[str]:
    whole = unicodedata.normalize("NFC", text).casefold().replace("_", " ")
    return [word for word in WORD.findall(whole) if any(map(str.isalnum, word))]


def _found(db: Database, row: Mapping[str, Any], of: int) -> Found:
    if row["kind"] == "campaign":
        return _campaign(db, row, of)
    if row["kind"] == "answer":
        event = next(iter(db.query("SELECT * FROM events WHERE number = ?", [row["ref"]])))
        return Found("answer", str(row["ref"]), str(event["kind"]), advice_id=event["subject"],
                     of=of)  # fmt: skip
    return Found("advice", str(row["ref"]), "", advice_id=str(row["ref"]), of=of)


def _campaign(db: Database, row: Mapping[str, Any], of: int) -> Found:
    found = db.query(
        "SELECT c.channel, c.account_id, c.campaign_id, (SELECT n.name FROM campaign_names n "
        "WHERE n.campaign = c.no ORDER BY n.last_on DESC, n.known_on DESC, n.seen DESC LIMIT 1) "
        "AS name FROM campaigns c WHERE c.no = ?",
        [row["ref"]],
    )
    one = next(iter(found))
    name = str(one["name"] or one["campaign_id"])
    return Found("campaign", str(one["campaign_id"]), name, channel=str(one["channel"]), of=of)
