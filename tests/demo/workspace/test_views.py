"""Modals and the Home tab, through an unmodified Bolt app."""

from __future__ import annotations

import pytest

POST = {"channel": "#performance", "text": "Move 240 kr"}


@pytest.fixture
def trigger(bot, client, workspace, buttons):
    """Presses a button and gives the trigger_id that comes of it."""
    found = []

    @bot.app.action("advice.acknowledge")
    def pressed(ack, body):
        ack()
        found.append(body["trigger_id"])

    ts = client.chat_postMessage(**POST, blocks=buttons)["ts"]

    def press():
        body = {"user": "kari", "channel": "performance", "ts": ts}
        assert workspace.do("action", **body, action_id="advice.acknowledge")["ok"]
        return found[-1]

    return press


def stack(workspace):
    return [each["callback_id"] for each in workspace.snapshot()["views"]]


def test_a_modal_is_opened_filled_in_and_closed(bot, client, trigger, workspace, new_modal):
    """state.values is Slack's own; an empty acknowledgement closes."""
    values = []

    @bot.app.view("dismiss")
    def submitted(ack, view):
        values.append((view["private_metadata"], view["state"]["values"]))
        ack()

    client.views_open(trigger_id=trigger(), view=new_modal(private_metadata="a1"))
    assert stack(workspace) == ["dismiss"]
    assert workspace.do("submit_view", user="kari", values={"reason": "too soon"})["ok"]
    typed = {"reason": {"text": {"type": "plain_text_input", "value": "too soon"}}}
    assert values == [("a1", typed)]
    assert stack(workspace) == []


def test_a_required_field_is_asked_for_before_anything_is_sent(
    bot, client, trigger, workspace, new_modal
):
    """Slack's own page stops an empty form: the app hears nothing."""
    client.views_open(trigger_id=trigger(), view=new_modal())
    answer = workspace.do("submit_view", user="kari", values={})
    assert answer["errors"] == {"reason": "Please complete this required field."}
    assert stack(workspace) == ["dismiss"]


def test_the_apps_errors_keep_the_modal_open(bot, client, trigger, workspace, new_modal):
    """response_action errors: under the field, values kept."""

    @bot.app.view("dismiss")
    def submitted(ack):
        ack(response_action="errors", errors={"reason": "A little longer, please."})

    client.views_open(trigger_id=trigger(), view=new_modal())
    answer = workspace.do("submit_view", user="kari", values={"text": "no"})
    assert answer["errors"] == {"reason": "A little longer, please."}
    view = workspace.snapshot()["views"][0]
    assert view["errors"] == answer["errors"]
    assert view["state"]["values"]["reason"]["text"]["value"] == "no"


def test_errors_for_fields_that_are_not_there_are_refused(
    bot, client, trigger, workspace, new_modal
):
    """A typing error in a block_id shows in tests, not at a customer's."""

    @bot.app.view("dismiss")
    def submitted(ack):
        ack(response_action="errors", errors={"raeson": "x"})

    client.views_open(trigger_id=trigger(), view=new_modal())
    answer = workspace.do("submit_view", user="kari", values={"text": "no"})
    assert answer["error"] == "invalid_errors"


@pytest.mark.parametrize(
    "case",
    [("update", ["second"]), ("push", ["dismiss", "second"]), ("clear", [])],
)
def test_a_submission_may_update_push_or_clear(bot, trigger, workspace, new_modal, case):
    """All of response_action."""
    action, after = case

    @bot.app.view("dismiss")
    def submitted(ack):
        more = {} if action == "clear" else {"view": new_modal(callback_id="second")}
        ack(response_action=action, **more)

    bot.client.views_open(trigger_id=trigger(), view=new_modal())
    workspace.do("submit_view", user="kari", values={"text": "no"})
    assert stack(workspace) == after


def test_a_trigger_works_once_and_for_three_seconds(client, trigger, workspace, tools, new_modal):
    """exchanged, expired, and one that never was."""
    used = trigger()
    client.views_open(trigger_id=used, view=new_modal())

    def call(given):
        return tools.refuses(lambda: client.views_open(trigger_id=given, view=new_modal()))

    assert call(used)["error"] == "exchanged_trigger_id"
    late = trigger()
    workspace.do("clock", advance=3.5)
    assert call(late)["error"] == "expired_trigger_id"
    assert call("1.2.3")["error"] == "invalid_trigger_id"


def test_three_modals_are_the_most(client, trigger, workspace, tools, new_modal):
    """push_limit_reached; ids tell the root and the one below."""
    first = client.views_open(trigger_id=trigger(), view=new_modal())["view"]
    second = client.views_push(trigger_id=trigger(), view=new_modal())["view"]
    third = client.views_push(trigger_id=trigger(), view=new_modal())["view"]
    assert (second["previous_view_id"], third["root_view_id"]) == (first["id"], first["id"])
    last = trigger()
    answer = tools.refuses(lambda: client.views_push(trigger_id=last, view=new_modal()))
    assert answer["error"] == "push_limit_reached"


def test_an_update_with_an_old_hash_conflicts(client, trigger, tools, new_modal):
    """The view moved on; not_found once it is gone."""
    view = client.views_open(trigger_id=trigger(), view=new_modal())["view"]
    update = lambda **more: client.views_update(view=new_modal(), **more)  # noqa: E731
    update(view_id=view["id"], hash=view["hash"])
    answer = tools.refuses(lambda: update(view_id=view["id"], hash=view["hash"]))
    assert answer["error"] == "hash_conflict"
    assert tools.refuses(lambda: update(view_id="V1"))["error"] == "not_found"


def test_views_keep_slacks_limits(client, trigger, tools, new_modal):
    """Title of 24, inputs need a submit, 100 blocks, 250 kB, external ids once."""
    given = trigger()
    call = lambda view: tools.refuses(lambda: client.views_open(trigger_id=given, view=view))  # noqa: E731
    long = new_modal(title={"type": "plain_text", "text": "x" * 25})
    assert "/view/title/text" in call(long)["response_metadata"]["messages"][0]
    no_submit = new_modal()
    del no_submit["submit"]
    assert "/view/submit" in call(no_submit)["response_metadata"]["messages"][0]
    many = new_modal(blocks=[{"type": "divider"}] * 101)
    assert call(many)["error"] == "invalid_arguments"
    assert call(new_modal(private_metadata="x" * 250_000))["error"] == "view_too_large"
    client.views_open(trigger_id=given, view=new_modal(external_id="mine"))
    given = trigger()
    assert call(new_modal(external_id="mine"))["error"] == "duplicate_external_id"


def test_closing_is_told_to_those_who_asked(bot, trigger, workspace, tools, new_modal):
    """notify_on_close: view_closed."""
    closed = []

    @bot.app.view_closed("dismiss")
    def gone(ack, body):
        ack()
        closed.append(body["is_cleared"])

    bot.client.views_open(trigger_id=trigger(), view=new_modal(notify_on_close=True))
    workspace.do("close_view", user="kari")
    assert tools.wait(lambda: closed) == [False]
    assert workspace.do("close_view", user="kari")["error"] == "no_such_view"


def test_a_button_in_a_modal_carries_what_is_typed_so_far(
    bot, client, trigger, workspace, new_modal
):
    """block_actions with container view; the trigger can push."""
    button = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "+"}}
    view = new_modal()
    view["blocks"].append({"type": "actions", "elements": [button]})
    seen = []

    @bot.app.action("more")
    def more(ack, body, client):
        ack()
        seen.append(body["view"]["state"]["values"]["reason"]["text"]["value"])
        client.views_push(trigger_id=body["trigger_id"], view=new_modal(callback_id="second"))
        seen.append("pushed")

    opened = client.views_open(trigger_id=trigger(), view=view)["view"]
    body = {"user": "kari", "view_id": opened["id"], "action_id": "more"}
    workspace.do("action", **body, values={"reason": {"text": "half"}})
    while len(seen) < 2:
        pass
    assert seen[0] == "half"
    assert stack(workspace) == ["dismiss", "second"]


def test_home_is_published_when_it_is_opened(bot, client, workspace, tools):
    """app_home_opened, views.publish, and the hash of the one before."""
    bot.app.event("app_home_opened")(bot.note)
    workspace.do("open_home", user="kari")
    assert tools.wait(lambda: bot.events("app_home_opened"))[0]["tab"] == "home"
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = client.views_publish(user_id="U0KARI001", view=home)["view"]
    again = client.views_publish(user_id="U0KARI001", view=home, hash=first["hash"])["view"]
    assert again["id"] == first["id"]
    old = {"user_id": "U0KARI001", "view": home, "hash": first["hash"]}
    assert tools.refuses(lambda: client.views_publish(**old))["error"] == "hash_conflict"
    assert workspace.snapshot()["homes"]["U0KARI001"]["id"] == first["id"]


def test_without_a_home_tab_nothing_is_published(new_workspace, tools):
    """not_enabled, by the manifest."""
    from slack_sdk import WebClient

    other = new_workspace(lambda data: data["features"].pop("app_home"))
    client = WebClient(other.bot_token, base_url=other.api_url)
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    answer = tools.refuses(lambda: client.views_publish(user_id="U0KARI001", view=home))
    assert answer["error"] == "not_enabled"
