"""What every listener shares: who asks, from where, on which lane, and saying sorry."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_bolt import App, BoltResponse
from slack_sdk import WebClient

from bot.domain.replies import Reply
from bot.errors import PerfbotError
from bot.slack.base import SlackParts
from bot.slack.bodies import Heard, Place
from bot.slack.failing import Restarting, SlackSilent, TakesLong, TooManyQuestions
from bot.slack.lanes import Deduplication, Lanes, QuestionRate, Task
from bot.slack.lookups import People, absence
from bot.slack.say import Responder
from bot.telemetry import metrics, tracing

log = logging.getLogger(__name__)
Body = dict[str, Any]
Listener = Callable[[Body, WebClient], None]
Work = Callable[[], object]
UNREACHED = (HTTPException, ConnectionError, URLError)  # what the SDK lets through of a dead line
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
            self.question(Heard.of(body), client, lambda: listener(body, client))

        return queue_question

    def opens(self, listener: Listener) -> Callable[..., None]:
        """For Bolt: acknowledged at once, done at once: for modals, and what takes no time."""

        def acknowledge(ack: Callable[[], Any], body: Body, client: WebClient) -> None:
            ack()
            heard = Heard.of(body)
            if heard.user and self.lately.first(heard.key):
                self.soon(heard, client, lambda: listener(body, client))

        return acknowledge

    def question(self, heard: Heard, client: WebClient, answer: Work) -> None:
        """Put a question in its asker's line; too many, too long, or never begun is said so."""
        user = heard.user
        if not user or not self.lately.first(heard.key):
            return
        if not self.rate.allows(user, self.parts.clock()):
            if self.rate.tells(user, self.parts.clock()):
                self.soon(heard, client, lambda: self.sorry(TooManyQuestions(), heard, client))
            return
        began = time.monotonic()

        def work() -> None:
            self._careful(answer, heard, client)
            with tracing.request(heard.key):
                timed("question", heard, began)

        self.lanes.answers.take(
            user,
            Task(
                work,
                late=lambda: self.sorry(TakesLong(), heard, client),
                dropped=lambda: self.sorry(Restarting(), heard, client),
            ),
        )

    def soon(self, heard: Heard, client: WebClient, work: Work) -> None:
        """Do it before any question; an error is said to whoever waits."""
        self.lanes.opening.take(heard.user, Task(lambda: self._careful(work, heard, client)))

    def _careful(self, work: Work, heard: Heard, client: WebClient) -> None:
        with tracing.request(heard.key):
            try:
                work()
            except Exception as error:  # noqa: BLE001  (whatever it is, somebody waits)
                self.sorry(error, heard, client)
            self.people.write_down(heard.user)

    # -- by event -----------------------------------------------------------------------------
    def before_ack(self, listener: Listener) -> Callable[..., BoltResponse | None]:
        """For Bolt, as middleware of an event: what must be kept is kept, then it is acknowledged.

        Where that takes too long Slack is not told that it was heard, and sends it again.
        """

        def waits(
            body: Body, client: WebClient, next_: Callable[[], object]
        ) -> BoltResponse | None:
            completion: Future[None] = Future()
            heard = Heard.of(body)

            def work() -> None:
                try:
                    self._careful(lambda: listener(body, client), heard, client)
                finally:
                    completion.set_result(None)

            self.lanes.keeping.take(heard.user, Task(work, dropped=completion.cancel))
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
    def sorry(self, error: Exception, heard: Heard, client: WebClient) -> None:
        """Log an error, and tell the person who waits for an answer one sentence.

        It needs Slack and nothing else: the store may be what is wrong.
        """
        if isinstance(error, UNREACHED):
            error = SlackSilent()
        log_failure(error, heard)
        if not heard.user or not heard.awaited:
            return
        try:
            language, _ = self.people.manners(client, heard.user, seconds=1.0)
            text, blocks = self.parts.excuse(error, language)
            self.speaker.reply(client, heard.place, Reply(text, blocks))
        except Exception:  # the excuse is the last thing there is to say
            log.exception("The excuse could not be shown.")


def timed(kind: str, heard: Heard, began: float) -> None:
    """Count how long somebody waited, and say in the log that it is done.

    Args:
        kind: `question`, or `answer` for what was to be kept.
        heard: What it was.
        began: When it was heard, by the monotonic clock.
    """
    seconds = time.monotonic() - began
    metrics.ANSWER_SECONDS.labels(kind).observe(seconds)
    log.info("%s: %s done in %.2f s.", heard.topic, kind, seconds)


def log_failure(error: Exception, heard: Heard) -> None:
    """A line for what was foreseen, the traceback for what was not."""
    is_foreseen = isinstance(error, PerfbotError)
    metrics.FAILURES.labels("foreseen" if is_foreseen else "unexpected").inc()
    if is_foreseen:  # the person is told what to do
        log.warning("%s failed: %s", heard.topic, error)
    else:
        log.error("%s failed: %s", heard.topic, error, exc_info=error)
