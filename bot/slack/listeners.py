"""What every listener shares: who asks, from where, on which lane, and saying sorry."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import App, BoltResponse
from slack_sdk import WebClient

from bot.domain.replies import Reply
from bot.errors import PerfbotError
from bot.slack.base import SlackParts
from bot.slack.failing import Restarting, TakesLong, TooManyQuestions
from bot.slack.lanes import Lanes
from bot.slack.membership import absence
from bot.slack.once import Deduplication, QuestionRate, request_key
from bot.slack.people import People
from bot.slack.place import Place
from bot.slack.say import Responder
from bot.slack.turns import Task

log = logging.getLogger(__name__)
Body = dict[str, Any]
Listener = Callable[[Body, WebClient], None]
IN_TIME = 2.8  # seconds an event may wait for the store; at three Slack sends it again


@dataclass(frozen=True)
class Listeners:
    """Handed to each feature's `register`."""

    app: App
    parts: SlackParts
    people: People
    speaker: Responder
    lanes: Lanes
    rate: QuestionRate
    lately: Deduplication = field(default_factory=Deduplication)

    def asker(self, client: WebClient, place: Place) -> Any:
        """Who asks, as the desk knows them."""
        return self.people.asker(client, place.user, place.channel)

    # -- by request ---------------------------------------------------------------------------
    def asked(self, listener: Listener) -> Callable[..., None]:
        """For Bolt: a question, acknowledged at once, answered when its asker's turn comes.

        Whether it is new is not asked of the store, whose word is a write, and an import may be
        writing for seconds. Slack sends commands once; should one come to two processes, it is
        answered twice, to one person.
        """

        def queue_question(ack: Callable[[], Any], body: Body, client: WebClient) -> None:
            ack()
            self.question(body, client, listener)

        return queue_question

    def opens(self, listener: Listener) -> Callable[..., None]:
        """For Bolt: acknowledged at once, done at once: for modals, and what takes no time."""

        def acknowledge(ack: Callable[[], Any], body: Body, client: WebClient) -> None:
            ack()
            if who_of(body) and self.lately.first(request_key(body)):
                self.soon(body, client, lambda: listener(body, client))

        return acknowledge

    def question(self, body: Body, client: WebClient, listener: Listener) -> None:
        """Put a question in its asker's line; too many, too long, or never begun is said so."""
        user = who_of(body)
        if not user or not self.lately.first(request_key(body)):
            return
        if not self.rate.allows(user, self.parts.clock()):
            if self.rate.tells(user, self.parts.clock()):
                self.soon(body, client, lambda: self.sorry(TooManyQuestions(), body, client))
            return
        self.lanes.answers.take(
            user,
            Task(
                lambda: self._careful(lambda: listener(body, client), body, client),
                late=lambda: self.sorry(TakesLong(), body, client),
                dropped=lambda: self.sorry(Restarting(), body, client),
            ),
        )

    def soon(self, body: Body, client: WebClient, work: Callable[[], None]) -> None:
        """Do it before any question; an error is said to whoever waits."""
        self.lanes.opening.take(who_of(body), Task(lambda: self._careful(work, body, client)))

    def _careful(self, work: Callable[[], None], body: Body, client: WebClient) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  (whatever it is, somebody waits)
            self.sorry(error, body, client)
        self.people.write_down(who_of(body))

    # -- by event -----------------------------------------------------------------------------
    def before_ack(self, listener: Listener) -> Callable[..., BoltResponse | None]:
        """For Bolt, as middleware of an event: what must be kept is kept, then it is acknowledged.

        Where that takes too long Slack is not told that it was heard, and sends it again.
        """

        def waits(
            body: Body, client: WebClient, next_: Callable[[], object]
        ) -> BoltResponse | None:
            completion: Future[None] = Future()

            def work() -> None:
                try:
                    self._careful(lambda: listener(body, client), body, client)
                finally:
                    completion.set_result(None)

            self.lanes.keeping.take(who_of(body), Task(work, dropped=completion.cancel))
            try:
                completion.result(IN_TIME)
            except (TooLate, CancelledError):
                return BoltResponse(status=503)
            next_()
            return None

        return waits

    # -- answering ----------------------------------------------------------------------------
    def tell(self, client: WebClient, place: Place, reply: Reply, *, replace: bool = False) -> None:
        """Show a reply; where it promises messages in a channel we are not in, say so besides."""
        self.speaker.reply(client, place, reply, replace=replace)
        channel = str(getattr(reply, "posts_to", "") or "")
        absent = absence(client, channel) if channel else None
        if absent is not None:
            language, _ = self.people.manners(client, place.user)
            text, blocks = self.parts.excuse(absent, language)
            self.speaker.reply(client, place, Reply(text, blocks))

    # -- saying sorry -------------------------------------------------------------------------
    def sorry(self, error: Exception, body: Body, client: WebClient) -> None:
        """Log an error, and tell the person who waits for an answer one sentence.

        It needs Slack and nothing else: the store may be what is wrong.
        """
        log_failure(error, body)
        place = Place.of_submission(body) if body.get("view") else Place.of(body)
        if not place.user or body.get("event", {}).get("type") == "app_home_opened":
            return
        try:
            language, _ = self.people.manners(client, place.user, seconds=1.0)
            text, blocks = self.parts.excuse(error, language)
            self.speaker.reply(client, place, Reply(text, blocks))
        except Exception:  # the excuse is the last thing there is to say
            log.exception("The excuse could not be shown.")


def who_of(body: Mapping[str, Any]) -> str:
    """The id of whoever a request comes from; "" where it names nobody, and so may nothing."""
    return Place.of(body).user


def log_failure(error: Exception, body: Mapping[str, Any]) -> None:
    """A line for what was foreseen, the traceback for what was not."""
    if isinstance(error, PerfbotError):  # foreseen, and the person is told what to do
        log.warning("%s failed: %s", _what(body), error)
    else:
        log.error("%s failed: %s", _what(body), error, exc_info=error)


def _what(body: Mapping[str, Any]) -> str:
    event = body.get("event") or {}
    actions = body.get("actions") or [{}]
    return str(
        body.get("command") or event.get("type") or actions[0].get("action_id") or body.get("type")
    )
