"""The Home tab's forms as Slack's side drives them: views in, views out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.replies import Asker, Reply
from bot.features.home.actions import HomeForms
from bot.slack.forms import by_block, submission, view_of

View = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What Slack is told of a form: errors by block id, the view to show instead, or nothing."""

    errors: Mapping[str, str]
    view: View | None = None

    @property
    def kept(self) -> bool:
        return not self.errors and self.view is None


class SlackForms:
    """Each step as bot/slack/home takes it, read by bot/slack/forms and nothing of its own."""

    def __init__(self, forms: HomeForms) -> None:
        self.forms = forms

    def opened(self, action: str, value: str, asker: Asker) -> View:
        return view_of(self.forms.opened(action, value, asker))

    def meanwhile(self, action: str, view: View, asker: Asker) -> View | None:
        form = self.forms.meanwhile(action, submission(view), asker)
        return form and view_of(form)

    def pressed(self, action: str, view: View, asker: Asker) -> View:
        return view_of(self.forms.pressed(action, submission(view), asker))

    def sent(self, view: View, asker: Asker) -> Outcome:
        return self._outcome(view, self.forms.sent(submission(view), asker))

    def removed(self, view: View, asker: Asker) -> Outcome:
        return self._outcome(view, self.forms.removed(submission(view), asker))

    def subscribed(self, view: View, asker: Asker) -> tuple[Outcome, Reply | None]:
        filed, reply = self.forms.subscribed(submission(view), asker)
        return self._outcome(view, filed), reply

    def _outcome(self, view: View, filed: Any) -> Outcome:
        return Outcome(by_block(view, filed.errors), filed.form and view_of(filed.form))

    def __getattr__(self, name: str) -> Any:
        """What takes no view: settle, chosen, stopped, subscribe_view, agreed."""
        return getattr(self.forms, name)
