"""POST to a campaign or ad set: daily budget, bid cap, status; validated first where asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.demo.platforms.entities import ACTIVE, PAUSED, Account, Budget, Campaign, Group
from bot.demo.platforms.journal import Faults
from bot.demo.platforms.meta_graph.errors import GraphError, invalid
from bot.demo.platforms.meta_graph.objects import as_list, budget_text, least, offset
from bot.demo.platforms.world import World

USER = "perfbot@shop.example"
OPTIONS = ("validate_only", "include_recommendations")
FIELDS = ("daily_budget", "bid_amount", "status", "execution_options")
A_HOUR = 4  # times that an ad set's budget may change


@dataclass(frozen=True)
class Changer:
    """Changes things of one account."""

    world: World
    account: Account
    faults: Faults

    def change(
        self, campaign: Campaign, group: Group | None, values: Mapping[str, str]
    ) -> dict[str, Any]:
        """Checks everything, then changes it; with `validate_only` it only checks.

        Args:
            campaign: What is changed, or whose ad set is.
            group: The ad set, where one is changed.
            values: The form.

        Raises:
            GraphError: A field, value or kind of campaign that cannot be changed.
        """
        options = as_list(values.get("execution_options"), "execution_options")
        for option in options:
            if option not in OPTIONS:
                raise invalid(f"execution_options has no {option}.", "execution_options")
        for name in values:
            if name not in (*FIELDS, "access_token", "appsecret_proof"):
                raise invalid(f"Invalid parameter {name} (this local server changes "
                              f"{', '.join(FIELDS[:3])}).", name)  # fmt: skip
        if campaign.kind == "advantage":
            raise GraphError(100, "Invalid parameter", subcode=3858504, title="Cannot be edited",
                             advice="Advantage+ shopping campaigns of the old kind can no longer "
                             "be changed through the API.")  # fmt: skip
        with self.world.lock:
            budget = self._budget(campaign, group, values)
            target, status = self._target(values), self._status(values)
            if "validate_only" not in options:
                self._carry_out(campaign, budget, target, status)
        return {"success": True}

    def _carry_out(
        self,
        campaign: Campaign,
        budget: tuple[Budget, int] | None,
        target: int | None,
        status: str | None,
    ) -> None:
        if self.faults.take("concurrent", self.account.account_id):
            raise GraphError(2, "An unexpected error has occurred. Please retry your request "
                             "later.", status=500, transient=True)  # fmt: skip
        if budget and budget[0].amount != budget[1]:
            self.world.change_budget(self.account, *budget, by=USER, through="api")
        if target is not None:
            self.world.change_target(campaign, target, by=USER, through="api")
        if status is not None:
            self.world.change_status(campaign, status, by=USER, through="api")

    def _budget(
        self, campaign: Campaign, group: Group | None, values: Mapping[str, str]
    ) -> tuple[Budget, int] | None:
        """The budget and its new amount in ISO minor units."""
        written = values.get("daily_budget")
        if written is None:
            return None
        budget = group.budget if group else campaign.budget
        if budget is None:
            raise GraphError(
                100, "Invalid parameter", subcode=1885621,
                title="You can only set an ad set budget or a campaign budget",
                advice="This campaign's budget is set on its other level.",
            )  # fmt: skip
        if not written.isdecimal():
            raise invalid("Param daily_budget must be an integer greater than or equal to 0",
                          "daily_budget")  # fmt: skip
        if int(written) < least(self.account):
            smallest = budget_text(self.account, 10 * self.account.minor)
            raise GraphError(
                100, "Invalid parameter", subcode=1885272, title="Budget is too low",
                advice=f"The daily budget must be at least {smallest} in the currency's smallest "
                "unit.", blame="daily_budget",
            )  # fmt: skip
        self._not_too_often(budget)
        return budget, int(written) * self.account.minor // offset(self.account)

    def _not_too_often(self, budget: Budget) -> None:
        """An ad set's budget changes four times an hour at most."""
        hour_ago = self.world.now - timedelta(hours=1)
        recent = [
            change for change in self.world.changes
            if change.what == "budget" and change.subject_id == budget.budget_id
            and change.when > hour_ago
        ]  # fmt: skip
        if len(recent) >= A_HOUR:
            raise GraphError(
                613, "(#613) Calls to this api have exceeded the rate limit.", subcode=1487632,
                transient=True, title="Too many budget changes",
                advice="This budget can change only 4 times an hour. Try again in an hour.",
            )  # fmt: skip

    def _target(self, values: Mapping[str, str]) -> int | None:
        written = values.get("bid_amount")
        if written is None:
            return None
        if not written.isdecimal() or int(written) < 1:
            raise invalid("Param bid_amount must be a positive integer", "bid_amount")
        return int(written) * self.account.minor // offset(self.account)

    def _status(self, values: Mapping[str, str]) -> str | None:
        written = values.get("status")
        words = {None: None, "ACTIVE": ACTIVE, "PAUSED": PAUSED}
        if written not in words:
            raise invalid("Param status must be ACTIVE or PAUSED here", "status")
        return words[written]
