"""`perfbot init` against the local platforms: from an empty folder to the first digest."""

from __future__ import annotations

import io
import os
import stat
import sys
import tomllib
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from bot.app.onboarding import SetupAnswers, proposals_of_numbers
from bot.cli.door import LANGUAGE
from bot.cli.init_connections import SourcesAsked
from bot.context.reported_results import results_by_campaign
from bot.demo.platforms import Faults, World, google, meta, microsoft
from bot.demo.platforms.google_ads.wire import certificate
from bot.errors import UsageError
from bot.numbers.input.daily import normalise
from bot.numbers.plan import Plan
from bot.store import open_store

NAMES = ("GOOGLE_ADS_", "META_ADS_", "MICROSOFT_ADS_")


@pytest.fixture
def servers(monkeypatch):
    """Google and Meta as they are now; only their addresses are in the environment."""
    for name in [each for each in os.environ if each.startswith(NAMES)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(certificate().path))
    world, faults = World(datetime.now(UTC)), Faults()
    with google(world, faults) as g, meta(world, faults) as m:
        monkeypatch.setenv("GOOGLE_ADS_ENDPOINT", g.endpoint)
        monkeypatch.setenv("GOOGLE_ADS_TOKEN_URI", g.token_uri)
        monkeypatch.setenv("META_ADS_GRAPH_URL", m.url)
        yield g, m
    for name in [each for each in os.environ if each.startswith(NAMES)]:
        os.environ.pop(name)


def answers(g, m, **changes):
    keys = {
        "GOOGLE_ADS_DEVELOPER_TOKEN": g.developer_token,
        "GOOGLE_ADS_CLIENT_ID": g.tokens.client_id,
        "GOOGLE_ADS_CLIENT_SECRET": g.tokens.client_secret,
        "GOOGLE_ADS_REFRESH_TOKEN": g.tokens.refresh_token,
    } | changes
    lines = [
        'have = ["google", "meta"]', 'language = "en"', "[google]", f'manager = "{g.manager_id}"',
        *(f'{name} = "{value}"' for name, value in keys.items()),
        "[meta]", f'META_ADS_ACCESS_TOKEN = "{m.access_token}"',
    ]  # fmt: skip
    Path("answers.toml").write_text("\n".join(lines), encoding="utf-8")


def test_from_an_empty_folder_to_the_first_digest(perfbot, servers):
    """Accounts, 60 days, a plan with reasons, settings, the digest; again it changes nothing."""
    answers(*servers)
    first = perfbot("init", "--answers", "answers.toml")
    assert first.code == 0, first.err
    for words in ("5550001001", "1000200030004002", "rows until", "The first digest"):
        assert words in first.out
    text = Path("perfbot.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    assert [each["kind"] for each in data["sources"]] == ["google_ads", "meta_ads"]
    plan = {each["match"]: each for each in data["plan"]}
    shopping = plan["google_ads:Google | Shopping"]
    assert (shopping["stage"], shopping["pricing_model"]) == ("convert", "CPA")
    assert shopping["target"] == {"roas": 4}
    assert "target" not in plan["google_ads:Google | Generic"]  # 250 kroner here, 25 dollars there
    assert plan["google_ads:Google | Guides"]["shared_budget"] == "Search, shared"
    assert "# known: bidding strategy TARGET_CPA with a lead goal; bid targets differ" in text
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600
    for secret in (servers[0].tokens.refresh_token, servers[1].access_token):
        assert secret not in first.out + first.err + text
        assert secret in Path(".env").read_text(encoding="utf-8")
    again = perfbot("init", "--answers", "answers.toml")
    assert again.code == 0, again.err
    assert Path("perfbot.toml").read_text(encoding="utf-8") == text
    assert "left as it is" in again.out
    board = perfbot("board", "--window", "28d")
    assert "Google | Generic" in board.out
    assert_as_it_happened(servers[0].world)
    doctor = perfbot("doctor")
    assert doctor.code == 0, doctor.out
    for name in ("Google 5550001002", "Meta 1000200030004002"):
        assert f"{name} (source" in doctor.out


def assert_as_it_happened(world):
    """What init stored of both platforms, account by account, is what the platforms hold."""
    until = world.now.date() - timedelta(days=3)
    since = until - timedelta(days=27)
    with closing(open_store("perfbot.db", read_only=True)) as store:
        rows = store.numbers(since, until)
    for account in [*world.accounts("google"), *world.accounts("meta")]:
        own = rows[rows["account_id"] == account.account_id]
        days = [world.numbers(campaign).span(since, until) for campaign in world.campaigns(account)]
        spend = sum(int(table["spend"].sum()) for table in days)
        assert own["spend"].sum() == pytest.approx(float(account.decimal(spend)))
        for ours, theirs in {"impressions": "impressions", "leads": "leads",
                             "conversions": "purchases"}.items():  # fmt: skip
            assert own[ours].sum() == sum(int(table[theirs].sum()) for table in days)


def test_a_pull_by_hand_shows_how_far_it_is(perfbot, servers, monkeypatch):
    """A bar an account on standard error where somebody looks; a pipe gets none."""
    monkeypatch.setenv("META_ADS_ACCESS_TOKEN", servers[1].access_token)
    Path("perfbot.toml").write_text(
        '[[sources]]\nname = "meta"\nkind = "meta_ads"\naccounts = ["1000200030004001"]\n'
        "[details]\npull_days = 0\n", encoding="utf-8",
    )  # fmt: skip
    piped = perfbot("pull")
    monkeypatch.setenv("FORCE_COLOR", "1")
    looked_at = perfbot("pull")
    assert (piped.code, looked_at.code) == (0, 0)
    assert piped.err == ""
    assert "Fjord & Fell NOK" in looked_at.err
    assert " days" in looked_at.err


def test_a_key_that_is_wrong_is_named_and_nothing_is_written(perfbot, servers):
    """The platform's own reason and the way out; no settings, no keys, no database."""
    answers(*servers, GOOGLE_ADS_DEVELOPER_TOKEN="mistyped-token")
    outcome = perfbot("init", "--answers", "answers.toml")
    assert outcome.code == 1
    assert "developer token" in outcome.err
    assert "API Center" in outcome.err
    assert "mistyped-token" not in outcome.out + outcome.err
    assert not [each for each in ("perfbot.toml", ".env", "perfbot.db") if Path(each).exists()]


def test_a_token_that_may_not_read_is_named_before_anything_is_pulled(perfbot, servers):
    """Which permission it lacks, and where it is given; no settings are written."""
    with meta(World(datetime.now(UTC)), scopes=("ads_management",)) as server:
        os.environ["META_ADS_GRAPH_URL"] = server.url
        lines = ['have = ["meta"]', "[meta]", f'META_ADS_ACCESS_TOKEN = "{server.access_token}"']
        Path("answers.toml").write_text("\n".join(lines), encoding="utf-8")
        outcome = perfbot("init", "--answers", "answers.toml")
    assert outcome.code == 1
    assert "Requires ads_read permission" in outcome.err
    assert "and the token the permission ads_read." in outcome.err
    assert server.access_token not in outcome.err + outcome.out
    assert not Path("perfbot.toml").exists()


def test_an_account_that_is_not_reached_is_named(perfbot, servers):
    """With those that are; nothing is written, so that it can be answered once more."""
    lines = ['have = ["meta"]', "[meta]", f'META_ADS_ACCESS_TOKEN = "{servers[1].access_token}"']
    Path("answers.toml").write_text("\n".join([*lines, 'accounts = "99"']), encoding="utf-8")
    outcome = perfbot("init", "--answers", "answers.toml")
    assert outcome.code == 1
    assert "does not reach account 99. It reaches 1000200030004" in outcome.err
    assert not [each for each in ("perfbot.toml", ".env", "perfbot.db") if Path(each).exists()]


def test_a_key_that_is_missing_says_where_it_is_found(perfbot, servers):
    """`--yes` asks nothing: what is not in the environment is named with its place."""
    Path("answers.toml").write_text('have = ["meta"]', encoding="utf-8")
    outcome = perfbot("init", "--answers", "answers.toml")
    assert outcome.code == 2
    assert "META_ADS_ACCESS_TOKEN is not set" in outcome.err
    assert "System users" in outcome.err


def test_microsofts_newest_sign_in_lies_beside_the_keys(perfbot, monkeypatch):
    """Its keys into .env, what it renews into a file of its own, both for their owner alone."""
    world = World(datetime.now(UTC), days=20)
    with microsoft(world) as server:
        server.polls = 1
        monkeypatch.setenv("MICROSOFT_ADS_URL", server.url)
        monkeypatch.setenv("MICROSOFT_ADS_TOKEN_URI", server.token_uri)
        keys = {
            "DEVELOPER_TOKEN": server.developer_token, "CLIENT_ID": server.tokens.client_id,
            "CLIENT_SECRET": server.tokens.client_secret,
            "REFRESH_TOKEN": server.tokens.refresh_token,
        }  # fmt: skip
        lines = [f'MICROSOFT_ADS_{name} = "{value}"' for name, value in keys.items()]
        text = "\n".join(['have = ["microsoft"]', "[microsoft]", *lines, 'accounts = "151230001"'])
        Path("answers.toml").write_text(text, encoding="utf-8")
        outcome = perfbot("init", "--answers", "answers.toml")
        monkeypatch.setenv("MICROSOFT_ADS_TOKEN_FILE", "answers.toml/no-folder")
        doctor = perfbot("doctor")
    for name in [each for each in os.environ if each.startswith("MICROSOFT_ADS_")]:
        os.environ.pop(name)
    assert outcome.code == 0, outcome.err
    assert "151230002" in outcome.out
    assert "bidding scheme TargetCpa" in outcome.out
    assert "microsoft was called and reaches Fjord & Fell NOK" in doctor.out
    assert "could not be kept in answers.toml/no-folder (not a directory)" in doctor.out
    for file, secret in ((".env", keys["CLIENT_SECRET"]), (".microsoft.renewed", "M.local")):
        assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600
        assert secret in Path(file).read_text(encoding="utf-8")
        assert secret not in outcome.out + outcome.err + doctor.out


def test_files_alone_are_enough(perfbot, servers):
    """Without an account anywhere: a folder to put exports in, and what to do next."""
    outcome = perfbot("init", "--yes")
    assert outcome.code == 0, outcome.err
    assert Path("exports").is_dir()
    assert "run perfbot pull" in outcome.out
    assert perfbot("doctor").code == 0


@pytest.mark.parametrize("name", ['A "quoted" name', "[NO] Sommer*", "tab\tand\nline", "æ 😀 \\ '"])
def test_any_name_is_written_and_read_back(name):
    """A campaign's name stays inert in the settings file, whatever stands in it."""
    from bot.app.onboarding import Proposal, plan_text

    entry = Proposal(f"meta_ads:{name}", "act", "CPL", False, f"objective {name}", "cpl", 170.5)
    (read,) = tomllib.loads(plan_text([entry]))["plan"]
    assert read == {"match": f"meta_ads:{name}", "target": {"cpl": 170.5}}


def test_files_are_guessed_as_the_first_digest_takes_them():
    """A search that counts results sells, whatever a search is usually for; so both say."""
    days = pd.date_range("2026-11-01", periods=20)
    search = pd.DataFrame(
        {"date": days, "channel": "google_ads", "account_id": "1", "campaign_id": "905",
         "campaign_name": "Harrow | Search | Mortgage quote", "spend": 200.0, "clicks": 26,
         "conversions": 2.0, "currency": "GBP"}
    )  # fmt: skip
    rows = normalise(search)
    (proposal,) = proposals_of_numbers(rows, ())
    morning = date(2026, 11, 21)
    digest = Plan(reported=results_by_campaign(rows, morning)).resolve(rows.tail(1), morning)
    assert (proposal.stage, proposal.pricing_model, proposal.known) == ("convert", "CPA", False)
    assert proposal.stage == digest["stage"].item()
    assert proposal.reason == "its name, type and results"


def test_a_run_that_was_cut_off_is_gone_on_with(perfbot, servers, monkeypatch):
    """Its settings and keys are there, its numbers and plan are not: the next run fetches both."""
    meta_server = servers[1]
    monkeypatch.setenv("META_ADS_ACCESS_TOKEN", meta_server.access_token)
    source = 'name = "meta"\nkind = "meta_ads"\naccounts = ["1000200030004001"]\n'
    Path("perfbot.toml").write_text(f"[[sources]]\n{source}", encoding="utf-8")
    again = perfbot("init", "--yes")
    assert again.code == 0, again.err
    assert "Meta is in perfbot.toml already: left as it is." in again.out
    assert "✔ meta 1000200030004001:" in again.out
    assert "The first digest:" in again.out
    plan = tomllib.loads(Path("perfbot.toml").read_text(encoding="utf-8"))["plan"]
    assert "meta_ads:Meta | Sales" in [entry["match"] for entry in plan]
    text = Path("perfbot.toml").read_text(encoding="utf-8")
    calls = len(meta_server.journal.calls("insights"))
    third = perfbot("init", "--yes")
    assert Path("perfbot.toml").read_text(encoding="utf-8") == text
    assert len(meta_server.journal.calls("insights")) == calls  # what is there is not pulled again
    assert "rows until" not in third.out


def test_it_is_all_said_in_norwegian_where_that_is_wanted(perfbot, servers):
    """What is asked, answered and written, what the doctor finds, and the digest itself."""
    token = servers[1].access_token
    lines = ['have = ["meta"]', 'language = "nb"', "[meta]", f'META_ADS_ACCESS_TOKEN = "{token}"',
             'accounts = "1000200030004001"']  # fmt: skip
    Path("answers.toml").write_text("\n".join(lines), encoding="utf-8")
    outcome = perfbot("init", "--answers", "answers.toml")
    assert outcome.code == 0, outcome.err
    for words in (
        "✔ Meta svarer. Den når:", "Tidssone", "✔ 1 nøkkel ligger i .env",
        "✔ meta 1000200030004001:", " rader til og med ", "optimaliseringsmål REACH",
        "perfbot.toml: 1 kilde og 8 oppføringer i planen lagt til.", "Det første sammendraget:",
        "God morgen", "Videre: perfbot pull henter året",
    ):  # fmt: skip
        assert words in outcome.out, words
    text = Path("perfbot.toml").read_text(encoding="utf-8")
    assert "# kjent: optimaliseringsmål REACH" in text
    assert "# Hva kampanjene er til for." in text
    doctor = perfbot("doctor").out
    assert "✔ Kilden meta ble spurt og når Fjord & Fell NOK (1000200030004001)" in doctor
    assert "Neste steg: Ingen kanal abonnerer på sammendraget" in doctor
    assert " is " not in doctor + outcome.out
    assert "Mål" in outcome.out
    assert "–" not in next(line for line in outcome.out.splitlines() if "Hvorfor" in line)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        (["Google Ads and facebook"], ["google", "meta"]),
        (["bing,  TikTok Ads", ""], ["microsoft", "tiktok"]),
        (["my numbers, google", "Excel og BigQuery"], ["files", "warehouse"]),
        (["google, Google, adwords"], ["google"]),
        (["filer"], ["files"]),
        (["& google, paper", "meta &"], ["meta"]),
    ],
)
def test_what_people_call_what_they_have_is_understood(tmp_path, typed, names, capsys):
    """However a platform is written; a word that names nothing costs no more than the question."""
    replies = list(typed)
    asked = SourcesAsked(SetupAnswers({}, lambda *_: replies.pop(0)), tmp_path / "perfbot.toml")
    LANGUAGE.set("en")
    assert asked._had() == names
    assert capsys.readouterr().err.count("is none of") == len(typed) - len(replies) - 1
    with pytest.raises(UsageError, match="is none of"):
        SourcesAsked(SetupAnswers({"have": ["paper"]}, lambda *_: ""), tmp_path / "x")._had()


def test_what_was_typed_is_usual_when_it_is_asked_again(perfbot, servers, monkeypatch, capfd):
    """One key is mistyped: the others, and the manager, are taken over by Enter."""
    google_server = servers[0]
    answers = {
        "GOOGLE_ADS_DEVELOPER_TOKEN": google_server.developer_token,
        "GOOGLE_ADS_CLIENT_ID": google_server.tokens.client_id,
        "GOOGLE_ADS_CLIENT_SECRET": google_server.tokens.client_secret,
        "GOOGLE_ADS_REFRESH_TOKEN": google_server.tokens.refresh_token,
        "The manager account's id": google_server.manager_id,
        "What do you have": "google",
    }  # fmt: skip
    typed = answers | {"GOOGLE_ADS_CLIENT_SECRET": "mistyped"}
    asked: list[tuple[str, str]] = []

    def prompt(question: str, usual: str, secret: bool) -> str:
        asked.append((question, usual))
        name = next((name for name in answers if question.startswith(name)), "")
        if usual in {"mistyped", "files"}:
            return answers[name]
        return usual or typed.get(name, "all")

    LANGUAGE.set("en")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"y\n")))
    connections = SourcesAsked(SetupAnswers({}, prompt), Path("perfbot.toml"))
    connections.connect()
    assert "does not know this OAuth client" in capfd.readouterr().err
    assert connections.secrets == {name: answers[name] for name in connections.secrets}
    assert len(connections.secrets) == 4
    assert f'manager = "{google_server.manager_id}"' in connections.entries["google"]
    (first, second) = [usual for question, usual in asked if question.startswith("The manager")]
    assert (first, second) == ("", google_server.manager_id)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('language = "fr"', "'fr' is no answer to: Language (en, nb). Usual is en."),
        ('time_zone = "Oslo"', "'Oslo' is no answer to: Time zone of your mornings."),
    ],
)
def test_an_answer_that_cannot_be_is_said_before_anything_is_written(perfbot, line, words):
    """A language perfbot does not speak, a time zone there is none of."""
    Path("answers.toml").write_text(f'have = ["files"]\n{line}\n', encoding="utf-8")
    outcome = perfbot("init", "--answers", "answers.toml")
    assert outcome.code == 2
    assert words in outcome.err
    assert not Path("perfbot.toml").exists()


class Unused(World):
    """Accounts in which nothing was ever set up."""

    def campaigns(self, _account):
        return ()


def test_an_account_without_campaigns_is_a_sentence_with_the_way_out(perfbot, monkeypatch):
    """By name, from init and from every pull; nothing is called wrong, and nothing is advised."""
    with meta(Unused(datetime.now(UTC), days=70)) as server:
        monkeypatch.setenv("META_ADS_GRAPH_URL", server.url)
        monkeypatch.setenv("META_ADS_ACCESS_TOKEN", server.access_token)
        Path("answers.toml").write_text('have = ["meta"]\n', encoding="utf-8")
        first = perfbot("init", "--answers", "answers.toml")
        pulled = perfbot("pull")
    assert (first.code, pulled.code) == (0, 0)
    words = "Fjord & Fell NOK (1000200030004001) has no campaigns. If it should have some, they are"
    assert f"· {words}" in first.out
    assert f"meta: {words}" in pulled.err
    assert "nothing ran in these accounts" in first.out
