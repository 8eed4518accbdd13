"""What people see is what they saw at a9449ed, apart from what differences.md names."""

from __future__ import annotations

import copy
import json

import pytest

from tests.tape import tape

OVER_THE_WIRE = ("commands", "buttons", "day", "cli")


@pytest.mark.timeout(600)  # many small answers, on a machine that may be busy
@pytest.mark.parametrize("part", OVER_THE_WIRE)
def test_a_part_of_the_tape_is_unchanged(database, part):
    """Each command, button, form, line and reaction is answered and logged as on the tape."""
    found = tape.differences(part, tape.PARTS[part](database))
    assert not found, tape.report(part, found)


def test_the_tape_was_recorded_with_the_differences_named():
    """Whatever was recorded anew has its entry in differences.md."""
    assert tape.recorded()["differences"] == tape.mark()


def test_a_difference_is_told_by_question():
    """The report names the question and shows the line before and after."""
    changed = tape.load("answers")[:3]
    before, changed[1] = changed[1], copy.deepcopy(changed[1])
    changed[1]["reply"]["text"] = "something else"
    (found,) = [each for each in tape.differences("answers", changed) if "not asked" not in each]
    assert found.startswith(f"{before['name']}\n")
    assert f'-  "text": {json.dumps(before["reply"]["text"], ensure_ascii=False)}' in found
    assert '+  "text": "something else"' in found


def test_a_question_left_out_is_told():
    """A tape cannot pass by asking less."""
    assert "not asked any more: nb: thanks" in tape.differences("answers", [])
