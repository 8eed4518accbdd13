"""What came of an acknowledged move, in words: the line in its thread, and "Came in".

And of budgets set at a platform: what came of each campaign, and why nothing was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.advice.outcome.types import Outcome, Pooled
from bot.render import lexicon
from bot.render.catalogue import N_
from bot.render.escaping import Long, Words, mark, words
from bot.render.phrases import Phrases
from bot.render.values.budget_moves import AppliedBudget, AppliedRun, Forbidden, ShownChange


@dataclass(frozen=True)
class Measured:
    """An outcome as it is told.

    Attributes:
        action: What was acknowledged, e.g. `shift_budget`.
        pooled: One effect over every acknowledged move so far; `others`: how many more those are.
        givers, takers: Names of the campaigns it is about, so that its line reads on its own; one
            campaign alone is a giver.
    """

    outcome: Outcome
    action: str = "shift_budget"
    pooled: Pooled | None = None
    others: int = 0
    givers: tuple[str, ...] = ()
    takers: tuple[str, ...] = ()


_HEADS = {
    "worked": N_("*It worked.*"),
    "harmful": N_("*It did harm.*"),
    "no_effect": N_("*It made no difference.*"),
    "too_small_to_tell": N_("*Too small to tell.*"),
    "not_measured": N_("*Not measured.*"),
}
_OF = {
    "worked": N_("*%(about)s:* it worked."),
    "harmful": N_("*%(about)s:* it did harm."),
    "no_effect": N_("*%(about)s:* it made no difference."),
    "too_small_to_tell": N_("*%(about)s:* too small to tell."),
    "not_measured": N_("*%(about)s:* not measured."),
}
_BECAUSE = {
    "not_applied": N_("The change was not seen in time."),
    "changed_outside": N_("The budgets were changed again too soon."),
    "no_peers": N_("No untouched campaign was left to compare with."),
    "no_results": N_("There were no results to compare."),
    "tracking": N_("Results stopped being counted meanwhile."),
}
_YOURS = {
    "shift_budget": N_("Your shift of %(day)s"),
    "raise_budget": N_("Your raise of %(day)s"),
    "cut_budget": N_("Your cut of %(day)s"),
    "pause": N_("Your pause of %(day)s"),
    "run_test": N_("Your test of %(day)s"),
}
_CAME = {
    "worked": N_("%(what)s worked: %(change)s (%(low)s to %(high)s), about %(money)s so far."),
    "harmful": N_("%(what)s did harm: %(change)s (%(low)s to %(high)s), about %(money)s so far."),
    "no_effect": N_("%(what)s made no difference: between %(low)s and %(high)s."),
    "too_small_to_tell": N_("%(what)s is too small to tell: between %(low)s and %(high)s."),
}
_CAME_BEYOND = N_(
    "%(what)s is too small to tell: %(change)s so far (%(low)s to %(high)s), more than such a move "
    "usually brings."
)
_BEYOND = N_(
    "%(change)s (90 %% sure between %(low)s and %(high)s): more than such a move usually brings, "
    "so much of it may be chance."
)
_EARNED = N_(
    "%(what)s: about %(money)s gained so far, between %(low)s and %(high)s. It is too small to "
    "tell: much of it may be chance."
)
_EARNED_NOTHING = N_(
    "%(what)s: nobody can tell whether it gained anything, between %(low)s and %(high)s so far."
)
_SURE = {"worked", "harmful"}
_EFFECTS = {
    "price": N_(
        "%(change)s on what was moved (90 %% sure between %(low)s and %(high)s), about %(money)s."
    ),
    "results": N_(
        "%(change)s (90 %% sure between %(low)s and %(high)s), about %(money)s after its cost."
    ),
}


class OutcomeSentences:
    """Sentences about outcomes in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.speech, self.forms = phrases, phrases.speech, phrases.forms

    def head(self, measured: Measured) -> Words:
        """What it is about, and the verdict in a few words."""
        verdict, campaigns = measured.outcome.verdict, self._about(measured)
        return (
            self.speech.say(_OF[verdict], about=campaigns)
            if campaigns
            else self.speech.say(_HEADS[verdict])
        )

    def line(self, measured: Measured) -> Words:
        """What the verdict rests on: effect, interval, money, peers."""
        outcome, say = measured.outcome, self.speech.say
        if outcome.verdict == "not_measured":
            return say(_BECAUSE.get(outcome.because, _BECAUSE["no_results"]))
        between = {"low": self._share(outcome.low), "high": self._share(outcome.high)}
        if outcome.verdict in _SURE:
            sentence = say(
                _EFFECTS[outcome.of], change=self._change(outcome), money=self._money(outcome),
                **between,
            )  # fmt: skip
        elif _beyond(outcome):
            sentence = say(_BEYOND, change=self._change(outcome), **between)
        else:
            sentence = say(N_("Between %(low)s and %(high)s."), **between)
        return words(sentence, self._peers(outcome))

    def together(self, measured: Measured) -> Words:
        """The pooled effect beside a single reading; nothing where there is only the one."""
        pooled, other_moves = measured.pooled, measured.others
        if (
            pooled is None
            or pooled.change is None
            or other_moves < 1
            or measured.outcome.gain is None
        ):
            return Words("")
        return self.speech.count(
            "Together with your %(n)s other move: %(change)s in cost per result "
            "(%(low)s to %(high)s).",
            "Together with your %(n)s other moves: %(change)s in cost per result "
            "(%(low)s to %(high)s).",
            other_moves,
            change=self._share(pooled.change),
            low=self._share(pooled.low),
            high=self._share(pooled.high),
        )

    def came_in(self, measured: Measured) -> Words:
        """One line of the digest."""
        outcome = measured.outcome
        came = _CAME.get(outcome.verdict, _CAME["too_small_to_tell"])
        return self.speech.say(
            _CAME_BEYOND if _beyond(outcome) else came,
            what=self._yours(measured),
            change=self._change(outcome),
            low=self._share(outcome.low),
            high=self._share(outcome.high),
            money=self._money(outcome),
        )

    def earned(self, measured: Measured) -> Words:
        """What it brought in money, with its range; how sure where that is little."""
        outcome = measured.outcome
        if outcome.verdict in _SURE:
            return self.came_in(measured)
        low, high = (
            self.forms.money(_plain(end), outcome.currency)
            for end in (outcome.money_low, outcome.money_high)
        )
        return self.speech.say(
            _EARNED if _beyond(outcome) else _EARNED_NOTHING,
            what=self._yours(measured),
            money=self._money(outcome),
            low=low,
            high=high,
        )

    def _yours(self, measured: Measured) -> Words:
        """`Your shift of 29 October (Google | Generic → Google | Shopping)`."""
        template = _YOURS.get(measured.action, _YOURS["shift_budget"])
        yours = self.speech.say(template, day=self.forms.long_day(measured.outcome.on))
        campaigns = self._about(measured)
        return (
            self.speech.say(N_("%(what)s (%(about)s)"), what=yours, about=campaigns)
            if campaigns
            else yours
        )

    def _about(self, measured: Measured) -> Words:
        """The campaigns, those that give before those that receive; nothing where unknown."""
        if not measured.takers:
            return self._names(measured.givers)
        givers, takers = self._names(measured.givers), self._names(measured.takers)
        return self.speech.say(N_("%(name)s → %(to)s"), name=givers, to=takers)

    def _names(self, names: Sequence[str]) -> Words:
        """The first, and how many more."""
        if len(names) < 2:
            return mark(names[0]) if names else Words("")
        return self.speech.count(
            "%(name)s and %(n)s more", "%(name)s and %(n)s more", len(names) - 1, name=names[0]
        )

    def _change(self, outcome: Outcome) -> Words:
        share = self._share(outcome.change)
        if outcome.of != "price":
            return self.speech.say(N_("%(change)s in results"), change=share)
        price_phrase = lexicon.PRICES.get(outcome.price)
        return self.speech.say(price_phrase, amount=mark(share)) if price_phrase else mark(share)

    def _share(self, fraction: float | None) -> str:
        return self.forms.percent(fraction, signed=True)

    def _money(self, outcome: Outcome) -> str:
        return self.forms.money(_plain(outcome.money), outcome.currency)

    def _peers(self, outcome: Outcome) -> Words:
        return self.speech.count(
            "Compared with %(n)s campaign nobody touched.",
            "Compared with %(n)s campaigns nobody touched.",
            outcome.peers,
        )


def _beyond(outcome: Outcome) -> bool:
    """Whether an interval leaves zero out, but so small a move seldom does as much."""
    low, high = outcome.low, outcome.high
    one_side = low is not None and high is not None and low * high > 0
    return one_side and outcome.verdict == "too_small_to_tell"


def _plain(amount: float | None) -> float | None:
    """An amount to two digits that count: what was measured is not known to the krone."""
    return None if amount is None else float(f"{amount:.2g}")


_APPLIED_HEADS = {
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
        template = (_BACK if run.takes_back else _APPLIED_HEADS)[
            "unsent" if run.forbidden else extent
        ]
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
