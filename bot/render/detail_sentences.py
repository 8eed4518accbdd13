"""What goes on below a campaign, in words: what was found, and how each part does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.details import AUDIENCES
from bot.render.catalogue import N_, NN_
from bot.render.escaping import Words, mark, words
from bot.render.phrases import Phrases
from bot.render.values.detail_answers import DetailAnswer, DetailFound, DetailLine, DetailSection

VERDICTS: Mapping[str, str] = {
    "waste": N_("wastes money"),
    "dear": N_("dear, not sure"),
    "fine": N_("like the others"),
    "good": N_("cheaper than the others"),
    "best": N_("make more of it"),
    "tired": N_("tired"),
    "broken": N_("broken"),
    "too_little": N_("too little data"),
    "unknown": N_("results not known"),
    "alone": N_("no other to hold it against"),
    "nameless": N_("dear, and nobody knows who they are"),
}
MISFIT = N_("not the right message")
HEADINGS: Mapping[str, str] = {
    "keyword": N_("Keyword"),
    "search_term": N_("Search term"),
    "ad": N_("Ad"),
    "ad_set": N_("Ad set"),
    "landing_page": N_("Landing page"),
    "age": N_("Age"),
    "gender": N_("Gender"),
    "region": N_("Region"),
    "device": N_("Device"),
    "placement": N_("Placement"),
}
COUNTS: Mapping[str, tuple[str, str]] = {
    "keyword": NN_("%(n)s keyword", "%(n)s keywords"),
    "search_term": NN_("%(n)s search term", "%(n)s search terms"),
    "ad": NN_("%(n)s ad", "%(n)s ads"),
    "ad_set": NN_("%(n)s ad set", "%(n)s ad sets"),
    "landing_page": NN_("%(n)s landing page", "%(n)s landing pages"),
    "age": NN_("%(n)s age group", "%(n)s age groups"),
    "gender": NN_("%(n)s gender", "%(n)s genders"),
    "region": NN_("%(n)s region", "%(n)s regions"),
    "device": NN_("%(n)s device", "%(n)s devices"),
    "placement": NN_("%(n)s placement", "%(n)s placements"),
}
WASTED: Mapping[str, tuple[str, str]] = {
    "keyword_waste": NN_(
        "The keyword %(names)s in %(campaign)s wastes %(lost)s",
        "%(n)s keywords in %(campaign)s waste %(lost)s: %(names)s",
    ),
    "term_waste": NN_(
        "The search term %(names)s in %(campaign)s wastes %(lost)s",
        "%(n)s search terms in %(campaign)s waste %(lost)s: %(names)s",
    ),
    "ad_waste": NN_(
        "The ad %(names)s in %(campaign)s costs %(lost)s more than the others would",
        "%(n)s ads in %(campaign)s cost %(lost)s more than the others would: %(names)s",
    ),
    "ad_set_waste": NN_(
        "The ad set %(names)s in %(campaign)s costs %(lost)s more than the others would",
        "%(n)s ad sets in %(campaign)s cost %(lost)s more than the others would: %(names)s",
    ),
    "page_waste": NN_(
        "The landing page %(names)s in %(campaign)s costs %(lost)s more than the others would",
        "%(n)s landing pages in %(campaign)s cost %(lost)s more than the others would: %(names)s",
    ),
    "misfit": NN_(
        "The message of %(campaign)s does not fit %(names)s: %(lost)s",
        "The message of %(campaign)s does not fit %(names)s: %(lost)s",
    ),
}
BROKEN = NN_(
    "The landing page %(names)s in %(campaign)s broke on %(day)s",
    "%(n)s landing pages in %(campaign)s broke, the first on %(day)s: %(names)s",
)
TIRED = NN_(
    "The ad %(names)s in %(campaign)s is tired",
    "%(n)s ads in %(campaign)s are tired: %(names)s",
)
BEST = NN_(
    "Make more like the ad %(names)s in %(campaign)s",
    "Make more like these %(n)s ads in %(campaign)s: %(names)s",
)
QUALITY = NN_(
    "Low quality scores make clicks dear in %(campaign)s: a point more on %(n)s keyword goes with "
    "%(lost)s less",
    "Low quality scores make clicks dear in %(campaign)s: a point more on %(n)s keywords goes with "
    "%(lost)s less",
)
RATINGS: Mapping[str, str] = {
    "expected_ctr": N_("Most often it is the expected click rate that is below average."),
    "ad_relevance": N_("Most often it is how the ad fits the search that is below average."),
    "landing_page_experience": N_("Most often it is the landing page that is below average."),
}
WAYS: Mapping[str, tuple[str, str]] = {
    "keyword_waste": NN_(
        "Pause it, lower its bid, or match it more narrowly.",
        "Pause them, lower their bids, or match them more narrowly.",
    ),
    "term_waste": NN_(
        "Add it as a negative keyword, or bid less for it.",
        "Add them as negative keywords, or bid less for them.",
    ),
    "ad_waste": NN_(
        "Pause it: the others get its showings.", "Pause them: the others get their showings."
    ),
    "ad_set_waste": NN_(
        "Look at whom it reaches before you move its money.",
        "Look at whom they reach before you move their money.",
    ),
    "page_waste": NN_(
        "Send its clicks to the better page, or mend it.",
        "Send their clicks to the better page, or mend them.",
    ),
    "misfit": NN_(
        "Exclude them, bid less there, or give them a message of their own.",
        "Exclude them, bid less there, or give them a message of their own.",
    ),
    "page_broken": NN_(
        "Open it on a phone: load time, the form, the tag.",
        "Open them on a phone: load time, the form, the tag.",
    ),
    "ad_tired": NN_("Give it a new picture or text.", "Give them new pictures or texts."),
}
NOTHING: Mapping[str, str] = {
    "keywords": N_("No keyword of %(name)s surely wastes money."),
    "ads": N_("No ad of %(name)s is surely tired or too dear."),
    "pages": N_("No landing page of %(name)s is broken, as far as can be seen."),
    "audiences": N_("The message of %(name)s misses nobody surely."),
}
NONE: Mapping[str, tuple[str, str]] = {
    "keywords": (
        N_("No keywords are known for %(name)s."),
        N_(
            "They come with `perfbot pull` from Google, or with a keyword report: `perfbot import "
            "FILE`."
        ),
    ),
    "ads": (
        N_("No ads are known for %(name)s."),
        N_(
            "They come with `perfbot pull` from Google or Meta, or with a report by ad: `perfbot "
            "import FILE`."
        ),
    ),
    "pages": (
        N_("No landing pages are known for %(name)s."),
        N_(
            "They come with `perfbot pull` from Google, or with a landing page report: `perfbot "
            "import FILE`."
        ),
    ),
    "audiences": (
        N_("No audiences are known for %(name)s."),
        N_(
            "They come with `perfbot pull` from Google or Meta, or with a report by age, gender, "
            "region, device or placement: `perfbot import FILE`."
        ),
    ),
}


@dataclass(frozen=True)
class DetailSentences:
    """The words of what goes on below a campaign, in one language."""

    phrases: Phrases

    def whose(self, answer: DetailAnswer) -> Words:
        """The campaign, or all of them."""
        return mark(answer.name) if answer.name else self.phrases.speech.say(N_("any campaign"))

    def headline(self, answer: DetailAnswer) -> Words:
        """The dearest finding; that there is none; or that nothing is known."""
        if answer.found:
            return self.finding(answer.found[0])
        templates = (
            NOTHING if answer.sections else {of: template for of, (template, _) in NONE.items()}
        )
        return self.phrases.speech.say(templates[answer.of], name=self.whose(answer))

    def way_to_know(self, answer: DetailAnswer) -> Words:
        """How such rows come here."""
        return self.phrases.speech.say(NONE[answer.of][1])

    def finding(self, found: DetailFound) -> Words:
        """What was found, as a sentence with its money."""
        templates = {"page_broken": BROKEN, "ad_tired": TIRED, "ad_best": BEST, "quality": QUALITY}
        template = templates.get(found.kind) or WASTED[found.kind]
        values: dict[str, object] = {"campaign": found.campaign, "names": self.names(found)}
        values["lost"] = self.money(found)
        if found.since:
            values["day"] = self.phrases.forms.day(found.since)
        sentence = self.phrases.speech.count(*template, found.count, **values)
        return self.phrases.speech.say(N_("%(sentence)s."), sentence=sentence)

    def names(self, found: DetailFound) -> Words:
        """At most five of them, the others counted."""
        quoted_names = [
            self.phrases.speech.say(N_("“%(name)s”"), name=name) for name in found.names
        ]
        if found.more:
            quoted_names.append(self.phrases.speech.count("%(n)s more", "%(n)s more", found.more))
        return Words(self.phrases.forms.listed([str(name) for name in quoted_names]))

    def money(self, found: DetailFound) -> Words:
        """`about 1 900 kr a week (1 200 to 2 600)`."""
        say, forms = self.phrases.speech.say, self.phrases.forms
        if found.lost is None:
            return Words("")
        amount = forms.money(forms.rough(found.lost), found.currency)
        if found.low is None or found.high is None:
            return say(N_("about %(amount)s a week"), amount=amount)
        ends = [forms.money(forms.rough(side), None) for side in (found.low, found.high)]
        if ends[0] == ends[1]:  # known closer than people say it
            return say(N_("about %(amount)s a week"), amount=amount)
        return say(
            N_("about %(amount)s a week (%(low)s to %(high)s)"),
            amount=amount, low=ends[0], high=ends[1],
        )  # fmt: skip

    def because(self, found: DetailFound) -> Words:
        """What it rests on: `2 sales from 3 400 kr, the others pay 250 kr a sale`."""
        sentence = {
            "page_broken": self._broken, "ad_tired": self._tired, "ad_best": self._best,
            "quality": self._quality,
        }.get(found.kind, self._dear)(found)  # fmt: skip
        way = WAYS.get(found.kind)
        return words(sentence, self.phrases.speech.count(*way, found.count)) if way else sentence

    def _dear(self, found: DetailFound) -> Words:
        spent = self.phrases.forms.money(found.spend, found.currency)
        result_count = self.phrases.results(found.results, found.counted)
        if found.usual is None:
            return self.phrases.speech.say(
                N_("%(came)s from %(spent)s."), came=result_count, spent=spent
            )
        return self.phrases.speech.say(
            N_("%(came)s from %(spent)s; the others pay %(usual)s."),
            came=result_count, spent=spent,
            usual=self.price(found.usual, found.counted, found.currency),
        )  # fmt: skip

    def _broken(self, found: DetailFound) -> Words:
        template = N_(
            "A click brings %(fewer)s fewer %(results)s since then, held against its own past and "
            "the campaign's other pages: %(lost)s."
        )
        fewer = self.phrases.forms.percent(-(found.change or 0.0))
        results = self.phrases.plural(found.counted)
        return self.phrases.speech.say(
            template, fewer=fewer, results=results, lost=self.money(found)
        )

    def _tired(self, found: DetailFound) -> Words:
        template = N_(
            "A showing brings %(fewer)s fewer clicks than its first ones did (%(showings)s so "
            "far), held against the campaign's other ads."
        )
        costs = N_(
            "A showing brings %(fewer)s fewer clicks than its first ones did (%(showings)s so "
            "far), held against the campaign's other ads: %(lost)s."
        )
        fewer = self.phrases.forms.percent(-(found.change or 0.0))
        showings = self.phrases.results(found.showings, "impressions")
        return self.phrases.speech.say(
            costs if found.lost else template,
            fewer=fewer, showings=showings, lost=self.money(found),
        )  # fmt: skip

    def _best(self, found: DetailFound) -> Words:
        own_price, usual = (
            self.price(cost, found.counted, found.currency) for cost in (found.cost, found.usual)
        )
        return self.phrases.speech.count(
            "It surely does better: %(own)s, the others %(usual)s.",
            "They surely do better: the first %(own)s, the others %(usual)s.",
            found.count, own=own_price, usual=usual,
        )  # fmt: skip

    def _quality(self, found: DetailFound) -> Words:
        say = self.phrases.speech.say
        template = N_(
            "Inside the campaign each point of quality score goes with a click price %(lower)s "
            "lower. What goes together need not follow: mend a few and look."
        )
        sentence = say(template, lower=self.phrases.forms.percent(-(found.slope or 0.0)))
        return words(sentence, say(RATINGS[found.rating])) if found.rating else sentence

    def price(self, cost: float | None, counted: str, currency: str | None) -> Words:
        """What a result costs: `250 kr a sale`."""
        return self.phrases.price(cost, {"leads": "cpl"}.get(counted, "cpa"), currency)

    def summed(self, section: DetailSection) -> Words:
        """`41 keywords, 12 300 kr; 18 have enough data to judge`."""
        count, say = self.phrases.speech.count, self.phrases.speech.say
        parts = count(*COUNTS[section.level], section.total)
        if section.spend is not None:
            spent = self.phrases.forms.money(section.spend, section.currency)
            parts = say(N_("%(parts)s, %(spent)s"), parts=parts, spent=spent)
        return count(
            "%(parts)s; %(n)s has enough data to judge.",
            "%(parts)s; %(n)s have enough data to judge.",
            section.judged,
            parts=parts,
        )

    def line(self, line: DetailLine, level: str) -> Words:
        """One part with its numbers: `“free”: 0 sales from 5 000 kr; wastes money, …`."""
        say, forms = self.phrases.speech.say, self.phrases.forms
        spent, verdict = forms.money(line.spend, line.currency), self.verdict(line, level)
        if line.results is None:
            return say(
                N_("“%(name)s”: %(spent)s; %(verdict)s."),
                name=line.name, spent=spent, verdict=verdict,
            )  # fmt: skip
        return say(
            N_("“%(name)s”: %(came)s from %(spent)s; %(verdict)s."),
            name=line.name, spent=spent, verdict=verdict,
            came=self.phrases.results(line.results, line.counted),
        )  # fmt: skip

    def heading(self, level: str) -> Words:
        """What the parts of a level are called over a column."""
        return self.phrases.speech.say(HEADINGS[level])

    def verdict(self, line: DetailLine, level: str) -> Words:
        """The verdict in a table: `wastes money, 900 kr a week`."""
        of_people = level in AUDIENCES and line.verdict == "waste"
        verdict = self.phrases.speech.say(MISFIT if of_people else VERDICTS[line.verdict])
        if line.lost is None:
            return verdict
        amount = self.phrases.forms.money(self.phrases.forms.rough(line.lost), line.currency)
        return self.phrases.speech.say(
            N_("%(verdict)s, %(amount)s a week"), verdict=verdict, amount=amount
        )
