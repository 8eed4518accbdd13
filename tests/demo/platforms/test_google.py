"""The untouched google-ads client against the local Google server, over gRPC and TLS."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from google.ads.googleads.errors import GoogleAdsException
from google.api_core import exceptions
from google.auth.exceptions import RefreshError

from bot.demo.platforms import Faults, World, google
from bot.demo.platforms.google_ads.answering import answer
from bot.demo.platforms.google_ads.checking import check
from bot.demo.platforms.google_ads.gaql import parse
from bot.demo.platforms.google_ads.sources import View

FIRST, SECOND = "5550001001", "5550001002"
REPORT = """
SELECT customer.id, customer.currency_code, customer.time_zone, campaign.id, campaign.name,
  campaign.advertising_channel_type, campaign.bidding_strategy_type, campaign_budget.id,
  campaign_budget.amount_micros, campaign_budget.explicitly_shared, segments.date,
  metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.conversions,
  metrics.conversions_value
FROM campaign WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-20'
"""
CHANGES = "SELECT change_event.user_email FROM change_event"
DAYS = "SELECT campaign.id FROM campaign WHERE segments.date"
CHANGED = "change_event.change_date_time"
Client = Callable[..., Any]
Rows = Callable[..., list[Any]]


@pytest.fixture
def rows(google_client: Client) -> Rows:
    """The rows of a query, streamed."""
    service = google_client().get_service("GoogleAdsService")

    def stream(query: str, customer: str = FIRST) -> list[Any]:
        stream = service.search_stream(customer_id=customer, query=query)
        return [row for batch in stream for row in batch.results]

    return stream


# -- what a pull asks ---------------------------------------------------------------------
def test_the_report_says_what_the_world_holds(rows: Rows, world: World) -> None:
    """Every campaign's day comes to the micro as it happened; silent days do not come."""
    account = world.accounts("google")[0]
    reported = {(row.campaign.id, row.segments.date): row for row in rows(REPORT)}
    for campaign in world.campaigns(account):
        days = world.numbers(campaign).span(date(2026, 11, 1), date(2026, 11, 20))
        for i in range(len(days)):
            row = reported.pop((int(campaign.campaign_id), days.day(i).isoformat()), None)
            assert (row is None) == (days["impressions"][i] == 0)
            if row is not None:
                assert row.metrics.cost_micros == int(days["spend"][i]) * 10_000
                assert row.metrics.clicks == int(days["clicks"][i])
                assert row.metrics.conversions == int(days["purchases"][i] + days["leads"][i])
                assert row.customer.currency_code == "NOK"
                assert row.customer.time_zone == "Europe/Oslo"
    assert not reported


def test_streams_come_in_batches_and_pages_go_on(
    google_client: Client, google_server: Any, rows: Rows
) -> None:
    """Search pages through the same rows that SearchStream gives at once."""
    google_server.page = 50
    service = google_client().get_service("GoogleAdsService")
    paged = [row.segments.date for row in service.search(customer_id=FIRST, query=REPORT)]
    assert paged == [row.segments.date for row in rows(REPORT)]
    assert len(google_server.journal.calls("/Search")) == len(paged) // 50 + 1


def test_a_page_size_and_a_foreign_page_token_are_refused(google_client: Client) -> None:
    """As since v17: pages have a fixed size, and a token belongs to its query."""
    client = google_client()
    service = client.get_service("GoogleAdsService")
    for field, value, code in (
        ("page_size", 10, "PAGE_SIZE_NOT_SUPPORTED"), ("page_token", "eDox", "INVALID_PAGE_TOKEN"),
    ):  # fmt: skip
        request = client.get_type("SearchGoogleAdsRequest")
        request.customer_id, request.query = FIRST, REPORT
        setattr(request, field, value)
        with pytest.raises(GoogleAdsException, match=code):
            service.search(request=request)


def test_the_manager_lists_its_two_accounts(google_client: Client, rows: Rows) -> None:
    """Accounts are found under the manager, with currency and time zone of their own."""
    query = (
        "SELECT customer_client.id, customer_client.level, customer_client.currency_code, "
        "customer_client.time_zone, customer_client.manager FROM customer_client "
        "WHERE customer_client.level <= 1 AND customer_client.status = 'ENABLED'"
    )
    clients = [row.customer_client for row in rows(query, "5550001000")]
    assert [(c.id, c.manager, c.currency_code) for c in clients] == [
        (5550001000, True, "NOK"), (5550001001, False, "NOK"), (5550001002, False, "USD"),
    ]  # fmt: skip
    service = google_client().get_service("CustomerService")
    accessible = service.list_accessible_customers().resource_names
    assert list(accessible) == ["customers/5550001000", "customers/5550001002"]


@pytest.mark.parametrize(
    ("resource", "fields"),
    [
        ("ad_group", "ad_group.id"),
        ("ad_group_ad", "ad_group_ad.ad.id"),
        ("age_range_view", "ad_group_criterion.age_range.type"),
        ("gender_view", "ad_group_criterion.gender.type"),
        ("landing_page_view", "landing_page_view.unexpanded_final_url"),
        ("geographic_view", "segments.geo_target_region"),
        ("ad_group", "segments.device"),
        ("ad_group", "segments.ad_network_type"),
    ],
)
def test_details_add_up_to_their_campaign(rows: Rows, resource: str, fields: str) -> None:
    """Whatever a campaign is divided by, the parts' spend and results are the campaign's."""
    where = "segments.date DURING LAST_7_DAYS AND campaign.name = 'Google | Generic'"
    metrics = "metrics.cost_micros, metrics.clicks, metrics.conversions"
    parts = rows(f"SELECT campaign.id, {fields}, {metrics} FROM {resource} WHERE {where}")
    complete = rows(f"SELECT campaign.id, {metrics} FROM campaign WHERE {where}")[0].metrics
    assert len(parts) > 1
    for name in ("cost_micros", "clicks", "conversions"):
        assert sum(getattr(part.metrics, name) for part in parts) == getattr(complete, name)


def test_a_keyword_has_its_quality_score_and_its_three_parts(rows: Rows) -> None:
    """A keyword with too little traffic has no score: unset, not 0."""
    quality = "ad_group_criterion.quality_info"
    answers = rows(
        f"SELECT ad_group_criterion.keyword.text, ad_group_criterion.keyword.match_type, "
        f"{quality}.quality_score, {quality}.creative_quality_score, "
        f"{quality}.search_predicted_ctr, {quality}.post_click_quality_score "
        "FROM keyword_view WHERE campaign.name = 'Google | Generic'"
    )
    scores = [r.ad_group_criterion.quality_info for r in answers]
    assert {s.quality_score for s in scores if "quality_score" in s} == {3, 6, 9}
    assert sum("quality_score" not in s for s in scores) == 3
    low = next(s for s in scores if s.quality_score == 3)
    assert low.creative_quality_score.name == "BELOW_AVERAGE"


def test_search_terms_name_the_keyword_that_caught_them(rows: Rows) -> None:
    """A search term comes with its keyword and match type, and only where it was shown."""
    answers = rows(
        "SELECT search_term_view.search_term, segments.keyword.info.text, "
        "segments.search_term_match_type, metrics.impressions, metrics.conversions "
        "FROM search_term_view WHERE segments.date DURING LAST_30_DAYS"
    )
    assert all(row.metrics.impressions for row in answers)
    fruitless = [r for r in answers if r.search_term_view.search_term.startswith("how to clean")]
    assert fruitless
    assert not any(row.metrics.conversions for row in fruitless)
    assert all(r.segments.keyword.info.text in r.search_term_view.search_term for r in answers)


def test_leads_and_purchases_are_apart_by_conversion_action(rows: Rows) -> None:
    """Conversions segmented by category tell leads from sales; cost cannot be segmented so."""
    select = "SELECT campaign.name, segments.conversion_action_category, metrics.conversions"
    answers = rows(f"{select} FROM campaign WHERE segments.date DURING LAST_30_DAYS")
    leads = {r.campaign.name for r in answers
             if r.segments.conversion_action_category.name == "SUBMIT_LEAD_FORM"}  # fmt: skip
    assert leads == {"Google | Leads"}
    with pytest.raises(
        GoogleAdsException, match="PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE"
    ):
        rows(f"{select}, metrics.cost_micros FROM campaign")


def test_removed_and_paused_campaigns_are_listed_as_such(rows: Rows) -> None:
    """Without segments every campaign comes, spend or not, and says its status and bid target."""
    answers = rows(
        "SELECT campaign.name, campaign.status, campaign.maximize_conversions.target_cpa_micros, "
        "campaign.target_roas.target_roas, bidding_strategy.name, "
        "bidding_strategy.target_cpa.target_cpa_micros, metrics.cost_micros FROM campaign "
        "WHERE segments.date DURING YESTERDAY ORDER BY campaign.name"
    )
    by_name = {row.campaign.name: row for row in answers}
    assert list(by_name) == sorted(by_name)
    assert by_name["Google | Old test"].campaign.status.name == "REMOVED"
    assert by_name["Google | Old test"].metrics.cost_micros == 0
    generic = by_name["Google | Generic"].campaign
    assert generic.maximize_conversions.target_cpa_micros == 250_000_000
    assert by_name["Google | Shopping"].campaign.target_roas.target_roas == 4.0
    assert by_name["Google | Leads"].bidding_strategy.target_cpa.target_cpa_micros == 160_000_000


def test_a_range_that_contradicts_itself_is_empty(rows: Rows) -> None:
    """After the twentieth and before the tenth there are no days: no rows, and no error."""
    limits = "segments.date > '2026-11-20' AND segments.date < '2026-11-10'"
    assert rows(f"SELECT segments.date, metrics.clicks FROM campaign WHERE {limits}") == []


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("YESTERDAY", "2026-11-27", "2026-11-27"), ("LAST_7_DAYS", "2026-11-21", "2026-11-27"),
        ("LAST_WEEK_MON_SUN", "2026-11-16", "2026-11-22"),
        ("LAST_WEEK_SUN_SAT", "2026-11-15", "2026-11-21"),
        ("LAST_BUSINESS_WEEK", "2026-11-16", "2026-11-20"),
        ("THIS_WEEK_MON_TODAY", "2026-11-23", "2026-11-28"),
        ("THIS_MONTH", "2026-11-01", "2026-11-28"), ("LAST_MONTH", "2026-10-01", "2026-10-31"),
    ],
)  # fmt: skip
def test_spans_by_name(rows: Rows, word: str, first: str, last: str) -> None:
    """Each DURING word is the days the documentation says, seen from Saturday 28 November."""
    select = "SELECT segments.date, metrics.impressions FROM customer"
    answers = rows(f"{select} WHERE segments.date DURING {word}")
    days = [row.segments.date for row in answers]
    assert (days[0], days[-1]) == (first, last)


def test_months_and_weeks_are_sums_of_their_days(rows: Rows) -> None:
    """By month, week and day the same spend; a month is named by its first day."""
    sums = []
    for segment in ("date", "week", "month"):
        answers = rows(
            f"SELECT segments.{segment}, metrics.cost_micros FROM customer "
            "WHERE segments.date BETWEEN '2026-09-01' AND '2026-10-31'"
        )
        sums.append(sum(row.metrics.cost_micros for row in answers))
    assert sums[0] == sums[1] == sums[2] > 0
    assert [row.segments.month for row in answers] == ["2026-09-01", "2026-10-01"]


def test_recent_days_are_restated(rows: Rows, world: World) -> None:
    """The same day has more conversions a week later and a little less cost."""
    query = (
        "SELECT customer.id, metrics.conversions, metrics.cost_micros FROM customer "
        "WHERE segments.date = '2026-11-27'"
    )
    early = rows(query)[0].metrics
    world.now += timedelta(days=7)
    late = rows(query)[0].metrics
    assert late.conversions > early.conversions
    assert late.cost_micros < early.cost_micros


def test_yesterday_ends_when_the_account_sleeps(rows: Rows) -> None:
    """TODAY is the account's own day: at six in Oslo's winter morning New York is at one."""
    query = "SELECT customer.id, metrics.impressions FROM customer WHERE segments.date DURING TODAY"
    oslo, new_york = (rows(query, account)[0].metrics.impressions for account in (FIRST, SECOND))
    assert 0 < new_york < oslo


def test_a_yen_account_has_whole_yen(world: World) -> None:
    """A currency without decimals: what is spent and budgeted are multiples of a million micros."""
    yen = World(world.now, currencies=("JPY", "NOK"))
    account = yen.accounts("google")[0]
    rows = list(answer(View(yen, account), check(parse(REPORT), yen.today(account))))
    assert {row.customer.currency_code for row in rows} == {"JPY"}
    assert all(row.metrics.cost_micros % 1_000_000 == 0 for row in rows)
    assert any(row.metrics.conversions_value % 1 == 0 < row.metrics.conversions for row in rows)


# -- what is refused ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT campaign.start_date FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT metrics.average_frequency FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT segments.placement FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.id FROM campaigns", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT campaign.id", "UNEXPECTED_END_OF_QUERY"),
        ("campaign.id FROM campaign", "EXPECTED_SELECT"),
        ("SELECT campaign.id WHERE campaign.id = 1", "EXPECTED_FROM"),
        ("SELECT campaign.id, FROM campaign", "BAD_FIELD_NAME"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id ~ 1", "BAD_SYMBOL"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id SINCE 1", "BAD_OPERATOR"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name > 'a'", "OPERATOR_FIELD_MISMATCH"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id = 'a'", "BAD_NUMBER"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name = 'a", "STRING_NOT_TERMINATED"),
        ("SELECT campaign.id FROM campaign WHERE campaign.status = ON", "BAD_ENUM_CONSTANT"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id IN ()",
         "PROHIBITED_EMPTY_LIST_IN_CONDITION"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id = 1 OR campaign.id = 2",
         "EXPECTED_AND"),
        ("SELECT campaign.id FROM campaign LIMIT none", "BAD_LIMIT_VALUE"),
        ("SELECT campaign.id FROM campaign LIMIT 5 PARAMETERS drafts=true", "BAD_PARAMETER_NAME"),
        ("SELECT campaign.id FROM campaign LIMIT 5 5", "UNEXPECTED_INPUT"),
        ("SELECT campaign.id, segments.date FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        ("SELECT campaign.id, segments.date FROM campaign WHERE segments.date >= '2026-11-01'",
         "EXPECTED_FILTERS_ON_DATE_RANGE"),
        ("SELECT campaign.id FROM campaign WHERE segments.date DURING LAST_90_DAYS",
         "INVALID_VALUE_WITH_DURING_OPERATOR"),
        ("SELECT campaign.id FROM campaign WHERE segments.date = '2026-11-31'",
         "INVALID_DATE_FORMAT"),
        ("SELECT campaign.id FROM campaign WHERE segments.month = '2026-11-02'",
         "MISALIGNED_DATE_FOR_FILTER"),
        ("SELECT campaign.id FROM campaign WHERE segments.device = MOBILE",
         "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"),
        ("SELECT campaign.id FROM campaign ORDER BY campaign.name",
         "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"),
        ("SELECT ad_group.id FROM campaign", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE"),
        ("SELECT campaign.id FROM campaign WHERE ad_group.id = 1",
         "PROHIBITED_RESOURCE_TYPE_IN_WHERE_CLAUSE"),
        ("SELECT campaign.id, metrics.historical_quality_score FROM campaign",
         "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
        ("SELECT campaign.id, segments.hour FROM campaign",
         "PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE"),
        (f"{CHANGES} WHERE {CHANGED} DURING LAST_7_DAYS", "LIMIT_NOT_SPECIFIED"),
        (f"{DAYS} BETWEEN '2026-11-03' AND '2026-11-01'", "INVALID_VALUE_WITH_BETWEEN_OPERATOR"),
        (f"{CHANGES} LIMIT 10", "CHANGE_DATE_RANGE_INFINITE"),
        (f"{CHANGES} WHERE {CHANGED} DURING LAST_7_DAYS LIMIT 10001", "INVALID_LIMIT_CLAUSE"),
        (f"{CHANGES} WHERE {CHANGED} BETWEEN '2026-10-01' AND '2026-11-20' LIMIT 10",
         "START_DATE_TOO_OLD"),
    ],
)  # fmt: skip
def test_what_the_api_does_not_know_is_refused_with_its_own_code(
    rows: Rows, query: str, expected: str
) -> None:
    """Every field, segment, operator and clause is checked; the client raises the real thing."""
    with pytest.raises(GoogleAdsException, match=expected) as refused:
        rows(query)
    assert refused.value.request_id.startswith("local-")


def test_metrics_of_a_manager_are_refused(rows: Rows) -> None:
    """A manager account has no metrics of its own."""
    with pytest.raises(GoogleAdsException, match="REQUESTED_METRICS_FOR_MANAGER"):
        rows("SELECT customer.id, metrics.clicks FROM customer", "5550001000")


@pytest.mark.parametrize(
    ("changes", "customer", "expected"),
    [
        ({"developer_token": "wrong"}, FIRST, "DEVELOPER_TOKEN_INVALID"),
        ({"login_customer_id": None}, FIRST, "USER_PERMISSION_DENIED"),
        ({"login_customer_id": "5550001002"}, FIRST, "USER_PERMISSION_DENIED"),
        ({}, "5550009999", "CUSTOMER_NOT_FOUND"),
        ({}, "555-000-1001", "INVALID_CUSTOMER_ID"),
        ({"version": "v25"}, FIRST, "UNSUPPORTED_VERSION"),
    ],
)
def test_who_may_ask_is_checked(
    google_client: Client, changes: dict[str, Any], customer: str, expected: str
) -> None:
    """Developer token, manager header, customer id and version: each refused by its own code."""
    service = google_client(**changes).get_service("GoogleAdsService")
    with pytest.raises(GoogleAdsException, match=expected):
        list(service.search_stream(customer_id=customer, query="SELECT customer.id FROM customer"))


def test_a_developer_token_for_test_accounts_lists_and_reads_nothing(
    world: World, untouched: Client
) -> None:
    """Without Basic access the accounts are listed, and none of them may be read."""
    with google(world, approved=False) as server:
        client = untouched(server)
        listed = client.get_service("CustomerService").list_accessible_customers()
        assert len(listed.resource_names) == 2
        service = client.get_service("GoogleAdsService")
        with pytest.raises(GoogleAdsException, match="DEVELOPER_TOKEN_NOT_APPROVED"):
            list(service.search(customer_id=SECOND, query="SELECT customer.id FROM customer"))


def test_the_ad_schedule_says_which_days_a_campaign_rests(rows: Rows) -> None:
    """Monday to Friday for one campaign, none for those that run on all days."""
    answers = rows(
        "SELECT campaign.name, campaign_criterion.ad_schedule.day_of_week FROM campaign_criterion "
        "WHERE campaign_criterion.type = AD_SCHEDULE"
    )
    assert {row.campaign.name for row in answers} == {"Google | Guides"}
    assert len(answers) == 5


def test_an_account_of_ones_own_needs_no_manager(google_client: Client) -> None:
    """The second account is the user's directly: no login-customer-id is needed for it."""
    service = google_client(login_customer_id=None).get_service("GoogleAdsService")
    batches = service.search_stream(customer_id=SECOND, query="SELECT customer.id FROM customer")
    assert [row.customer.id for batch in batches for row in batch.results] == [int(SECOND)]


def test_a_revoked_grant_is_an_invalid_grant(google_client: Client, google_server: Any) -> None:
    """Neither a wrong nor a revoked refresh token is turned into an access token."""
    query = "SELECT customer.id FROM customer"
    wrong = google_client(refresh_token="1//other").get_service("GoogleAdsService")
    google_server.tokens.revoke()
    revoked = google_client().get_service("GoogleAdsService")
    for service in (wrong, revoked):
        with pytest.raises((exceptions.GoogleAPICallError, RefreshError), match="invalid_grant"):
            list(service.search_stream(customer_id=FIRST, query=query))


def test_tokens_are_never_in_the_journal(google_server: Any, rows: Rows) -> None:
    """What is written down has fingerprints where secrets were."""
    rows("SELECT customer.id FROM customer")
    written = repr(google_server.journal.entries)
    assert "sha256:" in written
    assert google_server.developer_token not in written
    assert google_server.tokens.refresh_token not in written
    assert "ya29." not in written
    assert "ya29." not in repr(google_server.tokens)


def test_a_replay_is_the_same_until_something_changes(world: World, untouched: Client) -> None:
    """For benchmarks: the same bytes once more, and new ones after a budget was changed."""
    with google(world, replay=True) as server:
        service = untouched(server).get_service("GoogleAdsService")

        def read() -> list[int]:
            stream = service.search_stream(customer_id=FIRST, query=REPORT)
            return [row.campaign_budget.amount_micros for batch in stream for row in batch.results]

        first = read()
        assert read() == first
        account = world.accounts("google")[0]
        budget = world.campaigns(account)[0].budget
        assert budget
        world.change_budget(account, budget, 99_000, through="web")
        assert 990_000_000 in read()
        assert 990_000_000 not in first


def test_copies_of_campaigns_are_campaigns_of_their_own(world: World, untouched: Client) -> None:
    """For benchmarks: each so often, with the same numbers under an id of its own; full pages."""
    days, sizes = [], []
    for options in ({}, {"copies": 3, "page": 700}):
        with google(world, **options) as server:
            service = untouched(server).get_service("GoogleAdsService")
            stream = service.search_stream(customer_id=FIRST, query=REPORT)
            batches = [list(batch.results) for batch in stream]
        sizes.append([len(batch) for batch in batches])
        days.append([
            (row.campaign.id, row.campaign.name, row.segments.date, row.metrics.cost_micros)
            for batch in batches for row in batch
        ])  # fmt: skip
    real, copies = days
    assert len(copies) == len(set(copies)) == 3 * len(real)
    assert sorted(row[1:] for row in copies) == sorted(row[1:] for row in real * 3)
    assert len({row[0] for row in copies}) == 3 * len({row[0] for row in real})
    assert set(sizes[1][:-1]) <= {700}
    assert sum(sizes[1]) == len(copies)


# -- what goes wrong ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        ("throttled", exceptions.ResourceExhausted),
        ("server_error", exceptions.InternalServerError),
        ("unavailable", exceptions.ServiceUnavailable),
        ("malformed", exceptions.InternalServerError),
        ("truncated", exceptions.ServiceUnavailable),
        ("missing_scope", exceptions.PermissionDenied),
        ("expired", GoogleAdsException),
        ("account_error", GoogleAdsException),
    ],
)
def test_a_fault_happens_once_and_then_all_is_well(
    rows: Rows, faults: Faults, fault: str, raised: type[Exception]
) -> None:
    """Each fault reaches the client as the exception the real one would raise."""
    complete = len(rows(REPORT))
    faults.add(fault)
    with pytest.raises(raised):
        rows(REPORT)
    assert len(rows(REPORT)) == complete


def test_a_truncated_stream_gives_half_its_rows_before_it_breaks(
    google_client: Client, faults: Faults
) -> None:
    """Rows arrive and then the stream breaks: a reader that stores as it goes is caught."""
    faults.add("truncated")
    service = google_client().get_service("GoogleAdsService")
    stream = iter(service.search_stream(customer_id=FIRST, query=REPORT))
    assert len(next(stream).results) > 0
    with pytest.raises(exceptions.ServiceUnavailable):
        next(stream)


def test_one_account_fails_and_the_other_answers(rows: Rows, faults: Faults) -> None:
    """A fault can be one account's: partial failure of a pull over all of them."""
    faults.add("account_error", account=SECOND, times=None)
    assert rows(REPORT, FIRST)
    with pytest.raises(GoogleAdsException, match="CUSTOMER_NOT_ENABLED"):
        rows(REPORT, SECOND)


def test_a_newer_schema_reads_as_an_unknown_value(rows: Rows, faults: Faults) -> None:
    """An enum value and a field of a later version arrive without breaking the client."""
    faults.add("newer_schema")
    newer = rows(REPORT)[0].campaign
    with pytest.warns(UserWarning, match="Unrecognized AdvertisingChannelType"):
        assert newer.advertising_channel_type == 977
    assert newer.name == "Google | Brand"


def test_half_a_day_can_be_had(rows: Rows, faults: Faults) -> None:
    """Yesterday still being counted: about half of it, and the day before whole."""
    query = (
        "SELECT segments.date, metrics.impressions FROM customer "
        "WHERE segments.date BETWEEN '2026-11-26' AND '2026-11-27'"
    )
    complete = [row.metrics.impressions for row in rows(query)]
    faults.add("half_day", times=None)
    half = [row.metrics.impressions for row in rows(query)]
    assert half[0] == complete[0]
    assert complete[1] // 2 - 10 < half[1] <= complete[1] // 2
