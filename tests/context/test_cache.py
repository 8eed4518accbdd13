"""What is kept at hand: the newest reading, by its mark, and not for long once it is gone."""

from __future__ import annotations

from bot.context.answer_cache import MEANWHILE, MOST, AnswerCache, Same


def test_a_reading_is_told_only_under_its_own_mark():
    """Where the store made it anew, it is read anew."""
    shelf = AnswerCache()
    shelf.keep("board", 1, "old")
    assert shelf.find("board", 1).value == "old"
    assert shelf.find("board", 2) is None
    assert shelf.memo("board", 2, lambda: "new") == "new"
    assert shelf.memo("board", 2, lambda: "never") == "new"


def test_the_last_whole_morning_is_told_for_ten_minutes_at_most():
    """While new numbers are stored and judged; after that it is worked out."""
    now = [100.0]
    shelf = AnswerCache(lambda: now[0])
    assert shelf.meanwhile("board") is None
    shelf.keep("board", 1, "whole")
    assert shelf.meanwhile("board").value == "whole"
    now[0] += MEANWHILE - 1
    assert shelf.meanwhile("board").value == "whole"
    now[0] += 2
    assert shelf.meanwhile("board") is None


def test_what_was_used_longest_ago_makes_room():
    """Rows kept at hand are bounded; the newest reading stays even where it is too large."""
    shelf = AnswerCache()
    shelf.keep("first", 1, "a", MOST // 2)
    shelf.keep("second", 1, "b", MOST // 2)
    shelf.find("first", 1)
    shelf.keep("third", 1, "c", MOST // 2)
    assert shelf.find("second", 1) is None
    assert shelf.find("first", 1).value == "a"
    shelf.keep("large", 1, "d", 2 * MOST)
    assert shelf.find("large", 1).value == "d"
    assert shelf.find("third", 1) is None


def test_only_itself_is_the_same():
    """Two boards with the same rows are two: the one that was kept is meant."""
    one, other = [1], [1]
    assert Same(one) == Same(one)
    assert Same(one) != Same(other)
    assert Same(one) != one
    assert len({Same(one), Same(one), Same(other)}) == 2


def test_something_is_worked_out_once_a_reading():
    """And again for another reading, even an equal one."""
    shelf, made = AnswerCache(), []
    for reading in (first := [1], first, [1]):
        shelf.memo("x", Same(reading), lambda: made.append(1) or len(made))
    assert len(made) == 2
