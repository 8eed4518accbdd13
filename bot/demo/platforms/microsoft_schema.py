"""What the msads SDK knows: fields of its models and values of its enums, and what it does not.

Read from its sources: importing it costs four seconds of processor time, and the server needs
nothing else of it.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from bot.demo.platforms.web import Json, Refused

ALIAS = re.compile(r'alias="(\w+)"')
FLAG = re.compile(r"\w+\.\w+: '(\w+)'")


@cache
def _source(service: str, module: str) -> str:
    package = importlib.util.find_spec("openapi_client")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("the msads SDK is not installed")
    folder = Path(package.submodule_search_locations[0]) / "models" / service
    return (folder / f"{module}.py").read_text(encoding="utf-8")


@cache
def values_of(service: str, module: str) -> frozenset[str]:
    """The values of one of the SDK's enums."""
    tree = ast.parse(_source(service, module))
    values = (
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    )
    return frozenset(str(value) for value in values)


@cache
def flags_of(service: str, module: str) -> frozenset[str]:
    """The values of one of the SDK's flags, as they go over the wire."""
    return frozenset(FLAG.findall(_source(service, module)))


@cache
def fields_of(service: str, module: str) -> frozenset[str]:
    """The fields of one of the SDK's models, as they go over the wire."""
    return frozenset(ALIAS.findall(_source(service, module)))


def known(service: str, module: str, body: Any) -> Json:
    """A body, or part of one, all of whose fields its model has.

    Raises:
        Refused: It is no object, or has others.
    """
    if not isinstance(body, dict):
        raise operation(f"{module} is no object.")
    if strangers := sorted(set(body) - fields_of(service, module)):
        raise operation(f"{module} has no {', '.join(strangers)}.")
    return body


def listed(written: Any, known_values: Iterable[str], what: str) -> list[str]:
    """Flags apart by commas.

    Raises:
        Refused: One is not known.
    """
    flags = [flag.strip() for flag in str(written or "").split(",") if flag.strip()]
    if strangers := [flag for flag in flags if flag not in set(known_values)]:
        raise operation(f"{what}: {', '.join(strangers)} is not known.")
    return flags


def operation(message: str, number: int = 2001, code: str = "InvalidReportRequest") -> Refused:
    """ApiFaultDetail: what is wrong with what was asked; the code is from memory where no other."""
    error = {"Code": number, "ErrorCode": code, "Message": message, "Details": None}
    body = {"TrackingId": "local-tracking", "Type": "ApiFaultDetail", "OperationErrors": [error]}
    return Refused(body, 400)


def fault(status: int, number: int, code: str, message: str, wait: int = 0) -> Refused:
    """AdApiFaultDetail: what is wrong with the call."""
    error = {"Code": number, "ErrorCode": code, "Message": message, "Detail": None}
    body = {"TrackingId": "local-tracking", "Type": "AdApiFaultDetail", "Errors": [error]}
    return Refused(body, status, {"Retry-After": str(wait)} if wait else {})
