"""Every line a rule may have is said in words, in every language."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.rules.condition import AnyOf, Line, Name, Number, TermSum, parse_line
from bot.advice.rules.explain import cells_of
from bot.render import Renderer, languages
from bot.render.escaping import bare
from bot.render.rule_lines import Conditions
from bot.rules_files import load

RULEBOOK = load()
RAW = re.compile(r"\.(now|before|target|peers)\b|threshold|_|\*")
WORDS = {each: Conditions(Renderer(each, metrics=RULEBOOK.metrics).phrases) for each in languages()}


@pytest.mark.parametrize("language", languages())
def test_no_shipped_rule_shows_its_expression(language):
    """Whatever they ask has words: no name with a dot, no threshold, no star."""
    for rule in RULEBOOK.rules:
        cells = [cell.numbers for cell in cells_of(rule, RULEBOOK)]
        for condition in rule.when if not rule.silent else ():
            said = bare(WORDS[language].said(condition, cells))
            assert not RAW.search(said), (rule.id, said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "ctr.now < (1 - threshold.ctr_drop) * ctr.before",
            "CTR: under 70 % to 75 % of what it was before",
        ),
        ("spend.now > 1.3 * cpa.target * conversions.now", "CPA: over 1.3 times its target"),
        ("spend.now > 3 * cpa.target", "Spend: over 3 times the target for CPA"),
        (
            "spend.now > cpm.target * impressions.now",
            "Spend: over the target for CPM × impressions",
        ),
        ("conversions.now <= 0", "No sales"),
        ("qualified_share.now < 0.4", "Qualified share: under 40 %"),
        ("ctr.now < ctr.before", "CTR: under what it was before"),
    ],
)
def test_lines_read_as_people_say_them(line, said):
    """Thresholds from the lowest to the highest of the cells, prices as prices."""
    cells = [{"ctr_drop": 0.25}, {"ctr_drop": 0.3}]
    told = bare(WORDS["en"].said(parse_line(line), cells))
    assert told.replace("\u00a0", " ") == said


NAMES = st.builds(Name, st.sampled_from(["cpa", "spend", "leads", "own_number"]), st.sampled_from(
    ["now", "before", "target", "peers"])) | st.just(Name("threshold", "waste"))  # fmt: skip
TERMS = st.recursive(
    NAMES | st.builds(Number, st.floats(0, 1e6)),
    lambda inner: st.builds(TermSum, inner, st.sampled_from("+-*"), inner),
    max_leaves=6,
)
LINES = st.builds(Line, TERMS, st.sampled_from(["<", "<=", ">", ">="]), TERMS)


@given(LINES | st.builds(AnyOf, st.lists(LINES, min_size=1, max_size=3).map(tuple)))
def test_any_line_has_words(condition):
    """Rules are data: whatever somebody writes, it is said."""
    for words in WORDS.values():
        assert words.said(condition, [{"waste": 1.3}, {"waste": 0.9}])
