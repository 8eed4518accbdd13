from __future__ import annotations

from dataclasses import replace

import pytest

from bot.store.base import Subscription


@pytest.fixture
def subscription():
    return Subscription(0, "C1", "07:30", (1, 2, 5), "Europe/Oslo", "nb", "U1", {"client": "Acme"})


def test_a_claim_has_one_winner_for_ever(store, at):
    """The second caller loses, of any day; other kinds and keys are free."""
    assert store.claim("slack", "Ev1", at(1))
    assert not store.claim("slack", "Ev1", at(30))
    assert store.claim("slack", "Ev2", at(1))
    assert store.claim("digest", "Ev1", at(1))


def test_a_claim_goes_with_its_transaction(store, at):
    """A claim whose work failed is free again."""
    with pytest.raises(RuntimeError), store.atomic():  # noqa: PT012
        assert store.claim("digest", "d", at(1))
        raise RuntimeError
    assert store.claim("digest", "d", at(1))


def test_nested_transactions_fail_by_themselves(store, at):
    """What failed inside is undone; the rest is kept."""
    with store.atomic():
        store.claim("k", "outer", at(1))
        with pytest.raises(RuntimeError), store.atomic():  # noqa: PT012
            store.claim("k", "inner", at(1))
            raise RuntimeError
    assert not store.claim("k", "outer", at(1))
    assert store.claim("k", "inner", at(1))


def test_subscriptions_read_back(store, subscription):
    """With their number, in order."""
    first = store.subscribe(subscription)
    second = store.subscribe(replace(subscription, channel="C2"))
    assert first.id != second.id
    assert replace(first, id=0) == subscription
    assert store.subscriptions() == [first, second]


def test_there_is_one_subscription_a_channel_and_time(store, subscription):
    """The same channel and time again replaces it, under the same number."""
    first = store.subscribe(subscription)
    again = store.subscribe(replace(subscription, language="en"))
    assert again.id == first.id
    assert store.subscriptions() == [again]
    moved = store.subscribe(replace(subscription, time="09:00"))
    back = store.subscribe(replace(moved, time="07:30"))
    assert store.subscriptions() == [back]
    assert back.id == moved.id


def test_unsubscribing_is_an_event(store, subscription, at):
    """Once; the event says what it was."""
    kept = store.subscribe(subscription)
    assert store.unsubscribe(kept.id, by="U2", at=at(24))
    assert not store.unsubscribe(kept.id, by="U2", at=at(24))
    assert store.subscriptions() == []
    (event,) = store.events(kind="subscription.remove")
    assert (event.actor, event.details["channel"]) == ("U2", "C1")


def test_preferences_are_by_user(store):
    """Set one by one, the newest value counts."""
    assert store.preference("U1") == {}
    store.set_preference("U1", language="nb", time_zone="Europe/Oslo")
    store.set_preference("U1", language="en")
    store.set_preference("U2")
    assert store.preference("U1") == {"language": "en", "time_zone": "Europe/Oslo"}
    assert store.preference("U2") == {}
