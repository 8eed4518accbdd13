"""files.*: an upload in three steps, as files_upload_v2 makes it; files people drop."""

from __future__ import annotations

import base64
import mimetypes
from urllib.parse import quote

from bot.demo.workspace import timeline
from bot.demo.workspace.api import Call, Method
from bot.demo.workspace.chat import writable
from bot.demo.workspace.model import (
    APP_ID,
    BOT_USER,
    ApiError,
    Channel,
    File,
    Json,
    Message,
    User,
)
from bot.demo.workspace.state import State


def get_upload_url(state: State, call: Call) -> Json:
    call.number("length", 0, 1_000_000_000)
    name = call.needed("filename")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(state.new_id("F"), name, name, mimetype=kind, alt_text=call.text("alt_txt"))
    file.created = int(state.clock.now())
    state.files[file.id] = file
    return {"upload_url": f"{state.base_url}/upload/v1/{file.id}", "file_id": file.id}


def complete_upload(state: State, call: Call) -> Json:
    uploads = call.data("files")
    if not isinstance(uploads, list) or not uploads:
        raise ApiError("invalid_arguments")
    completed_files = [_completed(state, upload) for upload in uploads]
    channel = call.text("channel_id") or call.text("channels").split(",")[0]
    if channel:
        _share(state, call, writable(state, channel).id, completed_files)
    return {"files": [file_json(state, file) for file in completed_files]}


def info(state: State, call: Call) -> Json:
    file = state.files.get(call.needed("file", "file_not_found"))
    if file is None or not file.completed:
        raise ApiError("file_not_found")
    if file.deleted:
        raise ApiError("file_deleted")
    return {"file": file_json(state, file), "comments": [], "paging": {"pages": 1}}


def file_json(state: State, file: File) -> Json:
    """The file object of `files.info`."""
    place = f"{state.base_url}/files-pri/{file.id}/{quote(file.name)}"
    return {
        "id": file.id,
        "created": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "size": len(file.content),
        "user": file.user,
        **({"app_id": APP_ID} if file.user == BOT_USER else {}),
        "mode": "hosted",
        "is_external": False,
        "url_private": place,
        "url_private_download": place,
        "permalink": place,
        "channels": list(file.channels),
        "shares": file.shares,
        "alt_txt": file.alt_text,
    }


def _completed(state: State, upload: Json) -> File:
    file = state.files.get(str(upload.get("id")))
    if file is None or not file.uploaded:
        raise ApiError("file_not_found")
    file.title, file.completed = str(upload.get("title") or file.name), True
    return file


def _share(state: State, call: Call, channel: str, files: list[File]) -> None:
    for file in files:
        file.channels.append(channel)
    message = Message(
        channel=channel,
        ts=state.new_ts(),
        user=BOT_USER,
        text=call.text("initial_comment"),
        thread_ts=call.text("thread_ts") or None,
        from_app=True,
        subtype="file_share",
        files=[file_json(state, shared_file) for shared_file in files],
    )
    timeline.add(state, message)


def dropped(state: State, user: User, channel: Channel, body: Json) -> Message:
    """A person drops a file into a channel, with what they wrote beside it, or in a thread.

    `body`: `name`, and its bytes as `text` or `base64`.
    """
    if user.id not in channel.members:
        raise ApiError("not_in_channel")
    name = str(body["name"])
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    content = base64.b64decode(body["base64"]) if "base64" in body else str(body["text"]).encode()
    file = File(state.new_id("F"), name, name, content, kind, uploaded=True, completed=True)
    file.user, file.created = user.id, int(state.clock.now())
    state.files[file.id] = file
    ts, thread_ts = state.new_ts(), str(body.get("thread_ts") or "") or None
    file.channels.append(channel.id)
    thread = {"thread_ts": thread_ts} if thread_ts else {}
    visibility = "public" if channel.kind == "channel" else "private"
    file.shares = {visibility: {channel.id: [{"ts": ts, **thread}]}}
    text = str(body.get("comment") or "")
    message = Message(channel.id, ts, user.id, text, thread_ts=thread_ts, subtype="file_share")
    message.files = [file_json(state, file)]
    timeline.add(state, message)
    timeline.file_shared(state, channel, user.id, file.id)
    return message


def forget(state: State, file_id: str) -> None:
    """Somebody deletes a file: its place stays."""
    file = state.files.get(file_id)
    if file is None:
        raise ApiError("file_not_found")
    file.deleted, file.content = True, b""


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",)),
    "files.info": Method(info, ("files:read",)),
}
