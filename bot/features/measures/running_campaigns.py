"""Which campaigns run, which have stopped, and which are new: read from the days they spent on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Reply
from bot.features.parts.subjects import EVERYTHING, OLDEST, Subject
from bot.numbers.input.daily import campaigns_only, entity
from bot.numbers.input.windows import parse_window
from bot.question.conditions import lacks_target
from bot.question.slots import Named, Slots
from bot.render.values.measures import CampaignDays, Period, RunningAnswer
from bot.snapshot import boards

LATELY = 7  # days of data without spend after which a campaign counts as stopped
LONGEST = "90d"  # campaigns of so many days are known
_STATES = {
    "running": re.compile(
        r"\b(?:running|active|live|switched on|turned on|currently on|kjører|kjørende|aktive?|"
        r"går nå|er på lufta)\b|^går ¤ (?:fortsatt|fremdeles|enda|ennå)\b|"
        r"\b(?:how many|hvor mange|list(?: of)?(?: all| up)?(?: the| our)?|all (?:the |our )?|alle|"
        r"hvilke|which|what) (?:active )?(?:campaigns|kampanje(?:r|ne))"
        r"(?: (?:do we|are there|have we|we|exist|(?:does|has|har|på|on|in|i) ¤|har vi|er det|"
        r"finnes|have|got|har|there are|totalt|in total|(?:on )?the account|vi har|run))*\W*$"
    ),
    "stopped": re.compile(
        r"\b(?:paused?|stopped|inactive|switched off|turned off|ended|not running|dead|"
        r"pauset|pausede|satt på pause|stoppet|stansede?|avsluttede?|inaktive?|slått av)\b|"
        r"^did ¤ stop(?: spending| running)?\b"
    ),
    "new": re.compile(
        r"\b(?:newest|new campaigns?|latest campaigns?|most recent campaigns?|youngest|"
        r"nyeste|nye kampanjer|ferskeste|launched|lansert|startet sist|started (?:last|most)|"
        r"(?:are|is|was|were|er|var) (?:the )?(?:brand )?(?:new|nye?)(?= ◊|$|\?)|"
        r"(?:began|started|went live|startet|begynte|gikk live)(?= ◊|$|\?))"
    ),
    "old": re.compile(
        r"\b(?:oldest|eldste|longest[- ]running|kjørt lengst|running (?:the )?longest)\b"
    ),
}


def state_of(slots: Slots) -> str:
    """Whether a sentence asks which campaigns run, have stopped or are new; else ""."""
    if slots.metric or slots.bound or lacks_target(slots.text):  # `running without a target`
        return ""
    return next((name for name in ("old", "new", "stopped", "running")
                 if _STATES[name].search(slots.text)), "")  # fmt: skip


def answer(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """The campaigns of that state, with the first and the last day each spent on."""
    state = state_of(slots) or "running"
    one = _one_of(slots, state)
    within = one or next((thing for thing in slots.things if thing.kind != "campaign"), None)
    subject = Subject.of(within) if within else EVERYTHING
    rows = subject.rows(boards.figures(context, as_of, LONGEST))
    spent = _days_of(context, as_of)
    lines = [_line(row, spent) for row in rows if row.entity in spent]
    ends = max((last for _, last in spent.values()), default=as_of - timedelta(1))
    begins = min((line.first for line in lines), default=ends)
    alone = one is not None and len(lines) == 1
    if alone:  # whether it runs is what is asked, whichever word asks it
        state = "stopped" if _chosen("stopped", lines, ends) else "running"
    chosen = _chosen(state, lines, ends)
    period = _period(slots, as_of) if state == "new" else None
    if period is not None:
        chosen = [line for line in chosen if period.since <= line.first <= period.until]
        newest = max((line for line in lines), key=lambda line: line.first, default=None)
        chosen = chosen or ([newest] if newest else [])
    running_answer = RunningAnswer(
        state,
        tuple(chosen),
        len(lines),
        begins,
        ends,
        LATELY,
        subject.title,
        period,
        alone=alone,
    )
    message = context.renderer(asker.language).render("running", answer=running_answer)
    return Reply(message.text, message.blocks)


def _one_of(slots: Slots, state: str) -> Named | None:
    """The one campaign a sentence asks of, whether it runs; None for any other question."""
    campaigns = [thing for thing in slots.things if thing.kind == "campaign"]
    return campaigns[0] if len(campaigns) == 1 and state in {"running", "stopped"} else None


def _period(slots: Slots, as_of: date) -> Period | None:
    """The days in which campaigns are to have begun; None where the sentence names none."""
    if slots.window in {"", "today"}:
        return None
    span = parse_window(slots.window, as_of)[0]
    return Period(slots.window, span.since, span.until)


def _chosen(state: str, lines: list[CampaignDays], ends: date) -> list[CampaignDays]:
    if state in {"new", "old"}:
        return sorted(lines, key=lambda line: line.first, reverse=state == "new")
    still = ends - timedelta(LATELY - 1)
    matches = [line for line in lines if (line.last >= still) is (state == "running")]
    return sorted(matches, key=lambda line: line.last, reverse=True)


def _line(row: CampaignRow, spent: Mapping[str, tuple[date, date]]) -> CampaignDays:
    return CampaignDays(row.label, *spent[row.entity])


def _days_of(context: Context, as_of: date) -> Mapping[str, tuple[date, date]]:
    """The first and the last day each campaign spent on; read once a morning's boards."""

    def read() -> Mapping[str, tuple[date, date]]:
        numbers = campaigns_only(context.store.numbers(OLDEST, as_of - timedelta(1), as_of=as_of))
        numbers = numbers[numbers["spend"].astype("float64") > 0]
        days = numbers.groupby(entity(numbers).to_numpy())["date"].agg(["min", "max"])
        return {
            str(name): (first_day.date(), last_day.date())
            for name, first_day, last_day in days.itertuples(name=None)
        }

    return context.shelf.memo(("days with spend", as_of), context.stamp(as_of), read)
