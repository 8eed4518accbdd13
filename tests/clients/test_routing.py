"""A subscription takes some of the advice: by client, account, channel, stage, severity, owner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ask import Asker
from bot.errors import UnknownName
from bot.features.digest.notices import urgent_messages
from bot.features.subscriptions import routed
from bot.jobs import morning
from bot.policy.routes import Route, split_route
from tests.clients.conftest import ALFA, OURS, TEAM, ZYX, canaries, now
from tests.office import MORNING


def subscribed(agency, words, channel=TEAM, user="U9"):
    """A channel's daily summary, subscribed with these words; what was said of it."""
    reply = agency.ask(f"subscribe {words}", channel, user)
    assert reply.error is None, reply.text
    kept = [each for each in agency.store.subscriptions() if each.channel == channel]
    return kept[-1], repr(reply.blocks)


def listed(agency, subscription):
    """The advice its digest has cards of, and all it says."""
    context = agency.desk.context
    made = morning.digest(agency.store, context.rulebook, context.renderer("en"), subscription,
                          MORNING, clock=now)  # fmt: skip
    records = [agency.store.advice(each.advice_id) for each in made if each.advice_id]
    return records, [(each.text, each.blocks) for each in made]


ROUTES = [
    ("only stage convert", "Only advice about Convert.", {"stage": {"convert"}}),
    ("only severity urgent", "Only what is marked urgent.", {"severity": {"urgent"}}),
    ("bare konto google-1", "Only advice about account google-1.", {"account_id": {"google-1"}}),
    ('only owner "Zyx Owner"', "Only advice about campaigns of Zyx Owner.",
     {"account_id": {"zyx-account"}}),
    ("only stage convert,engage severity advise,urgent", "Only what is marked advise and urgent.",
     {"stage": {"convert", "engage"}, "severity": {"advise", "urgent"}}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said", "wanted"), ROUTES)
def test_the_digest_lists_what_was_asked_for(agency, words, said, wanted):
    """All of the advice that fits and nothing else, and the answer says what it is."""
    everything, _ = listed(agency, subscribed(agency, "07:30")[0])
    subscription, reply = subscribed(agency, f"07:30 {words}")
    assert said in reply
    records, _ = listed(agency, subscription)
    numbers = agency.store.numbers().drop_duplicates(["campaign_id"]).set_index("campaign_id")
    rows = numbers.to_dict("index")

    def fits(record):
        about = [{**rows[id_], "severity": record.advice.severity}
                 for id_ in record.advice.campaign_ids]  # fmt: skip
        return any(all(row[name] in names for name, names in wanted.items()) for row in about)

    assert all(fits(record) for record in records)
    assert {each.advice.id for each in records} >= {
        each.advice.id for each in everything if fits(each)
    }
    assert not all(map(fits, everything))


def test_a_client_or_a_channel_limits_the_numbers_too(agency):
    """In the team's own channel one client's summary has no number of another's."""
    for words in (
        f'only client "{ALFA}"',
        "only channel google client 'Alfa Hotels'".replace("'", '"'),
    ):
        subscription, reply = subscribed(agency, f"07:30 {words}")
        assert ALFA in reply
        records, said = listed(agency, subscription)
        assert records
        assert canaries(said) == []
    assert "TikTok" not in repr(said)
    _, said = listed(agency, subscribed(agency, "07:30 everything")[0])
    assert canaries(said)


def test_a_route_never_reaches_beyond_its_channel(agency):
    """A client's channel that asks for another client gets nothing of it."""
    refused = agency.ask(f"subscribe 07:30 only client {ZYX}", OURS)
    assert "I don't know a client called" in refused.text
    subscription, _ = subscribed(agency, "07:30 only channel google", OURS, "U1")
    _, said = listed(agency, subscription)
    assert canaries(said) == []
    forged = replace(subscription, filters={"route": {"client": [ZYX]}})
    assert not canaries(routed(agency.desk.context, forged, MORNING).store.clients())


def test_urgent_news_goes_the_same_way(agency):
    """A channel that takes another stage is not told at once either."""
    context = agency.desk.context
    told = {}
    for words in ("everything", "only severity watch"):
        subscription, _ = subscribed(agency, f"07:30 {words}")
        with agency.store.atomic():
            told[words] = urgent_messages(
                routed(context, subscription, MORNING), subscription, MORNING
            )
    assert told["only severity watch"] == []


def test_the_form_keeps_what_the_words_said(agency):
    """Another time chosen in the form changes no route; words about the time keep it as well."""
    subscribed(agency, "07:30 only stage convert")
    kept, reply = subscribed(agency, "08:45")
    assert kept.filters["route"] == {"stage": ["convert"]}
    assert "Only advice about Convert." in reply
    view = agency.desk.subscribe_view(Asker("U9", TEAM, "en", "Europe/Oslo"))
    assert view["blocks"]


@pytest.mark.parametrize(
    ("text", "others", "route"),
    [
        ("07:30 only stage Convert", ["07:30", "only"], {"stage": ("convert",)}),
        ('owner "Kari Nordmann" fri', ["fri"], {"owner": ("Kari Nordmann",)}),
        ("owner @kari,<@U123|ola>", [], {"owner": ("kari", "U123")}),
        ("kanal Google,meta", [], {"channel": ("google_ads", "meta_ads")}),
        ("mon everything", ["mon"], {}),
        ("mon", ["mon"], {"owner": ("Ola",)}),
    ],
)
def test_words_become_a_route(text, others, route):
    """Kinds and names in either language; without any it stays as it was."""
    tokens = []
    for at, part in enumerate(text.split('"')):
        tokens += [f'"{part}'] if at % 2 else part.split()
    left, found = split_route(tokens, Route({"owner": ("Ola",)}))
    assert (left, dict(found.named)) == (others, route)


@pytest.mark.parametrize("text", ["stage", "stage nowhere", "severity loud"])
def test_words_that_name_nothing_are_refused(text):
    """A kind without a name, a stage or severity there is not: told by its word."""
    with pytest.raises(UnknownName):
        split_route(text.split(), Route())
