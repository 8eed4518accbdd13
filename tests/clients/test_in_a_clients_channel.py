"""What is asked in a client's channel is answered from that client's campaigns alone."""

from __future__ import annotations

from bot.ask import Asker
from tests.clients.conftest import ALFA, NOBODYS, TEAM, ZYX, alone_with_alfa, canaries


def test_a_channel_shows_its_own_client_cold_and_cached(agency):
    """`/perf channel google` in a client's channel has its campaigns only, whoever asked before."""
    for _ in range(2):
        whole, ours = agency.ask("channel google", TEAM, "U9"), agency.ask("channel google")
        assert canaries(whole.blocks), "the team's own channel shows all"
        assert "Google | Generic" in repr(ours.blocks)
        assert canaries(ours.blocks) == []
    assert agency.store.clients() == {ALFA: 13, ZYX: 13}


def test_a_channel_of_nobody_shows_nothing_and_says_why(agency):
    """Where nobody has said whose a channel is, the answer is one sentence and no number."""
    for channel, user, sentence in ((NOBODYS, "U9", "This channel belongs to no client"),
                                    ("D9", "U0", "None of the channels you are in")):  # fmt: skip
        for text in ("channel google", "advice", "export all", "how is google doing", "digest"):
            reply = agency.ask(text, channel, user)
            assert reply.text.startswith(sentence), text
            assert reply.file is None
        assert agency.ask("help", channel, user).error is None


def test_somebody_sees_in_a_direct_message_what_their_channels_show(agency):
    """In a conversation and on the Home tab: the clients of the channels the asker is in."""
    for channel in ("D1", ""):
        assert canaries(agency.ask("channel google", channel, "U1").blocks) == []
        assert canaries(agency.ask("channel google", channel, "U2").blocks)
        both = repr(agency.ask("export google csv", channel, "U9").file)
        assert canaries(both)
        assert "Google | Generic" in both


def test_home_says_why_it_is_empty(agency):
    """Who is in no client's channel is told so, and offered nothing to set."""
    shown = repr(agency.desk.home(Asker("U0", "", "en", "Europe/Oslo")))
    assert "None of the channels you are in belongs to a client" in shown
    assert "plan.new" not in shown
    assert "No numbers yet" not in shown
    assert "Nothing to show you" not in repr(agency.desk.home(Asker("U1", "", "en", "Europe/Oslo")))


def test_a_client_reads_the_same_as_if_it_were_alone(agency, rulebook, renderers, tmp_path):
    """None of the other client's is in its numbers: word for word what it would read alone."""
    alone = alone_with_alfa(tmp_path / "alone.db", rulebook, renderers)
    for text in ("channel google", "channel meta 7d", "campaign google | generic", "stage convert",
                 "pricing cpa", "keywords generic", "ads", "pages", "audiences", "pacing",
                 "compare google and meta", "why google", "rules",
                 "how much did we spend", "best campaign last week"):  # fmt: skip
        ours, its_own = agency.ask(text), alone.ask(text)
        assert (ours.text, ours.blocks) == (its_own.text, its_own.blocks), text
    ours, its_own = agency.ask("export all csv"), alone.ask("export all csv")
    assert ours.file.content == its_own.file.content
    alone.store.close()
