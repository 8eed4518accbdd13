"""Where the files live that perfbot ships: rules, templates, the Slack manifest.

What was worked out from them may lie beside Python's own bytecode, for the next process: whoever
can write there can change the code itself, so that reading it is as safe as running perfbot.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

PACKAGED = Path(__file__).parent / "_data"
CHECKOUT = Path(__file__).parent.parent
_DIGEST = 16

Marks = tuple[tuple[str, int, int], ...]
"""Path, nanoseconds and bytes of each file: another one whenever one of them is."""


def shipped(name: str) -> Path:
    """The path of a shipped file or folder (`rules`, `templates`, `slack-manifest.yml`, …).

    In an installed wheel they lie under the package; in a checkout at the top level.
    """
    packaged = PACKAGED / name
    return packaged if packaged.exists() else CHECKOUT / name


def marks(*paths: Path) -> Marks:
    """What files, and the files of folders, look like from outside."""
    files = (file for path in paths for file in _files(path))
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file in files
                 for stat in (file.stat(),))  # fmt: skip


def _files(path: Path) -> Iterable[Path]:
    return sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else (path,)


def version_of(of: Marks) -> str:
    """A short word for the state of files, another one for another state."""
    return blake2b(repr(of).encode(), digest_size=_DIGEST).hexdigest()


def bytecode_folder() -> Path | None:
    """Where Python keeps this package's bytecode; None where it keeps none."""
    if sys.dont_write_bytecode:
        return None
    folder = Path(cache_from_source(__file__)).parent
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder if folder.is_dir() else None


def remembered(name: str, of: Marks) -> Any:
    """What an earlier process worked out from the same files; None where none did."""
    folder = bytecode_folder()
    try:
        content = (folder / _file_name(name)).read_bytes() if folder else b""
    except OSError:
        return None
    digest, packed = content[:_DIGEST], content[_DIGEST:]
    if not packed or digest != _digest_of(of, packed):
        return None
    return pickle.loads(packed)  # noqa: S301, beside the bytecode, see above


def remember(name: str, of: Marks, value: Any) -> None:
    """Leave it for the next process, whole or not at all; nothing happens where nobody may."""
    folder = bytecode_folder()
    if folder is None:
        return
    packed = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    with suppress(OSError):
        with NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(_digest_of(of, packed) + packed)
        Path(file.name).replace(folder / _file_name(name))


def _file_name(name: str) -> str:
    return f"{name}.{sys.implementation.cache_tag}.pickle"


def _digest_of(of: Marks, packed: bytes) -> bytes:
    """Of the files and of the bytes: neither a stale nor a torn file is ever read."""
    return blake2b(version_of(of).encode() + packed, digest_size=_DIGEST).digest()
