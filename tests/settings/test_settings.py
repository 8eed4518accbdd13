"""perfbot.toml and the environment, read once, everything wrong said together."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.places import shipped
from bot.settings import Settings, SettingsProblems, add_env_file, models, read
from bot.settings import reading as problems

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def settings_file(tmp_path):
    def write(text: str) -> Path:
        file = tmp_path / "perfbot.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def problems_of(file: Path, environ: dict[str, str] | None = None) -> list[SettingsError]:
    with pytest.raises(SettingsProblems) as caught:
        read(file, environ or {})
    return list(caught.value.problems)


def test_no_file_is_no_problem(tmp_path, monkeypatch):
    """Without a perfbot.toml everything has a default."""
    monkeypatch.chdir(tmp_path)
    settings = read(None, {})
    assert settings.app.language == "en"
    assert settings.database() == "perfbot.db"
    assert settings.file is None


def test_the_file_here_is_found(tmp_path, monkeypatch, settings_file):
    """A perfbot.toml in the folder one stands in is used without being named."""
    settings_file('[app]\ncurrency = "nok"\n')
    monkeypatch.chdir(tmp_path)
    assert read(None, {}).app.currency == "NOK"


def test_a_named_file_that_is_not_there_is_said(tmp_path):
    """--config with a typo says so, and where to start."""
    with pytest.raises(SettingsError, match=r"There is no settings file .*perfbot.example.toml"):
        read(tmp_path / "nope.toml", {})


def test_everything_wrong_is_said_at_once_with_its_line(settings_file):
    """Five mistakes give five sentences, each with the line it is about."""
    file = settings_file(
        '[app]\ntimezone = "Europe/Oslo"\nlanguage = "klingon"\n\n'
        '[[plan]]\nmatch = "a"\n\n[[plan]]\nmatch = "b"\nstage = "convertt"\ntarget = -3\n\n'
        "[slakc]\nport = 1\n"
    )
    found = problems_of(file)
    assert [each.line for each in found] == [2, 3, 10, 11, 13]
    assert all(each.file == str(file) for each in found)
    assert 'no setting "timezone". Did you mean "time_zone"?' in str(found[0])
    assert 'Did you mean "convert"?' in str(found[2])
    assert 'Did you mean "slack"?' in str(found[4])


def test_a_setting_outside_its_kind_names_the_nearest(settings_file):
    """A time zone with a typo is answered with the real one."""
    (problem,) = problems_of(settings_file('[app]\ntime_zone = "Europe/Olso"\n'))
    assert 'Did you mean "Europe/Oslo"?' in str(problem)


def test_what_is_not_toml_is_said_with_its_line(settings_file):
    """A syntax error names its line and how texts are written."""
    with pytest.raises(SettingsError) as caught:
        read(settings_file("[app]\ncurrency = NOK\n"), {})
    assert caught.value.line == 2
    assert "not TOML" in caught.value.message


def test_a_file_in_another_encoding_is_said(tmp_path):
    """A file saved as Latin-1 is refused in words, not with a traceback."""
    file = tmp_path / "perfbot.toml"
    file.write_bytes('[app]\nlanguage = "bokmål"\n'.encode("latin-1"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        read(file, {})


@pytest.mark.parametrize(
    "text",
    [
        '[slack]\nbot_token = "xoxb-1234"\n',
        '[app]\ndatabase = "postgresql://kari:hemmelig@db/perfbot"\n',
        '[[sources]]\nname = "w"\nkind = "folder"\npath = "x"\npassword = "hemmelig"\n',
        '[app]\ncurrency = "xapp-1-A1-hemmelig"\n',
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(settings_file, text):
    """A token or password in perfbot.toml is refused with a sentence that does not show it."""
    said = "\n".join(str(each) for each in problems_of(settings_file(text)))
    assert "secrets do not belong in this file" in said
    assert not re.search("1234|hemmelig", said)


def test_secrets_are_never_printed():
    """Settings can be logged: tokens and the database's address show as stars."""
    secret = {
        "SLACK_BOT_TOKEN": "xoxb-hemmelig",
        "SLACK_APP_TOKEN": "xapp-hemmelig",
        "SLACK_SIGNING_SECRET": "hemmelig",
        "DATABASE_URL": "postgresql://kari:hemmelig@db/perfbot",
    }
    settings = read(None, secret)
    assert "hemmelig" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert settings.tokens.bot is not None
    assert settings.tokens.bot.get_secret_value() == "xoxb-hemmelig"


def test_swapped_tokens_are_told():
    """The app token where the bot token belongs is said, without showing either."""
    with pytest.raises(SettingsProblems, match="SLACK_BOT_TOKEN should start with xoxb-") as caught:
        read(None, {"SLACK_BOT_TOKEN": "xapp-hemmelig"})
    assert "hemmelig" not in str(caught.value)


@pytest.mark.parametrize(
    ("mode", "missing"),
    [("socket", "SLACK_BOT_TOKEN and SLACK_APP_TOKEN"), ("http", "SLACK_BOT_TOKEN and SLACK_SIG")],
)
def test_missing_tokens_are_named_together(mode, missing):
    """What a mode cannot do without is asked for in one sentence, with the way out."""
    with pytest.raises(SettingsError, match=missing) as caught:
        Settings().require_tokens(mode)
    assert "perfbot demo" in str(caught.value)


def test_the_database_is_as_given_then_the_environment_then_the_file(settings_file):
    """--db wins over DATABASE_URL, that over [app] database, that over perfbot.db here."""
    file = settings_file('[app]\ndatabase = "own.db"\n')
    url = {"DATABASE_URL": "postgresql://db/perfbot"}
    assert read(file, url).database("given.db") == "given.db"
    assert read(file, url).database() == "postgresql://db/perfbot"
    assert read(file, {}).database() == str(file.parent / "own.db")


def test_paths_are_meant_from_the_files_own_folder(settings_file):
    """A source's folder and the rules' are found wherever perfbot is started from."""
    file = settings_file(
        '[[sources]]\nname = "a"\nkind = "folder"\npath = "exports"\n[rules]\nfolder = "own"\n'
    )
    settings = read(file, {})
    assert settings.sources[0].path == file.parent / "exports"
    assert settings.rules.folder == file.parent / "own"


def test_a_warehouses_address_comes_from_the_variable_it_names(settings_file):
    """`url_env` names the variable; its value is used and never shown."""
    file = settings_file(
        '[[sources]]\nname = "w"\nkind = "warehouse"\nurl_env = "W"\ntable = "t"\n'
    )
    source = read(file, {"W": "postgresql://kari:hemmelig@db/w"}).sources[0]
    assert source.url == "postgresql://kari:hemmelig@db/w"
    assert "hemmelig" not in repr(source)


def test_a_source_without_what_its_kind_needs_is_said(settings_file):
    """A folder needs a path, a warehouse an address and a table."""
    folder = '[[sources]]\nname = "a"\nkind = "folder"\n'
    warehouse = '[[sources]]\nname = "b"\nkind = "warehouse"\n'
    found = problems_of(settings_file(folder + warehouse))
    assert 'needs "path"' in str(found[0])
    assert 'needs "url_env"' in str(found[1])


@pytest.mark.parametrize("lines", ['raw_schema = "google_ads"', 'orders = "shop.orders"'])
def test_a_warehouse_may_hold_raw_tables_or_orders(settings_file, lines):
    """Each is enough; a table and raw tables together would count everything twice."""
    head = '[[sources]]\nname = "w"\nkind = "warehouse"\nurl_env = "W"\n'
    assert read(settings_file(head + lines), {"W": "sqlite://"}).sources[0].table is None
    (problem,) = problems_of(settings_file(head + 'table = "t"\nraw_schema = "r"\n'))
    assert "not both" in str(problem)


def test_two_sources_of_one_name_are_said(settings_file):
    """What was pulled is remembered by the source's name, so names are unique."""
    source = '[[sources]]\nname = "a"\nkind = "folder"\npath = "x"\n'
    (problem,) = problems_of(settings_file(source + source))
    assert problem.line == 5
    assert 'Two sources are called "a"' in str(problem)


def test_the_example_documents_every_setting():
    """Each setting there is stands in perfbot.example.toml, and the example is valid."""
    file = shipped("perfbot.example.toml")
    data = tomllib.loads(all_on(file))
    for section, model in problems.SECTIONS.items():
        entries = data[section] if isinstance(data[section], list) else [data[section]]
        written = {key for entry in entries for key in entry}
        known = {name for name, field in model.model_fields.items() if not field.exclude}
        assert written == known, section
    assert set(data) == set(problems.SECTION_NAMES)
    for name in models.Tokens.model_fields:
        variable = "PERFBOT_TOKEN_KEY" if name == "token_key" else f"SLACK_{name.upper()}"
        variable = {"bot": "SLACK_BOT_TOKEN", "app": "SLACK_APP_TOKEN"}.get(name, variable)
        assert variable in file.read_text(encoding="utf-8")


def all_on(file):
    """The example with every line that is off taken for one that is on."""
    return re.sub(r'^#(?=[\[a-z"])', "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_example_starts_as_it_is_and_with_all_of_it_on(tmp_path):
    """Copied without a change it is in force: no source that is missing, nobody locked out."""
    file = shipped("perfbot.example.toml")
    plain = read(file, {})
    assert (plain.sources, plain.who, plain.rules.folder) == ((), models.Who(), None)
    (tmp_path / "perfbot.toml").write_text(all_on(file), encoding="utf-8")
    (tmp_path / "google.env").write_text("GOOGLE_ADS_CLIENT_ID=x\n", encoding="utf-8")
    (tmp_path / "google.env").chmod(0o600)
    every = read(tmp_path / "perfbot.toml", {})
    assert every.plan[0].billed_by == "cpc"
    assert every.sources[0].secret_values == {"GOOGLE_ADS_CLIENT_ID": "x"}


def test_secrets_of_a_source_come_from_the_environment_or_a_file_of_ones_own(settings_file):
    """Variables of the kind; a file that others may read is refused, and none is ever printed."""
    file = settings_file('[[sources]]\nname = "m"\nkind = "meta_ads"\ncredentials = "meta.env"\n')
    secret = file.parent / "meta.env"
    secret.write_text("META_ADS_ACCESS_TOKEN=EAAfromTheFile\n", encoding="utf-8")
    secret.chmod(0o644)
    environ = {"META_ADS_ACCESS_TOKEN": "EAAold", "META_ADS_APP_ID": "7", "GOOGLE_ADS_X": "1"}
    with pytest.raises(SettingsError, match=r"Others .*meta.env.*chmod 600"):
        read(file, environ)
    secret.chmod(0o600)
    source = read(file, environ).sources[0]
    values = {"META_ADS_ACCESS_TOKEN": "EAAfromTheFile", "META_ADS_APP_ID": "7"}
    assert source.secret_values == values
    assert "EAA" not in repr(source) + str(source.model_dump())


def test_a_kind_nobody_knows_is_refused_with_the_nearest(settings_file):
    """A typo in kind names the kind that was meant."""
    file = settings_file('[[sources]]\nname = "g"\nkind = "google_add"\n')
    with pytest.raises(SettingsProblems, match='Did you mean "google_ads"'):
        read(file, {})


@pytest.mark.parametrize("file", sorted((CHECKOUT / "docs" / "examples").glob("*.toml")))
def test_the_examples_of_the_documentation_are_valid(file):
    """Whoever copies an example from docs/examples gets no error."""
    assert read(file, {}).plan


@given(st.text(max_size=200))
def test_any_text_is_settings_or_a_sentence(tmp_path_factory, text):
    """Whatever stands in the file, it is read or refused in words."""
    file = tmp_path_factory.mktemp("any") / "perfbot.toml"
    file.write_text(text, encoding="utf-8")
    with suppress(SettingsError, SettingsProblems):
        assert read(file, {}).file == file


APPLIES = (
    '[[accounts]]\nchannel = "google_ads"\naccount_id = "555-000-1001"\napply = true\n'
    "apply_change = 2000\napply_day = 5000\napply_month = 40000\n"
)


def test_budgets_are_set_at_a_platform_only_where_it_is_switched_on(settings_file):
    """Off unless said; on with all three caps and somebody who may."""
    off = read(settings_file('[[accounts]]\nchannel = "google_ads"\naccount_id = "1"\n'), {})
    assert not off.accounts[0].apply
    on = read(settings_file(f'{APPLIES}[who]\napprovers = ["U1"]\n'), {})
    assert (on.accounts[0].apply, on.accounts[0].apply_month) == (True, 40_000)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("apply_day = 5000\n", ""), "needs all three caps"),
        (("555-000-1001", ""), 'needs an "account_id"'),
        (("google_ads", "tiktok_ads"), "google_ads or meta_ads"),
        (("apply_day = 5000", "apply_day = -1"), "greater than 0"),
        (("", ""), "nobody is one"),
        (("apply_day", "apply_dya"), 'Did you mean "apply_day"?'),
    ],
)
def test_a_switch_without_bounds_or_people_is_refused(settings_file, change, sentence):
    """Half a switch is none: said with its way out before anything starts."""
    who = "" if change == ("", "") else '[who]\napprovers = ["U1"]\n'
    found = problems_of(settings_file(APPLIES.replace(*change) + who))
    assert any(sentence in str(problem) for problem in found), found


def test_a_secret_for_orders_is_long_enough_and_never_printed():
    """One that can be guessed is refused; the right one is never printed."""
    with pytest.raises(SettingsProblems, match="PERFBOT_ORDERS_SECRET has fewer than 16"):
        read(None, {"PERFBOT_ORDERS_SECRET": "short"})
    settings = read(None, {"SHOPIFY_WEBHOOK_SECRET": "a-long-enough-secret"})
    assert settings.order_secrets == {"shopify": "a-long-enough-secret"}
    assert "a-long-enough" not in f"{settings!r} {settings.model_dump_json()}"


def test_a_env_file_others_may_read_is_refused(tmp_path):
    """With a token in it it must be its owner's alone; without one, or with that, it is read."""
    file, environ = tmp_path / ".env", {"LANGUAGE": "en"}
    file.write_text("LANGUAGE=nb\nPORT=1\n")
    file.chmod(0o644)
    add_env_file(environ, file)
    assert environ == {"LANGUAGE": "en", "PORT": "1"}
    for line in ("SLACK_BOT_TOKEN=abc", "DATABASE_URL=postgresql://me:hemmelig@db/x"):
        file.write_text(f"{line}\n")
        file.chmod(0o640)
        with pytest.raises(SettingsError, match=r"may read .*chmod 600 \.env") as refused:
            add_env_file(environ, file)
        assert "hemmelig" not in str(refused.value)
        file.chmod(0o600)
        add_env_file(environ, file)
    assert environ["SLACK_BOT_TOKEN"] == "abc"
    file.write_bytes(b"A=\xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        add_env_file(environ, file)
