"""Whose campaigns, advice and Slack channels are: what a scope is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.store.codec import load
from bot.store.events import append
from bot.store.records import ChannelOwner, Event
from bot.store.scope import ALL, EVERYTHING, NOTHING, Scope
from bot.store.sql import DECISIONS, Session, StorePart, chunks, marks, upsert

UNKNOWN = 0
"""The campaign of advice about one nobody knows."""
Campaign = tuple[str, str, str]  # channel, account_id, campaign_id


class Clients(StorePart):
    def assign_clients(self, clients: Mapping[Campaign, str]) -> int:
        # in the order of an import, so that neither waits for the other for ever
        with self._db.writing("numbers") as db:
            self._db.lock(db, DECISIONS)
            changed = db.many(
                "UPDATE campaigns SET client = ? WHERE channel = ? AND account_id = ? "
                "AND (campaign_id = ? OR parent_id = ?) AND client <> ?",
                [
                    (client, channel, account, campaign, campaign, client)
                    for (channel, account, campaign), client in _differing(db, clients).items()
                ],
            )
            if changed:
                for table in ("boards", "board_marks"):
                    db.run(f"DELETE FROM {table} WHERE scope <> ''")  # noqa: S608
        return changed

    def clients(self) -> dict[str, int]:
        with self._db.reading() as db:
            return dict(
                db.tuples(
                    "SELECT client, count(*) FROM campaigns WHERE level = '' "
                    "GROUP BY client ORDER BY client"
                )
            )

    def assign_channel(self, owner: ChannelOwner, *, by: str, at: datetime) -> None:
        row = {"channel": owner.channel, "client": owner.client, "workspace": owner.workspace}
        with self._db.writing(DECISIONS) as db:
            db.run(upsert("channels", tuple(row), ("channel",)), row)
            append(db, Event(at, by, "channel.assign", owner.channel, row))

    def channel_owners(self) -> dict[str, ChannelOwner]:
        with self._db.reading() as db:
            rows = db.tuples("SELECT channel, client, workspace FROM channels ORDER BY channel")
        return {row[0]: ChannelOwner(*row) for row in rows}

    def scope_of(self, channel: str) -> Scope:
        owners = self.channel_owners()
        if not any(owner.client != ALL for owner in owners.values()):
            return EVERYTHING
        owner = owners.get(channel)
        if owner is None:
            return NOTHING
        return EVERYTHING if owner.client == ALL else Scope(frozenset({owner.client}))


def link(db: Session, advice: Mapping[str, Sequence[str]]) -> None:
    """Remember which campaigns advice is about: all that may be meant by each id.

    Ids are those of the advice: a campaign's own, behind its channel or its channel and account
    where it clashes with another. One that fits no campaign stands for one nobody knows.
    """
    numbers = _numbers(
        db, {part for ids in advice.values() for campaign_id in ids for part in _parts(campaign_id)}
    )
    rows = {
        (advice_id, number)
        for advice_id, ids in advice.items()
        for campaign_id in ids
        for number in _meant(campaign_id, numbers)
    }
    db.many(
        "INSERT INTO advice_campaigns (advice, campaign) VALUES (?, ?) ON CONFLICT DO NOTHING",
        sorted(rows),
    )


def link_all(db: Session) -> None:
    """The same for everything that was advised before this was remembered."""
    bodies = db.tuples("SELECT id, body FROM advice")
    link(db, {advice_id: load(body)["campaign_ids"] for advice_id, body in bodies})


def _differing(db: Session, clients: Mapping[Campaign, str]) -> dict[Campaign, str]:
    current = {
        tuple(key): client
        for *key, client in db.tuples(
            "SELECT channel, account_id, campaign_id, client FROM campaigns WHERE level = ''"
        )
    }
    return {key: client for key, client in clients.items() if current.get(key, client) != client}


def _parts(campaign_id: str) -> list[str]:
    """What the campaign's own id may be: all of it, or what stands behind its channel, account."""
    _, colon, tail = campaign_id.partition(":")
    _, second_colon, own_id = tail.partition(":")
    return [campaign_id, *([tail] if colon else []), *([own_id] if second_colon else [])]


def _numbers(db: Session, ids: set[str]) -> dict[str, list[tuple[int, str, str]]]:
    numbers_by_id: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for part in chunks(sorted(ids)):
        rows = db.tuples(
            "SELECT campaign_id, no, channel, account_id FROM campaigns "  # noqa: S608
            f"WHERE level = '' AND campaign_id IN ({marks(part)})",
            part,
        )
        for campaign_id, *campaign in rows:
            numbers_by_id[campaign_id].append((campaign[0], campaign[1], campaign[2]))
    return numbers_by_id


def _meant(campaign_id: str, numbers: Mapping[str, list[tuple[int, str, str]]]) -> list[int]:
    exact = [number for number, _, _ in numbers.get(campaign_id, ())]
    if exact:
        return exact
    fitting = [
        number
        for own_id in _parts(campaign_id)[1:]
        for number, channel, account in numbers.get(own_id, ())
        if campaign_id in {f"{channel}:{own_id}", f"{channel}:{account}:{own_id}"}
    ]
    return fitting or [UNKNOWN]
