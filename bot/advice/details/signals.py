"""The numbers rules may read of what goes on below campaigns, and the levels they come from."""

from __future__ import annotations

from collections.abc import Mapping

from bot.advice.rules.rulebook import Rule
from bot.domain.details import AUDIENCES, Level

DETAIL_SIGNALS: Mapping[str, str] = {
    "keyword_waste": "Money a week that keywords surely cost more than the campaign's others would",
    "term_waste": "Money a week that search terms surely cost more than its others would",
    "page_loss": "Money a week for clicks to a landing page that broke",
    "ad_loss": "Money a week for clicks that tired ads no longer bring",
    "misfit_cost": "Money a week that groups surely cost more than the others would",
    "quality_cost": "Money a week that a point of quality more goes with",
}
"""Known only as `name.now`; 0 where nothing is sure, missing where there are no such rows."""
LEVELS_OF: Mapping[str, tuple[str, ...]] = {
    "keyword_waste": (Level.KEYWORD,),
    "term_waste": (Level.SEARCH_TERM,),
    "page_loss": (Level.LANDING_PAGE,),
    "ad_loss": (Level.AD,),
    "misfit_cost": AUDIENCES,
    "quality_cost": (Level.KEYWORD,),
}


def details_of(rule: Rule) -> list[str]:
    """The signals a rule reads."""
    metrics = (name.partition(".")[0] for name in rule.reads)
    return [metric for metric in metrics if metric in DETAIL_SIGNALS]
