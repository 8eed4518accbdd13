from __future__ import annotations


def seen(store, **more):
    frame = store.numbers(**more)
    return list(frame[["campaign_id", "campaign_name"]].itertuples(index=False, name=None))


def test_the_newest_name_is_kept_and_makes_no_revision(store, add):
    """Names change, ids stay: a renamed campaign is the same, and nothing is restated."""
    add(3, {"date": 1, "campaign_name": "Old", "spend": 1.0})
    again = add(
        4, {"date": 1, "campaign_name": "New", "spend": 1.0}, {"date": 2, "campaign_name": "New"}
    )
    assert (again.unchanged, again.added) == (1, 1)
    assert seen(store) == [("1", "New"), ("1", "New")]


def test_a_replay_calls_campaigns_as_they_were_called(store, add, on):
    """A plan matches by name: a morning is judged under the names of that morning."""
    add(3, {"date": 1, "campaign_name": "Old", "spend": 1.0})
    add(11, {"date": 1, "campaign_name": "New", "spend": 1.0}, {"date": 10, "campaign_name": "New"})
    assert seen(store, as_of=on(9)) == [("1", "Old")]
    assert seen(store, as_of=on(11)) == [("1", "New"), ("1", "New")]


def test_an_older_file_does_not_bring_an_old_name_back(store, add):
    """The name of the newest day wins, whatever is imported last."""
    add(12, {"date": 11, "campaign_name": "New"})
    add(13, {"date": 1, "campaign_name": "Old"})
    assert seen(store) == [("1", "New"), ("1", "New")]


def test_a_name_joins_the_id_that_comes_later(store, add):
    """A campaign known by name only takes the id a later file has under exactly that name."""
    add(3, {"date": 1, "campaign_id": None, "campaign_name": "Brand NO", "spend": 1.0})
    add(4, {"date": 2, "campaign_id": "77", "campaign_name": "Brand NO", "spend": 2.0})
    assert seen(store) == [("77", "Brand NO"), ("77", "Brand NO")]
    assert (
        add(
            5, {"date": 1, "campaign_id": "77", "campaign_name": "Brand NO", "spend": 1.0}
        ).unchanged
        == 1
    )


def test_a_name_joins_the_id_known_before(store, add):
    """A later file without ids speaks of the campaign that has the name, or once had it."""
    add(3, {"date": 1, "campaign_id": "77", "campaign_name": "Brand NO", "spend": 1.0})
    add(4, {"date": 2, "campaign_id": "77", "campaign_name": "Brand Norway", "spend": 1.0})
    add(5, {"date": 3, "campaign_id": None, "campaign_name": "Brand NO", "spend": 2.0})
    assert [one for one, _ in seen(store)] == ["77", "77", "77"]


def test_a_name_several_ids_have_joins_none(store, add):
    """Where it is unclear who is meant, nothing is joined."""
    add(3, {"date": 1, "campaign_id": None, "campaign_name": "Brand"})
    add(
        4,
        {"date": 2, "campaign_id": "1", "campaign_name": "Brand"},
        {"date": 2, "campaign_id": "2"},
    )
    assert [one for one, _ in seen(store)] == ["1", "2", "brand"]


def test_a_name_joins_only_within_its_account_and_exactly(store, add):
    """Another account, or another spelling, is another campaign."""
    add(3, {"date": 1, "campaign_id": None, "account_id": "a", "campaign_name": "Brand"})
    add(4, {"date": 1, "campaign_id": "5", "account_id": "b", "campaign_name": "Brand"})
    add(4, {"date": 1, "campaign_id": "6", "account_id": "a", "campaign_name": "BRAND"})
    assert [one for one, _ in seen(store)] == ["6", "brand", "5"]


def test_the_same_id_in_another_channel_is_another_campaign(store, add):
    """(channel, account, id) is unique, detail rows hang under a campaign by level and parent."""
    add(
        3,
        {"date": 1, "channel": "Google Ads", "spend": 1},
        {"date": 1, "channel": "meta", "spend": 2},
    )
    add(3, {"date": 1, "level": "ad_set", "parent_id": "1", "spend": 3})
    frame = store.numbers()
    assert frame["channel"].tolist() == ["google_ads", "google_ads", "meta_ads"]
    assert frame["level"].tolist() == [None, "ad_set", None]
    assert frame["spend"].tolist() == [1, 3, 2]


def test_the_accounts_name_is_the_newest(store, add):
    """Account names are kept, newest first, and make no revision either."""
    add(3, {"date": 1, "account_name": "Acme", "spend": 1})
    assert add(4, {"date": 1, "account_name": "Acme AS", "spend": 1}).unchanged == 1
    assert store.numbers()["account_name"].tolist() == ["Acme AS"]
