"""What `perfbot init` asks, and where the answers come from: a person, a file, or what is usual.

They become perfbot.toml, with comments, added to and never rewritten: entries of lists of tables
may stand anywhere in TOML, so what is new goes at the end, and what a person wrote stays as it is.
What each campaign is for and may cost is proposed from what its platform says, then its name.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from bot.context.reported_results import results_by_campaign
from bot.errors import UsageError
from bot.numbers.infer import infer, model_for
from bot.numbers.plan import Plan
from bot.sentences import Sentence, sentence
from bot.sources.base import CampaignFacts
from bot.sources.platforms import google, linkedin, meta, microsoft, tiktok


@dataclass(frozen=True)
class Proposal:
    """An entry of the plan.

    Attributes:
        match: Channel and exact name.
        known: Whether the platform says it; a guess is written switched off, since the plan counts
            as known, and money would move on it.
        reason: Why, in a few words.
        target_metric, target: The platform's bid target, standing in for one of your own.
    """

    match: str
    stage: str | None
    pricing_model: str | None
    known: bool
    reason: str
    target_metric: str = ""
    target: float | None = None
    shared_budget: str = ""


def proposals(channel: str, campaigns: Iterable[CampaignFacts]) -> list[Proposal]:
    """One a name, of campaigns that are not removed.

    An entry of the plan knows a campaign by its name alone. Where several accounts have the name,
    only what they agree on is proposed: a target in kroner is none in dollars.
    """
    by_name: dict[str, list[Proposal]] = {}
    for campaign in campaigns:
        if campaign.status != "removed" and campaign.name:
            by_name.setdefault(campaign.name, []).append(_proposal(channel, campaign))
    return [_agreed(alike) for alike in by_name.values()]


def proposals_of_numbers(frame: pd.DataFrame, campaigns: Iterable[CampaignFacts]) -> list[Proposal]:
    """Likewise of files' and warehouses' daily numbers; what says nothing is guessed as digests do.

    Args:
        frame: Daily numbers in canonical shape.
        campaigns: What the warehouse says of some or all of them.
    """
    names = ["channel", "account_id", "campaign_id"]
    facts = {(campaign.account_id, campaign.campaign_id): campaign for campaign in campaigns}
    rows = _as_digests_guess(frame.drop_duplicates(names, keep="last"), frame)
    rows[[*names, "campaign_name"]] = rows[[*names, "campaign_name"]].fillna("").astype(str)
    entries: list[Proposal] = []
    for channel, of_channel in rows.groupby("channel", sort=True):
        by_name: dict[str, list[Proposal]] = {}
        records = [
            {str(name): value for name, value in row.items()}
            for row in of_channel.to_dict("records")
        ]
        for row in records:
            campaign = facts.get((row["account_id"], row["campaign_id"]))
            proposal = (
                _proposal(str(channel), campaign)
                if campaign is not None and campaign.purpose.stage
                else _guessed(row, campaign)
            )
            if row["campaign_name"] and (campaign is None or campaign.status != "removed"):
                by_name.setdefault(row["campaign_name"], []).append(proposal)
        entries += [_agreed(alike) for alike in by_name.values()]
    return entries


def _as_digests_guess(campaigns: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """What each campaign is for, as the first digest will take it: by name, type and results."""
    if frame.empty:
        return campaigns
    morning = frame["date"].max().date() + timedelta(days=1)
    return Plan(reported=results_by_campaign(frame, morning)).resolve(campaigns, morning)


def _guessed(row: Mapping[str, Any], campaign: CampaignFacts | None) -> Proposal:
    """A campaign whose platform says nothing of what it is for."""
    stage, is_known = row.get("stage") or None, row.get("because") == "row"
    reason = Sentence("the file says so" if is_known else "its name, type and results")
    if not stage:
        reason = Sentence("nothing says what it is for")
    match, model = f"{row['channel']}:{row['campaign_name']}", row.get("pricing_model")
    proposal = Proposal(match, stage, model if stage else None, is_known, reason)
    if campaign is None:
        return proposal
    return replace(
        proposal,
        target_metric=campaign.bid_metric,
        target=campaign.bid_target,
        shared_budget=campaign.shared_budget,
    )


def _agreed(alike: list[Proposal]) -> Proposal:
    first_proposal = alike[0]
    purposes = {(proposal.stage, proposal.pricing_model, proposal.known) for proposal in alike}
    if len(purposes) > 1:
        reason = Sentence("accounts with this name differ")
        return Proposal(first_proposal.match, None, None, False, reason)
    if len({(proposal.target_metric, proposal.target) for proposal in alike}) > 1:
        reason = Sentence(
            "%(reason)s; bid targets differ between accounts, so none is written",
            reason=sentence(first_proposal.reason),
        )
        first_proposal = replace(first_proposal, reason=reason, target_metric="", target=None)
    shared = {proposal.shared_budget for proposal in alike}
    return first_proposal if len(shared) == 1 else replace(first_proposal, shared_budget="")


def _proposal(channel: str, facts: CampaignFacts) -> Proposal:
    purpose = facts.purpose
    stage, model, reason = purpose.stage, purpose.pricing_model, purpose.reason
    if stage is None:
        guess = infer(facts.name, channel)
        stage, model = guess.stage, model_for(guess, guess.stage)
        reason = Sentence("its name" if stage else "nothing says what it is for")
    return Proposal(
        f"{channel}:{facts.name}", stage, model, purpose.known, reason,
        facts.bid_metric, facts.bid_target, facts.shared_budget,
    )  # fmt: skip


Prompt = Callable[[str, str, bool], str]


@dataclass(frozen=True)
class SetupAnswers:
    """Answers by name: `have`, `google.manager`, `google.GOOGLE_ADS_CLIENT_ID`.

    Attributes:
        written: The answers of a file; nobody is asked what stands there.
        prompt: Asks a person (question, usual answer, whether it is a secret); None where nobody
            is there to answer.
    """

    written: Mapping[str, Any]
    prompt: Prompt | None = None

    def text(self, name: str, question: str, usual: str = "") -> str:
        """An answer, or what is usual."""
        answer = self._written(name)
        if answer is not None:
            return str(answer).strip()
        return self.prompt(question, usual, False).strip() if self.prompt else usual

    def written_text(self, name: str) -> str:
        """An answer of the file; "" where nothing stands there, and nobody is asked."""
        answer = self._written(name)
        return "" if answer is None else str(answer).strip()

    def secret(self, name: str, question: str, variable: str, usual: str = "") -> str:
        """A key; what is usual was typed before, and is not shown.

        Raises:
            UsageError: It stands nowhere and nobody is there to answer.
        """
        answer = self._written(name)
        if answer is not None:
            return str(answer).strip()
        if self.prompt is None:
            raise UsageError(
                "%(variable)s is not set.",
                hint="It is found here: %(question)s.",
                values={"variable": variable, "question": question},
            )
        return self.prompt(question, usual, True).strip()

    def spare(self, name: str, question: str) -> str:
        """A key that not everybody has; "" where nobody gives it."""
        answer = self._written(name)
        if answer is not None:
            return str(answer).strip()
        return self.prompt(question, "", True).strip() if self.prompt else ""

    def list(self, name: str, question: str, usual: str) -> list[str]:
        """Several words, apart by commas."""
        answer = self._written(name)
        words = answer if isinstance(answer, list) else self.text(name, question, usual).split(",")
        return [str(word).strip() for word in words if str(word).strip()]

    def _written(self, name: str) -> Any:
        value: Any = self.written
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value


def answers_of(file: Path | None) -> Mapping[str, Any]:
    """The answers of a TOML file; none where there is no file.

    Raises:
        UsageError: It cannot be read.
    """
    if file is None:
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            "The answers %(file)s cannot be read: %(error)s.",
            hint='Write TOML: have = ["google"].',
            values={"file": file, "error": error},
        ) from None


@dataclass(frozen=True)
class Setting:
    """A line of `[[sources]]`: what is asked, and what is taken where nothing is answered."""

    name: str
    question: str
    usual: str = ""


@dataclass(frozen=True)
class KindAsked:
    """A kind of source.

    Attributes:
        name: What a person calls it, and the source's name in perfbot.toml.
        kind: The kind of `[[sources]]`.
        title: In sentences.
        keys: Variable to where its value is found, in the platform's own words.
        spare: Likewise, of keys that not everybody has.
        settings: Lines of `[[sources]]` that are asked for.
    """

    name: str
    kind: str
    title: str
    keys: Mapping[str, str] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()
    spare: Mapping[str, str] = field(default_factory=dict)


ASKED = {
    kind.name: kind
    for kind in (
        KindAsked(
            "google", "google_ads", "Google Ads", google.NEEDED,
            (Setting("manager", "The manager account's id, at the top of Google Ads, if any"),),
        ),
        KindAsked(
            "meta", "meta_ads", "Meta", meta.NEEDED,
            (Setting("manager", "The business's id, if only its own: Business settings, Info"),),
        ),
        KindAsked(
            "microsoft", "microsoft_ads", "Microsoft Advertising", microsoft.NEEDED,
            (Setting("manager", "The manager account's customer id (cid in the address), if any"),),
            microsoft.SPARE,
        ),
        KindAsked("linkedin", "linkedin_ads", "LinkedIn", linkedin.NEEDED),
        KindAsked("tiktok", "tiktok_ads", "TikTok", tiktok.NEEDED),
        KindAsked(
            "warehouse", "warehouse", "the warehouse", {},
            (Setting("url_env", "The variable with its SQLAlchemy address", "WAREHOUSE_URL"),),
        ),
        KindAsked("files", "folder", "files", {},
                  (Setting("path", "The folder you put exports in", "exports"),)),
    )
}  # fmt: skip


HEAD = (
    "perfbot.toml, begun by `perfbot init`. Every setting: docs/settings.md; keys: in .env.",
    "Change what you like: init run again adds what is new and touches nothing else.",
)
PLAN = (
    "What the campaigns are for. A target is what the platform bids to, until you write your own.",
    "Lines that begin with # are guesses and do not count: take the # away where one is right.",
)
ReadersWords = Callable[[str], str]
"""A sentence of ours in the language of whoever is set up."""


def quoted(value: str | Sequence[str]) -> str:
    """A text, or a list of them, as TOML writes it."""
    text = json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")


def head(app: Mapping[str, str], words: ReadersWords = str) -> str:
    """The start of a new file."""
    lines = [f"{name} = {quoted(value)}" for name, value in app.items() if value]
    return "\n".join([*_comments(HEAD, words), "", "[app]", *lines, ""])


def _comments(sentences: Iterable[str], words: ReadersWords) -> list[str]:
    return [f"# {_plain(words(line))}" for line in sentences]


def source_text(name: str, kind: str, settings: Mapping[str, str | Sequence[str]]) -> str:
    """A `[[sources]]` entry."""
    lines = [f"\n[[sources]]\nname = {quoted(name)}\nkind = {quoted(kind)}"]
    lines += [f"{key} = {quoted(value)}" for key, value in settings.items() if value]
    return "\n".join(lines) + "\n"


def plan_text(
    entries: Iterable[Proposal], words: ReadersWords = str, *, is_first: bool = True
) -> str:
    """`[[plan]]` entries, the reason beside each; nothing where there is none.

    The first of a file come with what they mean.
    """
    written = "".join(_entry(proposal, words) for proposal in entries)
    if not written or not is_first:
        return written
    return "\n".join(["", *_comments(PLAN, words), written])


def _entry(proposal: Proposal, words: ReadersWords) -> str:
    lines = ["\n[[plan]]", f"match = {quoted(proposal.match)}"]
    off, word = ("", "known") if proposal.known else ("#", "a guess")
    reason = f"# {words(word)}: {_plain(words(proposal.reason))}"
    if proposal.stage:
        lines.append(f"{off}stage = {quoted(proposal.stage)}  {reason}")
    else:
        lines.append(f"{reason}: {words('write stage = reach, act, convert or engage')}")
    if proposal.pricing_model:
        lines.append(f"{off}pricing_model = {quoted(proposal.pricing_model)}")
    if proposal.target is not None:
        target = f"{{{proposal.target_metric} = {proposal.target:g}}}"
        lines.append(f"target = {target}  # {words('what the platform bids to')}")
    if proposal.shared_budget:
        comment = words("never changed by advice")
        lines.append(f"shared_budget = {quoted(proposal.shared_budget)}  # {comment}")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """On one line: a comment ends where the line does."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def add_secrets(file: Path, values: Mapping[str, str]) -> None:
    """Add `NAME='value'` lines to a file that only its owner may read."""
    file.touch(mode=0o600, exist_ok=True)
    file.chmod(0o600)
    text = file.read_text(encoding="utf-8")
    gap = "" if not text or text.endswith("\n") else "\n"
    lines = "".join(f"{name}='{_escaped(value)}'\n" for name, value in values.items())
    file.write_text(f"{text}{gap}{lines}", encoding="utf-8")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
