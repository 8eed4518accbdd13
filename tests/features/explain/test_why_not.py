"""Why nothing was said, asked as people ask it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.advice.evaluate import silence as pure
from bot.advice.evaluate.silence import VERDICTS
from bot.advice.rules.condition import THRESHOLD, names
from bot.ask import Asker
from bot.blockkit import validate
from bot.domain.advice import Advised, HeldBack
from bot.domain.replies import Press
from bot.errors import UnknownName
from bot.features.explain import why_not
from bot.render import rule_lines as held
from bot.render.values.templates import WhyNotAnswer
from bot.snapshot import evaluation as judged

MORNING = date(2026, 11, 23)


def found(world, name, *rule):
    return why_not.asked(world.context, [name, *rule], MORNING)


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize(
    "question",
    ["generic", "generic convert-cut", "ikke", "leads b2b", "awareness reach-tiring", "google"],
)
def test_every_answer_is_valid_block_kit(world, question, language):
    """Whatever is asked, Slack takes the answer."""
    asker = Asker("U1", "C1", language)
    for command in ("why-not", "hvorfor ikke"):
        reply = world.desk.ask(f"{command} {question}", asker, MORNING)
        assert reply.text
        assert validate(list(reply.blocks)) == []


def test_every_campaigns_verdicts_agree_with_the_morning(world):
    """What was said, and what each guard held back, is exactly what `advise` told."""
    told = judged.judged(world.context, MORNING)
    said = {(rec.advice.rule, each) for rec in told.records for each in rec.advice.campaign_ids}
    back = {(each.rule, each.campaign_id): each for each in told.held_back}
    for name in ("generic", "shopping", "brand", "guides", "leads b2b", "awareness", "community"):
        result = found(world, name)
        order = [VERDICTS.index(each.verdict) for each in result.rules]
        assert order == sorted(order)
        for each in result.rules:
            key = (each.rule.id, each.campaign_id)
            assert (key in said) == (each.verdict == "speaks"), key
            if each.verdict in {"not_sure", "too_little_data"}:
                assert back[key].guard == each.guard, key
            if each.verdict == "held_back" and key in back:
                assert (back[key].guard, back[key].numbers) == (each.guard, each.numbers), key
            assert key not in back or each.verdict != "quiet", key


def test_a_quiet_rule_shows_both_sides_of_each_line(world, kari):
    """The line that does not hold, with its numbers, as words and as data."""
    rule = next(each for each in found(world, "generic").rules if each.verdict == "quiet")
    line = min(rule.failing, key=lambda each: each.gap)
    assert None not in {line.left, line.right}
    assert line.holds is False
    assert line.gap >= 0
    reply = world.desk.ask(f"why-not generic {rule.rule.id}", kari, MORNING)
    assert re.search(r"is (not )?(over|under) ", reply.text)
    json = found(world, "generic", rule.rule.id).to_json(MORNING)
    assert set(json) == {"as_of", "campaign_id", "campaign_name", "rules"}
    assert set(json["rules"][0]) == {"rule", "verdict", "guard", "lines", "numbers"}
    assert {"line", "left", "right", "holds"} <= set(json["rules"][0]["lines"][0])


COOLDOWN = {"verb": "dismiss", "answered_on": "2026-11-23", "until": "2026-11-30"}
SENTENCES = [
    ("not_sure", {"sure": 0.81, "needed": 0.9}, "81\u00a0%, the rule asks for 90\u00a0%."),
    ("cooldown", COOLDOWN, "Quiet until 30 November: dismissed on 23 November."),
    ("muted", {"by": "convert-cut"}, "“A sale costs more than its target” comes first."),
    ("for", {"mornings": 1, "needed": 3}, "True for 1 of the 3 mornings"),
    ("answered", {"verb": "progress", "answered_on": "2026-11-20", "until": None}, "in progress"),
    ("delivery", {"budget_used.now": 0.6, "threshold.delivery": 0.85}, "uses 60\u00a0%"),
    ("floor", {"daily_budget": 100.0, "floor": 90.0}, "90\u00a0kr of 100\u00a0kr"),
    ("a-new-guard", {"x": 1}, "a-new-guard"),
]


@pytest.mark.parametrize(("guard", "numbers", "words"), SENTENCES)
def test_each_guard_is_told_with_its_numbers(world, guard, numbers, words):
    """A rule that is true and held back: the guard's name in data, its sentence in words."""
    facts = why_not.facts_of(world.context, MORNING)
    advice = world.store.advice(world.items[0].advice_id).advice
    campaign, rule = advice.campaign_ids[0], world.context.rulebook.rule(advice.rule)
    entity = next(each for each in facts.history.entities if each.endswith(f"|{campaign}"))
    held = Advised((), (HeldBack(campaign, rule.id, guard, numbers),))
    (told,) = pure.why_not(facts, entity, held, (rule,))
    assert (told.verdict, told.guard, dict(told.numbers)) == ("held_back", guard, numbers)
    titles = {each.id: each.title for each in world.context.rulebook.rules}
    answer = WhyNotAnswer("G", MORNING, "", (told,), titles, {}, "NOK", of_one=True)
    assert words in world.context.renderer("en").render("why_not", answer=answer).text


def test_dismissed_advice_says_so(world, kari):
    """It did speak, and somebody said no."""
    record = world.store.advice(world.items[0].advice_id)
    world.desk.answer(Press(record.advice.id, "dismiss"), kari)
    campaign, rule = record.advice.campaign_ids[0], record.advice.rule
    assert found(world, campaign, rule).states[rule] == "dismissed"
    text = world.desk.ask(f"why-not {campaign} {rule}", kari, MORNING).text
    assert "that advice is dismissed" in text


def test_a_rule_for_others_says_so(world, kari):
    """A reach rule has nothing to say of a search campaign."""
    (rule,) = found(world, "generic", "act-keywords").rules
    assert (rule.verdict, rule.guard) == ("not_for", "applies")
    assert (
        "not for campaigns in" in world.desk.ask("why-not generic act-keywords", kari, MORNING).text
    )


def test_at_most_ten_and_the_rest_counted(world, kari):
    """Ten rules, and how many more there are."""
    reply = world.desk.ask("why-not generic", kari, MORNING)
    rules = found(world, "generic").rules
    listed = reply.blocks[0]["elements"][-1]["elements"]
    assert len(listed) == min(10, len(rules))
    assert f"and {len(rules) - 10} more" in str(reply.blocks)


def test_a_mistyped_rule_or_campaign_names_the_nearest(world, kari):
    """The way out is in the answer."""
    rule = world.desk.ask("why-not generic convert-cutt", kari, MORNING)
    assert isinstance(rule.error, UnknownName)
    assert rule.error.kind == "rule"
    assert "convert-cut" in str(rule.blocks)
    several = world.desk.ask("why-not google", kari, MORNING)
    assert "why-not" in str(several.blocks)
    assert isinstance(world.desk.ask("why-not nobody", kari, MORNING).error, UnknownName)


def test_every_number_a_rule_reads_has_a_name(world):
    """Detectors too: `page_fault` is no word for people, in no language."""
    rules = world.context.rulebook
    parts = [part for rule in rules.rules for part in (*rule.when, *rule.evidence)]
    lines = [line for part in parts for line in getattr(part, "lines", (part,))]
    read = {name.metric for line in lines for side in (line.left, line.right)
            for name in names(side)}  # fmt: skip
    assert read - {THRESHOLD} - set(rules.metrics) - set(held.SIGNAL_ANSWERS) == set()


def test_more_money_is_offered_in_an_amount_worth_a_test(world, kari):
    """A fifth of a budget in the middle; who would get nothing for it has no line."""
    text = str(world.desk.ask("where could I put more money?", kari, MORNING).blocks)
    amount = re.search(r"'([\d \u202f]+) kr more a day", text.replace("\\xa0", " "))
    assert amount, text
    assert float(re.sub(r"\D", "", amount[1])) >= 100
    assert re.search(r": 0 \w+ more a week", text) is None
