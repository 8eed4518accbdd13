"""The plan, targets and thresholds, set from the Home tab."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ask import Desk
from bot.blockkit import every_text
from bot.blockkit.validate import validate_view
from bot.context.context import REST, SLACK, values_of
from bot.errors import NotAllowed, PerfbotError, UnknownName
from bot.features.plan.amounts import amount, number
from bot.settings import Settings
from bot.store.base import PlanRow
from tests.slack_forms import SlackForms

GENERIC = "google_ads:Google | Generic"


def filled(view, **typed):
    """A view as Slack sends it: what stands in its fields, and what was typed or chosen."""
    typed = {name.replace("__", "."): value for name, value in typed.items()}
    values = {}
    for place, block in enumerate(view["blocks"]):
        inside = [block["element"]] if block["type"] == "input" else block.get("elements", ())
        for element in inside:
            if (action := element.get("action_id")) and element["type"] != "button":
                state = entry(element, typed.pop(action, None))
                values.setdefault(block.get("block_id", f"b{place}"), {})[action] = state
    assert not typed
    return {**view, "state": {"values": values}}


def entry(element, given):
    if element["type"] == "static_select":
        option = {"value": given} if given is not None else element.get("initial_option")
        return {"type": element["type"], "selected_option": option}
    if element["type"] == "users_select":
        return {"selected_user": given or element.get("initial_user")}
    if element["type"] == "conversations_select":
        return {"selected_conversation": given}
    if element["type"] == "checkboxes":
        return {"selected_options": element["initial_options"]}
    if element["type"] == "timepicker":
        return {"selected_time": element["initial_time"]}
    return {"value": given if given is not None else element.get("initial_value")}


def said(thing) -> str:
    """Everything a view says."""
    return " ".join(every_text(thing)).replace("\u00a0", " ")


@pytest.fixture
def forms(world):
    return SlackForms(world.desk.forms)


def entry_of(world, pattern):
    plan = world.context.plan(world.context.today())
    return next((one for one in plan.entries if one.match == pattern), None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("350", "350"),
        ("349,50", "349.50"),
        ("349.50 kr", "349.50"),
        ("1 234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("€ 12 000", "12000"),
        ("NOK 0,125", "0.125"),
        ("350,-", "350"),
    ],
)
def test_amounts_are_read_exactly(text, told):
    """A comma or a point, thousands apart, with or without a currency."""
    assert amount(text) == Decimal(told)


@pytest.mark.parametrize(
    "text", ["1.234", "12,500", "abc", "", "-3", "0", "1 2", "25 %", "1e5", "3.1234567", "9" * 16]
)
def test_what_is_no_amount_or_could_be_two_is_refused(text):
    """Nobody guesses whether 1.234 is a thousand or one and a bit."""
    with pytest.raises(PerfbotError):
        amount(text)


@given(st.decimals(min_value="0.01", max_value="99999999", places=2), st.sampled_from(",."))
def test_no_digit_is_lost_on_the_way_to_the_plan(exact, sign):
    """What was typed is what is kept, to the last cent."""
    read = amount(f"{exact:f}".replace(".", sign))
    assert read == exact
    assert Decimal(repr(float(read))) == exact


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_a_sentence(text):
    """Whatever somebody types, it is read or refused in a sentence."""
    try:
        read = number(text)
    except PerfbotError as error:
        read = len(str(error))
    assert read >= 0


def test_a_target_is_kept_by_the_metric_of_its_cell(world, forms, kari):
    """Preview names the campaigns; saved, their entries have it and all else they said."""
    before = entry_of(world, GENERIC)
    view = filled(forms.opened("target.new", "", kari), target__channel="google_ads",
                  target__amount="312,50")  # fmt: skip
    told = said(forms.pressed("target.preview", view, kari)["blocks"])
    assert "Google | Generic" in told
    assert "judged by 312.50 kr a sale" in told
    assert forms.sent(view, kari).kept
    assert entry_of(world, GENERIC) == replace(before, target=312.5)
    assert entry_of(world, "meta_ads:Meta | Retargeting").target != 312.5


def opener(world, question, asker):
    """The button under an answer that opens a form filled in, None without one."""
    blocks = world.desk.ask(question, asker).blocks
    elements = [element for block in blocks for element in block.get("elements", ())]
    return next((one for one in elements if one.get("action_id") == "target.fill"), None)


def test_a_sentence_that_sets_a_target_opens_its_form_filled_in(world, forms, kari):
    """Nothing is kept until it is saved; saved as it stands, it is what was said."""
    before = entry_of(world, GENERIC)
    said_so = "set the target for Google Generic to 312.50"
    button = opener(world, said_so, kari)
    assert "advice.acknowledge" not in str(world.desk.ask(said_so, kari).blocks)  # another matter
    view = filled(forms.opened("target.fill", button["value"], kari))
    assert "Google | Generic" in said(view["blocks"])
    assert entry_of(world, GENERIC) == before
    assert forms.sent(view, kari).kept
    assert entry_of(world, GENERIC) == replace(before, target=312.5)


@pytest.mark.parametrize("value", ["", "{", "[1]", '{"target.cell": 7}', '{"target.cell": "x/y"}'])
def test_a_filled_form_takes_only_what_it_has_fields_for(forms, kari, value):
    """Somebody who sends another value gets the form as it opens anyway."""
    validate_view(forms.opened("target.fill", value, kari))


def test_who_may_not_set_a_target_is_offered_no_form(world, ola):
    """The sentence says where an admin does it."""
    settings = Settings.model_validate({"who": {"admins": ["U1"]}})
    desk = Desk(replace(world.context, settings=settings))
    answer = desk.ask("set the target for Google Generic to 300", ola)
    assert "an admin sets the target" in said(list(answer.blocks))
    assert "target.fill" not in str(answer.blocks)


def test_a_target_is_judged_by_at_once(world, forms, kari):
    """The next question about the campaign has it."""
    view = filled(forms.opened("target.new", "", kari), target__amount="312,50")
    forms.sent(view, kari)
    forms.settle(kari)
    assert "312" in said(list(world.desk.ask('campaign "Google | Generic"', kari).blocks))


@pytest.mark.parametrize(("typed", "language"), [("lots", "en"), ("1.234", "nb")])
def test_a_wrong_amount_is_told_at_its_field(forms, kari, typed, language):
    """In the reader's language, and nothing is kept."""
    asker = replace(kari, language=language)
    filed = forms.sent(filled(forms.opened("target.new", "", asker), target__amount=typed), asker)
    (sentence,) = filed.errors.values()
    assert list(filed.errors) == ["target_amount"]
    assert typed in sentence
    assert ("amount" in sentence) == (language == "en")


def test_a_target_without_campaigns_is_refused_at_the_pattern(forms, kari):
    """Nothing is set that judges nobody."""
    view = filled(forms.opened("target.new", "", kari), target__pattern="nobody*",
                  target__amount="3")  # fmt: skip
    assert list(forms.sent(view, kari).errors) == ["target_pattern"]


def test_campaigns_nobody_planned_get_a_target_behind_the_plan(world, forms, kari):
    """What the plan says of others is not shadowed by it."""
    world.store.set_plan([], origin="file")
    known = PlanRow("*Generic", {"owner": "Ola"}, world.context.today() - timedelta(9), "Ola",
                    world.context.clock(), SLACK)  # fmt: skip
    world.store.set_plan([known], origin=SLACK)
    cell = forms.opened("target.new", "", kari)
    view = filled(cell, target__amount="300", target__pattern="*g")
    assert forms.sent(view, kari).kept
    entries = world.context.plan(world.context.today()).entries
    assert [one.match for one in entries] == ["*Generic", "*g"]
    assert values_of(entries[0])["owner"] == "Ola"
    assert values_of(entries[1]) == {"target": {"cpa": 300.0}}
    assert {row.origin for row in world.store.plan_rows()} == {SLACK, REST}


def test_an_entry_is_edited_in_its_place(world, forms, kari):
    """Slack wins over the file, and no more specific entry is shadowed by it."""
    order = [one.match for one in world.context.plan(world.context.today()).entries]
    view = filled(forms.opened("plan.edit", GENERIC, kari), plan__budget="99 000,50",
                  plan__owner="U2")  # fmt: skip
    assert forms.sent(view, kari).kept
    assert [one.match for one in world.context.plan(world.context.today()).entries] == order
    found = entry_of(world, GENERIC)
    assert (found.monthly_budget, found.owner) == (99_000.5, "U2")
    assert "Ola" in said(world.desk.home(kari)["blocks"])


def test_an_entry_is_added_before_the_others_and_taken_away(world, forms, kari):
    """Preview says whose place it takes; removed, the file holds again."""
    view = filled(forms.opened("plan.new", "", kari), plan__pattern="google*", plan__stage="act")
    told = said(forms.pressed("plan.preview", view, kari)["blocks"])
    assert "Fits" in told
    assert "takes its place" in told
    assert forms.sent(view, kari).kept
    assert world.context.plan(world.context.today()).entries[0].match == "google*"
    held = forms.opened("plan.edit", "google*", kari)
    assert forms.removed(filled(held), kari).kept
    assert entry_of(world, "google*") is None


def test_a_pattern_that_is_in_the_plan_turns_into_its_form(forms, kari):
    """Preview of a known pattern shows what it says, under new block ids."""
    view = filled(forms.opened("plan.new", "", kari), plan__pattern=GENERIC)
    again = forms.pressed("plan.preview", view, kari)
    state = filled(again)["state"]["values"]
    given = {action: each for block in state.values() for action, each in block.items()}
    assert given["plan.stage"]["selected_option"]["value"] == "convert"
    assert given["plan.budget"]["value"]
    assert "plan.pattern" not in given


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({}, "plan_pattern"),
        ({"plan__pattern": "x" * 150, "plan__channel": "google_ads"}, "plan_stage:0"),
        ({"plan__pattern": "x*", "plan__budget": "-1"}, "plan_budget:0"),
        ({"plan__pattern": "x*", "plan__target": "0"}, "plan_target:0"),
    ],
)
def test_a_wrong_entry_is_told_at_its_field(forms, kari, fields, where):
    """Which field, and nothing is kept."""
    filed = forms.sent(filled(forms.opened("plan.new", "", kari), **fields), kari)
    assert list(filed.errors) == [where]


@pytest.mark.parametrize("step", ["sent", "removed"])
def test_who_comes_second_is_told_what_changed(world, forms, kari, ola, step):
    """Two people have an entry open: the later sees the other's change, and may save again."""
    forms.sent(filled(forms.opened("plan.edit", GENERIC, kari), plan__target="280"), kari)
    first, second = (forms.opened("plan.edit", GENERIC, who) for who in (ola, kari))
    assert forms.sent(filled(first, plan__target="300"), ola).kept
    filed = getattr(forms, step)(filled(second, plan__target="320"), kari)
    told = said(filed.view["blocks"])
    assert "Ola changed this at 08:14" in told
    assert "280 → 300" in told
    assert entry_of(world, GENERIC).target == 300
    assert forms.sent(filled(filed.view, plan__target="320"), kari).kept
    assert entry_of(world, GENERIC).target == 320


def test_two_targets_at_once_have_one_winner(world, forms, kari, ola):
    """The later target is told of the first."""
    first, second = (forms.opened("target.new", "", who) for who in (ola, kari))
    assert forms.sent(filled(first, target__amount="300"), ola).kept
    filed = forms.sent(filled(second, target__amount="320"), kari)
    assert "Ola changed this" in said(filed.view["blocks"])
    assert entry_of(world, GENERIC).target == 300


def test_another_entry_is_no_news(forms, kari, ola):
    """Only a change of the same thing holds anybody up."""
    mine = forms.opened("plan.edit", GENERIC, kari)
    theirs = forms.opened("plan.edit", "meta_ads:Meta | Leads B2B", ola)
    assert forms.sent(filled(theirs, plan__target="200"), ola).kept
    assert forms.sent(filled(mine, plan__target="300"), kari).kept


def test_a_threshold_is_looked_back_on_before_it_is_kept(world, forms, kari):
    """Preview tells which rules would have spoken otherwise, with campaigns to look at."""
    opened = forms.opened("threshold.new", "", kari)
    view = filled(opened, threshold__name="waste", threshold__value="1,05")
    assert "Looking back" in said(forms.meanwhile("threshold.preview", view, kari)["blocks"])
    told = said(forms.pressed("threshold.preview", view, kari)["blocks"])
    assert "A sale costs more than its target" in told
    assert "would have said it of Google" in told
    assert world.context.plan(world.context.today()).overrides == ()
    assert forms.sent(view, kari).kept
    (kept,) = world.context.plan(world.context.today()).overrides
    assert (kept.name, kept.value, kept.stage, kept.pricing_model) == (
        "waste", 1.05, "convert", "CPA",
    )  # fmt: skip


def test_a_look_back_with_the_value_that_holds_changes_nothing(forms, kari):
    """The preview of an override starts from the override, not from the rules' own number."""
    view = filled(forms.opened("threshold.new", "", kari), threshold__value="1,05")
    forms.sent(view, kari)
    again = filled(forms.opened("threshold.new", "", kari), threshold__value="1,05")
    told = said(forms.pressed("threshold.preview", again, kari)["blocks"])
    assert "No rule would have said anything else." in told


def test_an_empty_value_brings_the_rules_own_back(world, forms, kari):
    """And the log knows both steps, before and after."""
    forms.sent(filled(forms.opened("threshold.new", "", kari), threshold__value="25 %"), kari)
    assert forms.sent(filled(forms.opened("threshold.new", "", kari)), kari).kept
    assert world.context.plan(world.context.today()).overrides == ()
    back, set_ = world.store.history(kinds=["threshold.set"])
    assert (set_.actor, set_.details["after"]) == ("U1", {"convert/CPA.waste": {"value": 0.25}})
    assert back.details["before"] == set_.details["after"]


@pytest.mark.parametrize("action", ["plan.new", "plan.edit", "target.new", "threshold.new"])
def test_only_admins_change_what_is_set(world, ola, action):
    """One sentence that says who may; nobody else opens, looks or saves."""
    settings = Settings.model_validate({"who": {"admins": ["U1"]}})
    desk = Desk(replace(world.context, settings=settings))
    with pytest.raises(NotAllowed, match="Only Kari may"):
        desk.forms.opened(action, GENERIC, ola)
    view = filled(SlackForms(world.desk.forms).opened(action, GENERIC, ola))
    with pytest.raises(NotAllowed, match="Only Kari may"):
        SlackForms(desk.forms).sent(view, ola)


def test_language_and_time_zone_are_ones_own(world, forms, kari):
    """Chosen on the Home tab, kept, and logged; nonsense is refused."""
    asker = forms.chosen("home.language", "nb", kari)
    asker = forms.chosen("home.zone", "America/New_York", asker)
    assert (asker.language, asker.time_zone) == ("nb", "America/New_York")
    kept = world.store.preference("U1")
    assert (kept["language"], kept["time_zone"]) == ("nb", "America/New_York")
    assert len(world.store.history(kinds=["preference.set"])) == 2
    with pytest.raises(UnknownName):
        forms.chosen("home.zone", "Mars/Olympus", kari)


def test_summaries_are_added_and_stopped_from_home(world, forms, kari):
    """A new one asks for its channel; a stopped one is gone."""
    view = filled(forms.subscribe_view("", kari), **{"subscribe.channel": "C2"})
    filed, reply = forms.subscribed(view, kari)
    assert filed.kept
    assert reply.text
    added = next(one for one in world.store.subscriptions() if one.channel == "C2")
    forms.stopped(str(added.id), kari)
    forms.stopped(str(added.id), kari)
    assert [one.channel for one in world.store.subscriptions()] == ["C1"]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_form_is_one_slack_takes(forms, kari, language):
    """As it opens and as it looks after a preview."""
    asker = replace(kari, language=language)
    for action in ("plan.new", "target.new", "threshold.new"):
        view = forms.opened(action, "", asker)
        assert validate_view(view) == []
        if action != "threshold.new":
            seen = forms.pressed(f"{action.partition('.')[0]}.preview", filled(view), asker)
            assert validate_view(seen) == []


def test_without_numbers_the_forms_open_all_the_same(empty, kari):
    """A plan may be made before the first number comes."""
    for action in ("plan.new", "target.new", "threshold.new"):
        assert validate_view(SlackForms(empty.forms).opened(action, "", kari)) == []
    view = filled(SlackForms(empty.forms).opened("plan.new", "", kari), plan__pattern="brand*",
                  plan__stage="convert")  # fmt: skip
    assert SlackForms(empty.forms).sent(view, kari).kept
    look = filled(SlackForms(empty.forms).opened("threshold.new", "", kari), threshold__value="1.5")
    told = said(SlackForms(empty.forms).pressed("threshold.preview", look, kari)["blocks"])
    assert "no numbers" in told


@pytest.mark.parametrize(
    ("form", "forged", "field"),
    [
        ("plan.new", {"plan__stage": "conquer"}, "plan_stage"),
        ("plan.new", {"plan__pricing": "CPX"}, "plan_pricing"),
        ("plan.new", {"plan__channel": "carrier_pigeons"}, "plan_channel"),
        ("plan.new", {"plan__owner": "<!channel>"}, "plan_owner"),
        ("target.new", {"target__cell": "conquer/CPX"}, "target_cell"),
        ("target.new", {"target__channel": "carrier_pigeons"}, "target_channel"),
        ("threshold.new", {"threshold__cell": "conquer/CPX"}, "threshold_cell"),
        ("threshold.new", {"threshold__name": "nothing"}, "threshold_name"),
    ],
)
def test_only_what_a_form_offered_is_kept(world, forms, kari, form, forged, field):
    """What was on none of its lists is refused at its field, and nothing is kept."""
    right = {"plan.new": {"plan__pattern": "brand*", "plan__stage": "convert"},
             "target.new": {"target__amount": "300"}, "threshold.new": {}}[form]  # fmt: skip
    before = world.store.decided()
    filed = forms.sent(filled(forms.opened(form, "", kari), **(right | forged)), kari)
    assert not filed.kept
    assert field.partition("_")[0] in " ".join(filed.errors)
    assert "not on the list" in " ".join(filed.errors.values())
    assert world.store.decided() == before


@pytest.mark.parametrize("since", ["abc", "-1", "9" * 40, "1.5"])
def test_a_forms_memory_that_was_tampered_with_is_as_none(world, forms, kari, since):
    """The edition it was opened at is no number: it is read as older than every change."""
    view = filled(forms.opened("target.new", "", kari), target__amount="300")
    view = {**view, "private_metadata": f'{{"since": "{since}"}}'}
    forms.sent(view, kari)  # kept, or shown again with what came between: no error
