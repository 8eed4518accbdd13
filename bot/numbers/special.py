"""The special functions of statistics, from scipy, loaded when the first of them is wanted.

Loading scipy.special takes as long as answering a question from a morning that is judged already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scipy.special import (
        betainc,
        betaincc,
        betaincinv,
        gammainc,
        gammaincc,
        gammainccinv,
        gammaincinv,
        gammaln,
        ndtr,
        ndtri,
        stdtrit,
    )
else:

    class _Later:
        """A function of scipy.special under its name."""

        def __init__(self, name: str) -> None:
            self.name = name
            self.function: Any = None

        def __call__(self, *values: Any) -> Any:
            if self.function is None:
                from scipy import special  # noqa: PLC0415, what this module is for

                self.function = getattr(special, self.name)
            return self.function(*values)

    betainc, betaincc, betaincinv = map(_Later, ("betainc", "betaincc", "betaincinv"))
    gammainc, gammaincc, gammaln = map(_Later, ("gammainc", "gammaincc", "gammaln"))
    gammainccinv, gammaincinv = map(_Later, ("gammainccinv", "gammaincinv"))
    ndtr, ndtri, stdtrit = map(_Later, ("ndtr", "ndtri", "stdtrit"))

__all__ = [
    "betainc",
    "betaincc",
    "betaincinv",
    "gammainc",
    "gammaincc",
    "gammainccinv",
    "gammaincinv",
    "gammaln",
    "ndtr",
    "ndtri",
    "stdtrit",
]
