"""Detectors in words: what their numbers say, and what would make them quiet again."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messages.speech import N_

SIGNS: Mapping[str, str] = {
    "outage": N_("Results that should have come"),
    "outage_days": N_("Days without any result"),
    "late_days": N_("Days the numbers are behind"),
    "own_late_days": N_("Days its own numbers are behind"),
    "spend_vs_budget": N_("Yesterday's spend, in daily budgets"),
    "spend_vs_usual": N_("Yesterday's spend, in usual days"),
    "month_used": N_("The month's money used, as a share"),
    "stopped_days": N_("Days reported without a showing"),
    "silent_days": N_("Days without a report"),
    "usual_showings": N_("Usual showings a day"),
    "fatigue": N_("Signs of a tired ad, in standard deviations"),
    "budget_change": N_("The last budget change, as a share"),
    "results_since_change": N_("Results since that change"),
    "silence": N_("How surely it is not chance that nothing is counted"),
    "account_loss": N_("How surely the whole account counts too little"),
    "tag_fault": N_("How surely results are lost though visits hold"),
    "page_fault": N_("How surely clicks bring less than before"),
    "counted_double": N_("How surely results are counted twice"),
    "showings_fault": N_("How surely money buys fewer showings"),
    "audience_fault": N_("How surely showings reach fewer people"),
    "rate_left": N_("What a click still brings, as a share"),
    "fault_days": N_("Days since then"),
    "double_rate": N_("What a click brings, in times of before"),
    "showings_left": N_("Showings money still buys, as a share"),
    "audience_left": N_("People a showing still reaches, as a share"),
}
TURNS: Mapping[str, str] = {
    "outage": N_("results counted again"),
    "silence": N_("results counted again"),
    "account_loss": N_("results counted again"),
    "tag_fault": N_("results counted as before"),
    "counted_double": N_("results counted as before"),
    "page_fault": N_("clicks bringing as much as before"),
    "showings_fault": N_("showings costing as before"),
    "audience_fault": N_("as many people reached as before"),
    "late_days": N_("the numbers arriving"),
    "own_late_days": N_("the numbers arriving"),
    "spend_vs_budget": N_("a day's spend back at the budget"),
    "spend_vs_usual": N_("a day's spend back at the usual"),
    "stopped_days": N_("the campaign being shown again"),
    "silent_days": N_("the campaign being shown again"),
    "fatigue": N_("people clicking as before"),
    "pace_low": N_("the budget landing inside its band"),
    "pace_high": N_("the budget landing inside its band"),
}
