"""How many digits a currency has after the point: ISO 4217."""

from __future__ import annotations

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
MINOR_DIGITS = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)
"""Where they are not two."""


def digits(currency: str | None) -> int:
    """How many digits a currency has after the point; two where it is unknown."""
    return MINOR_DIGITS.get((currency or "").upper(), 2)
