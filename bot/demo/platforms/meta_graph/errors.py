"""Refusals as the Graph API writes them: code, subcode, and whether to try again."""

from __future__ import annotations

import itertools
from typing import Any, TypedDict, Unpack

from bot.demo.platforms.web import Reply

_traces = itertools.count(1)


class ErrorParts(TypedDict, total=False):
    """What only some error objects have.

    Attributes:
        subcode: Narrows the code.
        transient: Whether the same call may work in a while.
        title: `error_user_title`, with `advice` as `error_user_msg`.
        blame: Parameters that are wrong, for `error_data.blame_field_specs`.
    """

    subcode: int
    transient: bool
    title: str
    advice: str
    blame: str


class GraphError(Exception):
    """An error object of the Graph API.

    Args:
        code: The error code.
        message: The API's own sentence.
        kind: The `type`: OAuthException, GraphMethodException, FacebookApiException.
        parts: What only some errors have.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        kind: str = "OAuthException",
        status: int = 400,
        **parts: Unpack[ErrorParts],
    ) -> None:
        super().__init__(message)
        self.code, self.status = code, status
        transient = parts.get("transient", False)
        self.error: dict[str, Any] = {
            "message": message, "type": kind, "code": code, "is_transient": transient,
            "fbtrace_id": f"Local{next(_traces)}",
        }  # fmt: skip
        if "subcode" in parts:
            self.error["error_subcode"] = parts["subcode"]
        if title := parts.get("title"):
            self.error |= {"error_user_title": title, "error_user_msg": parts.get("advice", "")}
        if blame := parts.get("blame"):
            self.error["error_data"] = {"blame_field_specs": [[blame]]}

    def reply(self) -> Reply:
        return Reply({"error": self.error}, self.status)


def invalid(message: str, blame: str = "") -> GraphError:
    """A parameter that is wrong: code 100."""
    return GraphError(100, f"(#100) {message}", blame=blame)


def missing(subject: str, method: str = "get") -> GraphError:
    """An object that is not there, or not for this caller: the API does not say which."""
    return GraphError(
        100,
        f"Unsupported {method} request. Object with ID '{subject}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation. Please read the "
        "Graph API documentation at https://developers.facebook.com/docs/graph-api",
        subcode=33, kind="GraphMethodException",
    )  # fmt: skip


EXPIRED = (190, "Error validating access token: Session has expired.", 463)
REVOKED = (
    190,
    (
        "Error validating access token: The session has been invalidated because the user "
        "changed their password or Facebook has changed the session for security reasons."
    ),
    460,
)


def token_error(reason: tuple[int, str, int]) -> GraphError:
    """`EXPIRED` or `REVOKED`."""
    code, message, subcode = reason
    return GraphError(code, message, subcode=subcode, status=401)


def throttled() -> GraphError:
    """The user's own limit."""
    return GraphError(17, "(#17) User request limit reached", subcode=2446079, transient=True)


def account_throttled(insights: bool) -> GraphError:
    """The limit of an ad account and a use case: 80000 insights, 80004 management."""
    code = 80000 if insights else 80004
    return GraphError(
        code, f"(#{code}) There have been too many calls from this ad-account. Wait a bit and try "
        "again. For more info, please refer to https://developers.facebook.com/docs/graph-api/"
        "overview/rate-limiting.",
        subcode=2446079, transient=True,
    )  # fmt: skip
