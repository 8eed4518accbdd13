"""Why and why not, over the wire, by socket and by HTTP."""

from __future__ import annotations

from bot.blockkit import validate


def test_why_is_answered_to_the_asker(day):
    """`/perf why google cpa` brings the parts of the change to Kari, and posts nothing."""
    day.do("command", text="/perf why google cpa")
    (whisper,) = day.whispers("CPA")
    assert "conversion rate" in whisper["text"]
    assert validate(whisper["blocks"]) == []
    assert day.messages() == []


def test_why_can_be_asked_deeper(day):
    """The campaign that made most of it is a press away."""
    day.do("command", text="/perf why google cpa")
    (whisper,) = day.whispers("CPA")
    day.do("action", ts=whisper["ts"], action_id="choose.why")
    assert day.until(lambda s: [w for w in s["ephemerals"] if w["text"].startswith("Google |")])


def test_why_not_names_what_does_not_hold(day):
    """`/perf why-not` tells what each rule makes of a campaign, with numbers."""
    day.do("command", text="/perf why-not brand")
    (whisper,) = day.whispers("Google | Brand")
    assert "is not over" in str(whisper["blocks"])
    assert validate(whisper["blocks"]) == []
