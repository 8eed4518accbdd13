"""Whose numbers are shown where: the context a channel, a person or a posted message gets.

A Slack channel that belongs to a client shows that client's campaigns and no others; one of the
agency's own shows all. In a direct message and on the Home tab somebody sees what the channels
they are in show. As long as no channel belongs to a client, everybody sees everything; but for
those of other workspaces than the first, where a channel shows nothing until it is somebody's.
"""

from __future__ import annotations

from datetime import date

from bot.context.context import Context
from bot.context.request import clients_apart, itself
from bot.domain.replies import Asker, Door
from bot.domain.slack_ids import HOME, workspace_of
from bot.store.clients import scope_in, scope_of_all
from bot.store.limited import Limited
from bot.store.scope import EVERYTHING, Scope

DIRECT = "D"  # ids of direct messages begin so
MOST = 512  # scopes kept at hand: a client, or a conversation, each


def for_asker(
    context: Context, asker: Asker, *, as_of: date | None = None, advice_id: str = ""
) -> Context:
    """The context somebody is answered from.

    Args:
        context: Of everybody, or of anybody.
        asker: Who asks, and where. Whoever sits at the terminal sees everything unless they name
            a channel; so does perfbot itself, reading ahead.
        as_of: The morning asked about, where one is: whether clients are kept apart is read with
            how it stands.
        advice_id: The advice pressed on, where there is one: read with it.
    """
    whole = context.everyone
    if asker.door is Door.OWN or (asker.door is Door.TERMINAL and not asker.channel):
        return whole
    day = as_of or whole.today(asker)
    home = workspace_of(asker.channel or asker.user) == HOME
    if home and not clients_apart(whole.store, day, advice_id):
        return whole
    scope = scope_of(whole, asker.channel, asker.user)
    return limited(whole, scope, keeps=asker.door is Door.SLACK)


def at(
    context: Context, channel: str, *, as_of: date | None = None, advice_id: str = ""
) -> Context:
    """The context of what is posted in a channel; in a direct message, of whoever subscribed it."""
    whole = context.everyone
    home = workspace_of(channel) == HOME
    if home and not clients_apart(whole.store, as_of or whole.today(), advice_id):
        return whole
    person = _subscriber(whole, channel) if is_direct(channel) else ""
    return limited(whole, scope_of(whole, channel, person))


def scope_of(whole: Context, channel: str, person: str) -> Scope:
    """What may be seen in a channel, by a person where it is nobody's but theirs."""
    owners = whole.store.channel_owners()
    if channel in owners or not is_direct(channel):
        return scope_in(owners, channel)
    scope = scope_of_all(owners, whole.channels_of(person) if person else (), person or channel)
    return EVERYTHING if scope.everything else Scope(scope.clients, place=channel)


def limited(whole: Context, scope: Scope, *, keeps: bool = True) -> Context:
    """The context of a scope; what it keeps at hand no other scope reads.

    `keeps`: Whether boards that are made for it are stored.
    """
    if scope.everything:
        return whole
    scoped_context = whole.scoped.get((scope, keeps))
    if scoped_context is None:
        if len(whole.scoped) >= MOST:
            whole.scoped.clear()
        store = Limited(itself(whole.store), scope, keeps=keeps)
        scoped_context = whole.scoped[scope, keeps] = whole.of(store)
    return scoped_context


def is_direct(channel: str) -> bool:
    """Whether it is a conversation with one person, or no channel at all."""
    return not channel or channel.startswith(DIRECT)


def shows_nothing(context: Context) -> bool:
    """Whether nobody has said whose this is: it is no client's and not the agency's own."""
    scope = context.store.scope
    return scope.clients is not None and not scope.clients


def may_name(context: Context, channel: str) -> bool:
    """Whether a channel, its name and what comes to it may be shown."""
    owners = context.store.channel_owners()
    return context.whole is None or channel in owners or channel == context.store.scope.place


def _subscriber(whole: Context, channel: str) -> str:
    subscriptions = whole.store.subscriptions()
    return next((each.created_by for each in subscriptions if each.channel == channel), "")
