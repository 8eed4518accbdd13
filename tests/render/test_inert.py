"""Values are cleaned and cut, and stay told apart from our own words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.render import escaping as richtext
from bot.render.escaping import (
    CLOSE,
    OPEN,
    Long,
    Words,
    bare,
    clean,
    clip,
    mark,
    size,
    value,
    words,
)


def test_a_value_is_one_clean_line():
    """Line breaks, control characters, direction overrides and our own marks are gone."""
    assert clean("a\nb\x00c\u202ed\ue000e\ue001\ue002f\ue003") == "a b cdef"
    assert clean("a\u200bb\ufeffc") == "abc"
    assert clean("👩\u200d👧") == "👩\u200d👧"


def test_right_to_left_names_are_isolated():
    """A Hebrew or Arabic name cannot turn the words around it."""
    assert clean("שלום") == "\u2068שלום\u2069"
    cut = clip(clean("ש" * 200), 40)
    assert cut.startswith("\u2068")
    assert cut.endswith("\u2069")
    assert size(cut) <= 40


def test_long_names_keep_both_ends():
    """The beginning tells the account, the end the campaign."""
    cut = value("NO | Google | Search | " + "x" * 500 + " | Generic")
    assert cut.startswith("NO | Google")
    assert cut.endswith("| Generic")
    assert "…" in cut


@given(st.text(), st.integers(4, 100))
def test_cut_values_are_never_too_long(text, most):
    """In UTF-16 units, which is how Slack may count."""
    assert size(clip(clean(text), most)) <= most


@given(st.text())
def test_a_value_is_never_empty(text):
    """Nothing left is a dash: Slack refuses empty texts."""
    assert value(text)
    assert not {OPEN, CLOSE} & set(value(text))


@given(st.text(), st.text())
def test_markup_in_values_is_text(first, second):
    """Our bold stays ours; whatever a value holds is read as it is."""
    told = Words("*{}* _{}_").format(mark(first), mark(second))
    parts = richtext.inline(Words(told))
    assert parts[0]["text"].startswith(value(first)[:1])
    assert "".join(part["text"] for part in parts) == f"{value(first)} {value(second)}"


def test_only_words_are_ours():
    """A plain string is always a value."""
    assert words("*a*", Words("*b*")) == f"{OPEN}*a*{CLOSE} *b*"
    assert bare(words("*a*", Words("*b*"))) == "*a* b"
    assert value(Long("y" * 500)) == "y" * 500


def test_the_fallback_escapes_what_slack_reads():
    """In a message's `text` only `& < >` can ping or link."""
    assert richtext.fallback(mark("<!channel> & co")) == "&lt;!channel&gt; &amp; co"
