"""Why a number changed, and who spends more or less than before, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.numbers.decompose.chains import MIX, UNSPLIT, Gap
from bot.numbers.metrics.sums import digits_for, rounded
from bot.render.catalogue import N_
from bot.render.escaping import Words
from bot.render.page import TableCell
from bot.render.phrases import Phrases
from bot.render.values.digests import SpendMoved
from bot.render.values.evidence import ZERO, WhyAnswer, WhyPart

MOST = 5


@dataclass(frozen=True)
class Whys:
    """The words of a `WhyAnswer`, in one language."""

    phrases: Phrases

    def news(self, answer: WhyAnswer) -> Words:
        """What happened, in one sentence."""
        say = self.phrases.speech.say
        values = {"name": answer.name, "metric": self.phrases.noun(answer.metric)}
        if answer.change is None:
            gap = self.gap(answer.lack) if answer.lack else Words("")
            return say(N_("%(name)s: no %(metric)s to compare, %(gap)s."), **values, gap=gap)
        values["now"] = self.level(answer.shown_now, answer)
        values["was"] = self.level(answer.shown_was, answer)
        if answer.settles is not None:
            return say(self._so_far(answer), **values)
        if answer.shown_change == 0:
            return say(N_("%(name)s: %(metric)s is what it was, %(now)s."), **values)
        change = self.phrases.change(answer.now / answer.was - 1 if answer.was else None)  # type: ignore[operator]  # both are known here
        rose = N_("%(name)s: %(metric)s rose from %(was)s to %(now)s (%(change)s).")
        fell = N_("%(name)s: %(metric)s fell from %(was)s to %(now)s (%(change)s).")
        return say(rose if answer.shown_change > 0 else fell, **values, change=change)

    def _so_far(self, answer: WhyAnswer) -> str:
        """Whether it rose or fell is said where late results cannot take it back."""
        least, most = answer.settles or (0.0, 0.0)
        if answer.was is not None and answer.was < least:
            return N_("%(name)s: %(metric)s rose from %(was)s to %(now)s so far.")
        if answer.was is not None and answer.was > most:
            return N_("%(name)s: %(metric)s fell from %(was)s to %(now)s so far.")
        return N_("%(name)s: %(metric)s is %(now)s so far, it was %(was)s.")

    def cause(self, answer: WhyAnswer) -> Words:
        """What made most of it, in one sentence."""
        say, total = self.phrases.speech.say, answer.shown_change
        if answer.told and all(part.what == UNSPLIT for part in answer.told):
            gap = next((campaign.gap for campaign in answer.campaigns if campaign.gap), None)
            if len(answer.campaigns) == 1 and gap:
                return say(N_("It cannot be split up: %(gap)s."), gap=self.gap(gap))
        main_part, counter_part = _strongest(answer)
        if main_part is None or (len(answer.campaigns) == 1 and main_part.what == answer.metric):
            return Words("")
        values = {"part": self.part(main_part.shown, answer), "cause": self._cause(main_part.what)}
        if counter_part is not None and (total == 0 or abs(main_part.shown) > abs(total)):
            against = {
                "other": self.part(counter_part.shown, answer),
                "what": self._cause(counter_part.what),
            }
            return say(
                N_("%(part)s from %(cause)s, against %(other)s from %(what)s."), **values, **against
            )
        if main_part.shown == total:
            return say(N_("All of it comes from %(cause)s."), **values)
        total_change = self.part(total, answer)
        return say(N_("%(part)s of %(whole)s comes from %(cause)s."), **values, whole=total_change)

    def late(self, answer: WhyAnswer) -> Words:
        """What it comes to once late results are in, and whether these explain it; "" where not."""
        if answer.settles is None or answer.was is None:
            return Words("")
        (least, most), say = answer.settles, self.phrases.speech.say
        low, high = self.phrases.ends(answer.settles, answer.metric, answer.currency)
        if least <= answer.was <= most:
            template = N_("Late results explain it: about %(low)s to %(high)s once they are in.")
            return say(template, low=low, high=high)
        if not answer.was:
            settling = N_("About %(low)s to %(high)s once late results are in.")
            return say(settling, low=low, high=high)
        template = N_("About %(low)s to %(high)s once late results are in: %(change)s.")
        change = self.phrases.between_changes(least / answer.was - 1, most / answer.was - 1)
        return say(template, low=low, high=high, change=change)

    def maker(self, answer: WhyAnswer) -> Words:
        """Who made most of it, where several may have: `Most of it in Brand: +7.29 kr`."""
        if len(answer.campaigns) < 2 or not answer.shown_change:
            return Words("")
        most = answer.campaigns[0]
        same_way = most.shown * answer.shown_change > 0
        if most.gap or not same_way or abs(most.shown) < abs(answer.shown_change) / 2:
            return Words("")
        return self.phrases.speech.say(
            N_("Most of it in %(name)s: %(part)s."),
            name=most.name,
            part=self.part(most.shown, answer),
        )

    def rows(self, answer: WhyAnswer) -> Iterator[tuple[object, ...]]:
        """Part of it, change, was and is: a row a factor, and the total last."""
        for part in answer.told:
            label, *levels = self._factor(part, answer)
            yield (label, self._part(part, answer), *levels)
        change = answer.now / answer.was - 1 if answer.was and answer.now is not None else None
        yield (
            self.phrases.title(answer.metric),
            TableCell(float(answer.shown_change), self.part(answer.shown_change, answer)),
            TableCell(change, self.phrases.change(change)),
            TableCell(answer.was, self.level(answer.shown_was, answer)),
            TableCell(answer.now, self.level(answer.shown_now, answer)),
        )

    def makers(self, answer: WhyAnswer) -> list[Words]:
        """The campaigns that made most of it, with what each made."""
        sentences = []
        for campaign in answer.campaigns[:MOST]:
            values = {"name": campaign.name, "part": self.part(campaign.shown, answer)}
            if campaign.gap:
                text = N_("%(name)s: %(part)s (not taken apart: %(gap)s)")
                sentences.append(
                    self.phrases.speech.say(text, **values, gap=self.gap(campaign.gap))
                )
            else:
                sentences.append(self.phrases.speech.say(N_("%(name)s: %(part)s"), **values))
        return sentences

    def rest(self, answer: WhyAnswer) -> Words:
        """What the other campaigns made together; "" where there is none."""
        other_campaigns = answer.campaigns[MOST:]
        if not other_campaigns:
            return Words("")
        part = self.part(sum((campaign.shown for campaign in other_campaigns), ZERO), answer)
        say = self.phrases.speech.count
        return say(
            "and %(n)s more campaign: %(part)s",
            "and %(n)s more campaigns: %(part)s",
            len(other_campaigns),
            part=part,
        )

    def left_out(self, answer: WhyAnswer) -> Words:
        """Which steps nobody counted; "" where all were."""
        if not answer.left_out:
            return Words("")
        names = Words(", ".join(self.phrases.noun(name) for name in answer.left_out))
        template = N_("Not counted anywhere, so not a part of its own: %(names)s.")
        return self.phrases.speech.say(template, names=names)

    def gap(self, gap: Gap) -> Words:
        """Why something cannot be taken apart."""
        return self.phrases.speech.say(
            _GAPS[gap.kind, gap.when], what=self.phrases.noun(gap.column) if gap.column else ""
        )

    def level(self, number: Decimal, answer: WhyAnswer) -> str:
        """A number to the digits of this answer."""
        return self._level(number, answer.metric, answer.digits, answer.currency)

    def digits(self, metric: str, change: float) -> int:
        """Decimals that show a change of a metric: `digits_of` its unit."""
        return digits_of(self.phrases.unit(metric), change)

    def _level(self, number: Decimal, metric: str, digits: int, currency: str | None) -> str:
        forms, unit = self.phrases.forms, self.phrases.unit(metric)
        if unit == "share":
            return f"{forms.decimal(number * 100, digits - 2)}\u00a0%"
        if unit == "money":
            return forms.amount(number, digits, currency)
        if unit == "count":
            return forms.decimal(number, digits, 0)  # nobody counts 13.0 leads
        return forms.decimal(number, digits)

    def part(self, amount: Decimal, answer: WhyAnswer) -> str:
        """A part of the change, with its sign; of a share in percentage points."""
        text = self.level(amount, answer)
        if self.phrases.unit(answer.metric) == "share":
            points = self.phrases.forms.decimal(amount * 100, answer.digits - 2)
            text = str(self.phrases.speech.translated(N_("%(points)s pp")) % {"points": points})
        return f"+{text}" if amount > 0 else text

    def _cause(self, factor: str) -> Words:
        return self.phrases.word("CAUSES", factor)

    def _title(self, factor: str) -> Words:
        if factor not in {MIX, UNSPLIT}:
            return self.phrases.title(factor)
        cause = self._cause(factor)
        return Words(cause[:1].upper() + cause[1:])

    def _factor(self, part: WhyPart, answer: WhyAnswer) -> Iterator[object]:
        """What it is, its own change, was and is; of the number itself, that of each campaign."""
        if part.what == answer.metric:
            template, metric = N_("%(metric)s of each campaign"), self.phrases.title(part.what)
            yield self.phrases.speech.say(template, metric=metric)
            yield from (TableCell(None, ""),) * 3
            return
        yield self._title(part.what)
        both_known = part.was is not None and part.now is not None
        change = part.now / part.was - 1 if both_known and part.was else None  # type: ignore[operator]
        size = max(10 * abs(part.now - part.was), abs(part.now) / 50) if both_known else 0.0  # type: ignore[operator,arg-type]
        digits = self.digits(part.what, size) if both_known else 0
        yield TableCell(change, self.phrases.change(change))
        for value in (part.was, part.now):
            level = rounded(value or 0.0, digits)
            yield TableCell(value, self._level(level, part.what, digits, answer.currency))

    def _part(self, part: WhyPart, answer: WhyAnswer) -> TableCell:
        return TableCell(float(part.shown), self.part(part.shown, answer))


def digits_of(unit: str, change: float) -> int:
    """Decimals (of a fraction) that show a change in a unit to a twentieth of itself."""
    least, step = {"money": (0, 2), "share": (4, 1)}.get(unit, (0, 1))
    return digits_for(change, least, step)


def _strongest(answer: WhyAnswer) -> tuple[WhyPart | None, WhyPart | None]:
    """The biggest part in the direction of the change, and the biggest against it."""
    up = max(answer.parts, key=lambda part: part.shown, default=None)
    down = min(answer.parts, key=lambda part: part.shown, default=None)
    up = up if up and up.shown > 0 else None
    down = down if down and down.shown < 0 else None
    return (up, down) if answer.shown_change >= 0 else (down, up)


_GAPS = {
    ("absent", "now"): N_("no numbers now"),
    ("absent", "before"): N_("no numbers before"),
    ("missing", "now"): N_("%(what)s not counted now"),
    ("missing", "before"): N_("%(what)s not counted before"),
    ("none", "now"): N_("no %(what)s now"),
    ("none", "before"): N_("no %(what)s before"),
    ("missing", "before and now"): N_("%(what)s not counted"),
    ("none", "before and now"): N_("no %(what)s"),
}


@dataclass(frozen=True)
class SpendChange:
    """The words of spend at a new level, in one language."""

    phrases: Phrases

    def told(self, moved: SpendMoved, as_of: date) -> Words:
        """As one says it aloud: `Meta spends 94 % less since Wednesday`."""
        if moved.stopped:
            sentence = N_("%(name)s has spent nothing %(since)s.")
        elif moved.change < 0:
            sentence = N_("%(name)s spends %(change)s less %(since)s.")
        else:
            sentence = N_("%(name)s spends %(change)s more %(since)s.")
        return self.phrases.speech.say(
            sentence,
            name=moved.name,
            change=self.phrases.forms.percent(abs(moved.change)),
            since=self.phrases.since(moved.since, as_of),
        )
