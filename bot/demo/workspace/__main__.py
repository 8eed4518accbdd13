"""`python -m bot.workspace`: the local Slack alone, for a bot of one's own to dial in to."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from bot.demo.workspace.server import Workspace
from bot.errors import PerfbotError

PORT = 3944


def told(workspace: Workspace) -> str:
    """What a bot needs to dial in, as lines for a shell."""
    variables = {
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
    }
    lines = (f"export {name}={value}" for name, value in variables.items())
    return "\n".join([f"# {workspace.url} is open until Ctrl-C", *lines])


def main(arguments: list[str] | None = None) -> int:
    """Serves on 127.0.0.1 until it is interrupted; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.workspace", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--manifest", help="the app's manifest (default: perfbot's own)")
    options = parser.parse_args(arguments)
    over = threading.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, lambda _number, _frame: over.set())
    try:
        with Workspace(options.manifest, options.port) as workspace:
            print(told(workspace), flush=True)  # noqa: T201 - what it is for
            over.wait()
    except PerfbotError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a program's word
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
