"""Full-text search over campaigns, advice and answers, indexed in the transaction that writes them.

What a campaign is found by is every name it ever had and its id; advice by its rule's title, the
names in it and its words as they were posted, in whatever language; an answer by who gave it and
why. SQLite searches by FTS5, PostgreSQL by tsvector.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bot.store.codec import load, utc
from bot.store.records import Event, Found
from bot.store.sql import POSTGRESQL, Session, StorePart, chunks, marks
from bot.store.table_definitions import in_postgresql

MOST_WORDS = 12
MOST_ROWS = 2000
LONGEST = 500  # letters of a word; PostgreSQL takes 2,046 bytes
WORD = re.compile(r"\w+")
ANSWERS = {f"advice.{verb}" for verb in ("acknowledge", "progress", "snooze", "dismiss")}
# The index was kept by these until migration 0006.
TRIGGERS = tuple(f"search_{name}" for name in ("campaigns", "ids", "advice", "posted", "answers"))

_FTS5 = """CREATE VIRTUAL TABLE search USING fts5 (
    words, kind UNINDEXED, ref UNINDEXED, at UNINDEXED,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')"""
_TSVECTOR = (
    """CREATE TABLE search (
        no INTEGER PRIMARY KEY,
        words TEXT NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, at TEXT NOT NULL,
        tokens tsvector NOT NULL
    )""",
    "CREATE INDEX search_by_word ON search USING gin (tokens)",
)
_RANKED = """SELECT words, kind, ref, at, rank FROM search WHERE search MATCH :match
    AND (:kind = '' OR kind = :kind) {visible} ORDER BY rank LIMIT :most"""
_RANKED_BY_POSTGRES = """
    SELECT words, kind, ref, at, -ts_rank(tokens, query, 1) AS rank
    FROM search, CAST(:match AS tsquery) query
    WHERE tokens @@ query AND (:kind = '' OR kind = :kind) {visible}
    ORDER BY rank LIMIT :most"""
# The index knows no clients: in a scope, words are found where what they are about may be seen.
_VISIBLE = """AND CASE kind
    WHEN 'campaign' THEN CAST(ref AS BIGINT) IN (SELECT no FROM campaigns)
    WHEN 'advice' THEN ref IN (SELECT id FROM advice)
    ELSE CAST(ref AS BIGINT) IN (SELECT number FROM events) END"""


class Entry(NamedTuple):
    """Words something is found by.

    Attributes:
        ref: The campaign's number, the advice's id or the number of the answer's event.
        at: When it was written; "" where that does not matter.
    """

    words: str
    kind: str  # campaign, advice or answer
    ref: str
    at: str


Ranked = tuple[Entry, float]


class Search(StorePart):
    def find(self, text: str, *, kind: str = "", limit: int = 20) -> list[Found]:
        words, signs = _words(text)[:MOST_WORDS], _signs(text)
        if not words and not signs:
            return []
        with self._db.reading() as db:
            entries = _matching(db, words, kind) if words else _holding(db, signs, kind)
            matches = _grouped(entries, " ".join(_words(text)) if words else "")
            return _described(db, matches[:limit], of=len(matches))


def make(db: Session) -> None:
    """Make the index, and put into it what was written before there was one."""
    if db.dialect == POSTGRESQL:
        for statement in _TSVECTOR:
            db.run(in_postgresql(statement))
    else:
        db.run(_FTS5)
    rebuild(db)


def rebuild(db: Session) -> None:
    """Index everything anew."""
    db.run("DELETE FROM search")
    index_campaigns(db, names_of(db, [no for (no,) in db.tuples("SELECT no FROM campaigns")]))
    bodies = dict(db.tuples("SELECT id, body FROM advice"))
    days = dict(db.tuples("SELECT id, first_on FROM advice"))
    index(
        db,
        (
            advice_entry(advice_id, load(body), days[advice_id])
            for advice_id, body in bodies.items()
        ),
    )
    posted = db.tuples(
        "SELECT text, 'advice', advice_id, '' FROM outbox "
        "WHERE kind = 'advice' AND advice_id <> '' ORDER BY number"
    )
    index(db, (Entry(*row) for row in posted))
    callings = dict(db.tuples("""SELECT "user", value FROM preferences WHERE name = 'name'"""))
    answers = db.rows("SELECT * FROM events WHERE kind LIKE 'advice.%' ORDER BY number")
    index(
        db,
        (
            answer_entry(row, callings, load(bodies.get(row["subject"], "{}")))
            for row in answers
            if row["kind"] in ANSWERS
        ),
    )


def index(db: Session, entries: Iterable[Entry]) -> None:
    """Add to the index."""
    if db.dialect == POSTGRESQL:
        db.pour(
            "search",
            (*Entry._fields, "tokens"),
            ((*entry, _lexemes(entry.words)) for entry in entries),
        )
    else:
        clean = (entry._replace(words=entry.words.replace("\0", " ")) for entry in entries)
        db.pour("search", Entry._fields, clean)  # FTS5 reads no further than a NUL


def _lexemes(words: str) -> str:
    """Words as PostgreSQL writes a tsvector; they are letters and digits only."""
    return " ".join(f"'{word}'" for word in dict.fromkeys(_folded(words)))


def index_campaigns(db: Session, names: Collection[tuple[int, str]]) -> None:
    """Index these names of campaigns, given by the campaign's number."""
    for numbers in chunks(sorted({number for number, _ in names})):
        rows = db.tuples(
            "SELECT n.name || ' ' || c.campaign_id || ' ' || replace(c.channel, '_', ' '), "  # noqa: S608
            "n.known_on, c.no, n.name FROM campaigns c "
            "JOIN campaign_names n ON n.campaign = c.no "
            f"WHERE c.no IN ({marks(numbers)}) ORDER BY c.no, n.name",
            numbers,
        )
        index(
            db,
            [
                Entry(words, "campaign", str(no), on)
                for words, on, no, name in rows
                if (no, name) in names
            ],
        )


def names_of(db: Session, numbers: Sequence[int]) -> set[tuple[int, str]]:
    """Every name these campaigns are known by, with the campaign's number."""
    names: set[tuple[int, str]] = set()
    for part in chunks(numbers):
        select = f"SELECT campaign, name FROM campaign_names WHERE campaign IN ({marks(part)})"  # noqa: S608
        names |= set(db.tuples(select, part))
    return names


def index_answer(db: Session, number: int, event: Event, body: Mapping[str, Any]) -> None:
    """Index an answer, by who gave it, why, and the campaign it is about."""
    calling = dict(
        db.tuples(
            """SELECT "user", value FROM preferences WHERE "user" = ? AND name = 'name'""",
            [event.actor],
        )
    )
    row = {"number": number, "actor": event.actor, "kind": event.kind, "at": utc(event.at),
           "details": event.details}  # fmt: skip
    index(db, [answer_entry(row, calling, body)])


def advice_entry(advice_id: str, body: Mapping[str, Any], first_on: str) -> Entry:
    """What advice is found by; `body` is the advice taken apart."""
    numbers = body.get("numbers") or {}
    target = numbers.get("to")
    target_name = target.get("name") if isinstance(target, Mapping) else target
    parts = (body.get("title"), numbers.get("name"),
             target_name if isinstance(target_name, str) else "",
             str(body.get("rule") or "").replace("-", " "))  # fmt: skip
    return Entry(" ".join(str(part or "") for part in parts), "advice", advice_id, first_on)


def answer_entry(
    row: Mapping[str, Any], callings: Mapping[str, str], body: Mapping[str, Any]
) -> Entry:
    """What an answer is found by; `body` is the advice it answers."""
    details = row["details"]
    details = load(details) if isinstance(details, str) else details
    name = (body.get("numbers") or {}).get("name")
    parts = (details.get("reason"), row["actor"], callings.get(row["actor"]),
             row["kind"].replace(".", " "), name)  # fmt: skip
    words = " ".join(str(part or "") for part in parts)
    return Entry(words, "answer", str(row["number"]), str(row["at"]))


def as_match(text: str) -> str:
    """What was typed as an FTS5 question: every word, each as a beginning; never syntax. Pure.

    Only letters and digits are passed on, each word in quotes: `a* OR "b` asks for words that
    begin with a, or and b. Empty where there is nothing to look for.
    """
    return " AND ".join(f'"{word}" *' for word in _words(text)[:MOST_WORDS])


def as_tsquery(text: str) -> str:
    """The same as PostgreSQL's tsquery. Pure."""
    return " & ".join(f"'{word}':*" for word in _folded(text)[:MOST_WORDS])


def _matching(db: Session, words: Sequence[str], kind: str) -> list[Ranked]:
    text = " ".join(words)
    postgres = db.dialect == POSTGRESQL
    match = as_tsquery(text) if postgres else as_match(text)
    rows = db.tuples(
        (_RANKED_BY_POSTGRES if postgres else _RANKED).format(visible=_visible(db)),
        {"match": match, "kind": kind, "most": MOST_ROWS},
    )
    return [(Entry(*row), rank) for *row, rank in rows]


def _visible(db: Session) -> str:
    return _VISIBLE if db.scope_key else ""


def _holding(db: Session, signs: Sequence[str], kind: str) -> list[Ranked]:
    """What holds no letter and no digit (🚀) is no word of the index, but may be part of a name."""
    inside = "strpos" if db.dialect == POSTGRESQL else "instr"
    holds = " AND ".join(f"{inside}(words, :sign{number}) > 0" for number in range(len(signs)))
    values = {f"sign{number}": sign for number, sign in enumerate(signs)}
    rows = db.tuples(
        f"SELECT words, kind, ref, at FROM search WHERE (:kind = '' OR kind = :kind) AND {holds} "  # noqa: S608
        f"{_visible(db)} ORDER BY at DESC, ref LIMIT :most",
        {**values, "kind": kind, "most": MOST_ROWS},
    )
    return [(Entry(*row), 0.0) for row in rows]


def _grouped(entries: Sequence[Ranked], phrase: str) -> list[tuple[str, str]]:
    """What the entries are about, once each: called just so, then the best, then the newest."""
    groups: dict[tuple[str, str], list[Ranked]] = {}
    for entry, rank in entries:
        groups.setdefault((entry.kind, str(entry.ref)), []).append((entry, rank))
    newest_first = sorted(
        groups,
        key=lambda key: max(ranked_entry.at for ranked_entry, _ in groups[key]),
        reverse=True,
    )
    return sorted(newest_first, key=lambda key: _rank(groups[key], phrase))


def _rank(group: Sequence[Ranked], phrase: str) -> tuple[bool, float]:
    is_named = any(phrase in " ".join(_words(entry.words)) for entry, _ in group)
    return not is_named, min(rank for _, rank in group)


def _described(db: Session, matches: Sequence[tuple[str, str]], of: int) -> list[Found]:
    campaigns = _campaigns(db, [int(ref) for kind, ref in matches if kind == "campaign"], of)
    answers = _answers(db, [int(ref) for kind, ref in matches if kind == "answer"], of)
    by_kind = {"campaign": campaigns, "answer": answers}
    return [
        by_kind[kind][int(ref)]
        if kind in by_kind
        else Found("advice", ref, "", advice_id=ref, of=of)
        for kind, ref in matches
    ]


def _campaigns(db: Session, numbers: Sequence[int], of: int) -> dict[int, Found]:
    rows = db.tuples(
        "SELECT c.no, c.channel, c.campaign_id, (SELECT n.name FROM campaign_names n "  # noqa: S608
        "WHERE n.campaign = c.no ORDER BY n.last_on DESC, n.known_on DESC, n.seen DESC LIMIT 1) "
        f"FROM campaigns c WHERE c.no IN ({marks(numbers)})",
        numbers,
    )
    return {
        no: Found("campaign", campaign_id, name or campaign_id, channel=channel, of=of)
        for no, channel, campaign_id, name in rows
    }


def _answers(db: Session, numbers: Sequence[int], of: int) -> dict[int, Found]:
    rows = db.tuples(
        f"SELECT number, kind, subject FROM events WHERE number IN ({marks(numbers)})",  # noqa: S608
        numbers,
    )
    return {
        number: Found("answer", str(number), kind, advice_id=subject, of=of)
        for number, kind, subject in rows
    }


def _signs(text: str) -> list[str]:
    """The symbols somebody typed; what keyboards put between words, such as `|`, is none."""
    candidates = (sign for sign in text if not sign.isascii())
    symbols = dict.fromkeys(sign for sign in candidates if unicodedata.category(sign)[0] == "S")
    return list(symbols)[:MOST_WORDS]


def _words(text: str) -> list[str]:
    normal = unicodedata.normalize("NFC", text).casefold().replace("_", " ")
    return [word for word in WORD.findall(normal) if any(map(str.isalnum, word))]


def _folded(text: str) -> list[str]:
    """Words as SQLite's unicode61 folds them: small letters, without their accents."""
    bare = (sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return [word[:LONGEST] for word in _words("".join(bare))]
