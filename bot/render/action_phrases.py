"""What a piece of advice asks for, in a few words: half sentences, list lines, the headline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from bot.domain.advice import Advice
from bot.render import lexicon
from bot.render.catalogue import N_
from bot.render.escaping import Words, bare, capital, mark, size, words
from bot.render.phrases import Phrases
from bot.render.rule_messages import counted
from bot.render.values.advice_card import Card
from bot.render.values.budget_moves import ShownChange
from bot.render.values.digests import Digest, Todo

LONGEST_NEWS = 120  # characters of the digest's first line: three lines of a phone


class Deeds:
    """Half sentences that begin with a small letter: `move 240 kr a day to Shopping`."""

    def __init__(self, phrases: Phrases, brief: Callable[[Advice], Words]) -> None:
        self.phrases, self.speech, self.brief = phrases, phrases.speech, brief

    def short(self, card: Card) -> Words:
        """Without the giver of a shift."""
        action = card.advice.action
        if action == "hold" and (late := self._missing(card, card.source)):
            return late
        pattern, _ = lexicon.TRUE_OF.get(card.advice.rule, (lexicon.ACTIONS.get(action), ""))
        if card.move is not None:
            pattern = lexicon.AMOUNTS.get(action, pattern)
        if not pattern or (card.is_shift and not card.to):
            return self._titled(card)
        return self.speech.say(pattern, **self._values(card))

    def long(self, card: Card) -> Words:
        """For a message of its own: a shift names both sides."""
        if card.is_shift and card.to:
            pattern = lexicon.LONG_TEST if card.trial else lexicon.LONG_SHIFT
            return self.speech.say(pattern, **self._values(card))
        return self.short(card)

    def each(self, cards: Sequence[Card]) -> list[str]:
        """Several deeds with their campaigns, for one sentence of them all."""
        return [
            str(self.long(card) if at else capital(self.long(card)))
            for at, card in enumerate(cards)
        ]

    def task(self, card: Card) -> Words:
        """A line of the digest's list, and when it was said already."""
        return words(self._task(card), self.said(card))

    def _task(self, card: Card) -> Words:
        """With its fact: `Check tracking: Leads B2B, 0 leads …`."""
        if card.is_shift and card.to:
            pattern = lexicon.SHORT_TEST if card.trial else lexicon.SHORT_SHIFT
            return self.speech.say(pattern, **self._values(card))
        action, fact = card.advice.action, self.brief(card.advice)
        _, head = lexicon.TRUE_OF.get(card.advice.rule, ("", lexicon.HEADS.get(action)))
        if action == "hold" and self._late_since(card) is None:
            head = None
        title = self.phrases.told(card.advice.title)
        if head is None:
            template = N_("%(deed)s: %(fact)s")
            return self.speech.say(template, deed=self.short(card), fact=fact or mark(title))
        subject = card.source if card.advice.action == "hold" else self._name(card)
        template = (
            N_("%(head)s: %(name)s, %(fact)s") if fact else N_("%(head)s: %(name)s. %(fact)s")
        )
        heading = self.speech.say(head)
        return self.speech.say(template, head=heading, name=subject, fact=fact or mark(title))

    def said(self, card: Card) -> Words:
        """That it was said at once, and when; nothing where it waited for the morning."""
        if card.said_at is None:
            return Words("")
        forms, at = self.speech.forms, card.said_at
        if card.as_of in {None, at.date()}:
            return self.speech.say(N_("(said at %(time)s)"), time=forms.clock(at))
        template = N_("(said on %(day)s at %(time)s)")
        return self.speech.say(template, day=forms.day(at.date()), time=forms.clock(at))

    def headline(
        self, cards: Sequence[Card], digest: Digest | Todo, *, greets: bool = True
    ) -> Words:
        """The digest's first line: what matters most, as much of it as fits.

        Args:
            cards: What there is to do.
            digest: Whose line it is.
            greets: Whether it is the very first line, which says good morning.
        """
        still_open = [card for card in cards if card.state == "open"]
        unseen = max(0, digest.total - len(cards))  # beyond the thread: nobody has answered them
        if not still_open and not unseen:
            return self.opening(digest, self._answered())
        ranked = sorted(still_open, key=lambda card: (card.said_at is not None, not card.urgent))
        openings = [
            self.opening(digest, news) if greets else news for news in self._news(ranked, unseen)
        ]
        return next(
            (opening for opening in openings if size(bare(opening)) <= LONGEST_NEWS), openings[-1]
        )

    def opening(self, digest: Digest | Todo, news: Words) -> Words:
        """The greeting, or the week or month it is about, and the news."""
        if digest.form == "weekly":
            week = (digest.as_of - timedelta(digest.as_of.weekday() + 1)).isocalendar().week
            return self.speech.say(N_("Week %(week)s: %(news)s"), week=week, news=news)
        if digest.form == "monthly":
            month = self.speech.forms.month(digest.as_of.replace(day=1) - timedelta(1))
            return self.speech.say(N_("%(month)s: %(news)s"), month=month, news=news)
        if digest.form == "now":
            return self.speech.say(N_("Now: %(news)s"), news=news)
        return self.speech.say(N_("Good morning. %(news)s"), news=news)

    def _answered(self) -> Words:
        return self.speech.say(N_("Nothing new to do: everything has been answered."))

    def _news(self, cards: Sequence[Card], unseen: int = 0) -> Iterator[Words]:
        """Ways to say what there is to do, the fullest first; what was said at once is no news."""
        already_reported = bool(cards) and cards[0].said_at is not None
        for news in self._told(cards, unseen):
            yield (
                self.speech.say(N_("Nothing new. Still so: %(news)s"), news=news)
                if already_reported
                else news
            )

    def _told(self, cards: Sequence[Card], unseen: int) -> Iterator[Words]:
        """Each way accounts for everything: by name, or as so many more."""
        if cards:
            yield from self._accounted(list(self._things(cards)), len(cards) + unseen)
        yield self.speech.count(
            "There is %(n)s thing to do.", "There are %(n)s things to do.", len(cards) + unseen
        )

    def _accounted(self, clauses: Sequence[tuple[Words, int]], total: int) -> Iterator[Words]:
        (lead_clause, covers), *later_clauses = clauses
        lead, remaining = Words(lead_clause[:1].upper() + lead_clause[1:]), total - covers
        if later_clauses:
            follower, follower_covers = later_clauses[0]
            yield self._pair(lead, follower, remaining - follower_covers)
        if remaining:
            yield self.speech.count(
                "%(first)s, and %(n)s more thing.", "%(first)s, and %(n)s more things.",
                remaining, first=lead,
            )  # fmt: skip
        else:
            yield self.speech.say(N_("%(first)s."), first=lead)

    def _pair(self, lead: Words, follower: Words, remaining: int) -> Words:
        if not remaining:
            return self.speech.say(N_("%(first)s, and %(second)s."), first=lead, second=follower)
        return self.speech.count(
            "%(first)s, %(second)s, and %(n)s more.",
            "%(first)s, %(second)s, and %(n)s more.",
            remaining, first=lead, second=follower,
        )  # fmt: skip

    def _things(self, cards: Sequence[Card]) -> Iterator[tuple[Words, int]]:
        """The first two clauses and how many cards each is about: late numbers are one thing."""
        remaining = list(cards)
        for _ in range(2):
            if remaining:
                late = self._late_since(remaining[0])
                alike = [card for card in remaining if late and self._late_since(card) == late]
                yield self._together(alike) if len(alike) > 1 else (self.clause(remaining[0]), 1)
                remaining = [card for card in remaining[1:] if card not in alike]

    def _together(self, late: Sequence[Card]) -> tuple[Words, int]:
        sources = list(dict.fromkeys(card.source for card in late))
        return self._missing(late[0], self.speech.forms.listed(sources)), len(late)

    def clause(self, card: Card) -> Words:
        """What the headline says of one piece of advice: what is wrong, or what to do."""
        since = card.days_back("outage_days")
        if card.advice.action != "check_tracking" or since is None or card.as_of is None:
            return self.short(card)
        surely = N_("%(name)s stopped counting %(results)s on %(day)s")
        perhaps = N_("%(name)s has counted no %(results)s since %(day)s")
        results = self.phrases.plural(counted(card.advice))
        day = self.phrases.near(since, card.as_of)
        template = surely if card.urgent else perhaps
        return self.speech.say(template, name=self._name(card), results=results, day=day)

    def _late_since(self, card: Card) -> date | None:
        """The first day that is missing, for advice to wait for numbers."""
        if card.advice.action != "hold":
            return None
        return card.days_back("late_days") or card.days_back("own_late_days")

    def _missing(self, card: Card, source: str) -> Words:
        since = self._late_since(card)
        if since is None or card.as_of is None:
            return Words("")
        template = N_("numbers from %(source)s have been missing since %(day)s")
        return self.speech.say(template, source=source, day=self.phrases.near(since, card.as_of))

    def budgets(self, changes: Sequence[ShownChange]) -> Words:
        """What to set: `Set Generic to 1 860 kr a day (now 2 100), Shopping to 1 440 kr …`."""
        return self.speech.say(
            N_("Set %(budgets)s."), budgets=words(*map(self._budget, changes), between=", ")
        )

    def _budget(self, change: ShownChange) -> Words:
        forms = self.speech.forms
        after = forms.budget(change.after, change.currency)
        if change.before is None:
            return self.speech.say(N_("%(name)s to %(after)s a day"), name=change.name, after=after)
        before = forms.budget(change.before, None)
        return self.speech.say(
            N_("%(name)s to %(after)s a day (now %(before)s)"),
            name=change.name, before=before, after=after,
        )  # fmt: skip

    def effect(self, card: Card) -> Words:
        """`Likely +2 sales a week (0.5 to 4).`; nothing where nobody can say."""
        effect = card.expected
        if effect is None:
            return Words("")
        rough, number = self.speech.forms.rough, self.speech.forms.number
        likely = self.phrases.results(rough(effect.likely), effect.metric)
        if effect.low is None or effect.high is None:
            return self.speech.say(N_("Likely +%(likely)s a week."), likely=likely)
        return self.speech.say(
            N_("Likely +%(likely)s a week (%(low)s to %(high)s)."),
            likely=likely, low=number(rough(effect.low)), high=number(rough(effect.high)),
        )  # fmt: skip

    def _titled(self, card: Card) -> Words:
        title = self.phrases.told(card.advice.title)
        return self.speech.say(N_("look at %(name)s: %(title)s"), name=card.name, title=title)

    def _values(self, card: Card) -> dict[str, object]:
        amount = self._amount(card)
        to = self._more(card.to, card.more_takers)
        return {"name": self._name(card), "to": to, "amount": amount, "source": card.source}

    def _name(self, card: Card) -> Words:
        if card.everywhere:
            return self.phrases.everywhere(len(card.advice.campaign_ids), card.everywhere)
        return self._more(card.name, card.others)

    def _more(self, name: str, other_count: int) -> Words:
        return self.phrases.several(name, other_count)

    def _amount(self, card: Card) -> Words:
        if card.move is None:
            return self.speech.say(N_("some money"))
        forms = self.speech.forms
        if card.about:
            money = forms.money(card.move, card.advice.currency)
            return self.speech.say(N_("about %(amount)s"), amount=money)
        return mark(forms.budget(card.move, card.advice.currency))
