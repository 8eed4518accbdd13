"""What perfbot says in Slack where it cannot do what it was asked."""

from __future__ import annotations

from bot.errors import PerfbotError


class NotKept(PerfbotError):
    """An answer or a form that is not in the store: whoever gave it must know."""

    code = "not_kept"

    def __init__(self, *, by_store: bool = True) -> None:
        why = "That was not kept: my database does not answer."
        bug = "That was not kept: something went wrong on my side."
        retry_hint = "Nothing has changed. Try again in a minute."
        super().__init__(why if by_store else bug, hint=retry_hint)


class TakesLong(PerfbotError):
    """A question over its time budget."""

    code = "takes_long"

    def __init__(self) -> None:
        super().__init__(
            "This takes longer than usual.",
            hint="The answer comes here when it is ready. Fewer days, or one campaign, are faster.",
        )


class TooManyQuestions(PerfbotError):
    """More questions than one person may ask at once."""

    code = "too_many"

    def __init__(self) -> None:
        super().__init__(
            "You ask faster than I can answer.", hint="Wait a few seconds, then ask again."
        )


class Restarting(PerfbotError):
    """perfbot stops before it came to a question."""

    code = "restarting"

    def __init__(self) -> None:
        super().__init__(
            "I am starting anew and did not get to your question.", hint="Ask again in a minute."
        )


class FormTooLate(PerfbotError):
    """Slack's three seconds to open a form were over."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__(
            "Slack gives me three seconds to open a form, and they were over.",
            hint="Press again.",
        )


class SlackSilent(PerfbotError):
    """Slack hung up or did not answer, more often than is asked again."""

    code = "slack_silent"

    def __init__(self) -> None:
        super().__init__("Slack did not answer me.", hint="Try again in a minute.")


class NotThere(PerfbotError):
    """A channel was subscribed that perfbot is not in."""

    code = "not_there"

    def __init__(self) -> None:
        super().__init__(
            "I am not in that channel yet, so nothing can come.",
            hint="Write /invite @perfbot there.",
        )


class ArchivedThere(PerfbotError):
    """A channel was subscribed that is archived."""

    code = "archived_there"

    def __init__(self) -> None:
        super().__init__(
            "That channel is archived, so nothing can come.", hint="Choose another channel."
        )


class NotInstalledHere(PerfbotError):
    """A workspace whose tokens are gone, or do not open, asks."""

    code = "not_installed_here"

    def __init__(self) -> None:
        super().__init__(
            "perfbot is not installed in this workspace any more.",
            hint="Ask whoever runs it to have it installed again.",
        )
