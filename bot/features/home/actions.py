"""What the Home tab's buttons and forms do, by the names Slack calls them by."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from bot.blockkit import View
from bot.context.context import Context
from bot.context.scoping import for_asker, may_name
from bot.domain.replies import Asker, Filed, OpenForm, Reply, Submission
from bot.errors import OutOfReach, UnknownName, UsageError
from bot.features import subscriptions
from bot.features.plan import guesses
from bot.features.plan.entry_form import ENTRY
from bot.features.plan.form import Misfilled
from bot.features.plan.target_form import TARGET
from bot.features.plan.threshold_form import THRESHOLD_FORM
from bot.policy.permissions import require
from bot.policy.schedule import zone_named
from bot.snapshot import boards
from bot.store.base import Event

FORMS = {form.name: form for form in (ENTRY, TARGET, THRESHOLD_FORM)}
PREVIEW = ".preview"
FILLED = {"target.fill", "plan.fill"}


class HomeForms:
    """The forms over one context; each step answers with the form to show."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def _for(self, asker: Asker) -> Context:
        return for_asker(self.context, asker)

    def opened(self, action: str, value: str, asker: Asker) -> OpenForm:
        """The form a button opens: `plan.new`, `plan.edit`, `target.new` or `threshold.new`.

        `target.fill` opens with what a sentence said standing in it, `plan.fill` with what was
        guessed: nothing is kept by that.

        Raises:
            NotAllowed: The asker may not change what is set.
        """
        form = FORMS[action.partition(".")[0]]
        if action in FILLED:
            return form.filled(self._for(asker), asker, _values_in(value))
        return form.opened(self._for(asker), asker, value)

    def agreed(self, value: str, asker: Asker) -> Reply:
        """Put what was guessed of a `stage/pricing_model` into the plan."""
        return guesses.agreed(self._for(asker), value, asker)

    def target_meant(self, value: str, asker: Asker) -> Reply:
        """Keep that a campaign's target is meant, though it is far off what results cost."""
        return guesses.target_meant(self._for(asker), value, asker)

    def meanwhile(self, action: str, submission: Submission, asker: Asker) -> OpenForm | None:
        """What to show while `pressed` takes its time; None where it does not."""
        if not action.endswith(PREVIEW):
            return None
        return FORMS[submission.form].meanwhile(self._for(asker), submission, asker)

    def pressed(self, action: str, submission: Submission, asker: Asker) -> OpenForm:
        """A form after a button or menu inside it was used; nothing is kept."""
        return FORMS[submission.form].used(self._for(asker), submission, asker, action)

    def sent(self, submission: Submission, asker: Asker) -> Filed:
        """Keep what was filled in.

        Raises:
            NotAllowed: The asker may not change what is set.
        """
        return self._filed(FORMS[submission.form].sent, submission, asker)

    def removed(self, submission: Submission, asker: Asker) -> Filed:
        """Take the entry away that a plan form is about."""
        return self._filed(ENTRY.removed, submission, asker)

    def _filed(
        self,
        save: Callable[[Context, Submission, Asker], OpenForm | None],
        submission: Submission,
        asker: Asker,
    ) -> Filed:
        try:
            return Filed(form=save(self._for(asker), submission, asker))
        except Misfilled as error:
            renderer = self.context.renderer(asker.language)
            return Filed({name: renderer.plainly(wrong) for name, wrong in error.wrong.items()})

    def settle(self, asker: Asker) -> None:
        """Work the boards out anew after a change, so that the next question finds them ready."""
        boards.rebuild(self.context, self.context.today(asker))

    # -- the person and the channels --------------------------------------------------------
    def chosen(self, action: str, value: str, asker: Asker) -> Asker:
        """Keep a person's language (`home.language`) or time zone (`home.zone`); as they are now.

        Raises:
            UnknownName: There is no such language or time zone.
        """
        value_known = (
            value in self.context.renderers if action == "home.language" else zone_named(value)
        )
        if not value_known:
            raise UnknownName("setting", value)
        name = "language" if action == "home.language" else "time_zone"
        with self.context.store.atomic():
            self.context.store.set_preference(asker.user, **{name: value})
            details = {"what": value}
            at = self.context.clock()
            self.context.store.log(Event(at, asker.user, "preference.set", asker.user, details))
        return (
            replace(asker, language=value)
            if name == "language"
            else replace(asker, time_zone=value)
        )

    def subscribe_view(self, channel: str, asker: Asker) -> View:
        """The form of a channel's summary; without a channel it asks for that, too."""
        require(self.context, asker, "answerer")
        context = self._for(asker)
        if channel and not may_name(context, channel):
            raise OutOfReach
        view = subscriptions.subscribe_view(context, replace(asker, channel=channel))
        view = {**view, "callback_id": "home.subscribe"}
        if channel:
            return view
        channel_form = self.context.renderer(asker.language).modal("subscribe_where")
        return {**view, "blocks": [*channel_form["blocks"], *view["blocks"]]}

    def subscribed(self, submission: Submission, asker: Asker) -> tuple[Filed, Reply | None]:
        """Keep a channel's summary, and what to say of it."""
        require(self.context, asker, "answerer")
        context = self._for(asker)
        asker = replace(asker, channel=submission.text("subscribe.channel") or asker.channel)
        try:
            return Filed(), subscriptions.subscribed(context, submission, asker)
        except UsageError as error:
            sentence = self.context.renderer(asker.language).plainly(error)
            return Filed({"subscribe.days": sentence}), None

    def stopped(self, subscription: str, asker: Asker) -> None:
        """End one summary; nothing happens where somebody was first."""
        require(self.context, asker, "answerer")
        if subscription.isdecimal():
            at = self.context.clock()
            self._for(asker).store.unsubscribe(int(subscription), by=asker.user, at=at)


def _values_in(value: str) -> dict[str, str]:
    """What a button fills in, by field; nothing where somebody sent another value."""
    try:
        values = json.loads(value)
    except ValueError:
        return {}
    if not isinstance(values, dict):
        return {}
    return {name: text for name, text in values.items() if isinstance(text, str)}
