"""The local Slack alone, for a bot of one's own to dial in to."""

from __future__ import annotations

import sys

from bot.demo.workspace.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
