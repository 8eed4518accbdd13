"""Looks through the locks, without the network: is everything pinned, by hashes, as asked for?

Every line of the locks (to run, to develop, deploy/requirements.lock for the image,
requirements-spark.lock for what is too big for everybody, and requirements-snowflake.lock for what
asks for other versions than everything else does) is `name==version` with SHA-256 hashes,
from no address; whatever pyproject.toml asks for is in them, at a version it allows; what two of
them name, they name alike. Known faults of those versions are another question: see SECURITY.md.

`python .ci/lock_audit.py`: exit 1 where something is wrong, one line each.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
CORE, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
DEPLOYED = "deploy/requirements.lock"
BIG, BIG_EXTRA = "requirements-spark.lock", "spark"
BESIDE, BESIDE_ASKED = "requirements-snowflake.lock", ("snowflake-sqlalchemy>=2.1,<3",)
DEPLOYED_EXTRAS = ("postgres", "platforms", "google", "meta", "microsoft", "oauth", "mcp")
PINNED = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[\w.!+-]+)(?: ; (?P<when>.+))?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
Pins = dict[str, set[str]]


def pins(text: str) -> tuple[Pins, list[str]]:
    """What a lock pins, versions by name, and what is wrong in it.

    A name may be pinned twice, for different Pythons or systems.
    """
    versions: Pins = {}
    faults = []
    for entry in text.replace("\\\n", " ").splitlines():
        words = re.split(r"\s+(?=--hash=)", entry.strip())
        match = PINNED.fullmatch(words[0].strip())
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        if match is None:
            faults.append(f"not a name and a version: {words[0][:80]}")
            continue
        versions.setdefault(match["name"], set()).add(match["version"])
        if not words[1:] or not all(HASH.fullmatch(word.strip()) for word in words[1:]):
            faults.append(f"no SHA-256 hashes: {match['name']}")
    return versions, faults


def unmet(asked: Iterable[str], locked: Pins) -> Iterator[str]:
    """Each requirement that the pins do not meet."""
    for text in asked:
        requirement = Requirement(text)
        versions = locked.get(canonicalize_name(requirement.name))
        if not versions:
            yield f"not locked: {requirement}"
        elif wrong := [each for each in versions if each not in requirement.specifier]:
            yield f"locked at {', '.join(sorted(wrong))}: {requirement}"


def asked_for(project: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What pyproject.toml asks for: to run and build; and with every extra but the big one."""
    groups, table = project["dependency-groups"], project["project"]
    core = [*table["dependencies"], *_group(groups, "build")]
    offered = table["optional-dependencies"].items()
    extras = [text for name, extra in offered if name != BIG_EXTRA for text in extra]
    return core, [*core, *extras, *_group(groups, "dev")]


def _group(groups: Mapping[str, Any], name: str) -> Iterator[str]:
    for entry in groups[name]:
        if isinstance(entry, str):
            yield entry
        else:
            yield from _group(groups, entry["include-group"])


def audit(project: Mapping[str, Any], core: str, development: str) -> Iterator[str]:
    """Everything that is wrong with two locks, a sentence each."""
    run, develop = asked_for(project)
    locked, faults = pins(core)
    wider, others = pins(development)
    yield from (f"{CORE}: {fault}" for fault in [*faults, *unmet(run, locked)])
    yield from (f"{DEVELOPMENT}: {fault}" for fault in [*others, *unmet(develop, wider)])
    for name in sorted(locked.keys() & wider.keys()):
        if locked[name] != wider[name]:
            yield f"the locks differ: {name}"


def audit_deployed(project: Mapping[str, Any], deployed: str, development: str) -> Iterator[str]:
    """Everything that is wrong with the image's lock: it pins what runs there, as it was tested."""
    locked, faults = pins(deployed)
    extras = project["project"]["optional-dependencies"]
    asked = [*asked_for(project)[0], *(text for name in DEPLOYED_EXTRAS for text in extras[name])]
    yield from (f"{DEPLOYED}: {fault}" for fault in [*faults, *unmet(asked, locked)])
    wider, _ = pins(development)
    for name in sorted(locked):
        if locked[name] != wider.get(name):
            yield f"the locks differ: {name}"


def audit_big(project: Mapping[str, Any], big: str, development: str) -> Iterator[str]:
    """Everything that is wrong with the lock of what stands beside: with the others it is whole."""
    locked, faults = pins(big)
    wider, _ = pins(development)
    asked = project["project"]["optional-dependencies"][BIG_EXTRA]
    yield from (f"{BIG}: {fault}" for fault in [*faults, *unmet(asked, wider | locked)])
    for name in sorted(locked.keys() & wider.keys()):
        yield f"pinned twice: {name}"


def audit_beside(beside: str, development: str) -> Iterator[str]:
    """Everything that is wrong with the lock of what is installed without what it asks for."""
    locked, faults = pins(beside)
    wider, _ = pins(development)
    yield from (f"{BESIDE}: {fault}" for fault in [*faults, *unmet(BESIDE_ASKED, locked)])
    for name in sorted(locked.keys() & wider.keys()):
        yield f"pinned twice: {name}"


def main() -> int:
    """Audit this project's locks; how the process ends."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    core, development, deployed, big, beside = (
        (ROOT / name).read_text(encoding="utf-8")
        for name in (CORE, DEVELOPMENT, DEPLOYED, BIG, BESIDE)
    )
    faults = [
        *audit(project, core, development),
        *audit_deployed(project, deployed, development),
        *audit_big(project, big, development),
        *audit_beside(beside, development),
    ]
    for fault in faults:
        print(fault)
    if faults:
        print("Mend pyproject.toml or run: make lock", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
