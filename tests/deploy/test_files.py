"""What people deploy with is right by the linters of its own tools, and by perfbot's door."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path

import click
import pytest
import yaml

from bot.cli.door import cli
from bot.demo.workspace import Workspace
from bot.places import CHECKOUT
from tests.deploy import clean_machine

DEPLOY = CHECKOUT / "deploy"
SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DATABASE_URL")
UNITS = sorted((DEPLOY / "systemd").iterdir())
NOT_HERE = ("kubernetes-validate", "hadolint", "docker-compose")  # wheels of some machines only


def tool(name):
    """A tool's path, from the environment the tests run in or the system; None where it is not."""
    here = Path(sysconfig.get_path("scripts")) / name
    return str(here) if here.exists() else shutil.which(name)


def complaint(words, **more):
    """What a linter says against a file; "" for nothing, or where there is no such linter."""
    program = tool(words[0])
    if program is None:
        return ""
    done = subprocess.run(
        [program, *map(str, words[1:])], capture_output=True, text=True, check=False, **more
    )
    return f"{done.stdout}{done.stderr}" if done.returncode else ""


def parsed(words):
    """A perfbot command line as click reads it; raises where a command or an option is none."""
    # the group's own settings: click keeps the help option it first makes, `-h` with it or not
    command, context = cli, click.Context(cli, info_name="perfbot", **cli.context_settings)
    while isinstance(command, click.Group):
        command, words = command.get_command(context, words[0]), words[1:]
        assert command is not None
    return command.make_context(command.name, list(words), parent=context).params


def command_lines():
    """Every perfbot command of the files, as its words."""
    for line in (CHECKOUT / "Procfile").read_text().splitlines():
        yield shlex.split(re.sub(r"\$\{\w+:-(\w+)\}", r"\1", line.partition(": ")[2]))[1:]
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]
    yield from (service["command"] for service in services.values() if "command" in service)
    for kind in yaml.safe_load_all((DEPLOY / "kubernetes.yml").read_text()):
        pod = kind.get("spec", {}).get("template", {}).get("spec", {})
        yield from (
            each["args"] for part in ("initContainers", "containers") for each in pod.get(part, ())
        )
    for unit in UNITS:
        for line in re.findall(r"^ExecStart\w*=\S*/perfbot (.*)$", unit.read_text(), re.MULTILINE):
            yield shlex.split(line)
    (default,) = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    yield yaml.safe_load(default)


def test_every_command_in_the_files_is_one_perfbot_takes():
    """Procfile, compose, Kubernetes, systemd and image: each line is read by the real door."""
    lines = list(command_lines())
    assert len(lines) >= 15
    assert {words[0] for words in lines} == {"web", "worker", "run", "db", "backup"}
    for words in lines:
        assert parsed(words) is not None
    with pytest.raises(click.UsageError):
        parsed(["worker", "--no-such-option"])


def test_the_image_passes_its_linter():
    """hadolint has nothing against it; what it copies exists and reaches whoever builds it."""
    text = (DEPLOY / "Containerfile").read_text()
    assert complaint(["hadolint", DEPLOY / "Containerfile"]) == ""
    copied = [
        name
        for line in re.findall(r"^COPY (?!--)(.*)$", text, re.MULTILINE)
        for name in line.split()[:-1]
    ]
    allowed = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert [
        name for name in copied if not (CHECKOUT / name).exists() or f"!{name}" not in allowed
    ] == []
    assert "--require-hashes" in text
    assert re.search(r"^USER 10001$", text, re.MULTILINE)


def test_compose_is_taken_by_docker(tmp_path):
    """`docker compose config` reads it; without a password for the database it is refused."""
    for name in ("deploy", "perfbot.toml"):
        place = tmp_path / name
        place.mkdir() if name == "deploy" else place.touch()
    file = tmp_path / "deploy/compose.yml"
    file.write_bytes((DEPLOY / "compose.yml").read_bytes())
    (tmp_path / "deploy/perfbot.env").write_text("SLACK_BOT_TOKEN=xoxb-1\n")
    words = ["docker-compose", "-f", file, "config", "-q"]
    assert complaint(words, env={"POSTGRES_PASSWORD": "abc"}) == ""
    assert tool(words[0]) is None or "POSTGRES_PASSWORD" in complaint(words, env={})
    services = yaml.safe_load(file.read_text())["services"]
    for name in ("web", "worker", "upgrade"):
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]
    assert all(":" in port and port.startswith("127.") for port in services["web"]["ports"])


def test_kubernetes_takes_the_example():
    """Each object fits the schema of its kind, unknown keys refused; pods may do little."""
    file = DEPLOY / "kubernetes.yml"
    assert complaint(["kubernetes-validate", "--strict", "--quiet", file]) == ""
    kinds = list(yaml.safe_load_all(file.read_text()))
    pods = [kind["spec"]["template"]["spec"] for kind in kinds if kind["kind"] == "Deployment"]
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"]
        for container in (*pod["initContainers"], *pod["containers"]):
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert "env" not in container  # tokens come from the secret alone
    assert not any(kind["kind"] == "Secret" for kind in kinds)


def test_systemd_takes_the_units(tmp_path):
    """systemd-analyze says nothing at all about them: it ends well on keys it does not know."""
    assert len(UNITS) == 4
    copies = []
    for unit in UNITS:  # it wants the programs to be there
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(unit.read_text().replace("/opt/perfbot/bin/perfbot", "/bin/true"))
    program = tool("systemd-analyze")
    if program is not None:
        words = [program, "verify", *map(str, copies)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for unit in UNITS:
        if unit.suffix == ".service":
            text = unit.read_text()
            assert "NoNewPrivileges=yes" in text
            assert "EnvironmentFile=/etc/perfbot/perfbot.env" in text
            assert "TOKEN=" not in text


def test_the_clean_machine_is_set_up_by_readmes_own_lines():
    """What `tests.deploy.clean_machine` types is the page, but for the file of secrets."""
    with Workspace() as slack:
        typed = clean_machine.script(slack)
    page = clean_machine.lines()
    assert len(page) > 6
    secrets = [line for line in page if line.startswith("#")]
    assert all(name in secrets[0] and f"{name}=" in typed for name in SECRETS)
    assert [line for line in page if line not in secrets and line not in typed] == []
    assert subprocess.run(["bash", "-n"], input=typed, text=True, check=False).returncode == 0
