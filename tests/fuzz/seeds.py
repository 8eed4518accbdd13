"""What inputs start from: what people type and press, what Slack sends, files of the tests."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docs.asking import ASKING

ROOT = Path(__file__).parents[2]
USER, CHANNEL = "U0KARI001", "C0PERFORM"
# Slack gives each request its own, and so does the harness where they were left as they are.
TRIGGER, EVENT_ID, TIMES = "1.2.3", "Ev1", ("5.1", "5.2", "5.3", "5.4", "5.5")
SENTENCES = (
    "how is google doing", "why did cpa go up last week", "what should i do today",
    "compare google and meta", "how much did we spend in november", "hvordan går det med google",
    "hvorfor steg cpa", "which campaign is worst",
    "vis meg topp 5 kampanjer etter roas siste 28 dager",
    "will we reach the budget", "and meta?", "ack 2",
)  # fmt: skip
QUESTIONS = (*(text for asking in ASKING.values() for text in asking.examples), *SENTENCES)

_PLACE = {"channel": {"id": CHANNEL}, "user": {"id": USER}, "trigger_id": TRIGGER,
          "container": {"type": "message", "message_ts": "1795.000002", "channel_id": CHANNEL},
          "message": {"ts": "1795.000002", "thread_ts": "1795.000001", "text": "x"}}  # fmt: skip
_BUTTONS = {
    "advice.acknowledge": "a1", "advice.progress": "a1", "advice.undo": "a1",
    "advice.set_back": "a1", "advice.snooze": "1d:a1", "advice.dismiss": "a1",
    "advice.partly": "a1", "advice.evidence": "a1", "advice.apply": "a1",
    "choose.why": "why google cpa", "window.28d": "channel google 28d", "share": "advice",
    "subscribe.change": CHANNEL, "home.language": "nb", "home.zone": "Europe/Oslo",
    "home.subscribe": CHANNEL, "home.stop": "1", "plan.new": "", "plan.edit": "brand*",
    "plan.remove": "brand*", "guess.accept": "brand*", "plan.preview": "",
    "plan.fill": "{}", "target.meant": "x",
    "target.new": "", "target.preview": "", "threshold.new": "", "threshold.cell": "convert/CPA",
    "threshold.name": "waste", "threshold.preview": "", "x": "x",
}  # fmt: skip
_VIEWS = {
    "advice.dismiss": {"reason": {"text": {"type": "plain_text_input", "value": "No."}}},
    "advice.partly": {"part": {"text": {"type": "plain_text_input", "value": "50%"}}},
    "advice.apply": {},
    "advice.snooze": {"day": {"day": {"type": "datepicker", "selected_date": "2026-11-30"}}},
    "subscribe": {
        "time": {"time": {"type": "timepicker", "selected_time": "07:30"}},
        "days": {"days": {"type": "checkboxes", "selected_options": [{"value": "1"}]}},
        "zone": {"zone": {"type": "external_select", "selected_option": {"value": "Europe/Oslo"}}},
    },
    "home.subscribe": {"time": {"time": {"type": "timepicker", "selected_time": "07:30"}}},
    "plan": {"match": {"match": {"type": "plain_text_input", "value": "brand*"}},
             "stage": {"stage": {"type": "static_select", "selected_option": {"value": "act"}}}},
    "target": {"target": {"target": {"type": "number_input", "value": "120.5"}}},
    "threshold": {"value": {"value": {"type": "number_input", "value": "1.3"}}},
}  # fmt: skip


_IN_FORMS = ("plan.", "target.", "threshold.")
_OPEN = {
    "id": "V1",
    "hash": "1.1",
    "type": "modal",
    "callback_id": "plan",
    "blocks": [],
    "private_metadata": '{"since": "3", "pattern": "brand*"}',
    "state": {"values": {"stage": {"stage": {"selected_option": {"value": "act"}}}}},
}
ACTIONS: tuple[Any, ...] = tuple(
    {"type": "block_actions", **_PLACE,
     "actions": [{"action_id": name, "type": "button", "value": value}], **beside}
    for name, value in _BUTTONS.items()
    for beside in ({}, {"view": _OPEN} if name.startswith(_IN_FORMS) else {})
)  # fmt: skip
_KEPT = json.dumps({"channel": CHANNEL, "thread_ts": "", "advice": "a1", "match": "brand*",
                    "cell": "convert/CPA.waste", "name": "waste"})  # fmt: skip
VIEWS: tuple[Any, ...] = tuple(
    {"type": "view_submission", "user": {"id": USER}, "trigger_id": TRIGGER,
     "view": {"id": "V1", "type": "modal", "callback_id": name, "private_metadata": _KEPT,
              "blocks": [], "state": {"values": state}}}
    for name, state in _VIEWS.items()
)  # fmt: skip


def _event(**event: Any) -> Any:
    return {"type": "event_callback", "event_id": EVENT_ID, "team_id": "T1", "event": event}


EVENTS = (
    _event(type="app_mention", user=USER, channel=CHANNEL, ts="5.1", text="<@U0PERFBOT> why cpa"),
    _event(type="message", user=USER, channel=CHANNEL, ts="5.2", thread_ts="1795.000001",
           text="ack 2", channel_type="channel"),
    _event(type="message", user=USER, channel="D1", ts="5.3", text="why google",
           channel_type="im"),
    _event(type="message", subtype="message_changed", channel=CHANNEL, ts="5.4", message={
        "user": USER, "text": "snooze 1 until monday", "ts": "5.2", "thread_ts": "1795.000001",
        "edited": {"user": USER, "ts": "5.4"}}, previous_message={"text": "ack 1", "ts": "5.2"}),
    _event(type="reaction_added", user=USER, reaction="white_check_mark",
           item={"type": "message", "channel": CHANNEL, "ts": "1795.000002"}, event_ts="5.5"),
    _event(type="app_home_opened", user=USER, tab="home", channel="D1"),
    _event(type="app_home_opened", user=USER, tab="messages", channel="D1"),
    _event(type="tokens_revoked", tokens={"bot": ["U1"]}),
    {"type": "url_verification", "challenge": "abc"},
)  # fmt: skip
COMMAND = {"command": "/perf", "text": "channel google", "user_id": USER, "channel_id": CHANNEL,
           "trigger_id": TRIGGER, "response_url": ""}  # fmt: skip
BODIES = (
    *(json.dumps(event).encode() for event in EVENTS),
    b"command=%2Fperf&text=help&user_id=U0KARI001&channel_id=C0PERFORM",
    b"payload=%7B%22type%22%3A%22block_actions%22%7D", b"ssl_check=1", b"", b"[]", b"\xff\xfe",
)  # fmt: skip
FILES = tuple(
    file.read_bytes()
    for file in sorted((ROOT / "tests/data/quirks").glob("*.csv"))
    if file.stat().st_size < 20_000
)
SETTINGS = ((ROOT / "perfbot.example.toml").read_text(encoding="utf-8"),
            '[app]\ntime_zone = "Europe/Oslo"\n[[plan]]\nmatch = "a*"\ntarget = {cpa = 3}\n',
            '[thresholds."convert.CPA"]\nwaste = 1.3\n[who]\nadmins = ["U0KARI001"]\n')  # fmt: skip
RULES = tuple(
    rule
    for file in sorted((ROOT / "rules").glob("*.yml"))
    if file.stem in {"reach", "act", "convert", "engage", "tracking", "budget"}
    for rule in re.split(r"\n(?=- id:)", file.read_text(encoding="utf-8"))[1:]
)
MESSAGES = ("{{ name }} costs {{ cpl.now | money }}.", "{% if cpl.now %}a{% endif %}",
            "{{ 7 * 7 }}", "{{ name ~ name }}",
            "{% for x in range(9) %}{{ x }}{% endfor %}", "{{ name|upper }}",
            "{{ ''.__class__ }}",
            "{{ config }}", "{% include 'x' %}", "{{ cycler.__init__ }}")  # fmt: skip
