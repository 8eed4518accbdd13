"""How a piece of advice stands: `Acknowledged by Kari at 08:14.`, and the line in its thread."""

from __future__ import annotations

from dataclasses import replace

from bot.render.action_phrases import Deeds
from bot.render.catalogue import N_, Speech, catalogue, languages
from bot.render.escaping import Long, Words, mark, moment, words
from bot.render.lexicon import REASONS
from bot.render.values.advice_card import Card

_AT = {
    "acknowledged": N_("✔ Acknowledged by %(who)s at %(at)s."),
    "in_progress": N_("⏳ In progress: %(who)s, since %(at)s."),
}
_BY = {
    "acknowledged": N_("✔ Acknowledged by %(who)s."),
    "in_progress": N_("⏳ In progress: %(who)s."),
    "snoozed": N_("💤 Snoozed by %(who)s."),
    "dismissed": N_("✖ Dismissed by %(who)s."),
    "open": N_("↩ Taken back by %(who)s: it is open again."),
}
_EXPIRED = N_("No longer true, so there is nothing left to do.")
_WAITS = {
    "learning": N_("its budget was changed lately, and the platform is still learning"),
    "cooldown": N_("its budget was changed lately"),
    "shifted": N_("another move has just set its budget"),
    "recovering": N_("results were lost lately, and its numbers are not whole yet"),
    "tracking": N_("what it counts has to be checked first"),
    "late_data": N_("its numbers are late"),
    "delivery": N_("it does not use the budget it has"),
    "muted": N_("something else about it comes first"),
    "for": N_("it has to be so for some mornings first"),
    "credited": N_("money was given back lately, which lowers what its results seem to cost"),
    "far_target": N_("its target is far off what results cost"),
    "guessed": N_("what it is for is still a guess"),
    "one_a_day": N_("another move of the day comes first"),
    "answered": N_("the same was answered lately"),
    "floor": N_("its stage keeps a least budget"),
    "step": N_("the step would be too small to notice"),
    "captured": N_("its demand was there anyway"),
    "shared_budget": N_("it shares its budget with others"),
    "unknown_budget": N_("its daily budget is not known"),
}
_HELD = N_("a safety rule holds it back")
_LINES = {
    "hold": N_("Still true, but it waits: %(deed)s. Why: %(why)s."),
    "resume": N_("No need to wait any more: %(deed)s. It is open again."),
    "acknowledge": N_("%(who)s acknowledged: %(deed)s."),
    "progress": N_("%(who)s is on it: %(deed)s."),
    "snooze": N_("%(who)s snoozed it until %(day)s: %(deed)s."),
    "dismiss": N_("%(who)s dismissed: %(deed)s. %(reason)s"),
    "wake": N_("Back from snooze: %(deed)s."),
    "undo": N_("%(who)s took the answer back: %(deed)s is open again."),
    "expire": N_("No longer true: %(deed)s. Nothing left to do."),
    "expire_target": N_(
        "No longer true since %(who)s changed the target: %(deed)s. Nothing left to do."
    ),
    "expire_plan": N_(
        "No longer true since %(who)s changed the plan: %(deed)s. Nothing left to do."
    ),
    "expire_threshold": N_(
        "No longer true since %(who)s changed a threshold: %(deed)s. Nothing left to do."
    ),
    "return": N_("True again: %(deed)s. It is open."),
}
_LINES |= {
    "first": N_("%(who)s acknowledged: %(deed)s. It waits for a second person."),
    "withdraw": N_("%(who)s took it back: %(deed)s waits for two people again."),
}
_LINES |= {
    "apply": N_("%(who)s has it applied at %(where)s: %(deed)s."),
    "set_back": N_("%(who)s has it undone at %(where)s: %(deed)s."),
}
_AT_PLATFORM = {
    "waiting": N_("Under way at %(where)s: what came of it is said in the thread."),
    "set": N_("Applied at %(where)s."),
}
_TAKEN = {
    "acknowledged": N_("%(who)s acknowledged this at %(at)s."),
    "in_progress": N_("%(who)s has been on this since %(at)s."),
    "snoozed": N_("%(who)s snoozed this at %(at)s."),
    "dismissed": N_("%(who)s dismissed this at %(at)s."),
    "expired": N_("This is no longer true, so there is nothing left to do."),
    "open": N_("This is open; there is nothing to take back."),
}

_PARTLY = N_("✔ Partly acknowledged by %(who)s at %(at)s: %(agreed)s instead of %(advised)s a day.")
_FIRST_PART = N_(
    "%(who)s acknowledged a part: %(agreed)s instead of %(advised)s a day (%(deed)s). "
    "It waits for a second person who agrees to the same."
)
_PART_LINE = N_("%(who)s acknowledged a part: %(agreed)s instead of %(advised)s a day (%(deed)s).")
_DEMOTED = {
    "harmful": N_("Only watching since %(day)s: what this rule moved came out worse."),
    "noisy": N_("Only watching since %(day)s: most of what this rule said was dismissed."),
}


class Standing:
    """Sentences about an answer. Names are text: nobody is mentioned, so nobody is pinged."""

    def __init__(self, speech: Speech, deeds: Deeds) -> None:
        self.speech, self.deeds = speech, deeds

    def answered(self, card: Card) -> Words:
        """The sentence under advice that was answered."""
        person, say, forms = self._who(card), self.speech.say, self.speech.forms
        if card.state == "expired":
            return self._waits(card) or say(_EXPIRED)
        if card.state == "snoozed" and card.until:
            template = N_("💤 Snoozed until %(day)s by %(who)s.")
            return say(template, day=forms.day(card.until), who=person)
        if card.state == "dismissed" and card.reason:
            template = N_("✖ Dismissed by %(who)s: %(reason)s")
            return say(template, who=person, reason=self._reason(card.reason))
        if card.part and card.answered_at:
            sentence = say(_PARTLY, who=person, at=self._at(card), **self._part(card))
        elif card.answered_at and card.state in _AT:
            sentence = say(_AT[card.state], who=person, at=self._at(card))
        else:
            sentence = say(_BY.get(card.state, _BY["open"]), who=person)
        return words(sentence, self._measured(card))

    def line(self, card: Card, verb: str) -> Words:
        """The one short line in the thread."""
        shown_card = _first(card) if verb == "first" else card
        deed = self.deeds.short(shown_card)
        if verb in {"acknowledge", "first"} and shown_card.part:
            template = _FIRST_PART if verb == "first" else _PART_LINE
            said = self.speech.say(
                template, who=self._who(card), deed=deed, **self._part(shown_card)
            )
            return words(said, self.deeds.budgets(shown_card.changes))
        day = self.speech.forms.day(card.until) if card.until else self.speech.say(N_("later"))
        return self.speech.say(
            _LINES.get(verb, _LINES["acknowledge"]),
            who=self._who(card),
            deed=deed,
            day=day,
            reason=self._reason(card.reason) if card.reason else Words(""),
            where=self._where(card),
            why=self._guard(card),
        )

    def _waits(self, card: Card) -> Words:
        """That it is still true and what it waits for; nothing where it is not."""
        if not card.waits_for:
            return Words("")
        template = N_("Still true, but it waits: %(why)s. I say so when it is open again.")
        return self.speech.say(template, why=self._guard(card))

    def _guard(self, card: Card) -> Words:
        return self.speech.say(_WAITS.get(card.waits_for, _HELD))

    def platform(self, card: Card) -> Words:
        """What is so of its budgets at their platform; nothing where nothing is done there."""
        template = _AT_PLATFORM.get(card.platform.state) if card.platform else None
        return self.speech.say(template, where=self._where(card)) if template else Words("")

    def _where(self, card: Card) -> Words:
        where = card.platform.where if card.platform else ()
        return Words(self.speech.forms.listed([str(mark(place)) for place in where]))

    def _reason(self, text: str) -> Words:
        """What was picked in a form in the reader's language, what was typed as it stands."""
        picked, _, typed = text.partition(": ")
        for label in REASONS.values():
            if picked in {catalogue(language).ugettext(label) for language in languages()}:
                reason = self.speech.say(label)
                return words(reason, Long(typed), between=": ") if typed else reason
        return mark(Long(text))

    def _part(self, card: Card) -> dict[str, object]:
        """What was agreed to, and what was advised, a day."""
        agreed, advised = card.part or (0.0, 0.0)
        budget, currency = self.speech.forms.budget, card.advice.currency
        return {"agreed": budget(agreed, currency), "advised": budget(advised, currency)}

    def taken(self, card: Card) -> Words:
        """What somebody reads who answered too late."""
        template = _TAKEN.get(card.state, _TAKEN["open"])
        return self._waits(card) or self.speech.say(
            template, who=self._who(card), at=self._at(card)
        )

    def two(self, card: Card) -> Words:
        """That two people have to acknowledge it, or who was the first of them."""
        if not card.two_people:
            return Words("")
        if card.state == "acknowledged":
            template = N_("Acknowledged first by %(who)s.") if card.first_by else ""
        elif card.first_by and (part := _first(card)).part:
            template = N_(
                "Acknowledged by %(who)s in part: %(agreed)s instead of %(advised)s a day. "
                "Waits for a second person who agrees to the same."
            )
            return self.speech.say(template, who=card.first_by, **self._part(part))
        elif card.first_by:
            template = N_("Acknowledged by %(who)s. Waits for a second person.")
        else:
            template = N_("It moves much money: two people have to acknowledge it.")
        return self.speech.say(template, who=card.first_by) if template else Words("")

    def demoted(self, card: Card) -> Words:
        """That the rule may only watch, and why; nothing where it may do more."""
        if card.demoted is None:
            return Words("")
        why, since = card.demoted
        template = _DEMOTED.get(why, _DEMOTED["harmful"])
        return self.speech.say(template, day=self.speech.forms.long_day(since))

    def _at(self, card: Card) -> Words:
        """When it was answered, in the reader's own time zone; the day where it was another."""
        if card.answered_at is None:
            return self.speech.say(N_("some time"))
        forms, at = self.speech.forms, card.answered_at
        clock_time = moment(at, forms.clock(at))
        if card.as_of in {None, at.date()}:
            return clock_time
        return self.speech.say(N_("%(time)s on %(day)s"), time=clock_time, day=forms.day(at.date()))

    def _who(self, card: Card) -> object:
        return card.answered_by or self.speech.say(N_("somebody"))

    def _measured(self, card: Card) -> Words:
        if card.state != "acknowledged" or not card.measured_on:
            return Words("")
        day = self.speech.forms.long_day(card.measured_on)
        if not card.against:
            return self.speech.say(N_("Measured on %(day)s."), day=day)
        return self.speech.count(
            "Measured on %(day)s against %(n)s untouched campaign.",
            "Measured on %(day)s against %(n)s untouched campaigns.",
            card.against,
            day=day,
        )


def _first(card: Card) -> Card:
    """The card with the part that the first of two people agreed to."""
    return replace(card, partly=card.first_part)
