"""What `make check` runs of its own: the scan for secrets, and the audit of the locks."""

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def _script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


secret_scan, lock_audit = _script("secret_scan"), _script("lock_audit")

# As long as real ones are, and put together here, so that this file holds none.
PLANTED = {
    "Slack token": "xoxb-" + "1234567890-" * 2 + "aB3" * 8,
    "Slack app token": "xapp-1-A0B1C2D3E4-" + "1234567890-" + "0a" * 32,
    "Slack webhook": "https://hooks.slack.com/" + "services/T01234567/B01234567/" + "x7" * 12,
    "Google API key": "AIza" + "Sy1" * 11 + "ab",
    "Google access token": "ya29." + "a0Af" * 20,
    "Google refresh token": "1//0" + "4dXq" * 20,
    "Google client secret": "GOCSPX-" + "q1W2" * 7,
    "Meta access token": "EAA" + "Gm0P" * 30,
    "Pinterest token": "pina_" + "AEAQ3" * 16,
    "AWS access key": "AKIA" + "Q7W3" * 4,
    "GitHub token": "ghp_" + "16C7e4" * 6,
    "GitLab token": "glpat-" + "aB3d5" * 4,
    "PyPI token": "pypi-" + "AgEIcHlwaS" + "5vcmc" * 10,
    "JSON web token": ".".join("eyJ" + "hbGci" * 5 for _ in range(3)),
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\n" + "MIIEvQIBADAN\n" * 12,
    "secret by name": "SLACK_SIGNING_SECRET=" + "8f74" * 8,
    "password in an address": "postgresql://perfbot:" + "Xk29vQ" * 3 + "@db/perfbot",
}


@pytest.mark.parametrize("kind", secret_scan.KINDS)
def test_a_planted_secret_is_found(kind):
    """Each kind is found by its line, in the middle of other text."""
    text = f"first\n  value: {PLANTED[kind]}, and more\nlast\n"
    assert list(secret_scan.found(text)) == [(2, kind)]


def test_examples_are_no_secrets():
    """What documents and tests make up is let through: too short, or said to be an example."""
    text = (
        "xoxb-1-2-wrong xapp-1-A0B1-2345-dead AKIAIOSFODNN7EXAMPLE postgresql://user:password@host"
    )
    assert list(secret_scan.found(text)) == []


def test_the_scan_ends_with_an_error_and_keeps_the_secret_to_itself(tmp_path):
    """A file with a secret ends the scan with exit 1; its line is named, the secret is not."""
    file = tmp_path / "notes.txt"
    file.write_text("\n" + PLANTED["GitHub token"], encoding="utf-8")
    words = [sys.executable, str(ROOT / ".ci" / "secret_scan.py"), str(file)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, f"{file}:2: GitHub token\n")


def test_a_binary_file_is_passed_over(tmp_path):
    """What is no text does not end the scan."""
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\xff\xfe")
    assert list(secret_scan.scan([file, tmp_path / "gone.txt"])) == []


HASHED = " \\\n    --hash=sha256:" + "0a" * 32


def test_these_locks_are_sound():
    """Both locks of this project pin everything it asks for, by hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    texts = [
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert list(lock_audit.audit(project, *texts)) == []
    big = (ROOT / "requirements-spark.lock").read_text(encoding="utf-8")
    assert list(lock_audit.audit_big(project, big, texts[1])) == []
    assert list(lock_audit.audit_big(project, big.replace("pyspark==4", "pyspark==3"), texts[1]))
    deployed = (ROOT / "deploy/requirements.lock").read_text(encoding="utf-8")
    assert list(lock_audit.audit_deployed(project, deployed, texts[1])) == []
    assert list(
        lock_audit.audit_deployed(project, deployed.replace("psycopg==", "psycopg==9"), texts[1])
    )


@pytest.mark.parametrize(("entry", "fault"), [
    ("jinja2==3.1.6", "no SHA-256 hashes: jinja2"),
    ("jinja2==3.1.6 \\\n    --hash=md5:0a", "no SHA-256 hashes: jinja2"),
    ("jinja2>=3.1.6" + HASHED, "not a name and a version: jinja2>=3.1.6"),
    ("jinja2 @ file:///wheels/jinja2.whl" + HASHED, "not a name and a version: jinja2 @ file"),
    ("--index-url https://elsewhere.example", "not a name and a version: --index-url"),
])  # fmt: skip
def test_a_lock_that_is_not_pinned_is_refused(entry, fault):
    """A range, an address, an index or a missing hash is named."""
    _, faults = lock_audit.pins(entry + "\n")
    assert [found[: len(fault)] for found in faults] == [fault]


def test_what_is_asked_for_is_locked_at_a_version_allowed():
    """A requirement that is missing, or locked outside its range, is named; names may differ."""
    locked, faults = lock_audit.pins(
        f"jinja2==3.1.6{HASHED}\ntypes-pyyaml==6.0{HASHED}\n# note\n\n"
    )
    assert faults == []
    asked = ["Jinja2>=3", "types_PyYAML", "jinja2<3", "click"]
    assert list(lock_audit.unmet(asked, locked)) == [
        "locked at 3.1.6: jinja2<3",
        "not locked: click",
    ]


def test_locks_that_differ_are_named():
    """What both locks pin, they pin alike."""
    project = {"project": {"dependencies": ["a"], "optional-dependencies": {"x": ["b"]}},
               "dependency-groups": {"build": [], "dev": [{"include-group": "build"}]}}  # fmt: skip
    found = lock_audit.audit(project, f"a==1{HASHED}\n", f"a==2{HASHED}\nb==1{HASHED}\n")
    assert list(found) == ["the locks differ: a"]


def test_hooks_run_what_check_runs():
    """Before a commit `make check` runs whole, and the scan for secrets over what is committed."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = {hook["id"]: hook for repo in config["repos"] for hook in repo["hooks"]}
    assert [repo["repo"] for repo in config["repos"]] == ["local"]  # nothing is fetched
    assert hooks["check"]["entry"] == "make check"
    assert ".ci/secret_scan.py" in hooks["secrets"]["entry"]
