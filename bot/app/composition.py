"""Settings into everything perfbot is made of, put together in one place.

The story of a day, told with one store, rules and words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from slack_bolt import App
from slack_sdk import WebClient

from bot import rules_files
from bot.advice.rules.rulebook import Rulebook
from bot.app.several_workspaces import Several
from bot.ask import Desk
from bot.context import context as plan
from bot.context.context import Context
from bot.domain.replies import Asker
from bot.errors import PerfbotError
from bot.features.digest import notices as reminding
from bot.features.digest import notices as urgent
from bot.features.subscriptions import routed
from bot.jobs import morning, pull_keeping
from bot.jobs.applier import Applier, ConfiguredWriters
from bot.jobs.homes import Homes
from bot.jobs.order_door import OrderDoor
from bot.jobs.outbox import Outbox
from bot.jobs.scheduler import Ahead, ClockCheck
from bot.jobs.settle import Reconciler, Settler
from bot.jobs.shared_digests import SharedDigests
from bot.jobs.tick import Expiry, Tick, stale
from bot.jobs.troubles import Troubles
from bot.render import Renderer, languages, without_visualization
from bot.render.charts import picture
from bot.settings import Settings
from bot.slack.app import build, catching_up
from bot.slack.base import Blocks, SlackParts
from bot.slack.catching_up import CatchingUp
from bot.slack.install import Installer
from bot.slack.lookups import Links, Memberships, People, UserGroups
from bot.slack.post import Poster
from bot.slack.say import Pictures
from bot.slack.web_clients import web_client
from bot.snapshot import boards
from bot.snapshot.days_due import pulls_due
from bot.snapshot.judged_shards import JudgedShards
from bot.store import open_store
from bot.store.base import Job, Outgoing, Pull, Store, Subscription

UNEXPECTED = PerfbotError(
    "Something went wrong on my side.", hint="It is in the log; try again in a minute."
)


def now() -> datetime:
    """The real time, aware UTC."""
    return datetime.now(UTC)


def compose(
    settings: Settings, db: str | None = None, clock: Callable[[], datetime] = now
) -> Composition:
    """Open the store, read the rules and languages; nothing is started.

    Raises:
        PerfbotError: The database or the rules are unusable.
    """
    rulebook = rules_files.load(settings.rules.folder)
    store = open_store(settings.database(db), check=True)
    store.upgrade()
    plan.load(store, settings, today=clock().astimezone(settings.zone).date(), at=clock())
    renderers = {name: Renderer(name, metrics=rulebook.metrics) for name in languages()}
    return Composition(settings, store, rulebook, renderers, clock)


@dataclass
class Composition:
    """The parts of a running perfbot, each made once when it is first wanted."""

    settings: Settings
    store: Store
    rulebook: Rulebook
    renderers: Mapping[str, Renderer]
    clock: Callable[[], datetime]

    @cached_property
    def client(self) -> WebClient:
        """Slack's Web API, as the bot."""
        if self.several is not None:
            return self.several.client
        return web_client(self._bot_token, self.settings.tokens.api_url)

    @cached_property
    def several(self) -> Several | None:
        """The workspaces that install it by themselves; None where there is one token."""
        if not self.settings.tokens.several:
            return None
        return Several(self.settings, self.store, self.clock, self.excuse, self._nudge)

    @cached_property
    def desk(self) -> Desk:
        """The use cases."""
        context = Context(
            self.store,
            self.rulebook,
            self.renderers,
            self.settings,
            self.clock,
            members=UserGroups(self.client, now),
            link=Links(self.client),
            channels_of=Memberships(self.client, now),
        )
        return Desk(context)

    @cached_property
    def outbox(self) -> Outbox:
        """What is waiting to be posted."""
        poster = Poster(self.client, simplified, now, self.pictures)  # Slack's time is the real one
        return Outbox(
            self.store,
            poster,
            self.clock,
            stale(self.store.subscriptions),
            fresh=self.desk.fresh,
            posted=self._posted,
            lost=self.troubles.lost,
            deferred=self.troubles.held,
        )

    def _nudge(self) -> None:
        self.outbox.nudge()

    def _posted(self, message: Outgoing, troubled: bool) -> None:
        self.reconciler.posted(message)
        self.troubles.posted(message, troubled)

    @cached_property
    def troubles(self) -> Troubles:
        """Tells people what keeps digests from their channels."""
        return Troubles(
            self.store, self.excuse, self.clock, self.desk.context.place, self._returned
        )

    def _returned(self, since: datetime) -> None:
        self.reconciler.look_since(since)

    @cached_property
    def reconciler(self) -> Reconciler:
        """Makes good what Slack does not show."""
        return Reconciler(self.store, self.desk, self.outbox, self.clock)

    @cached_property
    def pictures(self) -> Pictures:
        """Charts as pictures, where Slack refuses charts."""
        return Pictures(self.client, picture)

    @cached_property
    def settler(self) -> Settler:
        """Answers and what they change."""
        return Settler(self.store, self.outbox, self.clock, self.homes.nudge)

    @cached_property
    def homes(self) -> Homes:
        """Home tabs opened lately."""
        show = self.client.views_publish
        return Homes(
            self.store,
            lambda user: self.desk.home(self._people.asker(self.client, user)),
            lambda user, view: show(user_id=user, view=dict(view)),
            self.clock,
        )

    @cached_property
    def _people(self) -> People:
        return People(self._parts())

    @property
    def day(self) -> DayStory:
        """Pulling, judging, and the words of a digest."""
        return DayStory(self)

    @property
    def ahead(self) -> Ahead:
        """Reads each new morning before anybody asks."""
        zone = self.settings.zone
        return Ahead(self.store, lambda: self.clock().astimezone(zone).date(), self.desk.read_ahead)

    def bolt(self) -> App:
        """The Slack app with its listeners."""
        secret = self.settings.tokens.signing_secret
        return build(
            self._parts(),
            bot_token=self._bot_token,
            signing_secret=secret.get_secret_value() if secret else None,
            api_url=self.settings.tokens.api_url,
            workspaces=self.several.workspaces if self.several else None,
        )

    def installer(self) -> Installer | None:
        """Where other workspaces install it; None where there is one token."""
        return self.several.installer if self.several else None

    def catching_up(self, app: App, connected: Callable[[], bool]) -> CatchingUp:
        """Reads back what was said while nobody listened."""
        return catching_up(app, self._parts(), self.store, connected, self.client)

    def tick(self) -> Tick:
        """One minute's work."""
        return Tick(
            store=self.store,
            morning=self.day,
            outbox=self.outbox,
            clock=self.clock,
            sources=self.settings.sources,
            zone=self.settings.app.time_zone,
            notices=self.day,
            quiet=self.settings.quiet,
            homes=self.homes.look,
            agree=self.reconciler,
            troubles=self.troubles,
            expire=Expiry(self.store, self.settings.retention, self.settings.app.time_zone),
            steady=ClockCheck() if self.clock is now else lambda _now: True,
        )

    @cached_property
    def applier(self) -> Applier:
        """Sets acknowledged budgets at their platforms."""
        return Applier(self.desk.context, ConfiguredWriters(self.settings))

    def order_door(self) -> OrderDoor:
        """Where a shop posts what it sold."""
        return OrderDoor(self.store, self.settings, self.clock)

    def apply(self) -> None:
        """Set what somebody had set, and say what came of it."""
        if self.applier():
            self.outbox.nudge()

    def renderer(self, language: str) -> Renderer:
        """The words of a language, or of the configured one."""
        return self.renderers.get(language) or self.renderers[self.settings.app.language]

    def excuse(self, error: Exception, language: str) -> tuple[str, Blocks]:
        """The one sentence for an error: its own, or that something unexpected happened."""
        reported_error = error if isinstance(error, PerfbotError) else UNEXPECTED
        message = self.renderer(language).error(reported_error)
        return message.text, message.blocks

    def store_answers(self) -> bool:
        """Whether the database can be read."""
        try:
            self.store.subscriptions()
        except PerfbotError:
            return False
        return True

    def slack_trouble(self) -> str:
        """What Slack has taken away from the bot, in a sentence; "" where nothing."""
        return self.troubles.revoked()

    @property
    def _bot_token(self) -> str:
        token = self.settings.tokens.bot
        return token.get_secret_value() if token else ""

    def _parts(self) -> SlackParts:
        return SlackParts(
            desk=self.desk,
            store=self.store,
            settle=self.settler,
            asker=Asker,
            excuse=self.excuse,
            simplify=simplified,
            clock=self.clock,
            languages=tuple(self.renderers),
            language=self.settings.app.language,
            time_zone=self.settings.app.time_zone,
            picture=self.pictures,
            homes=self.homes,
            taken_back=self.troubles.taken_back,
        )


def simplified(blocks: Blocks) -> Blocks:
    """Without charts, which a Slack that does not know them refuses."""
    return without_visualization(blocks)


class DayStory:
    """What the tick calls (`bot.jobs.tick.Morning` and `Notices`)."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.digests = SharedDigests(composition.desk.context)
        self.judged_shards = JudgedShards()

    def pull(self, held: Mapping[str, Job]) -> None:
        """Pull these sources, each as long as its job is ours, then judge this morning anew."""
        composition = self.composition
        configured_sources = pull_keeping.sources(
            composition.store, composition.settings, composition.clock, list(held)
        )
        settings = composition.settings
        pull_keeping.pull(
            composition.store,
            configured_sources,
            composition.clock,
            pull_keeping.PullKeeper(settings.details, settings.zone),
            held,
        )
        self.refresh(composition.clock().astimezone(composition.settings.zone).date())

    def refresh(self, as_of: date) -> None:
        """Judge every campaign as of a morning, and save boards and advice."""
        composition = self.composition
        morning.refresh(
            composition.store,
            composition.rulebook,
            as_of,
            composition.settings,
            composition.clock,
            self.judged_shards,
        )

    def boards(self, as_of: date) -> None:
        """Work out what is asked most of a morning, and judge nothing."""
        boards.rebuild(self.composition.desk.context, as_of)

    def due(self, as_of: date) -> Callable[[Pull], date]:
        """The last day that an account of a pull should have numbers of by now."""
        return pulls_due(self.composition.desk.context, as_of)

    def digest(self, subscription: Subscription, as_of: date) -> list[Outgoing]:
        """The messages of a digest, the parent first."""
        renderer = self.composition.renderer(subscription.language)
        return self.digests.digest(renderer, subscription, as_of)

    def missed(self, subscription: Subscription, days: Sequence[date]) -> Blocks:
        """One line about the mornings on which no digest came."""
        renderer = self.composition.renderer(subscription.language)
        return renderer.render("missed", days=tuple(days)).blocks

    def urgent(self, subscription: Subscription, as_of: date) -> list[Outgoing]:
        """What the channel must hear at once and has not heard."""
        context = routed(self.composition.desk.context, subscription, as_of)
        return urgent.urgent_messages(context, subscription, as_of)

    def reminder(self, subscription: Subscription, day: date) -> list[Outgoing]:
        """The day's line about what nobody has answered."""
        after = self.composition.settings.quiet.remind_after
        context = routed(self.composition.desk.context, subscription, day)
        return reminding.reminder_messages(context, subscription, day, after)
