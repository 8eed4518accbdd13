"""What the Home tab's buttons and forms do, by the names Slack calls them by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.context.context import Office
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName, UsageError
from bot.features.plan import entry_form as planning
from bot.features.plan import guesses
from bot.features.plan import target_form as planning_target
from bot.features.plan import threshold_form as thresholding
from bot.features.plan.amounts import block_of, given
from bot.features.plan.entries import Misfilled
from bot.features.subscriptions import subscribing
from bot.policy.permissions import require
from bot.policy.schedule import zone_named
from bot.snapshot import boards
from bot.store.base import Event

View = dict[str, Any]
Step = Callable[[Office, Mapping[str, Any], Asker], View]
Save = Callable[[Office, Mapping[str, Any], Asker], View | None]
PRESSED: Mapping[str, Step] = {
    "plan.preview": planning.previewed,
    "target.preview": planning_target.previewed,
    "target.cell": planning_target.previewed,
    "threshold.cell": thresholding.chosen,
    "threshold.name": thresholding.chosen,
    "threshold.preview": thresholding.previewed,
}
SENT: Mapping[str, Save] = {
    "plan": planning.submitted,
    "target": planning_target.submitted,
    "threshold": thresholding.submitted,
}


@dataclass(frozen=True)
class Filed:
    """What became of a form.

    Attributes:
        errors: Sentences by block id; nothing was kept.
        view: The form as it is shown instead: somebody was first, and nothing was kept.
    """

    errors: Mapping[str, str] = field(default_factory=dict)
    view: View | None = None

    @property
    def kept(self) -> bool:
        return not self.errors and self.view is None


class HomeForms:
    """The forms of one office; each step answers with the view to show."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def opened(self, action: str, value: str, asker: Asker) -> View:
        """The form a button opens: `plan.new`, `plan.edit`, `target.new` or `threshold.new`.

        Raises:
            NotAllowed: The asker may not change what is set.
        """
        if action == "target.new":
            return planning_target.opened(self.office, asker)
        if action == "threshold.new":
            return thresholding.opened(self.office, asker)
        return planning.opened(self.office, value, asker)

    def agreed(self, value: str, asker: Asker) -> Reply:
        """Put what was guessed of a `stage/pricing_model` into the plan."""
        return guesses.agreed(self.office, value, asker)

    def meanwhile(self, action: str, view: Mapping[str, Any], asker: Asker) -> View | None:
        """What to show while `pressed` takes its time; None where it does not."""
        if action != "threshold.preview":
            return None
        return thresholding.working(self.office, view, asker)

    def pressed(self, action: str, view: Mapping[str, Any], asker: Asker) -> View:
        """A form after a button or menu inside it was used; nothing is kept."""
        return PRESSED[action](self.office, view, asker)

    def sent(self, view: Mapping[str, Any], asker: Asker) -> Filed:
        """Keep what was filled in.

        Raises:
            NotAllowed: The asker may not change what is set.
        """
        return self._filed(SENT[str(view.get("callback_id"))], view, asker)

    def removed(self, view: Mapping[str, Any], asker: Asker) -> Filed:
        """Take the entry away that a plan form is about."""
        return self._filed(planning.removed, view, asker)

    def _filed(self, save: Save, view: Mapping[str, Any], asker: Asker) -> Filed:
        try:
            return Filed(view=save(self.office, view, asker))
        except Misfilled as error:
            renderer = self.office.renderer(asker.language)
            wrong = error.wrong.items()
            return Filed(
                {block_of(view, action): renderer.plainly(problem) for action, problem in wrong}
            )

    def settle(self, asker: Asker) -> None:
        """Work the boards out anew after a change, so that the next question finds them ready."""
        boards.rebuild(self.office, self.office.today(asker))

    # -- the person and the channels --------------------------------------------------------
    def chosen(self, action: str, value: str, asker: Asker) -> Asker:
        """Keep a person's language (`home.language`) or time zone (`home.zone`); as they are now.

        Raises:
            UnknownName: There is no such language or time zone.
        """
        value_known = (
            value in self.office.renderers if action == "home.language" else zone_named(value)
        )
        if not value_known:
            raise UnknownName("setting", value)
        name = "language" if action == "home.language" else "time_zone"
        with self.office.store.atomic():
            self.office.store.set_preference(asker.user, **{name: value})
            details = {"what": value}
            at = self.office.clock()
            self.office.store.log(Event(at, asker.user, "preference.set", asker.user, details))
        return (
            replace(asker, language=value)
            if name == "language"
            else replace(asker, time_zone=value)
        )

    def subscribe_view(self, channel: str, asker: Asker) -> View:
        """The form of a channel's summary; without a channel it asks for that, too."""
        require(self.office, asker, "answerer")
        view = subscribing.subscribe_view(self.office, replace(asker, channel=channel))
        view = {**view, "callback_id": "home.subscribe"}
        if channel:
            return view
        channel_form = self.office.renderer(asker.language).modal("subscribe_where")
        return {**view, "blocks": [*channel_form["blocks"], *view["blocks"]]}

    def subscribed(self, view: Mapping[str, Any], asker: Asker) -> tuple[Filed, Reply | None]:
        """Keep a channel's summary, and what to say of it."""
        require(self.office, asker, "answerer")
        channel = given(view).get("subscribe.channel") or asker.channel
        try:
            state = view.get("state") or {}
            asker = replace(asker, channel=channel)
            return Filed(), subscribing.subscribed(self.office, state, asker)
        except UsageError as error:
            sentence = self.office.renderer(asker.language).plainly(error)
            return Filed({block_of(view, "subscribe.days"): sentence}), None

    def stopped(self, subscription: str, asker: Asker) -> None:
        """End one summary; nothing happens where somebody was first."""
        require(self.office, asker, "answerer")
        if subscription.isdecimal():
            at = self.office.clock()
            self.office.store.unsubscribe(int(subscription), by=asker.user, at=at)
