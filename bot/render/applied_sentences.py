"""Budgets set at a platform, in words: what came of each campaign, and why nothing was sent."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render.catalogue import N_
from bot.render.escaping import Long, Words, mark
from bot.render.phrases import Phrases
from bot.render.values.applied import AppliedBudget, AppliedRun, Forbidden
from bot.render.values.budget_moves import ShownChange

_HEADS = {
    "all": N_("*Applied at %(where)s, and read back.*"),
    "some": N_("*Only partly applied at %(where)s.*"),
    "none": N_("*Nothing was changed at %(where)s.*"),
    "unsent": N_("*Nothing was sent to %(where)s.*"),
}
_BACK = {
    "all": N_("*Undone at %(where)s, and read back.*"),
    "some": N_("*Only partly undone at %(where)s.*"),
    "none": N_("*Nothing was undone at %(where)s.*"),
    "unsent": N_("*Nothing was sent to %(where)s.*"),
}
_CHANGE = N_("%(name)s: %(before)s → %(after)s a day.")
_WAITING = N_("*Sent to %(where)s, and not read back yet. I keep looking.*")
_STATUS = {
    "set": _CHANGE,
    "unchanged": N_("%(name)s: still %(now)s a day; %(where)s did not take the change."),
    "otherwise": N_(
        "%(name)s: %(now)s a day now, which is neither %(before)s nor %(after)s. Look there."
    ),
    "refused": N_("%(name)s: still %(now)s a day. %(where)s refused: %(said)s"),
    "not_sent": N_("%(name)s: left at %(now)s a day, because not everything could be set."),
}
_REASONS = {
    "stale": N_(
        "%(name)s: the budget is %(now)s a day now, and was %(before)s when this was advised."
    ),
    "shared": N_("%(name)s: the budget is shared and would change %(names)s as well."),
    "no_budget": N_("%(name)s: there is no daily budget of its own to change."),
    "missing": N_("%(name)s: the campaign is not there any more."),
    "step": N_("%(name)s: %(now)s is no amount there: budgets go in steps of %(before)s."),
    "refused": N_("%(name)s: %(where)s refuses it: %(said)s"),
    "off": N_("Setting budgets is not switched on for account %(account)s."),
    "cap_change": N_("It moves %(now)s a day; one change may move %(before)s in this account."),
    "cap_day": N_(
        "Today's changes would come to %(now)s a day in this account; %(before)s is the cap."
    ),
    "cap_month": N_(
        "This month's changes would come to %(now)s a day in this account; %(before)s is the cap."
    ),
    "answered": N_("It is not acknowledged any more."),
    "scope": N_(
        "perfbot may only read account %(account)s. %(grant)s Until then it only proposes."
    ),
    "unread": N_("The platform does not answer: %(said)s"),
    "silent": N_("The platform did not answer, and nothing was changed: %(said)s"),
}
_GRANTS = {
    "google_ads": N_(
        "In Google Ads: Admin, Access and security: give the user who signed in Standard access."
    ),
    "meta_ads": N_(
        "In Business settings give the system user Manage campaigns on the ad account, and make "
        "its token anew, with the permission to manage ads."
    ),
}


class AppliedSentences:
    """Sentences about budgets at a platform, in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.speech = phrases, phrases.speech

    def places(self, where: Sequence[str]) -> Words:
        """`Google and Meta`."""
        return Words(self.speech.forms.listed([str(mark(place)) for place in where]))

    def head(self, run: AppliedRun) -> Words:
        """Whether it is done."""
        if run.is_waiting:
            return self.speech.say(_WAITING, where=self.places(run.where))
        count = sum(budget.status == "set" for budget in run.budgets)
        extent = "none" if not count else "all" if count == len(run.budgets) else "some"
        template = (_BACK if run.takes_back else _HEADS)["unsent" if run.forbidden else extent]
        return self.speech.say(template, where=self.places(run.where))

    def change(self, change: ShownChange) -> Words:
        """A budget that is about to be set."""
        forms = self.speech.forms
        return self.speech.say(
            _CHANGE,
            name=change.name,
            before=forms.budget(change.before, change.currency),
            after=forms.budget(change.after, change.currency),
        )

    def budget(self, run: AppliedRun, budget: AppliedBudget) -> Words:
        """What came of one campaign."""
        return self.speech.say(
            _STATUS[budget.status],
            name=budget.name,
            where=budget.where,
            before=self._amount(budget.before, run),
            after=self._amount(budget.after, run),
            now=self._amount(budget.now, run),
            said=Long(budget.sentence),
        )

    def reason(self, run: AppliedRun, forbidden: Forbidden) -> Words:
        """Why nothing was sent."""
        grant = _GRANTS.get(forbidden.names[0]) if forbidden.reason == "scope" else None
        return self.speech.say(
            _REASONS[forbidden.reason],
            name=forbidden.name,
            account=forbidden.names[-1] if forbidden.names else "",
            names=self.places(forbidden.names),
            before=self._amount(forbidden.before, run),
            now=self._amount(forbidden.now, run),
            where=forbidden.where,
            said=Long(forbidden.sentence),
            grant=self.speech.say(grant) if grant else "",
        )

    def _amount(self, amount: float | None, run: AppliedRun) -> str:
        return self.speech.forms.budget(amount, run.currency)
