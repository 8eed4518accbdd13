"""What a person or a test does in the workspace: the page and `POST /_control/…` both come here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from bot.demo.workspace import chat, delivery, files, people, timeline, values, views
from bot.demo.workspace.chat import standing
from bot.demo.workspace.delivery import Courier
from bot.demo.workspace.model import BOT_USER, ApiError, Channel, Json, Message, User, View
from bot.demo.workspace.people import Admin
from bot.demo.workspace.sockets import REFRESH
from bot.demo.workspace.state import State


class Wires(Protocol):
    """What the server does for faults and for HTTP mode."""

    async def disconnect(self, reason: str = ...) -> None: ...

    async def use_http(self, url: str) -> str: ...


class Control:
    """The verbs of the control API: each takes a JSON body and returns a JSON object with `ok`."""

    def __init__(self, state: State, courier: Courier, wires: Wires) -> None:
        self.state, self.courier, self.wires = state, courier, wires
        self.verbs: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "message": self.message,
            "share_file": self.share_file,
            "delete_file": self.delete_file,
            "command": self.command,
            "action": self.action,
            "submit_view": self.submit_view,
            "close_view": self.close_view,
            "react": self.react,
            "edit": self.edit,
            "delete": self.delete,
            "open_home": self.open_home,
            "clock": self.clock,
            "fault": self.fault,
            "http": self.http,
            "reset": self.reset,
            **Admin(state, wires).verbs(),
        }

    async def do(self, verb: str, body: Json) -> Json:
        """Does one thing; `{"ok": false, "error"}` where it cannot be done."""
        self.state.record("control", verb=verb, body=body)
        try:
            if verb not in self.verbs:
                raise ApiError("unknown_verb", known=sorted(self.verbs))  # noqa: TRY301
            return {"ok": True, **await self.verbs[verb](body)}
        except ApiError as refused:
            return refused.to_json()
        except (KeyError, TypeError, ValueError) as error:
            return {"ok": False, "error": "invalid_body", "detail": f"{error!r}"}

    # Talking

    async def message(self, body: Json) -> Json:
        user, channel = self._who(body), self._where(body)
        thread = str(body.get("thread_ts") or "")
        message = people.say(self.state, user, channel, str(body["text"]), thread)
        return {"ts": message.ts, "channel": message.channel}

    async def share_file(self, body: Json) -> Json:
        """`{"user", "channel", "name", "text" | "base64", "comment"?, "thread_ts"?}`."""
        message = files.dropped(self.state, self._who(body), self._where(body), body)
        return {"ts": message.ts, "channel": message.channel, "file": message.files[0]["id"]}

    async def delete_file(self, body: Json) -> Json:
        """`{"file"}`: its owner, or an admin, takes it away."""
        files.forget(self.state, str(body["file"]))
        return {}

    async def command(self, body: Json) -> Json:
        """`{"user", "channel", "text": "/perf …"}`: delivered, and what came of it."""
        user, channel = self._who(body), self._where(body)
        command, _, text = str(body["text"]).strip().partition(" ")
        if user.id not in channel.members:
            raise ApiError("not_in_channel")
        standing(channel)
        if body.get("thread_ts"):
            return self._refused(channel, user, f"{command} is not supported in threads. Sorry!")
        if command == "/invite":
            return self._invite(user, channel, text)
        if self.state.manifest.command(command) is None:
            return self._refused(channel, user, f"{command} is not a valid command.")
        payload = people.command_payload(self.state, user, channel, command, text.strip())
        outcome = await self.courier.ask("slash_commands", payload)
        if outcome.error:
            delivery.failed(self.state, payload, outcome.error)
            raise ApiError(outcome.error)
        delivery.acknowledged(self.state, payload, outcome.body)
        return {"answer": outcome.body}

    def _refused(self, channel: Channel, user: User, why: str) -> Json:
        delivery.slackbot(self.state, channel.id, user.id, why)
        raise ApiError("command_refused", detail=why)

    def _invite(self, user: User, channel: Channel, text: str) -> Json:
        guest = self.state.user_named(text.strip())
        if guest.id not in channel.members:
            channel.members.append(guest.id)
            words = f"was added to #{channel.name} by {user.real_name}."
            ts = self.state.new_ts()
            joined = Message(channel.id, ts, guest.id, words, subtype="channel_join")
            timeline.add(self.state, joined)
        return {}

    async def react(self, body: Json) -> Json:
        """Adds a reaction; with `"remove": true` takes it away."""
        message = self.state.message(self._where(body).id, str(body["ts"]))
        change = chat.unreact if body.get("remove") else chat.react
        change(self.state, message, self._who(body).id, str(body["name"]).strip(":"))
        return {}

    # What others do meanwhile

    async def edit(self, body: Json) -> Json:
        """A person changes what they said: `{"user", "channel", "ts", "text"}`."""
        message = self.state.message(self._where(body).id, str(body["ts"]))
        people.edit(self.state, self._who(body), message, str(body["text"]))
        return {}

    async def delete(self, body: Json) -> Json:
        """Somebody takes a message away, the app's too, as a workspace's admin may."""
        timeline.remove(self.state, self.state.message(self._where(body).id, str(body["ts"])))
        return {}

    # Pressing and filling in

    async def action(self, body: Json) -> Json:
        """A click: in a message (`channel`, `ts`), a modal or the Home tab (`view_id`)."""
        user = self._who(body)
        if body.get("view_id"):
            payload = people.view_action(self.state, user, self._view(body, user), body)
        else:
            payload = people.message_action(self.state, user, self._where(body), body)
        await self._interact(user, payload)
        return {}

    async def submit_view(self, body: Json) -> Json:
        """Sends a modal: `{"user", "view_id"?, "values"?}`; the top one where none is named."""
        user = self._who(body)
        view = self._view(body, user)
        blocks = view.content["blocks"]
        view.values = values.collect(blocks, body.get("values") or {}, view.values)
        view.errors = values.refused(blocks, view.values)
        if view.errors:
            views.tell(self.state, user.id)
            raise ApiError("invalid_values", errors=view.errors)
        answer = await self._interact(user, people.submission(self.state, user, view))
        if view.id in self.state.views:
            delivery.submitted(self.state, view, answer)
        return {"answer": answer, "errors": view.errors}

    async def close_view(self, body: Json) -> Json:
        """Closes the top modal, or with `"all": true` the whole stack."""
        user = self._who(body)
        view = self._view(body, user)
        everything = bool(body.get("all") or view.content.get("clear_on_close"))
        if everything:
            closed_views = views.close_all(self.state, user.id)
        else:
            views.close(self.state, view)
            closed_views = [view]
        for closed_view in closed_views:
            if closed_view.content.get("notify_on_close"):
                payload = people.closed(self.state, user, closed_view, cleared=everything)
                await self.courier.ask("interactive", payload)
        return {}

    async def open_home(self, body: Json) -> Json:
        timeline.home_opened(self.state, self._who(body).id, str(body.get("tab", "home")))
        return {}

    async def _interact(self, user: User, payload: Json) -> Json:
        """Delivers an interaction; the page shows a notice where nobody took it."""
        if not self.state.manifest.interactivity:
            raise ApiError("interactivity_not_enabled")
        outcome = await self.courier.ask("interactive", payload)
        if outcome.error:
            notice = "We had some trouble connecting. Try again?"
            self.state.changed("notice", user=user.id, text=notice, error=outcome.error)
            raise ApiError(outcome.error)
        return outcome.body

    # Time, trouble, and a fresh start

    async def clock(self, body: Json) -> Json:
        """`{"advance": seconds}`, or `{"set": seconds since 1970 | ISO time}`."""
        if "set" in body:
            target_time = body["set"]
            iso = isinstance(target_time, str)
            self.state.clock.set(
                datetime.fromisoformat(target_time).timestamp() if iso else target_time
            )
        self.state.clock.advance(float(body.get("advance", 0)))
        self.courier.retry_due()
        self.state.changed("clock", now=self.state.clock.now())
        return {"now": self.state.clock.now()}

    async def fault(self, body: Json) -> Json:
        """`{"kind", "times"?, "method"?, "seconds"?, "error"?}`; kind `none` clears all."""
        if body.get("kind") == "none":
            self.courier.faults.clear()
            return {}
        if body.get("kind") == "disconnect":
            reason = str(body.get("reason") or REFRESH)
            await self.wires.disconnect("" if body.get("abrupt") else reason)
            return {}
        return {"fault": self.courier.faults.add(body).to_json()}

    async def http(self, body: Json) -> Json:
        """`{"url"}`, or "manifest" for its own: by HTTP, once verified; empty: by socket."""
        error = await self.wires.use_http(str(body.get("url") or ""))
        if error:
            raise ApiError(error)
        return {}

    async def reset(self, _body: Json) -> Json:
        """A fresh start: nothing said, no faults, the base clock; the bot stays connected."""
        self.courier.faults.clear()
        self.courier.due.clear()
        self.state.reset()
        self.state.changed("reset")
        return {}

    def _who(self, body: Json) -> User:
        user = self.state.user_named(str(body["user"]))
        if user.id == BOT_USER:
            raise ApiError("user_is_bot")
        if user.deleted:
            raise ApiError("user_disabled")
        return user

    def _where(self, body: Json) -> Channel:
        """The channel; a person's or the bot's name means direct messages with them."""
        channel_name = str(body["channel"])
        try:
            return self.state.channel_named(channel_name)
        except ApiError:
            if "user" not in body:
                raise
        counterpart = self.state.user_named(channel_name)
        return self.state.dm(self.state.user_named(str(body["user"])).id, counterpart.id)

    def _view(self, body: Json, user: User) -> View:
        stack = self.state.stacks.get(user.id) or []
        view_id = body.get("view_id") or (stack[-1] if stack else "")
        home = self.state.homes.get(user.id)
        if home is not None and view_id == home.id:
            return home
        if view_id not in stack:
            raise ApiError("no_such_view")
        return self.state.views[view_id]
