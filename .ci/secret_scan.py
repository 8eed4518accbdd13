"""Looks through the tracked files for secrets: tokens and keys at the length real ones have.

Made-up ones in tests and documents are shorter, or say that they are examples. What perfbot hides
at run time is wider (bot/redaction.py): there a false alarm costs nothing.

`python .ci/secret_scan.py [FILE ...]`: exit 1 where something is found, which is never printed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

KINDS = {
    "Slack token": r"xox[a-z](?:\.xox[a-z])?-(?:\d{1,13}-){1,3}[A-Za-z0-9]{24,}",
    "Slack app token": r"xapp-\d-A[A-Z0-9]{8,}-\d{10,}-[a-f0-9]{64}",
    "Slack webhook": r"hooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]{8,}/[\w/]{24,}",
    "Google API key": r"AIza[\w-]{35}",
    "Google access token": r"ya29\.[\w-]{60,}",
    "Google refresh token": r"1//0[\w-]{60,}",
    "Google client secret": r"GOCSPX-[\w-]{28}",
    "Meta access token": r"EAA[A-Za-z0-9]{80,}",
    "Pinterest token": r"pina_[A-Z0-9]{60,}",
    "AWS access key": r"(?:AKIA|ASIA)(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}",
    "GitHub token": r"gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}",
    "GitLab token": r"glpat-[\w-]{20}",
    "PyPI token": r"pypi-AgEIcHlwaS[\w-]{40,}",
    "JSON web token": r"eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}",
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\n|\s)*[A-Za-z0-9+/=\\\s]{100,}",
    "secret by name": r"\w*(?i:secret|token|password)[\"']?\s*[:=]\s*[\"']?[0-9a-f]{32,64}\b",
    "password in an address": r"\w+://[^\s:/@]+:(?=[^\s@/]*\d)(?=[^\s@/]*[A-Z])[^\s@/]{16,}@",
}
PATTERNS = {kind: re.compile(rf"(?<![\w-])(?:{pattern})") for kind, pattern in KINDS.items()}
ROOT = Path(__file__).parents[1]


def found(text: str) -> Iterator[tuple[int, str]]:
    """The line and the kind of everything in a text that looks like a real secret."""
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, kind


def scan(files: Sequence[Path]) -> Iterator[str]:
    """`path:line: kind` for each secret in the files; what is no text is passed over."""
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        yield from (f"{file}:{line}: {kind}" for line, kind in sorted(found(text)))


def tracked() -> list[Path]:
    """Every file git knows of here."""
    words = ["git", "-C", str(ROOT), "ls-files", "-z"]
    names = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name]


def main(names: Sequence[str]) -> int:
    """Scan the files named, or all that are tracked; how the process ends."""
    places = list(scan([Path(name) for name in names] or tracked()))
    for place in places:
        print(place)
    if places:
        print("Take it out, and make a new one: what was committed is known.", file=sys.stderr)
    return 1 if places else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
