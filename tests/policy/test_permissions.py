"""Who may answer what, what the others are told, and when two people are needed."""

from __future__ import annotations

import dataclasses

import pytest

from bot.ask import Asker, Context, Desk, Door
from bot.domain.advice import Advice
from bot.domain.replies import Press, Submission
from bot.errors import NotAllowed
from bot.policy import permissions as who
from bot.policy.permissions import PeoplesNames
from bot.settings import Settings

GROUPS = {"S0TEAM": ("U1", "U3")}


@pytest.fixture
def desk(world, rulebook, renderers):
    """The same morning with other people allowed: `desk(answerers=("U1",))`."""

    def made(**allowed):
        settings = Settings(who=allowed)
        clock, members = world.context.clock, lambda group: GROUPS[group]
        return Desk(Context(world.store, rulebook, renderers, settings, clock, members=members))

    return made


def advice_of(world, item) -> Advice:
    return world.store.advice(item.advice_id).advice


def shift_of(world):
    """The morning's advice that moves money, with its budgets."""
    return next(each for each in world.items if who.moved(advice_of(world, each)))


def test_with_nothing_set_everybody_may_do_everything(world, ola):
    """As ever: no role is asked for."""
    assert all(who.may(world.context, Asker("anybody"), role) for role in who.ROLES)
    assert world.desk.answer(Press(world.items[0].advice_id, "acknowledge"), ola).lines


@pytest.mark.parametrize("user", ["", "cli", "perfbot"])
def test_through_slack_no_id_has_the_terminals_rights(world, desk, user):
    """A payload that names nobody, or calls itself `cli`: no rights, with lists or without."""
    context = desk(admins=("U1",), viewers=("U1",)).context
    assert [who.may(context, Asker(user), role) for role in who.ROLES] == [False] * 4
    assert [who.may(world.context, Asker(""), role) for role in who.ROLES] == [False] * 4
    at_home = Asker(user, door=Door.TERMINAL)
    assert all(who.may(context, at_home, role) for role in who.ROLES)


def test_perfbot_itself_reads_and_no_more(desk):
    """What is read ahead is nobody's question: it may be seen, and changes nothing."""
    context = desk(viewers=("U1",)).context
    may = [who.may(context, Asker(door=Door.OWN), role) for role in who.ROLES]
    assert may == [True, False, False, False]


def test_a_refusal_is_one_sentence_that_says_who_may(world, desk, kari, ola):
    """In the reader's language, by name, without a mention."""
    mine = desk(answerers=("U1",))
    with pytest.raises(NotAllowed, match=r"^Only Kari may answer advice, export"):
        mine.answer(Press(world.items[0].advice_id, "dismiss"), ola)
    assert world.store.advice(world.items[0].advice_id).state == "open"
    nb = Asker("U2", "C1", "nb", "Europe/Oslo")
    assert desk(viewers=("U1",)).ask("channel google", nb).text == "Bare Kari kan spørre her."
    assert mine.answer(Press(world.items[0].advice_id, "dismiss"), kari).lines


@pytest.mark.parametrize("way", ["thread", "reaction", "modal", "subscribe"])
def test_no_way_around_by_reply_reaction_or_modal(world, desk, ola, way):
    """Whoever may not answer may not by any door."""
    mine, item = desk(answerers=("U1",)), world.items[0]
    doors = {
        "thread": lambda: mine.thread_reply("C1", world.digest.ts, f"ack {item.item}", ola),
        "reaction": lambda: mine.reaction("C1", item.ts, "white_check_mark", ola),
        "modal": lambda: mine.dismiss_view(item.advice_id, ola),
        "subscribe": lambda: mine.subscribed(Submission("subscribe"), ola),
    }
    with pytest.raises(NotAllowed):
        doors[way]()


def test_members_of_a_user_group_may(desk):
    """By Slack's word on who is in it; the refusal names its members."""
    context = desk(approvers=("S0TEAM",), viewers=("U9",)).context
    assert [who.may(context, Asker(user), "approver") for user in ("U1", "U2", "U3")] == [
        True,
        False,
        True,
    ]
    with pytest.raises(NotAllowed, match="Only U9, Kari and U3 may ask"):
        who.require(context, Asker("U2"), "viewer")


def test_an_empty_list_is_as_the_one_before_it(desk):
    """Setting admins takes nothing from those who answer; setting answerers takes it from all."""
    context = desk(admins=("U1",)).context
    assert [who.allowed(context, role) for role in who.ROLES] == [None, None, None, ("U1",)]
    context = desk(answerers=("U2",), admins=("U1",)).context
    assert who.allowed(context, "approver") == ("U2", "U1")
    assert all(who.may(context, Asker("U2"), role) for role in ("viewer", "answerer", "approver"))
    assert not who.may(context, Asker("U2"), "admin")


def test_much_money_takes_an_approver(world, desk, kari, ola):
    """Above the amount only approvers acknowledge; anybody may be on it."""
    item = shift_of(world)
    mine = desk(approvers=("U1",), approver_above=1)
    with pytest.raises(NotAllowed, match="only Kari may acknowledge"):
        mine.answer(Press(item.advice_id, "acknowledge"), ola)
    assert mine.answer(Press(item.advice_id, "progress"), ola).lines
    assert mine.answer(Press(item.advice_id, "acknowledge"), kari).lines
    assert world.store.advice(item.advice_id).state == "acknowledged"


def test_two_people_complete_what_moves_much_money(world, desk, kari, ola):
    """The first is told that it waits, the card shows it, the second completes it."""
    item, mine = shift_of(world), desk(two_people_above=1)
    said = mine.answer(Press(item.advice_id, "acknowledge"), kari)
    assert "It waits for a second person." in said.lines[0].text
    assert "Acknowledged by Kari. Waits for a second person." in str(said.changes[0].blocks)
    assert world.store.advice(item.advice_id).state == "open"
    assert world.store.outcomes() == []
    with pytest.raises(NotAllowed, match="now somebody else has to"):
        mine.answer(Press(item.advice_id, "acknowledge"), kari)
    said = mine.answer(Press(item.advice_id, "acknowledge"), ola)
    assert world.store.advice(item.advice_id).answered_by == "U2"
    assert "Acknowledged first by Kari." in str(said.changes[0].blocks)
    found = world.store.history(kinds=("approval.", "advice.acknowledge"))
    steps = [("advice.acknowledge", "U2"), ("approval.first", "U1")]
    assert [(each.kind, each.actor) for each in found] == steps


def test_the_first_of_two_may_take_it_back(world, desk, kari, ola):
    """Undone, or undone after both: two people are needed anew."""
    item, mine = shift_of(world), desk(two_people_above=1)
    mine.answer(Press(item.advice_id, "acknowledge"), kari)
    assert "two people again" in mine.answer(Press(item.advice_id, "undo"), kari).lines[0].text
    for person in (ola, kari):
        mine.answer(Press(item.advice_id, "acknowledge"), person)
    assert world.store.advice(item.advice_id).state == "acknowledged"
    mine.answer(Press(item.advice_id, "undo"), ola)
    mine.answer(Press(item.advice_id, "acknowledge"), ola)
    assert world.store.advice(item.advice_id).state == "open"


def test_another_takes_nothing_of_the_first_back(world, desk, kari, ola):
    """Who undoes what they have not agreed to leaves the first of two as it was."""
    item, mine = shift_of(world), desk(two_people_above=1)
    mine.answer(Press(item.advice_id, "acknowledge"), kari)
    mine.answer(Press(item.advice_id, "undo"), ola)
    kinds = [event.kind for event in world.store.history(kinds=("approval.",))]
    assert kinds == ["approval.first"]
    mine.answer(Press(item.advice_id, "acknowledge"), ola)
    assert world.store.advice(item.advice_id).state == "acknowledged"


def test_what_moves_no_money_takes_one(world, desk, kari):
    """A check of the tracking is nobody's second signature."""
    item = next(each for each in world.items if advice_of(world, each).action not in who.MOVES)
    desk(two_people_above=1).answer(Press(item.advice_id, "acknowledge"), kari)
    assert world.store.advice(item.advice_id).state == "acknowledged"


def test_an_unknown_amount_counts_as_much():
    """Where nobody knows what is moved, or there is no limit in its currency."""
    budgets = {"budgets": {"1": 60.0, "2": 140.0}, "budgets_before": {"1": 100.0, "2": 100.0}}
    known = Advice("a", "r", "v", ("1", "2"), "shift_budget", "advise", currency="NOK", **budgets)
    unknown = Advice("a", "r", "v", ("1",), "pause", "advise", currency="NOK")
    assert who.moved(known) == 40.0
    found = {
        str(limit): who.above(limit, known) for limit in (None, 39, 40, {"NOK": 41}, {"EUR": 9})
    }
    assert [limit for limit, much in found.items() if much] == ["39", "{'EUR': 9}"]
    assert who.above(1e9, unknown)


@pytest.mark.parametrize(
    ("after", "numbers", "amount"),
    [
        ({"1": 60.0, "2": 130.0}, {}, 40.0),  # more is taken than given
        ({"1": 60.0, "2": 150.0}, {}, 50.0),  # more is given than taken
        ({"1": 60.0, "2": 70.0}, {}, 70.0),
        ({"1": 60.0, "3": 90.0}, {"move": -25.0}, 25.0),  # nobody knows what one of them had
        ({}, {"move": 25}, 25.0),
        ({}, {"move": "25"}, None),
        ({"1": 60.0, "3": 90.0}, {}, None),
    ],
)
def test_what_moves_is_what_is_given_or_taken_whichever_is_more(after, numbers, amount):
    """Of both budgets where they are known, else the amount that was worked out."""
    before = {"1": 100.0, "2": 100.0}
    moving = Advice("a", "r", "v", ("1", "2"), "shift_budget", "advise", currency="NOK",
                    budgets=after, budgets_before=before, numbers=numbers)  # fmt: skip
    assert who.moved(moving) == amount


def test_budgets_at_a_platform_are_set_by_named_approvers(world, desk, kari, ola):
    """Nobody is named: nobody; a terminal is its owner's."""
    nobody = desk().context
    with pytest.raises(NotAllowed, match="Nobody is named"):
        who.require_applier(nobody, kari)
    who.require_applier(nobody, Asker("cli", door=Door.TERMINAL))
    named = desk(approvers=("U1",)).context
    who.require_applier(named, kari)
    with pytest.raises(NotAllowed, match="Only Kari may have budgets set at a platform"):
        who.require_applier(named, ola)


def test_only_admins_bring_numbers_in(desk, kari, ola):
    """They change what everybody sees."""
    mine = desk(admins=("U2",)).context
    who.require_importer(mine, ola)
    with pytest.raises(NotAllowed, match="Only Ola may import numbers"):
        who.require_importer(mine, kari)


def test_names_stand_in_a_row():
    """One, two and three of them."""
    rows = [str(PeoplesNames(("Kari", "Ola", "Per")[:count])) for count in (1, 2, 3)]
    assert rows == ["Kari", "Kari and Ola", "Kari, Ola and Per"]


@pytest.mark.parametrize(
    ("count", "row"),
    [
        (5, "U1, U2, U3, U4 and U5"),
        (6, "U1, U2, U3, U4, U5 and U6"),
        (7, "U1, U2, U3, U4, U5 and …"),
        (9, "U1, U2, U3, U4, U5 and …"),
    ],
)
def test_a_refusal_names_six_people_at_most(empty, count, row):
    """Of more than six the first five; nobody reads a list of a department."""
    people = tuple(f"U{number}" for number in range(1, count + 1))
    context = dataclasses.replace(empty.context, settings=Settings(who={"viewers": people}))
    with pytest.raises(NotAllowed) as refused:
        who.require(context, Asker("U0"), "viewer")
    assert f"Only {row} may ask here." in str(refused.value)


def half(world, item):
    """What half of a shift moves a day."""
    return who.moved(advice_of(world, item)) / 2


def test_what_counts_is_what_is_agreed_to(world, desk, ola):
    """Half of it is under the amount: anybody may; the whole takes an approver."""
    item = shift_of(world)
    mine = desk(approvers=("U1",), approver_above=half(world, item) + 1)
    with pytest.raises(NotAllowed, match="only Kari may acknowledge"):
        mine.answer(Press(item.advice_id, "acknowledge"), ola)
    assert mine.answer(Press(item.advice_id, "acknowledge", part="50%"), ola).lines
    assert world.store.advice(item.advice_id).state == "acknowledged"


def test_a_part_under_the_amount_takes_one_person(world, desk, kari, ola):
    """Though somebody else has agreed to the whole before: they are not first of this part."""
    item = shift_of(world)
    mine = desk(two_people_above=half(world, item) + 1)
    assert "second person" in mine.answer(Press(item.advice_id, "acknowledge"), kari).lines[0].text
    said = mine.answer(Press(item.advice_id, "acknowledge", part="50%"), ola)
    assert world.store.advice(item.advice_id).state == "acknowledged"
    assert "Acknowledged first by" not in str(said.changes[0].blocks)


def test_the_second_person_agrees_to_the_same_part(world, desk, kari, ola):
    """The whole after a half is another first; a half after it, the second of the half's."""
    item, mine = shift_of(world), desk(two_people_above=1)
    first = mine.answer(Press(item.advice_id, "acknowledge", part="50%"), kari)
    assert "acknowledged a part" in first.lines[0].text
    assert "who agrees to the same" in first.lines[0].text
    assert "Acknowledged by Kari in part" in str(first.changes[0].blocks)
    mine.answer(Press(item.advice_id, "acknowledge"), ola)
    assert world.store.advice(item.advice_id).state == "open"
    mine.answer(Press(item.advice_id, "acknowledge", part="half"), kari)
    said = mine.answer(Press(item.advice_id, "acknowledge", part="50%"), ola)
    assert world.store.advice(item.advice_id).state == "acknowledged"
    assert "Acknowledged first by Kari" in str(said.changes[0].blocks)
    event = world.store.events(subject=item.advice_id, kind="advice.acknowledge")[-1]
    assert event.details["budgets"]


def test_a_card_that_waits_shows_what_is_advised(world, desk, kari):
    """Not the part somebody agreed to in its place: the button beside it means the whole."""
    item = shift_of(world)
    said = desk(two_people_above=1).answer(Press(item.advice_id, "acknowledge", part="50%"), kari)
    assert _amounts(said.changes[0].blocks) == _amounts(item.blocks) != []


def _amounts(blocks):
    """The card's sentences with budgets."""
    rich = [block for block in blocks if block["type"] == "rich_text"]
    lines = [line["elements"] for block in rich for line in block["elements"]]
    said = ["".join(str(part.get("text", "")) for part in line) for line in lines]
    return [text for text in said if "(now " in text]


def test_agreement_ends_when_the_amounts_change(world, desk, kari, ola):
    """What Kari said yes to is not what stands there now: two people are needed anew."""
    item, mine = shift_of(world), desk(two_people_above=1)
    mine.answer(Press(item.advice_id, "acknowledge"), kari)
    advice = advice_of(world, item)
    budgets = {key: value + 1 for key, value in advice.budgets.items()}
    more = dataclasses.replace(advice, budgets=budgets)
    everything = [one.advice for one in world.store.all_advice(state="open")]
    changed = [more if one.id == advice.id else one for one in everything]
    day = world.context.clock().date()
    world.store.save_advice(changed, as_of=day, at=world.context.clock())
    said = mine.answer(Press(item.advice_id, "acknowledge"), ola)
    assert "second person" in said.lines[0].text
    assert world.store.advice(item.advice_id).state == "open"
    mine.answer(Press(item.advice_id, "acknowledge"), kari)
    assert world.store.advice(item.advice_id).state == "acknowledged"


def test_many_small_parts_are_one_large_move(world, desk, kari, ola):
    """What was agreed to about the same campaigns this week counts, whoever agreed to it."""
    item = shift_of(world)
    mine = desk(approvers=("U1",), approver_above=half(world, item) + 1)
    mine.answer(Press(item.advice_id, "acknowledge", part="50%"), ola)
    again = dataclasses.replace(advice_of(world, item), id="again")
    elsewhere = dataclasses.replace(again, id="elsewhere", campaign_ids=("x", "y"))
    day = world.context.clock().date()
    world.store.save_advice([again, elsewhere], as_of=day, at=world.context.clock())
    with pytest.raises(NotAllowed, match="only Kari may acknowledge"):
        mine.answer(Press("again", "acknowledge", part="50%"), ola)
    mine.answer(Press("again", "acknowledge", part="50%"), kari)
    mine.answer(Press("elsewhere", "acknowledge", part="50%"), ola)
    assert world.store.advice("again").answered_by == "U1"
