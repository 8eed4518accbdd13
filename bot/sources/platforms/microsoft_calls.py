"""Calls to Microsoft Advertising through the msads SDK: its models out, its answers as JSON.

Requests are the SDK's own models, so that a field or value it does not know is never sent. Answers
are read as JSON and not as models: one campaign type newer than the SDK would spoil a whole page.

The SDK's ServiceClient is not used: making one rewrites how every pydantic model of the process
takes attributes (`enable_alias_support`). The REST classes below it, which do the work, do not.
"""

from __future__ import annotations

import importlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bot.errors import SourceError
from bot.sources.base import AdAccount
from bot.sources.platforms.microsoft_errors import (
    CREDENTIALS,
    EXPIRED,
    BrokenAnswer,
    MicrosoftRefused,
    first_fault,
    trouble,
)
from bot.sources.platforms.microsoft_sign_in import SignIn
from bot.sources.platforms.rest import TIMEOUT, Patience, wait_of

SERVICES = {
    "campaign": ("campaign_management_service_api", "CampaignManagementServiceApi"),
    "customer": ("customer_management_service_api", "CustomerManagementServiceApi"),
    "reporting": ("reporting_service_api", "ReportingServiceApi"),
}
HOSTS = {
    "campaign": "https://campaign.api.bingads.microsoft.com",
    "customer": "https://clientcenter.api.bingads.microsoft.com",
    "reporting": "https://reporting.api.bingads.microsoft.com",
}
Json = dict[str, Any]


def sdk(module: str) -> Any:
    """A module of the SDK.

    Raises:
        SourceError: It is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its models are older than the pydantic they run on
            return importlib.import_module(f"openapi_client.{module}")
    except ImportError as error:
        raise SourceError(
            "Microsoft Advertising needs the msads library.",
            hint='Install it: pip install "perfbot[microsoft]".',
        ) from error


def model(service: str, name: str) -> Any:
    """A model, enum or flag of the SDK, `model("campaign", "CampaignType")`."""
    return getattr(sdk(f"models.{service}"), name)


def every(flags: Any) -> Any:
    """All members of one of the SDK's flags together, but for NONE."""
    together = flags(0)
    for flag in flags:
        together |= flag if flag.name != "NONE" else flags(0)
    return together


@dataclass(frozen=True)
class MicrosoftCalls:
    """The SDK's services, signed in.

    Attributes:
        values: The secrets, by name; MICROSOFT_ADS_URL stands for every host of Microsoft's.
        sign_in: Gives access tokens.
        patience: How often a call is made.
    """

    values: Mapping[str, str] = field(repr=False)
    sign_in: SignIn
    patience: Patience

    @property
    def is_local(self) -> bool:
        """Whether a server of this computer's stands for Microsoft."""
        return bool(self.values.get("MICROSOFT_ADS_URL"))

    @cached_property
    def _services(self) -> dict[str, Any]:
        return {}

    def _service(self, name: str) -> Any:
        if name not in self._services:
            module, cls = SERVICES[name]
            host = self.values.get("MICROSOFT_ADS_URL") or HOSTS[name]
            # a redirect would take the developer token to another host
            configuration = sdk("configuration").Configuration(host=host, retries=False)
            client = sdk("api_client").ApiClient(configuration)
            self._services[name] = getattr(sdk(f"api.{module}"), cls)(client)
        return self._services[name]

    def ask(
        self, service: str, operation: str, request: Any, account: AdAccount | None = None
    ) -> Json:
        """The answer of an operation, asked again while that may help.

        Args:
            service: A key of SERVICES.
            operation: As the SDK names it, `search_accounts`.
            request: One of the SDK's models.
            account: Whose campaigns or reports; None where people and accounts are asked for.

        Raises:
            SourceError: Refused, or not answered within patience.
        """

        def signed_in() -> Json:
            try:
                return self._once(service, operation, request, account)
            except MicrosoftRefused as refused:
                if refused.number not in (CREDENTIALS, EXPIRED):
                    raise
                self.sign_in.forget()  # it may have run out, or been taken back
                return self._once(service, operation, request, account)

        answer: Json = self.patience.ask(signed_in, trouble)
        return answer

    def _once(self, service: str, operation: str, request: Any, account: AdAccount | None) -> Json:
        call = getattr(self._service(service), f"{operation}_without_preload_content")
        reply = call(request, _headers=self._headers(account), _request_timeout=TIMEOUT)
        text = reply.data
        try:
            body = json.loads(text)
        except ValueError:
            body = None
        if reply.status >= 300:
            raise MicrosoftRefused(reply.status, first_fault(body), wait_of(reply.headers))
        if not isinstance(body, dict):
            raise BrokenAnswer
        return body

    def _headers(self, account: AdAccount | None) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self.sign_in.bearer()}",
            "DeveloperToken": self.values["MICROSOFT_ADS_DEVELOPER_TOKEN"],
        }
        if account is not None:
            headers |= {"CustomerAccountId": account.account_id, "CustomerId": account.through}
        return headers
