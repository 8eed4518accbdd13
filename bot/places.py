"""Where the files live that perfbot ships: rules, templates, the Slack manifest."""

from __future__ import annotations

from pathlib import Path

PACKAGED = Path(__file__).parent / "_data"
CHECKOUT = Path(__file__).parent.parent


def shipped(name: str) -> Path:
    """The path of a shipped file or folder (`rules`, `templates`, `slack-manifest.yml`, …).

    In an installed wheel they lie under the package; in a checkout at the top level.
    """
    packaged = PACKAGED / name
    return packaged if packaged.exists() else CHECKOUT / name
