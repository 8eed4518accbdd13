"""The desk: where every question is answered and every answer taken, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.ask import help as listing
from bot.ask.router import TypedLine, answered
from bot.context.context import Context
from bot.context.request import QUESTION, request, within
from bot.context.scoping import for_asker, is_direct, shows_nothing
from bot.domain.replies import (
    Asker,
    Door,
    DroppedFile,
    Press,
    Prompts,
    Reply,
    Said,
    Submission,
    Taken,
    WrittenLine,
)
from bot.domain.slack_ids import HOME, workspace_of
from bot.errors import NobodysChannel, PerfbotError, UnknownName
from bot.features import subscriptions
from bot.features.applying import apply_requests
from bot.features.home import tab
from bot.features.home import tab as home
from bot.features.triage import answering, posted
from bot.features.triage import answering as partly_view
from bot.features.triage import answering as views
from bot.features.triage import thread_replies as threads
from bot.features.triage.answering import Decision
from bot.numbers.input.names import channel_key
from bot.numbers.input.windows import WINDOWS
from bot.policy.permissions import require, require_importer
from bot.question.grammar import parse
from bot.question.slots import Slots
from bot.question.vocabulary import COMMAND_OF
from bot.question.wording import language_asked
from bot.snapshot import boards
from bot.snapshot.naming import Unclear
from bot.store.base import Event, Outgoing

if TYPE_CHECKING:
    from bot.features.home.actions import HomeForms

# Events people are told of, and how the line in the thread says them.
TOLD = {
    **{f"advice.{each}": each for each in ("acknowledge", "progress", "snooze", "dismiss", "undo")},
    "approval.first": "first",
    "approval.withdrawn": "withdraw",
    **apply_requests.VERBS,
}
MOST_WORDS = 2  # a channel and a window
APPLYING = {"apply": apply_requests.ask, "set_back": apply_requests.take_back}


class Desk:
    """The use cases, put together from the store, the rules and the words.

    Args:
        context: What every use case works with; its clock is read where nobody says which morning
            is meant.
    """

    def __init__(self, context: Context) -> None:
        self.context = context

    @cached_property
    def forms(self) -> HomeForms:
        """The Home tab's forms; only Slack opens them."""
        from bot.features.home.actions import HomeForms  # noqa: PLC0415, a terminal has none

        return HomeForms(self.context)

    @request()
    def ask(
        self, text: str, asker: Asker, as_of: date | None = None, *, dry: bool = False
    ) -> Reply:
        """Answer what was typed after `/perf`.

        Whatever is wrong with the question is the answer, with the way out; `error` says so.

        Args:
            text: With or without `/perf`.
            asker: Who asks; decides language and time zone.
            as_of: The morning to stand on; default today where the asker is.
            dry: Store nothing; what would change or open something gives a preview.

        A question from Slack has a time budget: over it, it is given up with a sentence.
        """
        morning = as_of or self.context.today(asker)
        try:
            with within(QUESTION) if asker.door is Door.SLACK else nullcontext():
                require(self.context, asker, "viewer")
                context = for_asker(self.context, asker, as_of=morning)
                refused = _nobodys(context, asker, text)
                line = _read(context, text, morning)
                asker = _as_written(context, asker, line.slots)
                if refused:
                    raise refused
                masked = line.slots.line
                if masked and (reply := threads.taken_back(context, masked, asker)):
                    return reply
                return answered(context, line, asker, morning, dry=dry)
        except Unclear as unclear:
            return self._reply(asker, "choose", choice=unclear.choice)
        except UnknownName as error:
            return self._unknown(error, text, asker, morning)
        except PerfbotError as error:
            return self._sorry(error, asker)

    def _unknown(self, error: UnknownName, text: str, asker: Asker, as_of: date) -> Reply:
        if error.kind != "command":
            return self._nearest(error, text, asker)
        context = for_asker(self.context, asker, as_of=as_of)
        near = listing.meant(context, error, text, as_of)
        reply = listing.help_(context, asker, as_of, unknown=error.given, nearest=near)
        return replace(reply, error=error)

    def _nearest(self, error: UnknownName, text: str, asker: Asker) -> Reply:
        """The nearest names as buttons, each asking the whole question again."""
        view = listing.near(error, text)
        reply = self._reply(asker, "error", error=view)
        return replace(reply, error=error)

    def _sorry(self, error: PerfbotError, asker: Asker) -> Reply:
        message = self.context.renderer(asker.language).error(error)
        return Reply(message.text, message.blocks, error=error)

    def _reply(self, asker: Asker, template: str, **values: Any) -> Reply:
        message = self.context.renderer(asker.language).render(template, **values)
        return Reply(message.text, message.blocks)

    @request()
    def answer(self, press: Press, asker: Asker) -> Taken:
        """Take an answer: acknowledge, progress, snooze, dismiss or undo. One winner.

        Of acknowledged advice: `apply` it at its platform, or `set_back` what was applied.

        Raises:
            UnknownName: No such advice.
            UsageError: No such verb, a snooze into the past, or no part of what is advised.
        """
        context = self._for(asker, press.advice_id)
        if press.verb in APPLYING:
            return APPLYING[press.verb](context, press.advice_id, asker)
        amount = partly_view.given(press.part) if press.part.strip() else None
        decision = Decision(press.verb, press.until, press.reason, amount)
        return answering.answer(context, press.advice_id, decision, asker)

    @request()
    def thread_reply(  # where, what, by whom
        self, channel: str, thread_ts: str, text: str, asker: Asker, before: str = ""
    ) -> Taken | None:
        """Take an answer written in a digest's thread; None where the line is no answer.

        `before` is what the line said until it was edited.
        """
        line = WrittenLine(channel, thread_ts, text, before)
        return threads.thread_reply(self._for(asker), line, asker)

    @request()
    def in_thread(  # where, what, by whom
        self, channel: str, thread_ts: str, text: str, asker: Asker, named: bool = False
    ) -> Reply:
        """A word about a line in a digest's thread that was no answer: never silence.

        `why 2?` shows what is behind that piece of advice; another question is answered, and so is
        whatever names perfbot; any other line is told what would have been an answer.
        """
        require(self.context, asker, "viewer")
        context = self._for(asker)
        asker = _as_written(context, asker, _read(context, text, context.today(asker)).slots)
        reply = threads.about(context, channel, thread_ts, text, asker)
        reply = reply or threads.thanks(context, text, asker)
        if reply is None and named:
            return self.ask(text, asker)
        if reply is None and _asks(text):
            question_reply = self.ask(text, asker)
            reply = (
                question_reply
                if question_reply.error is None and question_reply.modal is None
                else None
            )
        return reply or threads.no_answer(self.context, asker)

    @request()
    def reaction(self, channel: str, ts: str, name: str, asker: Asker) -> Taken | None:
        """Take a ✅ as an acknowledgement; None for any other reaction or message."""
        return threads.reaction(self._for(asker), channel, ts, name, asker)

    # -- files dropped into a channel -----------------------------------------------------------
    def may_import(self, asker: Asker) -> None:
        """Raises NotAllowed for whoever may not import numbers."""
        require_importer(self.context, asker)

    @request()
    def file_read(self, file: DroppedFile, asker: Asker) -> Reply:
        """How a file reads, and the question whether to import it."""
        from bot.features.imports import dropped  # noqa: PLC0415, a question reads no files

        return dropped.shown(self._for(asker), file, asker)

    @request()
    def file_kept(self, file: DroppedFile, fingerprint: str, asker: Asker) -> Reply:
        """Import a file as it was read; another file by now is read out anew."""
        from bot.features.imports import dropped  # noqa: PLC0415, see `file_read`

        return dropped.kept(self._for(asker), file, fingerprint, asker)

    @request()
    def file_left(self, name: str, asker: Asker) -> Reply:
        """Nothing of a file is stored."""
        from bot.features.imports import dropped  # noqa: PLC0415, see `file_read`

        return dropped.left(self._for(asker), name, asker)

    def file_refused(self, name: str, error: PerfbotError, asker: Asker) -> Reply:
        """Why nothing of a file is stored."""
        from bot.features.imports import dropped  # noqa: PLC0415, see `file_read`

        return dropped.refused(self.context, name, error, asker)

    # -- what Slack shows ---------------------------------------------------------------------
    @request()
    def told(self, event: Event) -> Said | None:
        """What an event leads to in Slack; None for one that nobody is told of."""
        verb = TOLD.get(event.kind)
        record = self.context.store.advice(event.subject) if verb else None
        return posted.told(self.context, record, verb, event.actor) if record and verb else None

    @request()
    def fresh(self, message: Outgoing, last_event: int) -> Outgoing:
        """A queued message as it reads now; `last_event` is the newest of the log."""
        return posted.fresh(self.context, message, last_event)

    @request()
    def show_otherwise(self, messages: Sequence[Outgoing]) -> list[Outgoing]:
        """Those of some messages of one piece of advice that show it in another state."""
        return posted.show_otherwise(self.context, messages)

    # -- forms --------------------------------------------------------------------------------
    @request()
    def dismiss_view(self, advice_id: str, asker: Asker) -> dict[str, Any]:
        """The modal that asks why not."""
        require(self.context, asker, "answerer")
        return views.dismiss_view(self._for(asker, advice_id), advice_id, asker)

    @request()
    def partly_view(self, advice_id: str, asker: Asker) -> dict[str, Any]:
        """The modal that asks how much of it."""
        return partly_view.view(self._for(asker, advice_id), advice_id, asker)

    @request()
    def apply_view(self, advice_id: str, asker: Asker) -> dict[str, Any]:
        """The modal that shows each budget before it is set at its platform."""
        return apply_requests.view(self._for(asker, advice_id), advice_id, asker)

    @request()
    def snooze_view(self, advice_id: str, asker: Asker) -> dict[str, Any]:
        """The modal that asks until when."""
        require(self.context, asker, "answerer")
        return views.snooze_view(self._for(asker, advice_id), advice_id, asker)

    @request()
    def evidence_view(self, advice_id: str, asker: Asker) -> dict[str, Any]:
        """The modal with every number behind a piece of advice."""
        require(self.context, asker, "viewer")
        return views.evidence_view(self._for(asker, advice_id), advice_id, asker)

    @request()
    def subscribe_view(self, asker: Asker) -> dict[str, Any]:
        """The modal for when and where the digest comes."""
        require(self.context, asker, "answerer")
        return subscriptions.subscribe_view(self._for(asker), asker)

    @request()
    def subscribed(self, submission: Submission, asker: Asker) -> Reply:
        """Keep what was filled into the subscribe modal."""
        require(self.context, asker, "answerer")
        return subscriptions.subscribed(self._for(asker), submission, asker)

    @request()
    def prompts(self, asker: Asker) -> Prompts:
        """What to ask, suggested where somebody opens their conversation with perfbot."""
        require(self.context, asker, "viewer")
        return tab.prompts(self._for(asker), asker)

    @request()
    def home(self, asker: Asker) -> dict[str, Any]:
        """The Home tab."""
        require(self.context, asker, "viewer")
        return home.home(self._for(asker), asker)

    def _for(self, asker: Asker, advice_id: str = "") -> Context:
        """The context of whoever asks: limited to the clients they may see where they are."""
        return for_asker(self.context, asker, advice_id=advice_id)

    def read_ahead(self, as_of: date) -> None:
        """Answer what is asked most, in every language in use, so that the answers are at hand."""
        languages = {subscription.language for subscription in self.context.store.subscriptions()}
        for language in sorted(
            {self.context.language(language_code) for language_code in ("", *languages)}
        ):
            asker = Asker(language=language, door=Door.OWN)
            for text in ("help", "advice", *listing.channels(self.context, as_of)):
                self.ask(text, asker, as_of)


OF_NOBODY = {"help", "settings", "client", "unsubscribe"}
"""Commands about the asker or the channel: answered where there are no campaigns to see."""


def _nobodys(context: Context, asker: Asker, text: str) -> NobodysChannel | None:
    """What is wrong where there are no campaigns to see, and the question is about some."""
    first_word = text.removeprefix("/perf").strip().casefold().split(" ")[0]
    command = COMMAND_OF.get(first_word) if first_word else "help"
    if not shows_nothing(context) or command in OF_NOBODY:
        return None
    elsewhere = workspace_of(asker.channel or asker.user) != HOME
    return NobodysChannel(direct=is_direct(asker.channel), elsewhere=elsewhere)


def _read(context: Context, text: str, as_of: date) -> TypedLine:
    """What a line asks; `channel google 7d`, what is asked most, is read as no sentence."""
    command, *arguments = text.removeprefix("/perf").split() or [""]
    dated = len(arguments) == 1 or (len(arguments) == MOST_WORDS and arguments[-1] in WINDOWS)
    if COMMAND_OF.get(command.casefold()) == "channel" and dated:
        channels = {row.group for row in boards.head(context, as_of, "28d").groups("channel")}
        if channel_key(arguments[0]) in channels:
            return TypedLine(text, parse(text))
    from bot.ask.entity_linking import known_names  # noqa: PLC0415, what is asked most needs none
    from bot.question.slot_reading import read  # noqa: PLC0415

    return TypedLine(text, slots=read(text, known_names(context, as_of), as_of))


def _as_written(context: Context, asker: Asker, slots: Slots) -> Asker:
    """Whoever asks in the other of our languages is answered in that one; names say nothing."""
    language = language_asked(slots.line) if slots.line else ""
    if language not in context.renderers or language == context.language(asker.language):
        return asker
    return replace(asker, language=language)


def _asks(text: str) -> bool:
    """Whether a line among people is a question of perfbot: a mark says so, or a command."""
    return text.rstrip().endswith("?") or text.casefold().split(" ")[0] in COMMAND_OF
