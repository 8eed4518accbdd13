"""Clients: whose campaigns a Slack channel shows."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from bot.context.context import Context
from bot.context.scoping import is_direct
from bot.domain.replies import Asker, Door
from bot.domain.slack_ids import in_workspace, workspace_of
from bot.errors import NotAllowed, UnknownName, UsageError
from bot.policy.permissions import require
from bot.render.values.plans import ChannelClient
from bot.store.base import ChannelOwner
from bot.store.clients import NOBODYS, scope_in, scope_of_all
from bot.store.scope import ALL

CLIENT = ("client", "kunde")
WORDS = {
    **dict.fromkeys(("all", "everybody", "*", "alle", "team", "teamet"), ALL),
    **dict.fromkeys(("none", "nobody", "ingen"), NOBODYS),
}
MOST_NAMED = 10


def shown(context: Context, asker: Asker) -> ChannelClient:
    """Whose the asker's channel is; in the team's own also which channels show nothing yet."""
    owners = context.everyone.store.channel_owners()
    owner = owners.get(asker.channel)
    client = owner.client if owner else NOBODYS
    are_apart = not scope_in(owners, "").everything
    unowned = silent(context.everyone, owners) if are_apart and client == ALL else ()
    channel_names = tuple(context.place(channel) for channel in unowned[:MOST_NAMED])
    is_team = client == ALL
    return ChannelClient(
        "" if is_team else client, is_team, are_apart, channel_names, asker.channel
    )


def silent(whole: Context, owners: Mapping[str, ChannelOwner]) -> tuple[str, ...]:
    """Channels with a summary that belong to nobody, so that none comes."""
    channels = dict.fromkeys(each.channel for each in whole.store.subscriptions())
    return tuple(
        channel
        for channel in channels
        if not is_direct(channel) and owners.get(channel, NOBODY).client == NOBODYS
    )


NOBODY = ChannelOwner("", NOBODYS)


def set_client(context: Context, words: Sequence[str], asker: Asker, *, dry: bool) -> None:
    """Say whose the asker's channel is from now on.

    Args:
        context: Of anybody.
        words: The client's name, `all` for the team's own, or `none`.
        asker: An admin; once clients are kept apart, one who is in a channel of the team's own.
        dry: Look whether it may be, and keep nothing.

    Raises:
        NotAllowed: Somebody else asks.
        UnknownName: There is no client called so in the plan.
        UsageError: It is no channel, perfbot.toml says whose it is, or the team would be left
            without a channel of its own.
    """
    whole = context.everyone
    require(whole, asker, "admin")
    owners = whole.store.channel_owners()
    _require_team(whole, owners, asker)
    if is_direct(asker.channel):
        raise UsageError("I don't know which channel you mean.", hint="Write it in that channel.")
    client = named(whole, " ".join(word.strip('"') for word in words))
    refuse(whole, owners, asker.channel, client)
    if not dry:
        owner = ChannelOwner(asker.channel, client)
        whole.store.assign_channel(owner, by=asker.user, at=whole.clock())


def _require_team(whole: Context, owners: Mapping[str, ChannelOwner], asker: Asker) -> None:
    """Once clients are kept apart, nobody of a client's may open a channel to another's numbers."""
    nowhere = in_workspace("", workspace_of(asker.user))
    if asker.door is not Door.SLACK or scope_in(owners, nowhere).everything:
        return
    if not scope_of_all(owners, whole.channels_of(asker.user), asker.user).everything:
        raise NotAllowed("Only somebody in a channel of the team's own may say whose a channel is.")


def refuse(whole: Context, owners: Mapping[str, ChannelOwner], channel: str, client: str) -> None:
    """Refuse what perfbot.toml says, and what would leave the team without a channel of its own.

    Raises:
        UsageError: One sentence, and what to do.
    """
    if channel in whole.settings.channels:
        raise UsageError(
            "perfbot.toml says whose this channel is.", hint="Change it there, under [channels]."
        )
    after = {**owners, channel: ChannelOwner(channel, client)}
    has_team = any(owner.client == ALL for owner in after.values())
    if not has_team and not scope_in(after, "").everything:
        raise UsageError(
            "The team would have no channel that shows every client.",
            hint="First write /perf settings client all in the team's own channel.",
        )


def named(whole: Context, text: str) -> str:
    """The client called so, in any case; ALL or NOBODYS by their words.

    Raises:
        UnknownName: There is none in the plan; the nearest are named.
    """
    word = text.strip().casefold()
    if word in WORDS:
        return WORDS[word]
    plan = whole.plan(whole.today())
    in_plan = [*(entry.client for entry in plan.entries), *(each.client for each in plan.accounts)]
    clients = {name.casefold(): name for name in (*whole.store.clients(), *in_plan) if name}
    if word in clients:
        return clients[word]
    near = difflib.get_close_matches(word, list(clients), n=3, cutoff=0.4)
    raise UnknownName("client", text, tuple(clients[name] for name in near))
