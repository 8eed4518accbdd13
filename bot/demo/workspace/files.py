"""files.*: an upload in three steps, as files_upload_v2 makes it."""

from __future__ import annotations

import mimetypes

from bot.demo.workspace import timeline
from bot.demo.workspace.api import Call, Method
from bot.demo.workspace.chat import writable
from bot.demo.workspace.model import APP_ID, BOT_USER, ApiError, File, Json, Message
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
    return {"file": file_json(state, file), "comments": [], "paging": {"pages": 1}}


def file_json(state: State, file: File) -> Json:
    """The file object of `files.info`."""
    place = f"{state.base_url}/files-pri/{file.id}/{file.name}"
    return {
        "id": file.id,
        "created": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "size": len(file.content),
        "user": BOT_USER,
        "app_id": APP_ID,
        "url_private": place,
        "url_private_download": place,
        "permalink": place,
        "channels": list(file.channels),
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


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",)),
    "files.info": Method(info, ("files:read",)),
}
