"""Days named by their ends, in the ways dates are written, against the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from bot.question.named_days import named_days

SATURDAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("clicks from monday to yesterday", "2026-11-23..2026-11-27"),
        ("klikk fra mandag til nå", "2026-11-23..2026-11-27"),
        ("klikk 5/11 til 12/11", "2026-11-05..2026-11-12"),
        ("clicks oct 1-15", "2026-10-01..2026-10-15"),
        ("clicks november 5th–12th", "2026-11-05..2026-11-12"),
        ("clicks from july to september", "2026-07-01..2026-09-30"),
        ("klikk sept-okt", "2026-09-01..2026-10-31"),
        ("fra 16. oktober og ut måneden", "2026-10-16..2026-10-31"),
        ("from october 16 until the end of october", "2026-10-16..2026-10-31"),
        ("klikk september og fram til nå", "2026-09-01..2026-11-27"),
        ("clicks from ten days ago until now", "2026-11-18..2026-11-27"),
        ("salg 15. desember til 5. januar", "2025-12-15..2026-01-05"),
        ("clicks from october 12 onwards", "2026-10-12..2026-11-27"),
        ("siden begynnelsen av september", "2026-09-01..2026-11-27"),
        ("klikk etter 12. oktober", "2026-10-13..2026-11-27"),
        ("after we moved the money on 12 october", "2026-10-12..2026-11-27"),
        ("uka som startet 9. november", "2026-11-09..2026-11-15"),
        ("the week of 11 november", "2026-11-09..2026-11-15"),
        ("klikk tirsdag 3. november", "2026-11-03..2026-11-03"),
        ("clicks on the third of november", "2026-11-03..2026-11-03"),
        ("klikk 26/11", "2026-11-26..2026-11-26"),
        ("klikk for to uker siden", "2026-11-09..2026-11-15"),
        ("klikk forforrige uke", "2026-11-09..2026-11-15"),
    ],
)
def test_days_are_read_by_their_ends(text: str, window: str) -> None:
    """However two ends of a span, or one of them, are written, the days between are meant."""
    assert [span.window for span in named_days(text, SATURDAY)] == [window]


@pytest.mark.parametrize("text", ["10 to 15 kr", "3/4 of the budget", "24/7", "3 to 4 sales"])
def test_numbers_are_no_days(text: str) -> None:
    """Amounts and fractions that look like two ends of a span are none."""
    assert not named_days(text, SATURDAY)
