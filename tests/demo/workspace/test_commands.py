"""Slash commands and response_urls, through an unmodified Bolt app."""

from __future__ import annotations

from slack_sdk.webhook import WebhookClient


def ask(workspace, text="/perf channel google", **more):
    return workspace.do(
        "command", **{"user": "kari", "channel": "performance", "text": text} | more
    )


def whispers(workspace):
    return [each["text"] for each in workspace.snapshot()["ephemerals"]]


def test_a_command_is_answered_by_ack_and_respond(bot, workspace, tools):
    """The acknowledgement's text is ephemeral; in_channel is for all; who and where arrive."""
    heard = []

    @bot.app.command("/perf")
    def perf(ack, respond, command):
        heard.append(command)
        ack("one moment")
        respond(text="Google: 78 300 kr", response_type="in_channel")

    assert ask(workspace)["ok"]
    said = tools.wait(lambda: workspace.snapshot()["messages"])
    assert said[0]["text"] == "Google: 78 300 kr"
    assert whispers(workspace) == ["one moment"]
    assert (heard[0]["text"], heard[0]["channel_name"]) == ("channel google", "performance")
    assert (heard[0]["user_name"], heard[0]["team_id"]) == ("kari", "T0LOCAL01")


def test_a_command_works_where_the_bot_is_not_a_member(bot, workspace):
    """Slash commands are everywhere; only posting needs membership."""
    bot.app.command("/perf")(lambda ack: ack("here too"))
    ask(workspace, channel="random")
    assert workspace.snapshot()["ephemerals"][0]["channel"] == "C0RANDOM1"


def test_only_commands_of_the_manifest_exist(bot, workspace):
    """Slackbot says so; the app hears nothing."""
    assert ask(workspace, "/other x")["error"] == "command_refused"
    assert whispers(workspace) == ["/other is not a valid command."]
    assert workspace.snapshot()["ephemerals"][0]["author"] == "USLACKBOT"


def test_commands_are_not_for_threads(bot, workspace):
    """As in Slack."""
    assert ask(workspace, thread_ts="1.000001")["error"] == "command_refused"
    assert "not supported in threads" in whispers(workspace)[0]


def test_a_late_acknowledgement_is_a_visible_timeout(new_workspace, new_bot, tools):
    """Three seconds (here fewer) without ack: the user reads operation_timeout."""
    workspace = new_workspace(ack_seconds=0.15)
    bot = new_bot(workspace)
    done = []

    @bot.app.command("/perf")
    def slow(ack):
        tools.wait(lambda: whispers(workspace))
        ack()
        done.append(True)

    assert ask(workspace)["error"] == "operation_timeout"
    assert "operation_timeout" in whispers(workspace)[0]
    tools.wait(lambda: done)


def test_without_a_bot_the_user_is_told(empty):
    """dispatch_failed, visibly."""
    assert ask(empty)["error"] == "dispatch_failed"
    assert "dispatch_failed" in whispers(empty)[0]


def test_wrong_blocks_in_an_acknowledgement_are_told(bot, workspace):
    """They would vanish silently in Slack; here the user sees why nothing came."""
    bot.app.command("/perf")(lambda ack: ack(text="x", blocks=[{"type": "nope"}]))
    ask(workspace)
    assert "invalid_blocks" in whispers(workspace)[0]


def test_inviting_makes_the_bot_a_member(bot, workspace, client, tools):
    """/invite @perfbot, and the bot may write there."""
    answer = tools.refuses(lambda: client.chat_postMessage(channel="#random", text="x"))
    assert answer["error"] == "not_in_channel"
    assert ask(workspace, "/invite @perfbot", channel="random")["ok"]
    assert client.chat_postMessage(channel="#random", text="x")["ok"]


def url_of(bot, workspace):
    """A response_url as the app gets it."""
    urls = []

    @bot.app.command("/perf")
    def perf(ack, command):
        urls.append(command["response_url"])
        ack()

    ask(workspace)
    return WebhookClient(urls[0])


def test_a_response_url_works_five_times(bot, workspace):
    """The sixth answer is refused with used_url."""
    url = url_of(bot, workspace)
    assert [url.send(text=str(n)).status_code for n in range(6)] == [200] * 5 + [404]
    assert whispers(workspace) == ["0", "1", "2", "3", "4"]


def test_a_response_url_works_for_thirty_minutes(bot, workspace):
    """Then it is expired_url; the clock is the workspace's."""
    url = url_of(bot, workspace)
    workspace.do("clock", advance=29 * 60)
    assert url.send(text="in time").status_code == 200
    workspace.do("clock", advance=2 * 60)
    late = url.send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


def test_a_refused_answer_says_why(bot, workspace):
    """no_text and invalid_blocks; neither counts as a use."""
    url = url_of(bot, workspace)
    assert "no_text" in url.send(text="").body
    assert "invalid_blocks" in url.send(text="x", blocks=[{"type": "nope"}]).body
    assert "invalid_url" in WebhookClient(f"{workspace.url}/response/R1").send(text="x").body
    assert workspace.snapshot()["ephemerals"] == []


def test_commands_can_be_used_in_direct_messages(bot, workspace):
    """The channel's name is directmessage there."""
    heard = []

    @bot.app.command("/perf")
    def perf(ack, command):
        heard.append(command["channel_name"])
        ack()

    assert ask(workspace, channel="perfbot")["ok"]
    assert heard == ["directmessage"]
