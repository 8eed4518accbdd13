"""Sentences about what holds advice back: a line that does not hold, a guard, a detector."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messages.speech import N_

NOT = {
    "<": N_("%(name)s %(left)s is not under %(right)s."),
    "<=": N_("%(name)s %(left)s is over %(right)s."),
    ">": N_("%(name)s %(left)s is not over %(right)s."),
    ">=": N_("%(name)s %(left)s is under %(right)s."),
}
UNANSWERED = {
    "response_known": N_("Nobody has seen yet what more money brings here: only a test tells.")
}
"""Lines that are a yes or no, as a sentence where they do not hold."""
GUARDS: Mapping[tuple[str, str], str] = {
    ("not_sure", ""): N_("Not sure enough: %(sure)s, the rule asks for %(needed_sure)s."),
    ("false_discovery", ""): N_(
        "%(sure)s sure, but of everything likely this morning %(wrong)s would be wrong with it; at "
        "most %(most_wrong)s may be."
    ),
    ("for", ""): N_("True for %(mornings)s of the %(needed)s mornings in a row it must be."),
    ("cooldown", "until"): N_("Cooldown until %(until)s: %(verb)s on %(answered_on)s."),
    ("cooldown", ""): N_(
        "Cooldown: its budget was changed %(days_since_budget_change)s ago, and it is left alone "
        "for %(cooldown)s."
    ),
    ("answered", "until"): N_("Silent until %(until)s: %(verb)s on %(answered_on)s."),
    ("answered", ""): N_("Silent: %(verb)s on %(answered_on)s."),
    ("learning", ""): N_(
        "Learning: its budget was changed %(days_since_budget_change)s ago, with "
        "%(results_since_change)s results since; it is left alone for %(learning_days)s or until "
        "%(learning_results)s results."
    ),
    ("muted", ""): N_("Muted by “%(by)s”."),
    ("tracking", ""): N_("Tracking first: “%(by)s”."),
    ("late_data", ""): N_("Its numbers are late: “%(by)s”."),
    ("delivery", ""): N_("It uses %(used)s of its budget; more money needs at least %(least)s."),
    ("captured", ""): N_("Its demand was there anyway (brand, retargeting): no more money there."),
    ("recovering", ""): N_(
        "Results were lost %(clean_days)s ago; its budget is left alone for %(recovery_days)s "
        "after."
    ),
    ("shared_budget", ""): N_(
        "It shares its budget (%(shared_budget)s) with others: a change would move them too."
    ),
    ("floor", "taken"): N_(
        "The stage keeps its floor: %(taken)s a day would be taken, at most %(most)s may."
    ),
    ("floor", ""): N_("It keeps its floor: %(floor)s of %(daily_budget)s a day."),
    ("step", ""): N_("The step would be too small to notice, of %(daily_budget)s a day."),
    ("no_pair", ""): N_("Its next money buys about what it buys in campaigns of its kind."),
    ("shifted", ""): N_("A shift has set its budget (“%(by)s”): it is left to that."),
    ("unknown_budget", ""): N_("Its daily budget is not known."),
    ("one_a_day", "instead"): N_("One piece of advice a day: “%(instead)s” weighs more."),
    ("one_a_day", ""): N_("One piece of advice a day: another one weighs more."),
}
SIGNALS: Mapping[str, str] = {
    "outage": N_("results that clicks foretell but nobody counted"),
    "outage_days": N_("days since anything was counted"),
    "outage_clicks": N_("clicks since anything was counted"),
    "spend_vs_budget": N_("yesterday's spend in daily budgets"),
    "spend_vs_usual": N_("yesterday's spend against its usual weekday"),
    "month_used": N_("the month's spend in monthly budgets"),
    "stopped_days": N_("days in a row without a showing"),
    "silent_days": N_("days in a row without numbers"),
    "usual_showings": N_("its usual showings a day"),
    "late_days": N_("days the account is late"),
    "own_late_days": N_("days the campaign is late"),
    "fatigue": N_("signs of fatigue"),
    "ctr_fall": N_("the fall of the click rate"),
    "frequency_rise": N_("the rise of showings a person"),
    "cost_break": N_("signs that results suddenly cost more"),
    "cost_relief": N_("signs that results suddenly cost less"),
    "silence": N_("how surely it is not chance that nothing is counted"),
    "account_loss": N_("how surely the whole account counts too little"),
    "tag_fault": N_("how surely results are lost though visits hold"),
    "page_fault": N_("how surely clicks bring less than before"),
    "counted_double": N_("how surely results are counted twice"),
    "showings_fault": N_("how surely money buys fewer showings"),
    "audience_fault": N_("how surely showings reach fewer people"),
    "gap_days": N_("days in a row that were missing before"),
    "days_since_budget_change": N_("days since the budget changed"),
    "budget_change": N_("the size of the budget change"),
    "results_since_change": N_("results since the budget changed"),
    "results": N_("results of 14 days"),
    "age_days": N_("days since its first numbers"),
    "pace": N_("the month's spend as a share of its budget"),
    "pace_gone": N_("the share of the month that is over"),
    "pace_lands": N_("where the month lands, as a share of its budget"),
    "pace_low": N_("where the month lands at least"),
    "pace_high": N_("where the month lands at most"),
    "pace_days_left": N_("days left of the month"),
    "pace_budget": N_("the month's budget"),
    "pace_spent": N_("the month's spend so far"),
    "pace_daily": N_("what a day costs as it goes"),
    "pace_needed": N_("what a day may cost from now on"),
    "reach_share": N_("the share of the money that goes to reach"),
    "reach_share_before": N_("the share that went to reach before"),
    "brand_results": N_("sales of brand and retargeting"),
    "brand_results_before": N_("their sales before"),
    "stage_spend": N_("the spend of the stage"),
    "stage_spend_before": N_("its spend before"),
    "stage_results": N_("the sales of the stage"),
    "stage_results_before": N_("its sales before"),
}
STATES = {
    "acknowledge": "acknowledged",
    "progress": "in_progress",
    "snooze": "snoozed",
    "dismiss": "dismissed",
}
OUTSIDE = N_("changed outside")
MONEY = frozenset({"taken", "most", "floor", "daily_budget"})
DAYS = frozenset({
    "days_since_budget_change", "cooldown", "learning_days", "clean_days", "recovery_days",
})  # fmt: skip
