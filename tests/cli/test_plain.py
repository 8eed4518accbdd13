"""Block Kit read in a terminal says what Slack would show, and steers nothing."""

from __future__ import annotations

from bot.cli.plain_text import clean, mrkdwn, plain, spark


def test_control_characters_never_reach_the_terminal():
    """A campaign's name cannot colour, clear or rename anybody's terminal."""
    assert clean("\x1b[31mred\x07 a\tb\nc\u202eevil") == "[31mred a\tb\ncevil"
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a\x1b[2Jb"}]] * 2}
    assert "\x1b" not in plain([table])


def test_mrkdwn_reads_as_words():
    """Links, dates, people and escapes as people read them."""
    text = "*Hi* <https://x.no|there> <@U1|Kari> <!date^1^{date}|1 Jan> &lt;b&gt; &amp;"
    assert mrkdwn(text) == "Hi there @Kari 1 Jan <b> &"


def test_lists_fields_and_tables_line_up():
    """Each kind of block has its plain form."""
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Head"}},
        {
            "type": "section",
            "fields": [
                {"type": "plain_text", "text": "Spend\n1"},
                {"type": "plain_text", "text": "CPA\n2"},
            ],
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "text", "text": "first"}],
                        }
                    ],
                }
            ],
        },
        {"type": "unheard_of"},
    ]
    assert plain(blocks) == "Head\n====\n\nSpend  1\nCPA    2\n\n1. first"


def test_a_sparkline_goes_from_low_to_high():
    """The lowest value is the lowest bar; equal values are flat; none is nothing."""
    assert spark([1, 2, 3]) in {"▁▄█", "▁▅█"}
    assert spark([5, 5]) == "▁▁"
    assert spark([]) == ""


def test_a_chart_has_its_first_and_last_value_beside_it():
    """Bars go from the lowest to the highest; without numbers nobody knows from what to what."""
    series = {"name": "Spend", "data": [{"label": "1 Nov", "value": 1_005.5}, {"value": 2010.0}]}
    chart = {"type": "data_visualization", "title": "Spend a day", "chart": {"series": [series]}}
    assert plain([chart]) == "Spend a day\nSpend  1 005.5 ▁█ 2 010"
