"""Whose campaigns, advice and Slack channels are: what a scope is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from bot.domain.slack_ids import HOME, in_workspace, workspace_of
from bot.numbers.input.names import account_key
from bot.store.codec import load
from bot.store.events import append
from bot.store.records import ChannelOwner, Event
from bot.store.scope import ALL, EVERYTHING, NOTHING, Scope
from bot.store.sql import DECISIONS, Session, StorePart, chunks, marks, upsert

NOBODYS = ""
"""A channel's client where it belongs to nobody any more."""
ASSIGNED = "clients.assign"
"""Kind of the event that campaigns have gone to another client."""
UNKNOWN = 0
"""The campaign of advice about one nobody knows."""
Campaign = tuple[str, str, str]  # channel, account_id, campaign_id


class Clients(StorePart):
    def assign_clients(self, clients: Mapping[Campaign, str], *, at: datetime | None = None) -> int:
        # in the order of an import, so that neither waits for the other for ever
        with self._db.writing("numbers") as db:
            self._db.lock(db, DECISIONS)
            changed = _assign(db, _differing(db, clients))
            if changed:
                for table in ("boards", "board_marks"):
                    db.run(f"DELETE FROM {table} WHERE scope <> ''")  # noqa: S608
                now, details = at or datetime.now(UTC), {"rows": changed}
                append(db, Event(now, "perfbot", ASSIGNED, "", details))
        return changed

    def clients(self) -> dict[str, int]:
        with self._db.reading() as db:
            return dict(
                db.tuples(
                    "SELECT client, count(*) FROM campaigns WHERE level = '' "
                    "GROUP BY client ORDER BY client"
                )
            )

    def campaign_names(self) -> set[tuple[str, str]]:
        with self._db.reading() as db:
            return set(
                db.tuples(
                    "SELECT DISTINCT c.channel, n.name FROM campaigns c "
                    "JOIN campaign_names n ON n.campaign = c.no WHERE c.level = ''"
                )
            )

    def campaign_keys(self) -> set[tuple[str, str, str]]:
        with self._db.reading() as db:
            return set(
                db.tuples("SELECT channel, account_id, campaign_id FROM campaigns WHERE level = ''")
            )

    def assign_channel(self, owner: ChannelOwner, *, by: str, at: datetime) -> None:
        workspace = owner.workspace or workspace_of(owner.channel)
        row = {"channel": owner.channel, "client": owner.client, "workspace": workspace}
        with self._db.writing(DECISIONS) as db:
            db.run(upsert("channels", tuple(row), ("channel",)), row)
            append(db, Event(at, by, "channel.assign", owner.channel, row))

    def channel_owners(self) -> dict[str, ChannelOwner]:
        with self._db.reading() as db:
            rows = db.tuples("SELECT channel, client, workspace FROM channels ORDER BY channel")
        return {row[0]: ChannelOwner(*row) for row in rows}

    def scope_of(self, channel: str) -> Scope:
        return scope_in(self.channel_owners(), channel)


def scope_in(owners: Mapping[str, ChannelOwner], channel: str) -> Scope:
    """What may be seen in a Slack channel, as `Store.scope_of`.

    Outside the workspace that was there first clients are always kept apart: whoever installs
    perfbot there sees nothing until somebody says whose its channels are.
    """
    if workspace_of(channel) == HOME and not any(
        owner.client not in {ALL, NOBODYS} for owner in owners.values()
    ):
        return EVERYTHING
    owner = owners.get(channel)
    if owner is None or owner.client == NOBODYS:
        return NOTHING
    return EVERYTHING if owner.client == ALL else Scope(frozenset({owner.client}))


def scope_of_all(
    owners: Mapping[str, ChannelOwner], channels: Collection[str], person: str = ""
) -> Scope:
    """What may be seen by somebody who is in these Slack channels: all that any of them shows."""
    scopes = [scope_in(owners, channel) for channel in channels]
    nowhere = in_workspace("", workspace_of(person))
    if any(scope.everything for scope in scopes) or scope_in(owners, nowhere).everything:
        return EVERYTHING
    return Scope(frozenset(client for scope in scopes for client in scope.clients or ()))


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


_PARENTS = "SELECT DISTINCT channel, account_id, parent_id FROM campaigns WHERE parent_id <> ''"


def _assign(db: Session, clients: Mapping[Campaign, str]) -> int:
    """Write whose campaigns, and their parts, are; how many rows changed."""
    if not clients:
        return 0
    parents = set(db.tuples(_PARENTS))
    # each by itself: a condition on either would read all of an account for each of its campaigns
    of_parts = {campaign: client for campaign, client in clients.items() if campaign in parents}
    return sum(
        db.many(
            "UPDATE campaigns SET client = ? WHERE channel = ? AND account_id = ? "  # noqa: S608
            f"AND {column} = ? AND client <> ?",
            [(client, *campaign, client) for campaign, client in rows.items()],
        )
        for column, rows in (("campaign_id", clients), ("parent_id", of_parts))
    )


def _differing(db: Session, clients: Mapping[Campaign, str]) -> dict[Campaign, str]:
    rows = db.tuples(
        "SELECT channel, account_id, campaign_id, client FROM campaigns WHERE level = ''"
    )
    asked = {(channel, account_key(account), campaign): client
             for (channel, account, campaign), client in clients.items()}  # fmt: skip
    wanted = {
        (channel, account, campaign): asked.get((channel, account_key(account), campaign), client)
        for channel, account, campaign, client in rows
    }
    return {
        (channel, account, campaign): wanted[channel, account, campaign]
        for channel, account, campaign, client in rows
        if wanted[channel, account, campaign] != client
    }


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
