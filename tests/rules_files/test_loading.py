"""Rule files: read safely, all errors at once, each with file, line and rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import rules_files
from bot.advice.rules.rulebook import Rulebook
from bot.errors import PerfbotError, Problems, RuleError, UnknownName
from bot.places import bytecode_folder, marks, remembered, shipped
from bot.rules_files import loading

Found = Callable[..., list[PerfbotError]]
Folder = Callable[..., Path]


def test_a_folder_of_ones_own_adds_rules(folder: Folder, rule: str, packaged: Rulebook) -> None:
    """New ids are added after the packaged ones."""
    own = rules_files.check(folder(own=rule))
    assert own.rule("my-rule").title == "Clicks are dear"
    assert len(own.rules) == len(packaged.rules) + 1
    assert own.version != packaged.version


def test_a_rule_of_the_same_id_takes_the_packaged_ones_place(
    folder: Folder, rule: str, packaged: Rulebook
) -> None:
    """Overlay by id: the order stays, the words are yours."""
    own = rules_files.load(folder(own=rule.replace("my-rule", "act-keywords")))
    assert [one.id for one in own.rules] == [one.id for one in packaged.rules]
    assert own.rule("act-keywords").title == "Clicks are dear"
    assert own.rule("act-keywords").version != packaged.rule("act-keywords").version


def test_a_packaged_rule_can_be_switched_off(folder: Folder, packaged: Rulebook) -> None:
    """`enabled: false` takes it out; what mutes it must not name it then."""
    own = rules_files.load(folder(own="- {id: engage-word-of-mouth, enabled: false}\n"))
    assert len(own.rules) == len(packaged.rules) - 1
    with pytest.raises(UnknownName):
        own.rule("engage-word-of-mouth")


def test_thresholds_are_overlaid_cell_by_cell(folder: Folder, packaged: Rulebook) -> None:
    """One number of one cell is yours; everything else stays."""
    own = rules_files.load(folder(thresholds="cells: {reach: {CPM: {frequency: 2.5}}}\n"))
    assert own.thresholds.cell("reach", "CPM").numbers["frequency"] == 2.5
    assert own.thresholds.cell("reach", "CPM").judge == "cost_per_reach"
    assert own.thresholds.cell("reach", "CPC") == packaged.thresholds.cell("reach", "CPC")


def test_all_errors_are_told_at_once_with_their_places(problems: Found, rule: str) -> None:
    """Six mistakes in one rule: six sentences, each with file, line and rule."""
    spoiled = (
        rule.replace("cpc.now > 1.5 * cpc.before", "cpq.now > threshold.nope * cpc.yesterday")
        .replace("clicks.now >= 100", "clicks.now == 100")
        .replace("do: review_keywords", "do: review_keyword")
        .replace("severity: watch", "severity: watch\n  mutes: [no-such-rule]\n  colour: red")
    )
    found = problems(own=spoiled)
    assert all(isinstance(one, RuleError) and one.file == "own.yml" for one in found)
    text = "\n".join(map(str, found))
    for told in (
        "own.yml:7: my-rule: There is no metric called 'cpq'.",
        "own.yml:7: my-rule: There is no threshold called 'nope'.",
        "own.yml:7: my-rule: There is no window called 'yesterday'.",
        "own.yml:8: my-rule: '== 100' is not allowed",
        "own.yml:11: my-rule: colour: there is no such key.",
        "own.yml:12: my-rule: action.do: input should be",
    ):
        assert told in text


def test_names_that_do_not_exist_are_told_one_by_one(problems: Found, rule: str) -> None:
    """Metric, threshold, window and sign: each with the line it stands on."""
    spoiled = rule.replace(
        "    - cpc.now > 1.5 * cpc.before",
        "    - cpq.now > 1\n    - cpc.now > threshold.nope\n    - cpc.yesterday > 1\n"
        "    - any: [cpc.now > 1, fatigue.before > 1]",
    ).replace("clicks.now >= 100", "clicks.now == 100")
    found = {(one.line, one.message) for one in problems(own=spoiled)}
    wanted = {
        (7, "my-rule: There is no metric called 'cpq'."),
        (8, "my-rule: There is no threshold called 'nope'."),
        (9, "my-rule: There is no window called 'yesterday'."),
        (10, "my-rule: fatigue is known only as fatigue.now."),
    }
    assert wanted <= found
    assert any("== 100" in message and line == 11 for line, message in found)


def test_two_rules_may_not_share_an_id(problems: Found, rule: str) -> None:
    """Ids are for ever; the second one is told."""
    (one,) = problems(own=rule + rule)
    assert "already a rule" in str(one)
    assert one.line == 19


def test_muting_a_rule_nobody_knows_is_told(problems: Found, rule: str) -> None:
    """A mute is an id or `performance`."""
    (one,) = problems(own=rule.replace("severity: watch", "severity: watch\n  mutes: [nope]"))
    assert "mutes 'nope'" in str(one)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("{{ name }} {{ cpm.now | money }}", "cpm"),
        ("{{ name }} {{ cpc.now | mony }}", "No filter named 'mony'"),
        ("{{ name }} {{ cpc.now", "cannot be read"),
        ("{{ nam }} costs a lot", "no number of a window"),
        ("{{ name }} {{ cpc.later | money }}", "no number of a window"),
        ("{{ name }} {{ cpq.now | money }}", "no metric called 'cpq'"),
        ("{{ name.__class__.__mro__ }} is bad", "no number of a window"),
        ("{{ ''.__class__.__mro__ }} is bad", "no number of a window"),
        ("{% for x in [1,2] %}{{ name }}{% endfor %} hm", "nothing else"),
        ("{{ name.upper() }} costs a lot", "nothing else"),
        ("{{ lipsum() }} costs a lot", "nothing else"),
        ("{% include 'x' %} costs a lot", "nothing else"),
        ("{{ cpc.now * 10**9 }} costs a lot", "nothing else"),
        ("{{ cpc" + "(" * 200 + " }} costs a lot", "nested too deeply"),
        ("{{ " + "[" * 200 + " }} costs a lot", "nested too deeply"),
    ],
)
def test_a_message_that_does_not_render_is_told(
    problems: Found, rule: str, message: str, says: str
) -> None:
    """Typos, unknown names and everything that is more than words fail at load."""
    found = problems(own=rule.replace("{{ name }}: {{ cpc | change }}", message))
    assert says in "\n".join(map(str, found))


def test_a_failing_test_fails_the_check_but_not_the_load(folder: Folder, rule: str) -> None:
    """`check` runs the rules' own tests; `load` trusts a rulebook that was checked."""
    path = folder(own=rule.replace("expect: quiet", "expect: watch"))
    rulebook = rules_files.load(path)
    (failed,) = [one for one in rules_files.test(rulebook, "my-rule") if one.problem]
    assert "expects expect 'watch' but got 'quiet'" in str(failed.problem)
    with pytest.raises(Problems):
        rules_files.check(path)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "Anchors and aliases"),
        ("- !!python/object/apply:os.system ['true']\n", "python/object/apply"),
        ("- !!binary aGVp\n", "binary"),
        ("- 2026-11-23\n", "timestamp"),
        ("[" * 30 + "]" * 30, "nested too deeply"),
        ("- id: a\n  id: b\n", "written twice"),
        ("- id: [a\n", "cannot be read"),
        ("just words\n", "no list of rules"),
        ("- 5\n", "valid dictionary"),
        ("x: 1\n", "no list of rules"),
        ("- {a: " + "x" * 300_000 + "}\n", "over 256 kB"),
    ],
)
def test_dangerous_and_broken_files_are_refused_with_a_sentence(
    problems: Found, text: str, says: str
) -> None:
    """Bombs, tags, depth, size, doubled keys: one sentence each, nothing built."""
    assert says in "\n".join(map(str, problems(own=text)))


def test_an_empty_file_is_no_error(folder: Folder, packaged: Rulebook) -> None:
    """A file of comments adds nothing."""
    assert len(rules_files.load(folder(own="# later\n")).rules) == len(packaged.rules)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A picture named .yml is told as such."""
    (tmp_path / "own.yml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(Problems, match="UTF-8"):
        rules_files.load(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A wrong path in the settings is one sentence."""
    with pytest.raises(RuleError, match="no folder of rules"):
        rules_files.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("cells: {reach: {CPM: {frequancy: 3}}}\n", 1, "do not know 'frequancy'"),
        ("cells:\n  reach:\n    CPM: {judge: price}\n", 3, "no metric called 'price'"),
        ("cells:\n  reach:\n    CPX: {}\n", 3, "there is no such key"),
        ("channels:\n  google_ads: {spend_spyke: 3}\n", 2, "do not know 'spend_spyke'"),
        ("defaults:\n  waste: high\n", 2, "valid number"),
        ("defaults: {window: a week}\n", 1, "pattern"),
    ],
)
def test_errors_in_the_table_are_told_with_their_line(
    problems: Found, text: str, line: int, says: str
) -> None:
    """Unknown numbers, cells, metrics and words instead of numbers."""
    found = problems(thresholds=text)
    assert any(says in str(one) and one.line == line for one in found), [str(x) for x in found]


def test_a_shift_says_who_receives(problems: Found, rule: str) -> None:
    """shift_budget without `to`, and `to` without shift_budget."""
    found = problems(own=rule.replace("do: review_keywords", "do: shift_budget"))
    assert "do not fit" in "\n".join(map(str, found))


def test_the_next_process_gets_the_rules_as_they_were_read(
    packaged: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was left beside the bytecode is the rulebook itself; torn or of other files, nothing."""
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path))
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    files = marks(shipped("rules"))
    assert loading._remembered(files) == packaged
    with monkeypatch.context() as context:
        context.delattr(loading, "_loaded")  # nothing is read a second time
        assert loading._remembered(files) == packaged
        assert loading._remembered(files).version == packaged.version
    assert remembered("rulebook", files[:-1]) is None
    folder = bytecode_folder()
    assert folder is not None
    (left,) = folder.glob("rulebook.*")
    left.write_bytes(left.read_bytes()[:-1])
    assert loading._remembered(files) == packaged


def test_where_python_leaves_no_bytecode_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYTHONDONTWRITEBYTECODE counts for rules and templates, too."""
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path))
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    loading._remembered(marks(shipped("rules")))
    assert bytecode_folder() is None
    assert not list(tmp_path.iterdir())
