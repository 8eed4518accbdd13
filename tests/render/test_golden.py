"""Every message as people read it, in both languages, word for word.

PERFBOT_REWRITE_GOLDEN=1 writes the files anew; read the difference before committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
NAMES = ["Google | Generic", "Google | Shopping", "Meta | Leads B2B", "LinkedIn | ABM"]
ANEW = "PERFBOT_REWRITE_GOLDEN=1 writes it; read the difference"
REWRITE = bool(os.environ.get("PERFBOT_REWRITE_GOLDEN"))


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_message_reads_as_agreed(renderers, scene, shown, language):
    """No message changes a word or a block without somebody reading it."""
    for key, values in scene(NAMES).items():
        _, found = shown(renderers[language], key, values)
        path = GOLDEN / language / f"{key.replace(':', '-')}.json"
        text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        if REWRITE:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.exists(), f"{path.name} is missing: {ANEW}"
        assert json.loads(path.read_text("utf-8")) == found, f"{key} reads otherwise: {ANEW}"


def test_no_golden_file_is_left_over(scene):
    """A template that is gone takes its golden file along."""
    known = {f"{key.replace(':', '-')}.json" for key in scene(NAMES)}
    assert {path.name for path in GOLDEN.rglob("*.json")} == known
