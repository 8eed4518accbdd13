"""Changes budgets, bid targets and status as the mutate services do, validate_only included."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.ads.googleads.v26.errors.types.errors import GoogleAdsFailure
from google.ads.googleads.v26.services.types import campaign_budget_service, campaign_service
from google.rpc import status_pb2

from bot.demo.platforms.entities import ACTIVE, MICROS, PAUSED, Account, Budget, Campaign
from bot.demo.platforms.google_ads import filling
from bot.demo.platforms.google_ads.access import Refusal, Refusals, Status, failure
from bot.demo.platforms.google_ads.fields import Row
from bot.demo.platforms.journal import Faults
from bot.demo.platforms.world import World

USER = "perfbot@shop.example"
MOST = 10_000  # operations a call
MOST_MONEY = 10**15  # micros
NAME = re.compile(r"customers/(\d+)/(campaignBudgets|campaigns)/(\d+)")
BUDGET_FIELDS = ("amount_micros", "name")
CAMPAIGN_FIELDS = {
    "status": None,
    "maximize_conversions.target_cpa_micros": "MAXIMIZE_CONVERSIONS",
    "target_roas.target_roas": "TARGET_ROAS",
    "maximize_conversion_value.target_roas": "MAXIMIZE_CONVERSION_VALUE",
}
Change = Callable[[], None]


@dataclass(frozen=True)
class Mutator:
    """Carries out mutate calls on one account."""

    world: World
    account: Account
    faults: Faults

    def budgets(self, request: Any, request_id: str) -> Any:
        """MutateCampaignBudgets."""
        answer = campaign_budget_service.MutateCampaignBudgetsResponse.pb()()
        return self._mutate(request, answer, self._budget, request_id)

    def campaigns(self, request: Any, request_id: str) -> Any:
        """MutateCampaigns: status and bid targets."""
        answer = campaign_service.MutateCampaignsResponse.pb()()
        return self._mutate(request, answer, self._campaign, request_id)

    def _mutate(
        self,
        request: Any,
        answer: Any,
        prepare: Callable[[Any], tuple[str, Change]],
        request_id: str,
    ) -> Any:
        """All or nothing, unless partial failure is asked for."""
        if not request.operations:
            raise Refusal(
                "request_error", "OPERATION_REQUIRED", "At least one operation is required."
            )
        if len(request.operations) > MOST:
            raise Refusal("request_error", "TOO_MANY_MUTATE_OPERATIONS", "Too many operations.")
        with self.world.lock:
            changes, refusals = self._prepared(request, prepare)
            if len(refusals) and not request.partial_failure:
                raise Refusals(refusals)
            if not request.validate_only:
                for change in changes.values():
                    change()
        if refusals:
            answer.partial_failure_error.CopyFrom(_partial(refusals, request_id))
        if not request.validate_only:
            failed = {refusal.operation for refusal in refusals}
            for number, operation in enumerate(request.operations):
                name = "" if number in failed else _target(operation)
                answer.results.add().resource_name = name
        return answer

    def _prepared(
        self, request: Any, prepare: Callable[[Any], tuple[str, Change]]
    ) -> tuple[dict[str, Change], list[Refusal]]:
        changes: dict[str, Change] = {}
        refusals = []
        for number, operation in enumerate(request.operations):
            try:
                self._alone(operation, changes)
                name, change = prepare(operation)
                changes[name] = change
            except Refusal as refusal:
                refusals.append(refusal.at(number))
        return changes, refusals

    def _alone(self, operation: Any, changes: dict[str, Change]) -> None:
        """Nobody else changes it now, and no other operation of the call does."""
        if self.faults.take("concurrent", self.account.account_id):
            raise Refusal(
                "database_error", "CONCURRENT_MODIFICATION",
                "Multiple requests were attempting to modify the same resource at once.",
                status=Status.ABORTED,
            )  # fmt: skip
        if _target(operation) in changes:
            raise Refusal(
                "mutate_error", "ID_EXISTS_IN_MULTIPLE_MUTATES",
                "The same resource is in several operations.",
            )  # fmt: skip

    # -- budgets --------------------------------------------------------------------------
    def _budget(self, operation: Any) -> tuple[str, Change]:
        budget_id = self._subject(operation, "campaignBudgets")
        budget_entry = self.world.budgets(self.account).get(budget_id)
        if budget_entry is None:
            raise _missing()
        budget = budget_entry[0]
        if budget.removed:
            raise Refusal("campaign_budget_error", "CAMPAIGN_BUDGET_REMOVED", "It was removed.")
        amount, name = budget.amount, budget.name
        for path in _paths(operation, BUDGET_FIELDS):
            if path == "amount_micros":
                amount = self._amount(operation.update.amount_micros)
            else:
                name = operation.update.name

        return operation.update.resource_name, lambda: self._set(budget, amount, name)

    def _set(self, budget: Budget, amount: int, name: str) -> None:
        budget.name = name
        if amount != budget.amount:
            self.world.change_budget(self.account, budget, amount, by=USER, through="api")

    def _amount(self, micros: int) -> int:
        """Minor units; the least a day is one minor unit here."""
        unit = MICROS // self.account.minor
        if micros < 0:
            raise _money("NEGATIVE_MONEY_AMOUNT", "The amount is negative.")
        if micros % unit:
            code = "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT"
            raise _money(code, "The amount is not a multiple of the currency's minimum unit.")
        if micros > MOST_MONEY:
            raise _money("MONEY_AMOUNT_TOO_LARGE", "The amount is too large.")
        if micros < unit:
            raise _money("BUDGET_BELOW_PER_DAY_MINIMUM", "The amount is below the minimum a day.")
        return micros // unit

    # -- campaigns ------------------------------------------------------------------------
    def _campaign(self, operation: Any) -> tuple[str, Change]:
        campaign = self.world.campaign(self.account, self._subject(operation, "campaigns"))
        if campaign is None:
            raise _missing()
        if campaign.status not in (ACTIVE, PAUSED):
            raise Refusal(
                "operation_access_denied_error", "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE",
                "A removed campaign cannot be changed.",
            )  # fmt: skip
        steps = [
            self._step(campaign, operation.update, path)
            for path in _paths(operation, CAMPAIGN_FIELDS)
        ]
        return operation.update.resource_name, lambda: _all(steps)

    def _step(self, campaign: Campaign, update: Any, path: str) -> Change:
        bidding = CAMPAIGN_FIELDS[path]
        if bidding and (campaign.strategy_id or filling.BIDDING[campaign.kind] != bidding):
            raise Refusal("bidding_error", "BIDDING_STRATEGY_TRANSITION_NOT_ALLOWED",
                          "The campaign does not bid this way.")  # fmt: skip
        if path == "status":
            return self._status(campaign, update)
        if path.endswith("target_cpa_micros"):
            target = self._amount(update.maximize_conversions.target_cpa_micros)
            return lambda: self.world.change_target(campaign, target, by=USER, through="api")
        part, field = path.split(".")
        roas = getattr(getattr(update, part), field)
        if not 0.01 <= roas <= 1000:
            raise Refusal("range_error", "TOO_LOW" if roas < 1 else "TOO_HIGH", "Out of range.")
        return lambda: self.world.change_roas(campaign, roas, by=USER, through="api")

    def _status(self, campaign: Campaign, update: Any) -> Change:
        word = {2: ACTIVE, 3: PAUSED}.get(update.status)
        if word is None:
            raise Refusal("enum_error", "ENUM_VALUE_NOT_PERMITTED", "The status cannot be set.")
        return lambda: self.world.change_status(campaign, word, by=USER, through="api")

    # -- what every operation has ---------------------------------------------------------
    def _subject(self, operation: Any, collection: str) -> str:
        """The id of the resource to update."""
        if operation.WhichOneof("operation") != "update":
            raise Refusal("mutate_error", "MUTATE_NOT_ALLOWED",
                          "This local server updates; it neither creates nor removes.")  # fmt: skip
        match = NAME.fullmatch(operation.update.resource_name)
        if not match or match[2] != collection or match[1] != self.account.account_id:
            raise Refusal("request_error", "RESOURCE_NAME_MALFORMED", "Malformed resource name.",
                          trigger=operation.update.resource_name)  # fmt: skip
        return match[3]


def result(operation: Any, account: Account, world: World) -> Any:
    """The budget as it now is, for response_content_type MUTABLE_RESOURCE."""
    row = Row()
    budget, fed = world.budgets(account)[_target(operation).rsplit("/", 1)[-1]]
    filling.budget(row, account, budget, len(fed))
    return row.campaign_budget


def _all(steps: list[Change]) -> None:
    for step in steps:
        step()


def _target(operation: Any) -> str:
    return str(operation.update.resource_name)


def _paths(operation: Any, allowed_fields: Any) -> list[str]:
    """The fields of the update mask.

    Raises:
        Refusal: No mask, a field the proto does not have, or one that cannot be set.
    """
    paths = list(operation.update_mask.paths)
    if not paths:
        raise Refusal("field_mask_error", "FIELD_MASK_MISSING", "The update mask is missing.")
    for path in paths:
        if not _exists(operation.update.DESCRIPTOR, path):
            raise Refusal("field_mask_error", "FIELD_NOT_FOUND", f"There is no field {path}.",
                          trigger=path)  # fmt: skip
        if path not in allowed_fields:
            raise Refusal("field_error", "IMMUTABLE_FIELD", f"{path} cannot be changed here.",
                          trigger=path)  # fmt: skip
    return paths


def _exists(message: Any, path: str) -> bool:
    for step in path.split("."):
        descriptor = message and message.fields_by_name.get(step)
        if not descriptor:
            return False
        message = descriptor.message_type
    return True


def _partial(refusals: list[Refusal], request_id: str) -> Any:
    """google.rpc.Status with the GoogleAdsFailure packed in, as partial failures come."""
    status = status_pb2.Status(code=3, message="Multiple errors in 'details'.")
    status.details.add().Pack(GoogleAdsFailure.pb(failure(refusals, request_id)),
                            type_url_prefix="type.googleapis.com/")  # fmt: skip
    return status


def _money(code: str, message: str) -> Refusal:
    return Refusal("campaign_budget_error", code, message)


def _missing() -> Refusal:
    return Refusal("mutate_error", "RESOURCE_NOT_FOUND", "Resource was not found.",
                   status=Status.NOT_FOUND)  # fmt: skip
