"""Nobody of one client sees or changes anything of another's, whatever they try.

The long form, 10,000 tries: `python -m tests.clients.tries 10000`.
"""

from __future__ import annotations

import pytest

from bot.ask import Asker
from bot.domain.replies import Press
from bot.errors import OutOfScope
from tests.clients.conftest import ALFA, OURS, TEAM, ZYX, canaries
from tests.clients.tries import report, tried

QUICK = 1_500


def test_nothing_of_another_client_is_seen_or_changed(agency):
    """Commands, sentences, buttons, forms, threads and pages, with every name and id of theirs."""
    outcome = tried(agency, QUICK)
    print(report(outcome))  # noqa: T201, shown with -s
    assert outcome.counts.total() == QUICK
    assert len(outcome.counts) == 10
    assert outcome.seen == []


def test_the_same_eyes_see_it_in_the_teams_channel(agency):
    """What would be seen is seen where it may be: each canary is one."""
    for text in ("channel google", "export all", "advice", "digest", "find zyx", "targets",
                 "pacing", "sources", "spend by client", "keywords"):  # fmt: skip
        whole = agency.ask(text, TEAM, "U9")
        assert canaries([whole.text, whole.blocks, whole.file]), text
    desk = agency.desk
    for advice_id in agency.ids(ZYX):
        assert canaries(desk.evidence_view(advice_id, Asker("U9", TEAM, "en", "Europe/Oslo")))
    assert canaries(desk.home(Asker("U9", "", "en", "Europe/Oslo")))


@pytest.mark.parametrize("verb", ["acknowledge", "progress", "snooze", "dismiss", "undo"])
def test_another_clients_advice_is_refused_in_one_sentence(agency, verb):
    """Whether the id is another client's or nobody's: the sentence is the same and names nobody."""
    asker = Asker("U1", OURS, "en", "Europe/Oslo")
    for advice_id in (agency.ids(ZYX)[0], "0123456789ab"):
        with pytest.raises(OutOfScope) as refused:
            agency.desk.answer(Press(advice_id, verb), asker)
        assert refused.value.message == "That is not one of this channel's campaigns."
    own = agency.ids(ALFA)[0]
    assert agency.desk.answer(Press(own, "acknowledge"), asker).event


def test_a_name_of_another_client_reads_like_one_that_never_was(agency):
    """The answer does not tell whether there is such a campaign."""
    for command in ("campaign", "why", "why-not", "find", "export", "pacing", "targets", "audit"):
        theirs, nobodys = (
            repr(agency.ask(f'{command} "{word} m-leads"').blocks).replace(word, "WORD")
            for word in ("Zyx03", "Qxx03")
        )
        assert theirs == nobodys, command
