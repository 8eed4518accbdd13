"""The tables, in SQLite's words; `in_postgresql` says the same there."""

from __future__ import annotations

NUMBERS = (
    """CREATE TABLE campaigns (
        no INTEGER PRIMARY KEY,
        channel TEXT NOT NULL,
        account_id TEXT NOT NULL,
        campaign_id TEXT NOT NULL,
        level TEXT NOT NULL DEFAULT '',
        parent_id TEXT NOT NULL DEFAULT '',
        account_name TEXT,
        time_zone TEXT,
        UNIQUE (channel, account_id, campaign_id, level, parent_id)
    )""",
    """CREATE TABLE campaign_names (
        campaign INTEGER NOT NULL REFERENCES campaigns (no),
        name TEXT NOT NULL,
        known_on TEXT NOT NULL,
        last_on TEXT NOT NULL,
        seen INTEGER NOT NULL,
        PRIMARY KEY (campaign, name)
    ) WITHOUT ROWID""",
    """CREATE TABLE labels (
        no INTEGER PRIMARY KEY,
        stage TEXT NOT NULL,
        pricing_model TEXT NOT NULL,
        billed_by TEXT NOT NULL,
        measured_by TEXT NOT NULL,
        currency TEXT NOT NULL,
        UNIQUE (stage, pricing_model, billed_by, measured_by, currency)
    )""",
    """CREATE TABLE imports (
        no INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        pulled_at TEXT NOT NULL,
        UNIQUE (source, pulled_at)
    )""",
    # Money is INTEGER micros of the currency. Days lead the key: every question is about a range.
    """CREATE TABLE daily (
        date TEXT NOT NULL,
        campaign INTEGER NOT NULL REFERENCES campaigns (no),
        revision INTEGER NOT NULL,
        pulled_on TEXT NOT NULL,
        backfilled INTEGER NOT NULL,
        import INTEGER NOT NULL REFERENCES imports (no),
        labels INTEGER NOT NULL REFERENCES labels (no),
        spend INTEGER,
        impressions REAL,
        reach REAL,
        clicks REAL,
        clicks_all REAL,
        landing_views REAL,
        leads REAL,
        qualified_leads REAL,
        conversions REAL,
        documented_conversions REAL,
        revenue INTEGER,
        engagements REAL,
        repeat_conversions REAL,
        satisfaction REAL,
        daily_budget INTEGER,
        PRIMARY KEY (date, campaign, revision)
    ) WITHOUT ROWID""",
    """CREATE TABLE window_reach (
        channel TEXT NOT NULL,
        account_id TEXT NOT NULL,
        campaign_id TEXT NOT NULL,
        since TEXT NOT NULL,
        until TEXT NOT NULL,
        pulled_at TEXT NOT NULL,
        reach REAL,
        PRIMARY KEY (channel, account_id, campaign_id, since, until, pulled_at)
    ) WITHOUT ROWID""",
    """CREATE TABLE pulls (
        no INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        account_id TEXT NOT NULL,
        channels TEXT NOT NULL,
        pulled_at TEXT NOT NULL,
        since TEXT,
        until TEXT,
        ok INTEGER NOT NULL,
        rows INTEGER NOT NULL,
        error TEXT NOT NULL
    )""",
    "CREATE INDEX pulls_by_account ON pulls (source, account_id, ok, pulled_at)",
    """CREATE TABLE boards (
        "window" TEXT NOT NULL,
        as_of TEXT NOT NULL,
        rows TEXT NOT NULL,
        PRIMARY KEY ("window", as_of)
    )""",
)
DECISIONS = (
    """CREATE TABLE plan_editions (
        no INTEGER PRIMARY KEY,
        origin TEXT NOT NULL,
        starts TEXT NOT NULL
    )""",
    """CREATE TABLE plan (
        no INTEGER PRIMARY KEY,
        edition INTEGER NOT NULL REFERENCES plan_editions (no),
        position INTEGER NOT NULL,
        pattern TEXT NOT NULL,
        "values" TEXT NOT NULL,
        valid_from TEXT NOT NULL,
        said_by TEXT NOT NULL,
        said_at TEXT NOT NULL
    )""",
    """CREATE TABLE advice (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        first_on TEXT NOT NULL,
        as_of TEXT NOT NULL,
        position INTEGER NOT NULL,
        answered_by TEXT,
        answered_at TEXT,
        snoozed_until TEXT,
        reason TEXT NOT NULL DEFAULT '',
        body TEXT NOT NULL
    )""",
    "CREATE INDEX advice_by_state ON advice (state, as_of)",
    """CREATE TABLE events (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        details TEXT NOT NULL
    )""",
    "CREATE INDEX events_by_subject ON events (subject, kind)",
    "CREATE INDEX events_by_kind ON events (kind)",
)
SLACK = (
    """CREATE TABLE claims (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (kind, key)
    ) WITHOUT ROWID""",
    """CREATE TABLE subscriptions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        channel TEXT NOT NULL,
        time TEXT NOT NULL,
        weekdays TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        language TEXT NOT NULL,
        created_by TEXT NOT NULL,
        filters TEXT NOT NULL,
        UNIQUE (channel, time)
    )""",
    """CREATE TABLE preferences (
        "user" TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY ("user", name)
    ) WITHOUT ROWID""",
    """CREATE TABLE outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        channel TEXT NOT NULL,
        text TEXT NOT NULL,
        blocks TEXT NOT NULL,
        parent TEXT NOT NULL,
        advice_id TEXT NOT NULL,
        item INTEGER NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        not_before TEXT,
        leased_until TEXT,
        ts TEXT NOT NULL,
        error TEXT NOT NULL
    )""",
    "CREATE INDEX outbox_by_state ON outbox (state, number)",
    "CREATE INDEX outbox_by_parent ON outbox (parent, number)",
    "CREATE INDEX outbox_by_ts ON outbox (channel, ts)",
    "CREATE INDEX outbox_by_advice ON outbox (advice_id)",
)
# The log refuses every change, whoever asks. SQLite's REPLACE deletes without asking the triggers
# that guard against deletion, so that has a guard of its own (migration 0004).
GUARDS = (
    """CREATE TRIGGER events_never_change BEFORE UPDATE ON events
       BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TRIGGER events_never_go BEFORE DELETE ON events
       BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
)
NEVER_REPLACED = (
    """CREATE TRIGGER events_never_replaced BEFORE INSERT ON events
       WHEN EXISTS (SELECT 1 FROM events WHERE number = new.number)
       BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END""",
)
POSTGRES_GUARDS = (
    """CREATE FUNCTION events_never() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'events are never changed'
          USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER events_never_change BEFORE UPDATE OR DELETE ON events
       FOR EACH ROW EXECUTE FUNCTION events_never()""",
    """CREATE TRIGGER events_never_emptied BEFORE TRUNCATE ON events
       FOR EACH STATEMENT EXECUTE FUNCTION events_never()""",
)
MARKS = (
    """CREATE TABLE board_marks (
        "window" TEXT NOT NULL,
        as_of TEXT NOT NULL,
        mark TEXT NOT NULL,
        PRIMARY KEY ("window", as_of)
    ) WITHOUT ROWID""",
)
# Numbers of what was written together may be seen in another order than they were drawn in where
# several write at once: PostgreSQL counts commits instead, one row a log (see Boards.decided).
CHANGES = (
    "CREATE TABLE changes (log TEXT PRIMARY KEY, number INTEGER NOT NULL)",
    "INSERT INTO changes (log, number) VALUES ('events', 0), ('plan', 0)",
)
LEASES = (
    """CREATE TABLE leases (
        name TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        token INTEGER NOT NULL,
        until TEXT NOT NULL
    )""",
    """CREATE TABLE jobs (
        no INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        payload TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        holder TEXT NOT NULL,
        token INTEGER NOT NULL,
        until TEXT NOT NULL,
        not_before TEXT NOT NULL,
        error TEXT NOT NULL,
        done_at TEXT NOT NULL,
        UNIQUE (kind, key)
    )""",
    "CREATE INDEX jobs_by_state ON jobs (state, kind, no)",
)
# A campaign is its client's, by the plan; a Slack channel is a client's, or the agency's own; a
# kept board is one scope's. Boards can be worked out again: these are, at their next reading.
CLIENTS = (
    "ALTER TABLE campaigns ADD COLUMN client TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX campaigns_by_client ON campaigns (client)",
    "ALTER TABLE subscriptions ADD COLUMN workspace TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE outbox ADD COLUMN workspace TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE channels (
        channel TEXT PRIMARY KEY,
        client TEXT NOT NULL,
        workspace TEXT NOT NULL
    )""",
    # Campaign 0 is one nobody knows: advice about it is nobody's to see but the agency's.
    """CREATE TABLE advice_campaigns (
        advice TEXT NOT NULL,
        campaign INTEGER NOT NULL,
        PRIMARY KEY (advice, campaign)
    ) WITHOUT ROWID""",
    "DROP TABLE boards",
    "DROP TABLE board_marks",
    """CREATE TABLE boards (
        "window" TEXT NOT NULL,
        as_of TEXT NOT NULL,
        scope TEXT NOT NULL,
        rows TEXT NOT NULL,
        PRIMARY KEY ("window", as_of, scope)
    )""",
    """CREATE TABLE board_marks (
        "window" TEXT NOT NULL,
        as_of TEXT NOT NULL,
        scope TEXT NOT NULL,
        mark TEXT NOT NULL,
        PRIMARY KEY ("window", as_of, scope)
    ) WITHOUT ROWID""",
)

# What was really sold: an order by the hash of its number, and what it says of its campaign.
ORDERS = (
    """CREATE TABLE orders (
        id TEXT PRIMARY KEY,
        date TEXT NOT NULL,
        campaign TEXT NOT NULL,
        channel TEXT NOT NULL,
        value INTEGER,
        currency TEXT NOT NULL,
        new_customer INTEGER,
        refunded INTEGER NOT NULL
    )""",
    "CREATE INDEX orders_by_date ON orders (date)",
)

# When a message was queued, by the database's clock, and by which request of Slack's.
TRACED = (
    "ALTER TABLE outbox ADD COLUMN request TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE outbox ADD COLUMN queued_at TEXT NOT NULL DEFAULT ''",
)
# Parts of campaigns, apart from the daily numbers so that no sum meets them; one edition a day.
DETAILS = (
    """CREATE TABLE details (
        no INTEGER PRIMARY KEY,
        campaign INTEGER NOT NULL REFERENCES campaigns (no),
        level TEXT NOT NULL,
        parent_id TEXT NOT NULL,
        detail_id TEXT NOT NULL,
        detail_name TEXT NOT NULL,
        parent_name TEXT,
        match_type TEXT,
        UNIQUE (campaign, level, parent_id, detail_id)
    )""",
    """CREATE TABLE detail_days (
        date TEXT NOT NULL,
        detail INTEGER NOT NULL REFERENCES details (no),
        currency TEXT NOT NULL,
        quality_score REAL,
        expected_ctr REAL,
        ad_relevance REAL,
        landing_page_experience REAL,
        spend INTEGER,
        impressions REAL,
        reach REAL,
        clicks REAL,
        leads REAL,
        conversions REAL,
        revenue INTEGER,
        PRIMARY KEY (date, detail)
    ) WITHOUT ROWID""",
)

# When it was so: what a shop posts may come in another order than it happened in.
ORDERS_UPDATED = ("ALTER TABLE orders ADD COLUMN updated_at TEXT NOT NULL DEFAULT ''",)

# Every channel an ad of which led to the order: two may count it.
ORDER_TOUCHES = ("ALTER TABLE orders ADD COLUMN touches TEXT NOT NULL DEFAULT ''",)

# What became of a lead, by the hash of its id, as the CRM has it.
LEADS = (
    """CREATE TABLE leads (
        id TEXT PRIMARY KEY,
        date TEXT NOT NULL,
        campaign TEXT NOT NULL,
        channel TEXT NOT NULL,
        qualified INTEGER NOT NULL,
        won INTEGER NOT NULL,
        value INTEGER,
        currency TEXT NOT NULL,
        updated_at TEXT NOT NULL
    )""",
    "CREATE INDEX leads_by_date ON leads (date)",
)

# Workspaces perfbot was installed into, with their tokens as sealed text, and installs begun.
WORKSPACES = (
    """CREATE TABLE workspaces (
        team TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        sealed TEXT NOT NULL,
        installed_at TEXT NOT NULL,
        ended TEXT NOT NULL,
        ended_at TEXT NOT NULL
    )""",
    "CREATE TABLE installs (state TEXT PRIMARY KEY, until TEXT NOT NULL)",
)

# Another one whenever days of a campaign, or of its parts, come, change or go; "" before any did.
CAMPAIGN_MARKS = ("ALTER TABLE campaigns ADD COLUMN mark TEXT NOT NULL DEFAULT ''",)

_TYPES = {
    "INTEGER PRIMARY KEY AUTOINCREMENT": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    "no INTEGER PRIMARY KEY": "no BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    "INTEGER": "BIGINT",
    "REAL": "DOUBLE PRECISION",
    "TEXT": 'TEXT COLLATE "C"',  # texts sort and compare as in SQLite: by their bytes
    ") WITHOUT ROWID": ")",
}


def in_postgresql(statement: str) -> str:
    """A statement that makes a table, in PostgreSQL's words."""
    for sqlite_type, postgres_type in _TYPES.items():
        statement = statement.replace(sqlite_type, postgres_type)
    return statement
