"""A newcomer's first minutes: an empty folder, perfbot init, perfbot run, a question in Slack."""

from __future__ import annotations

import re
import time

import pytest

from docs.starting import beginner

pytestmark = [pytest.mark.parametrize("mode", ["socket"]), pytest.mark.timeout(600)]


MINUTES = 5


def test_from_an_empty_folder_to_a_bot_that_answers_in_slack(tmp_path, mode, capsys):
    """Typed as docs/starting.md shows; the digest has the platforms' own sums, in Slack as well.

    Under five minutes of a person's time, by keystrokes and words (docs/person_time.py).
    """
    begun = time.monotonic()
    with beginner(tmp_path) as person:
        shown = person.init()
        for key in person.keys.values():
            assert key not in shown
        assert spent(shown) == the_week(person)
        person.give_slack()
        doctor = person.doctor()
        assert "✔ Slack accepts the bot's token" in doctor
        assert "✘" not in doctor
        with person.running():
            answer = person.ask(f"/perf channel google {person.span}", "Google")
            total = the_week(person, "google")
            assert str(total) in re.sub(r"[\s\u00a0\u202f]", "", answer)
            assert person.ask("/perf subscribe 06:45 weekdays", "06:45")
        busy = person.busy(shown)
        with capsys.disabled():
            print(f"\n{busy}; {time.monotonic() - begun:.0f} s by the clock")  # noqa: T201
        assert busy.seconds < MINUTES * 60
        assert (busy.prompts, busy.pasted) == (16, 9)


def spent(text: str) -> int:
    """What a digest says was spent in seven days."""
    found = re.search(r"Spent last 7 days \*?\$?([\d\s\u00a0\u202f]+)", text)
    assert found, text
    return int(re.sub(r"\D", "", found[1]))


def the_week(person, *platforms: str) -> int:
    """What the platforms have of the seven days until the newest that was counted."""
    world, spend = person.world, 0.0
    for name, account in zip(("google", "meta"), person.accounts, strict=True):
        if platforms and name not in platforms:
            continue
        for campaign in world.campaigns(account):
            table = world.numbers(campaign).span(*person.days)
            spend += float(account.decimal(int(table["spend"].sum())))
    return round(spend)
