"""What is worked out once for several channels is shared by those that see the same, no others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ask import Asker
from bot.domain.replies import Press
from bot.errors import NobodysChannel
from bot.jobs import morning
from bot.jobs.shared_digests import SharedDigests
from bot.store.base import ChannelOwner, Event, Subscription
from tests.clients.conftest import (
    ALFA,
    NOBODYS,
    OURS,
    TEAM,
    THEIRS,
    ZYX,
    canaries,
    copied,
    now,
)
from tests.office import MORNING, NOW

ALSO_OURS = "C0ALFA2"  # another channel of the first client
URGENT, OF_ALFA = {"route": {"severity": ["urgent"]}}, {"route": {"client": [ALFA]}}
FORMS = [
    (TEAM, "en", "Europe/Oslo", {}),
    (TEAM, "nb", "Europe/Oslo", {}),
    (TEAM, "en", "Europe/Oslo", OF_ALFA),
    (OURS, "en", "Europe/Oslo", {}),
    (OURS, "nb", "Europe/Oslo", {}),
    (OURS, "en", "Europe/Oslo", URGENT),
    (ALSO_OURS, "en", "Europe/Oslo", {}),
    (ALSO_OURS, "en", "Asia/Tokyo", {}),
    (THEIRS, "en", "Europe/Oslo", {}),
]


@pytest.fixture(scope="module")
def agency(two_clients, tmp_path_factory, rulebook, renderers):
    """A morning nobody changes, and a second channel of the first client."""
    agency = copied(two_clients, tmp_path_factory.mktemp("shared"), rulebook, renderers)
    agency.store.assign_channel(ChannelOwner(ALSO_OURS, ALFA), by="U9", at=NOW)
    yield agency
    agency.store.close()


@pytest.fixture(scope="module")
def alone(agency):
    """What a digest says that is written as the only one, by its form."""
    written = {}

    def digest(form):
        key = repr(form)
        if key not in written:
            written[key] = as_alone(agency, subscription(*form))
        return written[key]

    return digest


def subscription(channel, language="en", zone="Europe/Oslo", filters=None):
    return Subscription(
        7, channel, "09:00", (1, 2, 3, 4, 5), zone, language, "U9", dict(filters or {})
    )


def as_alone(agency, wanted):
    context = agency.desk.context
    return morning.digest(
        agency.store,
        context.rulebook,
        context.renderer(wanted.language),
        wanted,
        MORNING,
        clock=now,
    )


def shared(agency, digests, wanted):
    return digests.digest(agency.desk.context.renderer(wanted.language), wanted, MORNING)


@given(st.lists(st.sampled_from(FORMS), min_size=2, max_size=6))
@settings(max_examples=10)
def test_a_digest_says_what_it_would_say_alone(agency, alone, forms):
    """In any order of clients, languages, zones and routes: nothing of another's is taken over."""
    digests = SharedDigests(agency.desk.context)
    for form in forms:
        written = shared(agency, digests, subscription(*form))
        assert written == alone(form)
        own = form[0] in {OURS, ALSO_OURS} or form[3] == OF_ALFA
        assert not (own and canaries([(message.text, message.blocks) for message in written]))


def test_channels_that_see_the_same_share_one_rendering_and_others_never_do(agency):
    """Same client, language and zone: the very same blocks; any other difference: blocks anew."""
    digests = SharedDigests(agency.desk.context)

    def parent(channel, *form):
        return shared(agency, digests, subscription(channel, *form))[0]

    first = parent(OURS)
    assert parent(ALSO_OURS).blocks is first.blocks
    assert parent(ALSO_OURS).channel == ALSO_OURS
    for other in ((TEAM,), (THEIRS,), (ALSO_OURS, "nb"), (OURS, "en", "Asia/Tokyo")):
        assert parent(*other).blocks is not first.blocks


def test_what_is_answered_in_between_shows_in_the_next_channel(two_clients, tmp_path, rulebook,
                                                               renderers):  # fmt: skip
    """Written from the state of that moment: answered advice is never offered from memory."""
    agency = copied(two_clients, tmp_path, rulebook, renderers)
    digests = SharedDigests(agency.desk.context)
    first = shared(agency, digests, subscription(OURS))
    agency.store.log(Event(NOW, "perfbot", "digest.queued", "7"))  # as each digest leaves one
    assert shared(agency, digests, subscription(OURS))[0].blocks is first[0].blocks
    card = next(message for message in first if message.advice_id)
    agency.desk.answer(Press(card.advice_id, "acknowledge"), Asker("U1", OURS, "en", "Europe/Oslo"))
    second = shared(agency, digests, subscription(OURS))
    assert second == as_alone(agency, subscription(OURS)) != first
    agency.store.close()


def test_a_channel_that_changed_hands_gets_its_new_clients(two_clients, tmp_path, rulebook,
                                                           renderers):  # fmt: skip
    """At once, whatever was written for it before; and none where it is nobody's."""
    agency = copied(two_clients, tmp_path, rulebook, renderers)
    digests = SharedDigests(agency.desk.context)
    assert not canaries([each.blocks for each in shared(agency, digests, subscription(OURS))])
    agency.store.assign_channel(ChannelOwner(OURS, ZYX), by="U9", at=NOW)
    assert canaries([each.blocks for each in shared(agency, digests, subscription(OURS))])
    with pytest.raises(NobodysChannel):
        shared(agency, digests, subscription(NOBODYS))
    agency.store.close()
