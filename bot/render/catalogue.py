"""What is said in which language: templates/locale/<language>.po, read when it is needed.

msgids are English; a third language is one more file.

Saying things in a language: translated words with the values inert inside them.
What errors say to people in Slack, for the catalogue: sentences as raised, and by their code.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.support import NullTranslations, Translations

from bot.places import shipped
from bot.render.escaping import CLOSE, Words, mark
from bot.render.number_formats import NumberForms

SOURCE = "en"


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """Languages there is a catalogue for, English first."""
    codes = sorted(path.stem for path in _locale(folder).glob("*.po"))
    return (SOURCE, *codes)


def catalogue(language: str, folder: Path | None = None) -> NullTranslations:
    """Translations into a language; English, and a language nobody wrote, are as they stand."""
    path = _locale(folder) / f"{language.partition('-')[0]}.po"
    if not path.exists():
        return NullTranslations()
    return _read(path, path.stat().st_mtime_ns)


def _locale(folder: Path | None) -> Path:
    return (folder or shipped("templates")) / "locale"


@lru_cache(maxsize=16)
def _read(path: Path, _written: int) -> Translations:
    """English has no catalogue, and a question in it need not wait for what reads one."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with path.open("rb") as file:
        parsed = read_po(file, locale=path.stem)
    compiled = BytesIO()
    write_mo(compiled, parsed)
    compiled.seek(0)
    return Translations(compiled)


def N_(message: str) -> str:  # noqa: N802 - the catalogue's customary name
    """Marks a message for the catalogue where it is translated later."""
    return message


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - likewise
    """Marks a message with a plural for the catalogue."""
    return singular, plural


class Speech:
    """One language: its catalogue and its forms of numbers and days."""

    def __init__(self, language: str, folder: Path | None = None) -> None:
        self.language = language
        self.forms = NumberForms(language)
        self._catalogue: NullTranslations = catalogue(language, folder)

    def say(self, message: str, /, **values: object) -> Words:
        """The message in this language; `%(name)s` stands for a value, `%%` for a per cent sign."""
        translation = self._catalogue.ugettext(message) if message else ""
        return _said(translation, {name: mark(value) for name, value in values.items()})

    def count(self, singular: str, plural: str, n: float, /, **values: object) -> Words:
        """The message in its plural form; `%(n)s` is the number itself."""
        plural_count = int(n) if float(n).is_integer() else 2
        translation = self._catalogue.ungettext(singular, plural, plural_count)
        marked = {name: mark(value) for name, value in values.items()}
        return _said(translation, {"n": mark(self.forms.number(n)), **marked})

    def knows(self, message: str) -> bool:
        """Whether the catalogue has it; in English everything that is said."""
        if self.language.partition("-")[0] == "en":
            return bool(message)
        return bool(message) and self._catalogue.ugettext(message) != message

    def translated(self, message: str) -> str:
        """A whole message as the catalogue has it, nothing put in; itself where unknown."""
        return self._catalogue.ugettext(message) if message else ""


def _said(translation: str, values: Mapping[str, Words]) -> Words:
    """The message with its values; a value's own full stop ends the sentence (`23. nov.`)."""
    return Words((translation % values).replace(f".{CLOSE}.", f".{CLOSE}"))


KINDS: Mapping[str, str] = {
    "channel": N_("I don't know a channel called %(given)s."),
    "campaign": N_("I don't know a campaign called %(given)s."),
    "command": N_("I don't know the command %(given)s."),
    "window": N_("I don't know a period called %(given)s."),
    "advice": N_("I don't know advice called %(given)s."),
    "stage": N_("I don't know a stage called %(given)s."),
    "pricing": N_("I don't know a pricing model called %(given)s."),
    "rule": N_("I don't know a rule called %(given)s."),
    "metric": N_("I don't know a metric called %(given)s."),
    "schedule": N_(
        "I don't understand %(given)s. Write a time and days: 07:30 weekdays, or weekly mon 08:00."
    ),
    "client": N_("I don't know a client called %(given)s."),
    "account": N_("I don't know an account called %(given)s."),
    "setting": N_("I don't know a language or a time zone called %(given)s."),
}
SAID: tuple[str, ...] = (
    N_("That is in the plan already, or its campaigns are gone."),
    N_("That target is another by now, or nobody doubts it any more."),
    N_("See what is set on the Home tab."),
    N_("There are no numbers yet."),
    N_("Bring some in with perfbot import or perfbot pull."),
    N_("There are no numbers in these days; the newest are from %(last)s."),
    N_("There are no numbers for %(channel)s in these days; the newest are from %(last)s."),
    N_("Pull newer ones, or ask about a longer period."),
    N_("There are no numbers for %(name)s after %(last)s."),
    N_("There are no numbers for %(name)s from %(since)s to %(until)s."),
    N_("Ask about other days."),
    N_("The last pull failed: %(why)s An admin can mend it: /perf sources."),
    N_("See /perf sources, or ask about a longer period, such as 28d."),
    N_("A snooze ends on a later day."),
    N_("Try `snooze 3d`."),
    N_("A snooze lasts a year at most."),
    N_("Dismiss it instead."),
    N_("This channel gets no morning digest."),
    N_("Start one with /perf subscribe 07:30."),
    N_("A digest needs at least one day."),
    N_("Tick one."),
    N_("I don't know which channel to post to."),
    N_("Ask in a channel."),
    N_("Something went wrong on my side."),
    N_("It is in the log; try again in a minute."),
    N_("%(asked)s runs backwards."),
    N_("Write the earlier day first."),
    N_("%(asked)s has not begun: the last day with numbers is %(last)s."),
    N_("Ask for a range that starts on %(last)s or earlier."),
    N_("I don't know what to share."),
    N_("I did not understand that."),
    N_("Say which number, whose and of which days: how much did google cost last week."),
    N_("Write the question after it: /perf share advice."),
    N_("I compare two things at a time."),
    N_("I cannot read that as a part of it."),
    N_("Write a share or an amount, such as half or 400."),
    N_("Write /perf compare google and meta."),
    N_("No daily budget is known, so it cannot be acknowledged in part."),
    N_("Acknowledge it whole, or dismiss it."),
    N_("That is not a part of what is advised."),
    N_("Say an amount between %(low)s and %(high)s, or a share under 100 %%."),
    N_("Only %(who)s may ask here."),
    N_("I don't know what to look for."),
    N_("That is more than fits in one file."),
    N_("Choose a channel, or fewer days."),
    N_("Write it after find."),
    N_("Only %(who)s may answer advice, export numbers and subscribe channels."),
    N_("This moves more money than everybody may decide about: only %(who)s may acknowledge it."),
    N_("Only %(who)s may see the audit log and change what is set."),
    N_("Only %(who)s may have budgets set at a platform."),
    N_("Only %(who)s may import numbers."),
    N_("Campaigns of this file are not known as this channel's client's: %(names)s."),
    N_("Take them out, or drop the file in a channel of the agency's own."),
    N_("The file is not there any more."),
    N_("Drop it once more."),
    N_("This file is kept somewhere else, and I read only what is in Slack."),
    N_("Upload the file itself."),
    N_("Slack did not give me the file."),
    N_("Drop it once more; if that does not help, an admin looks whether files:read is granted."),
    N_("This file is larger than %(most)s MB."),
    N_("Split it by month or account, or hand it in with perfbot import."),
    N_("Nobody is named who may have budgets set at a platform."),
    N_("Name them in [who] approvers."),
    N_("There is nothing to set back, or it is under way."),
    N_("The thread says what was set, and what became of it."),
    N_("This cannot be set at the platform now."),
    N_(
        "It is acknowledged no more, set already or under way, or perfbot may only read the "
        "account."
    ),
    N_("It moves %(total)s a day, and one change may move %(cap)s in that account."),
    N_("Today's changes there would come to %(total)s a day, and the cap is %(cap)s."),
    N_("This month's changes there would come to %(total)s a day; the cap is %(cap)s."),
    N_("Acknowledge a part of it, or set the budgets at the platform by hand."),
    N_("You have acknowledged this already: now somebody else has to."),
    N_("Slack does not tell me who is in the user group %(group)s."),
    N_("An admin can check its id in perfbot.toml, and the scope usergroups:read."),
    N_("That was not kept: my database does not answer."),
    N_("That was not kept: something went wrong on my side."),
    N_("Nothing has changed. Try again in a minute."),
    N_("This takes longer than usual."),
    N_("The answer comes here when it is ready. Fewer days, or one campaign, are faster."),
    N_("You ask faster than I can answer."),
    N_("Wait a few seconds, then ask again."),
    N_("I am starting anew and did not get to your question."),
    N_("Ask again in a minute."),
    N_("Slack gives me three seconds to open a form, and they were over."),
    N_("Press again."),
    N_("Slack did not answer me."),
    N_("That took too long, so I gave it up."),
    N_("Ask about fewer days, or about one campaign."),
    N_("I am not in that channel yet, so nothing can come."),
    N_("Write /invite @perfbot there."),
    N_("That channel is archived, so nothing can come."),
    N_("Choose another channel."),
    N_("%(given)s is not on the list."),
    N_("Choose from the list."),
    N_("That is not one of this channel's campaigns."),
    N_("/perf advice lists what is open here."),
    N_("That reaches beyond this channel's campaigns."),
    N_("Name a campaign, or have it set from the team's own channel."),
    N_("This channel belongs to no client, so there is nothing to show here."),
    N_("None of the channels you are in belongs to a client, so there is nothing to show you."),
    N_("Somebody of the team sets it with /perf settings client."),
    N_("Whoever runs perfbot says it, in perfbot.toml or by perfbot clients."),
    N_("perfbot is not installed in this workspace any more."),
    N_("Ask whoever runs it to have it installed again."),
    N_("This perfbot does not serve the workspace %(team)s."),
    N_("Ask whoever runs it to name it in perfbot.toml."),
    N_("perfbot is installed into workspaces, not into a whole organisation."),
    N_("Choose a workspace when you install it."),
    N_("The install was cancelled, and nothing was kept."),
    N_("This install was begun in another browser, or too long ago."),
    N_("This install was ended already, or begun too long ago."),
    N_("Slack sent no code."),
    N_("Slack does not take the code it gave: it is used once, and ends soon."),
    N_("The install came to nothing: something failed here."),
    N_("Begin again at /slack/install."),
    N_("perfbot is installed in %(name)s."),
    N_(
        "Write /invite @perfbot in a channel. It shows nothing there until whoever runs perfbot "
        "says whose the channel is."
    ),
    N_("perfbot was taken out of the Slack workspace %(name)s: nothing comes there any more."),
    N_(
        "What it had to say there waits. To have it back, install it there again: "
        "%(address)s/slack/install."
    ),
    N_("Slack does not tell me which channels you are in."),
    N_("I don't know which channel you mean."),
    N_("Write it in that channel."),
    N_("Only somebody in a channel of the team's own may say whose a channel is."),
    N_("perfbot.toml says whose this channel is."),
    N_("Change it there, under [channels]."),
    N_("The team would have no channel that shows every client."),
    N_("First write /perf settings client all in the team's own channel."),
    N_("Ask in a channel. An admin can check the scopes channels:read and groups:read."),
    N_("I am not in %(place)s, so what I have for it waits."),
    N_("Write /invite @perfbot there, and it comes within minutes."),
    N_("%(place)s is archived, so what I have for it waits."),
    N_("It comes when the channel is unarchived. Or stop it on my Home tab."),
    N_("I cannot see %(place)s any more, so what I have for it waits."),
    N_(
        "It was deleted, or it is private and I was taken out. Invite"
        " me there, or stop it on my Home tab."
    ),
    N_("A message of mine in %(place)s was deleted, and its thread with it."),
    N_("What was to go into the thread is not posted. /perf advice lists what is open."),
    N_("Slack does not take what I have for %(place)s: %(reason)s."),
    N_("An admin sees more in the log."),
    N_("The summary for %(place)s cannot be sent: there is no time zone %(zone)s."),
    N_("Write /perf subscribe 07:30 Europe/Oslo there."),
    N_("The summary for %(place)s could not be written."),
    N_("The log says why. It is tried again every minute."),
)
"""Errors people meet in Slack, as they are raised; any other is said by its code."""
ERRORS: Mapping[str, str] = {
    "store": N_("The database cannot be used right now. The log says why; try again in a minute."),
    "source": N_("A source of numbers did not answer. The log says why."),
    "no_numbers": N_("There are no numbers for that."),
    "usage": N_("I cannot make sense of that. Write /perf alone to see what I understand."),
    "settings": N_("Something in my settings is wrong. The log says what."),
    "rule": N_("A rule is wrong. The log says which."),
    "refused": N_("A file could not be read. The log says which, and why."),
    "": N_("Something went wrong on my side. It is in the log; try again in a minute."),
}
