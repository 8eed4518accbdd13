"""`python -m tests.deploy.clean_machine`: follows README's "Deploying" on a clean Debian.

The machine is a chroot that debootstrap makes (as root, some minutes). The lines are README's own;
what a chroot has not, systemd, is stood in for by running the units' own commands as their user.
Slack is the local workspace. At the end web and worker are ready, doctor finds nothing, a backup is
there, and a question somebody asks in Slack is answered.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.demo.workspace import Workspace
from bot.demo.workspace.model import PERFORMANCE
from bot.places import CHECKOUT

SUITE = "bookworm"  # from where debootstrap itself knows, or the system says
BLOCK = re.compile(r"^On a clean Debian.*?```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECRETS = "# /etc/perfbot/perfbot.env"
PASSWORD = "correct-horse"
PLACE = Path("/srv")  # on the machine: the checkout, what is typed, and what the units say
MOST = 300.0  # seconds for web and worker to be ready, on a machine that is busy
STANDING_IN = r"""
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive HOME=$PLACE
mount -t proc proc /proc; mount -t tmpfs shm /dev/shm 2>/dev/null || true
apt() { apt-get update -qq; apt-get "$1" -y -qq --no-install-recommends "${@:2}" >/dev/null
        pg_lsclusters -h | grep -q online || pg_ctlcluster 15 main start; }
run() { # each command of a kind in a unit, as the unit's user, with its file of secrets
  grep "^$2=" "/etc/systemd/system/$1.service" | cut -d= -f2- | while read -r command; do
    (set -a; . /etc/perfbot/perfbot.env; set +a; cd /var/lib/perfbot
     exec setpriv --reuid=perfbot --regid=perfbot --init-groups $command); done; }
systemctl() { install -d -m 700 -o perfbot -g perfbot /var/lib/perfbot
  for unit in "${@:3}"; do case $unit in
    *.timer) run "${unit%.timer}" ExecStart;;
    *) run "$unit" ExecStartPre; run "$unit" ExecStart > "$PLACE/$unit.log" 2>&1 & ;;
  esac; done; }
cd "$PLACE/perfbot"
"""
LOOKING = r"""
echo ready-to-look
for port in 3000 9464; do
  python3 - $port <<'PY'
import sys, time, urllib.request
for _ in range(600):
    try:
        print(sys.argv[1], urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/readyz").status)
        break
    except OSError as error:
        last = error
        time.sleep(0.5)
else:
    sys.exit(f"{sys.argv[1]} is not ready: {last}")
PY
done
ls /var/lib/perfbot/backups/*.db
echo all-is-well
read -r _
"""


def main() -> int:
    """Make the machine, follow the page, and say what came of it; 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--machine", type=Path, help="a folder with a fresh Debian; else made")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="perfbot-machine-") as folder, Workspace() as slack:
        machine = asked.machine or _debian(Path(folder) / "machine")
        _checkout(_on(machine, PLACE / "perfbot"))
        with _following(machine, script(slack)) as process:
            return _watched(process, slack)


def lines() -> list[str]:
    """README's lines for a clean Debian."""
    block = BLOCK.search((CHECKOUT / "README.md").read_text(encoding="utf-8"))
    assert block, "README says how to deploy"
    return block[1].splitlines()


def script(slack: Workspace) -> str:
    """What is typed there, one line after the other."""
    secrets = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"postgresql://perfbot:{PASSWORD}@127.0.0.1/perfbot",
    }
    file = "".join(f"{name}={shlex.quote(value)}\n" for name, value in secrets.items())
    keep = f"(umask 077; printf %s {shlex.quote(file)} > /etc/perfbot/perfbot.env)"
    typed = [keep if line.startswith(SECRETS) else line for line in lines()]
    typed = [
        f"printf '{PASSWORD}\\n{PASSWORD}\\n' | {{ {line}; }}" if "--pwprompt" in line else line
        for line in typed
    ]
    echoed = [f"echo {shlex.quote('$ ' + line)}\n{line}" for line in typed if line]
    return STANDING_IN + "\n".join(echoed) + LOOKING


def _debian(machine: Path) -> Path:
    subprocess.run(["debootstrap", "--variant=minbase", SUITE, str(machine)], check=True)
    return machine


def _on(machine: Path, path: Path) -> Path:
    """Where a path of the machine lies here."""
    return machine / path.relative_to("/")


def _checkout(place: Path) -> None:
    """The files of the commit that is checked out, as `git clone` gives them."""
    place.mkdir(parents=True, exist_ok=True)
    archive = subprocess.run(
        ["git", "archive", "HEAD"], cwd=CHECKOUT, check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(place)], input=archive.stdout, check=True)


@contextmanager
def _following(machine: Path, typed: str) -> Iterator[subprocess.Popen[str]]:
    """The lines at work there; with the context ends everything that they started."""
    script_file, certificate_file = PLACE / "follow.sh", PLACE / "certificates.pem"
    _on(machine, script_file).write_text(typed, encoding="utf-8")
    for file in ("etc/resolv.conf", "etc/hosts"):
        (machine / file).write_bytes((Path("/") / file).read_bytes())
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "setsid", "chroot",
             str(machine), "bash", str(script_file)]  # fmt: skip
    environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "PLACE": str(PLACE)}
    if certificates := os.environ.get("PIP_CERT"):  # those of a network's own proxy
        _on(machine, certificate_file).write_bytes(Path(certificates).read_bytes())
        environ["PIP_CERT"] = str(certificate_file)
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, env=environ)  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _watched(process: subprocess.Popen[str], slack: Workspace) -> int:
    """Its words, and once all is well a question in Slack."""
    assert process.stdout
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        if line.strip() == "all-is-well":
            return _asked(slack)
    return 1


def _asked(slack: Workspace) -> int:
    """Somebody asks for help; 0 once perfbot has answered."""
    slack.do("command", user="kari", channel=PERFORMANCE, text="/perf help")
    end = time.monotonic() + MOST
    while time.monotonic() < end:
        answers = [each for each in slack.snapshot()["ephemerals"] if "perf" in json.dumps(each)]
        if answers:
            sys.stdout.write(f"answered: {answers[0]['text']}\n")
            return 0
        time.sleep(0.5)
    sys.stdout.write("Nobody answered in Slack.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
