"""What is set from a client's channel is about that client's campaigns, and stays its own."""

from __future__ import annotations

import pytest

from bot.ask import Asker
from bot.domain.replies import Submission
from bot.errors import OutOfReach, StoreError
from bot.store.limited import Limited
from bot.store.scope import Scope
from tests.clients.conftest import ALFA, NOBODYS, OURS, THEIRS, canaries

KARI = Asker("U1", OURS, "en", "Europe/Oslo")


def entry(pattern, since=10**7):
    """A plan form as it is sent."""
    filled = {"plan.pattern": pattern, "plan.stage": "convert", "plan.pricing": "CPA",
              "plan.target": "321"}  # fmt: skip
    return Submission("plan", filled, since=since)


def test_an_entry_about_ones_own_campaigns_is_kept_and_is_ones_own(agency):
    """It holds for the client's campaign at once, and no other client reads it."""
    filed = agency.desk.forms.sent(entry("google_ads:Google | Generic"), KARI)
    assert filed.kept
    agency.desk.forms.settle(KARI)
    assert "321" in agency.ask("targets generic").text + repr(agency.ask("targets generic").blocks)
    theirs = repr(agency.ask("targets", THEIRS, "U2").blocks)
    assert "321" not in theirs
    newest = agency.store.plan_rows()[0]
    assert newest.values["client"] == ALFA


@pytest.mark.parametrize(
    "pattern", ["*", "google_ads:*", "*generic*", "*Zyx00*", "Zyx*", "nothing"]
)
def test_an_entry_that_reaches_others_is_refused(agency, pattern):
    """Also one that fits nothing yet: it would hold for whatever is called so one day."""
    before = agency.store.plan_rows()
    with pytest.raises(OutOfReach):
        agency.desk.forms.sent(entry(pattern), KARI)
    assert agency.store.plan_rows() == before


def test_thresholds_are_the_agencys_to_set(agency):
    """A threshold holds for every client: none of them sets it."""
    filled = {"threshold.cell": "convert/CPA", "threshold.name": "waste", "threshold.value": "1.9"}
    with pytest.raises(OutOfReach):
        agency.desk.forms.sent(Submission("threshold", filled, since=10**7), KARI)


def test_a_digest_is_started_and_stopped_in_ones_own_channel(agency):
    """Another's channel, or nobody's, takes none."""
    assert agency.ask("subscribe 08:15").posts_to == OURS
    for channel in (THEIRS, NOBODYS):
        filled = Submission("subscribe", {"subscribe.channel": channel, "subscribe.time": "09:00"},
                            {"subscribe.days": ("1",)})  # fmt: skip
        with pytest.raises(OutOfReach):
            agency.desk.forms.subscribed(filled, Asker("U1", "", "en", "Europe/Oslo"))
    before = agency.store.subscriptions()
    for subscription in before:
        agency.desk.forms.stopped(str(subscription.id), KARI)
    left = {each.channel for each in agency.store.subscriptions()}
    assert left == {each.channel for each in before} - {OURS}


def test_a_clients_store_does_nothing_it_does_not_know(agency):
    """What writes and is not known to be a channel's own is refused."""
    limited = Limited(agency.store, Scope(frozenset({ALFA})))
    for name in (
        "record_pull",
        "assign_clients",
        "assign_channel",
        "enqueue",
        "upgrade",
        "atomic_",
    ):
        with pytest.raises(StoreError):
            getattr(limited, name)


def test_the_plan_read_in_a_channel_names_no_other_client(agency):
    """Patterns, owners and budgets of others are not in it, whatever their order."""
    assert canaries([agency.ask("targets").blocks, agency.ask("pacing").blocks]) == []
