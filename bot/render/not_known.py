"""What went wrong, and what there are no numbers of: said in the reader's language. msgids.

`OTHER` is for a word nobody put here: it is said back, and what there is. An error is said as it
was raised where somebody wrote that, else by its code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from bot.render.catalogue import ERRORS, N_, Speech
from bot.render.escaping import Long, Words, mark, words
from bot.render.measure_sentences import Measures
from bot.render.phrases import Phrases
from bot.render.values.answers import ErrorView
from bot.render.values.conversation import NotKnown
from bot.sentences import Sentence, sentence

_HOLE = re.compile(r"%\(\w+\)s")
REPORT = N_(
    "I keep days and campaigns only: take that breakdown from the platform's own report or export."
)
PARTS = N_(
    "It comes with `perfbot pull` from platforms that tell it, or with the platform's own report: "
    "`perfbot import FILE`."
)
KNOWN = N_(
    "I have spend, showings, clicks, leads, sales and revenue by day, campaign, channel and stage."
)
NOT_KNOWN: Mapping[str, tuple[str, str]] = {
    "device": (N_("There are no numbers by device (mobile, desktop) here."), PARTS),
    "country": (N_("There are no numbers by country or place here."), PARTS),
    "keyword": (N_("There are no keyword numbers here to answer with."), PARTS),
    "search_term": (N_("There are no numbers by search term or keyword here."), PARTS),
    "ad_set": (N_("There are no ad set numbers here to answer with."), PARTS),
    "ad": (N_("There are no numbers by single ad here, only by campaign."), PARTS),
    "audience": (N_("There are no numbers by age, gender or other audience here."), PARTS),
    "incremental": (
        N_(
            "I cannot tell which results would have come anyway: platforms count what followed an "
            "ad, and not what it caused."
        ),
        N_("Only a hold-out tells: stop it for some people or places for two weeks, and compare."),
    ),
    "campaign_type": (
        N_(
            "I do not know campaign types (Performance Max, search, video): I have names, not "
            "types."
        ),
        N_("Where the name says it, ask by the name."),
    ),
    "hour": (N_("There are no numbers by hour here: a day is the shortest."), REPORT),
    "placement": (N_("There are no numbers by placement here."), PARTS),
    "lifetime": (
        N_(
            "I do not know the lifetime value of a customer: I see orders in ad numbers, not who "
            "buys again later."
        ),
        N_("Your shop or CRM has it."),
    ),
    "stock": (
        N_(
            "I have no numbers of stock or deliveries: I only know the numbers of your ad "
            "campaigns."
        ),
        N_("Your shop or stock system has it."),
    ),
    "new_customers": (
        N_("I do not know which customers are new: the numbers hold sales, not who bought."),
        N_(
            "Nearest are all sales, repeat sales and the cost per sale; your shop or CRM knows who "
            "is new."
        ),
    ),
    "deals": (
        N_("I do not know which leads became customers or deals: that stands in your CRM."),
        N_("Nearest are leads, qualified leads and what each of them costs."),
    ),
    "website": (
        N_(
            "I have no numbers of what people do on your site (visits that bounce, time on the "
            "page, carts): that is in your web analytics."
        ),
        N_("Nearest are clicks, visits that reached the landing page, and the conversion rate."),
    ),
    "auction": (
        N_(
            "I have no auction numbers (impression share, quality score, position, bids): they are "
            "not in the numbers I get."
        ),
        N_("Nearest are the CPM, the click rate and the price of a click; the platform has it."),
    ),
    "social": (
        N_("I have no numbers of followers or what is said about you: I see ads only."),
        N_("Nearest are the reactions to your ads; the platform's page statistics have the rest."),
    ),
    "offline": (
        N_("I have no numbers of TV, radio, print, shops or who sold what: I see online ads only."),
        KNOWN,
    ),
    "outside": (
        N_(
            "I know nothing of the weather, holidays, the economy or anything outside your ads, "
            "so not what it does to your numbers."
        ),
        N_("Nearest: ask me why a number changed, and I split it into what it is made of."),
    ),
    "email": (
        N_("I have no numbers of email, newsletters or text messages: I see ads only."),
        KNOWN,
    ),
    "organic": (
        N_("I have no numbers of organic or direct traffic: I only see what ads bring."),
        N_("Your web analytics has it."),
    ),
    "product": (
        N_("There are no numbers by product or category here, only by campaign."),
        N_("Your shop has it; a campaign for each group would show it here too."),
    ),
    "calls": (
        N_("I have no numbers of phone calls: none are in the numbers I get."),
        N_("Nearest are leads and what a lead costs; your phone system has the calls."),
    ),
    "installs": (
        N_("I have no numbers of app installs or downloads: none are in the numbers I get."),
        N_("Nearest are clicks and conversions; the app store's own reports have installs."),
    ),
    "video": (
        N_("I have no numbers of how much of a video people watch, or how many watched it."),
        N_("Nearest are showings, reactions and the click rate; the platform has the rest."),
    ),
    "margin": (
        N_("I do not know your margin or the cost of goods: I see revenue and ad spend."),
        N_(
            "Nearest are ROAS and revenue less ad spend (ask for the profit); your accounting "
            "has it."
        ),
    ),
    "fees": (
        N_("I have no numbers of fees, invoices, wages or tax: I only see what the ads cost."),
        N_("Nearest is the ad spend; your accounting or the platform's billing page has the rest."),
    ),
    "approval": (
        N_("I do not see whether ads are approved or rejected: the platform tells you there."),
        N_("Nearest: I say so when a campaign stops being shown."),
    ),
    "refunds": (
        N_("I have no numbers of returned, refunded or cancelled orders, or of customers lost."),
        N_(
            "Nearest are sales, and documented sales where your orders are connected; your shop "
            "has the rest."
        ),
    ),
    "brand_lift": (
        N_(
            "I know no market share, brand awareness or satisfaction: I only see your own ad "
            "accounts, nothing of the market."
        ),
        N_("Nearest are showings and people reached; only a survey tells the rest."),
    ),
}
BENCHMARK = N_("I know no benchmark of the market or your industry, only your own numbers.")
OWN = N_("Your own %(metric)s in the last 7 days: %(own)s.")
RIVALS = N_(
    "I know nothing of other companies, your competitors: I only see your own accounts. "
    "If you mean the campaign %(name)s, ask "
    "about it by its whole name."
)
NO_RIVALS = N_("I know nothing of other companies, your competitors: I only see your own accounts.")
RIVALS_SEEN = N_(
    "Google's auction insights and Meta's ad library show something of them; nobody shows what "
    "they spend."
)
CLIENT = (
    N_("No client is set for any campaign, so nothing can be told by client."),
    N_("Set the client of each campaign in the plan, then ask again."),
)
CHANNEL = (
    N_("There are no numbers for %(name)s."),
    N_("Connect the source, or bring its export in with perfbot import FILE."),
)
ABOUT = N_("Ask me what I have about %(name)s.")
OTHER = N_("I have no numbers of “%(name)s”, so I cannot answer that.")


@dataclass(frozen=True)
class Unknowns:
    """What is not known, in one language."""

    phrases: Phrases
    measures: Measures

    def news(self, found: NotKnown) -> Words:
        """The sentence that says what is not known."""
        say = self.phrases.speech.say
        if found.what == "rivals":
            return say(RIVALS, name=found.name) if found.name else say(NO_RIVALS)
        if found.what == "benchmark":
            return say(BENCHMARK)
        if found.what in {"channel", "other"}:
            return say(CHANNEL[0] if found.what == "channel" else OTHER, name=found.name)
        return say(CLIENT[0] if found.what == "client" else NOT_KNOWN[found.what][0])

    def way(self, found: NotKnown) -> Words:
        """What is nearest, or how to get it."""
        say = self.phrases.speech.say
        if found.what == "benchmark" and found.own:
            noun, own = self.measures.noun(found.own[0].metric), self.measures.beside(found.own)
            return say(OWN, metric=noun, own=own)
        if found.name and found.what in NOT_KNOWN:
            nearest = NOT_KNOWN[found.what][1]
            return words(say(nearest), say(ABOUT, name=found.name))
        if found.what == "rivals":
            return Words("") if found.name else say(RIVALS_SEEN)
        ways = {"client": CLIENT[1], "channel": CHANNEL[1], "other": KNOWN}
        return say(ways.get(found.what) or NOT_KNOWN.get(found.what, ("", ""))[1])


UNTOLD = N_("the log says why.")


def _has_words(pattern: str) -> bool:
    """Whether it says anything of itself, besides its values."""
    return any(letter.isalpha() for letter in _HOLE.sub("", pattern))


class Failure(str):
    """Why a pull failed, as a value of an error's sentence: said in the reader's language."""

    __slots__ = ("reason",)
    reason: Sentence

    def __new__(cls, reason: str) -> Self:
        failure = super().__new__(cls, reason)
        failure.reason = sentence(reason)
        return failure


class Complaints:
    """What went wrong, in one language: never an English sentence in another."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def complaint(self, error: ErrorView) -> Words:
        """An error and the way out."""
        message, hint = sentence(error.message), sentence(error.hint)
        if not self.speech.knows(message.pattern):
            return self.speech.say(ERRORS.get(error.code, ERRORS[""]))
        known = [part for part in (message, hint) if self.speech.knows(part.pattern)]
        return words(*map(self.sentence, known))

    def sentence(self, text: str) -> Words:
        """A sentence of ours in this language, and so the sentences among its values."""
        said = sentence(text)
        if _has_words(said.pattern) and not self.speech.knows(said.pattern):
            return mark(Long(text))
        if not said.values:
            return mark(Long(self.speech.translated(said.pattern)))
        values = {name: self._shown(value) for name, value in said.values.items()}
        return self.speech.say(said.pattern, **values)

    def failure(self, error: str) -> Words:
        """Why a pull failed, where all of it can be said in this language."""
        if not error:
            return Words("")
        if self._sayable(error):
            return self.sentence(error)
        return self.speech.say(N_("The last pull failed; the log says why."))

    def _sayable(self, text: str) -> bool:
        """Whether the catalogue has a sentence, and those among its values."""
        parts = sentence(text)
        inner = (value for value in parts.values.values() if isinstance(value, Sentence))
        known = not _has_words(parts.pattern) or self.speech.knows(parts.pattern)
        return known and all(map(self._sayable, inner))

    def _shown(self, value: object) -> object:
        if isinstance(value, Sentence):
            return self.sentence(value)
        if isinstance(value, Failure):
            sayable = self._sayable(value.reason)
            return self.sentence(value.reason) if sayable else self.speech.say(UNTOLD)
        if isinstance(value, tuple):
            return Long(self.speech.forms.listed([str(item) for item in value]))
        return self.speech.forms.dated(value) if isinstance(value, date) else value
