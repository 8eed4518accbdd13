"""What each `perfbot` command is for, in people's words; the pages of docs/cli are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from docs.stage import Moment


@dataclass(frozen=True)
class Telling:
    """A command of the terminal.

    Attributes:
        question: What it is for, as somebody would ask it.
        does: What comes of it.
        runs: Words after `perfbot` that the page runs and shows with what they print.
        shown: Words that are only shown: they stay until Ctrl-C, or look at the real day.
        see: Pages nearby, from docs/cli.
        when: The moment whose database the examples have; None for none yet.
    """

    question: str
    does: str
    runs: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    when: Moment | None = Moment.MONDAY


DAY = "--as-of 2026-11-23"

TELLING: Mapping[str, Telling] = {
    "demo": Telling(
        "What does it look like, without an account?",
        "A local, Slack-like workspace in the browser with a made-up market and the bot at work in"
        " it. Nothing of yours is looked at.",
        shown=("demo", "demo --as-of 2026-11-23 --seed 1", "demo --numbers my-export.csv"),
        see=("../guide.md", "run.md"),
    ),
    "init": Telling(
        "How do I connect what I have?",
        "Asks what you have (Google Ads, Meta, a warehouse, files), says where each key is found,"
        " tests each connection, lists the accounts, pulls 60 days, proposes what each campaign is"
        " for and shows the first digest. Known and guessed are told apart; guesses are written"
        " switched off. Keys go into `.env`, which only you may read. Run again it goes on"
        " where it was cut off, adds what is new, and changes nothing that is there. With"
        " `--answers` they stand in a TOML file:"
        ' `have = ["google"]`, and under `[google]` its `manager`, its `accounts` and keys that are'
        " not in the environment. Of a warehouse it asks only the address: it looks through the"
        " schemas, recognises dbt's ad_reporting and raw tables of Fivetran and Airbyte, and tries"
        ' each; `read = ["google_ads"]` under `[warehouse]` chooses, or `table`, or `raw_schema`.',
        shown=("init", "init --yes", "init --answers answers.toml"),
        see=("../starting.md", "../sources.md", "pull.md", "doctor.md", "../settings.md"),
    ),
    "run": Telling(
        "How do I start it?",
        "Everything in one process: it hears Slack, pulls each source at its time, and posts. With"
        " Socket Mode it needs no public address.",
        shown=("run", "run --mode http --port 3000"),
        see=("../slack.md", "web.md", "worker.md", "doctor.md"),
    ),
    "web": Telling(
        "How do I run Slack's door apart from the jobs?",
        "Answers Slack, and `/healthz`; pulls and posts nothing of itself. Beside it runs"
        " `perfbot worker`.",
        shown=("web --host 0.0.0.0 --port 3000",),
        see=("worker.md", "run.md", "../slack.md"),
    ),
    "worker": Telling(
        "How do I run the jobs apart from Slack's door?",
        "Pulls, judges, and delivers what waits in the outbox. A crash at any point neither loses"
        " nor doubles a summary.",
        shown=("worker",),
        see=("web.md", "run.md"),
    ),
    "import": Telling(
        "How do I read an export?",
        "Reads files into the database, one line of JSON a file. A file that cannot be read without"
        " guessing is refused whole, with the line and the way out; what was decided, left aside or"
        " seldom is true is said. CSV, TSV, .xlsx and Parquet, packed as .gz or .zip, from standard"
        " input or an https address. `--map` asks what the columns of any other table are, shows"
        " what comes of it, and saves the answers. Keywords, ads, landing pages and audiences are"
        " kept as details, in no campaign's sum; how many is said.",
        runs=("import exports/google_ads_en.csv", "import exports/refuse_ambiguous_dates.csv"),
        shown=("import --map agency.csv", "import exports.zip",
               "import https://example.com/day.csv --channel tv", "import - < day.csv"),
        see=("pull.md", "../columns.md"),
        when=None,
    ),
    "orders": Telling(
        "Are the sales the platforms count in our own books?",
        "Reads exports of a shop or the books, matches each order to its campaign, and shows what"
        " is documented beside what is claimed. It feeds the advice about documented sales.",
        shown=("orders shopify.csv", 'orders bestillinger.xlsx --column "Bestilling=order"',
               "orders --window mtd"),
        see=("import.md", "../metrics.md", "../sources.md"),
    ),
    "leads": Telling(
        "Which leads were any good?",
        "Reads a CRM's export, matches each lead to its campaign, and shows what was qualified and"
        " won beside what is claimed. Qualified leads feed the advice about lead campaigns.",
        shown=("leads hubspot.csv", 'leads pipedrive.csv --qualified "Demo held" --won Signed',
               "leads --window mtd"),
        see=("import.md", "../metrics.md", "../sources.md"),
    ),
    "satisfaction": Telling(
        "Are customers as happy as they were?",
        "Reads answers to NPS or CSAT surveys into the satisfaction of campaigns, which the advice"
        " about customers watches.",
        shown=("satisfaction nps.csv", 'satisfaction svar.csv --column "Karakter=value"'),
        see=("leads.md", "../metrics.md", "../sources.md"),
    ),
    "pull": Telling(
        "How do I fetch yesterday's numbers now?",
        "Pulls the sources of `perfbot.toml`: platforms, a warehouse, a watched folder, with the"
        " keywords, ads and audiences of the newest days (`[details]`). `perfbot run` does it by"
        " itself, each at its time.",
        shown=("pull", "pull exports"),
        see=("import.md", "../settings.md"),
    ),
    "board": Telling(
        "What are the numbers, campaign by campaign?",
        "One row a campaign. As JSON it holds every metric, now and before, and the target.",
        runs=(f"board {DAY} --channel google", f"board {DAY} --channel linkedin --window mtd"),
        see=("export.md", "../metrics.md", "../commands/channel.md"),
    ),
    "advise": Telling(
        "What should be done this morning, and what was held back?",
        "The advice as `/perf advice` shows it, and how much was held back by which guard. As JSON"
        " each with every number behind it.",
        runs=(f"advise {DAY}",),
        see=("why-not.md", "rules.md", "../commands/advice.md"),
    ),
    "judge": Telling(
        "How do I judge more campaigns than one machine holds?",
        "A morning shard by shard: a client's campaigns in one currency at a time, so that memory"
        " is that of the biggest shard. With `--engine workers` the shards are jobs, which every"
        " `perfbot worker` of the database takes its share of; with `--engine spark` each is judged"
        " where your lakehouse has its numbers, on Apache Spark. It is the same code, and comes to"
        " the same bytes. The advice goes into the database, and with `--out` it is written as"
        " Parquet with the boards. A shard that fails is named; the others are kept, and what stood"
        " about it stays.",
        runs=(f"judge {DAY} --dry-run",),
        shown=("judge --engine workers", "judge --numbers daily.parquet --out judged",
               "judge --engine spark --numbers lake.daily --out s3a://lake/judged",
               'judge --engine spark --numbers "jdbc:postgresql://db/lake#daily" --out /mnt/out'),
        see=("advise.md", "../scaling.md", "../columns.md", "clients.md"),
    ),
    "ask": Telling(
        "What would it answer in Slack?",
        "Any `/perf` question, answered as text; `--format json` gives the blocks Slack would get.",
        runs=(f'ask "/perf compare shopping and competitors" {DAY}',
              f'ask "/perf kampanje shopping" {DAY} --language nb'),
        see=("../commands.md",),
    ),
    "digest": Telling(
        "What does this morning's summary say?",
        "With `--dry-run` shown, with the messages of its thread; without, queued for every channel"
        " that subscribes, once for ever.",
        runs=(f"digest {DAY} --dry-run",),
        see=("advise.md", "../commands/digest.md", "../commands/subscribe.md"),
    ),
    "why": Telling(
        "What is a change made of?",
        "A change taken apart, factor by factor and campaign by campaign; the parts add up.",
        runs=(f"why google cpa {DAY}", f"why shopping roas 28d {DAY}"),
        see=("why-not.md", "../commands/why.md"),
    ),
    "why-not": Telling(
        "Why does it say nothing about this campaign?",
        "Every rule that could speak about it, nearest first, and what is missing.",
        runs=(f"why-not generic {DAY}", f"why-not generic convert-cut {DAY}"),
        see=("rules.md", "../commands/why-not.md"),
    ),
    "export": Telling(
        "How do I get the daily numbers out?",
        "Daily numbers as CSV or Excel, exact to the minor unit; `-o -` writes to standard output.",
        runs=(f"export shopping yesterday {DAY} -o -", f"export google 28d --format xlsx {DAY}"),
        see=("board.md", "../columns.md", "../commands/export.md"),
    ),
    "find": Telling(
        "Where was that thing about the shop?",
        "Campaigns, advice and answers whose words begin so; exit code 1 where there is nothing.",
        runs=("find shop",),
        see=("audit.md", "../commands/find.md"),
        when=Moment.ANSWERED,
    ),
    "audit": Telling(
        "Who did what, and when?",
        "The log that nobody can change, newest first, whole; `--all` with perfbot's own steps.",
        runs=("audit --since 2026-11-23 --campaign competitors", "audit --user Ola"),
        see=("find.md", "../commands/audit.md"),
        when=Moment.WEEKS_LATER,
    ),
    "outcomes": Telling(
        "What came of it, move by move and rule by rule?",
        "Every acknowledged move with its effect against campaigns nobody touched; `scoreboard`"
        " says how each rule has done.",
        runs=("outcomes --as-of 2027-01-05", "outcomes scoreboard --as-of 2027-01-05"),
        see=("audit.md", "../commands/outcomes.md"),
        when=Moment.WEEKS_LATER,
    ),
    "rules": Telling(
        "What are the rules, are mine sound, and what would they have said?",
        "`check` reads every rule and runs its tests; `explain` says one in plain words; `backtest`"
        " replays past mornings.",
        runs=("rules explain convert-cut", "rules test convert-cut"),
        shown=("rules check", "rules list", "rules backtest convert-cut --from 2026-08-01"),
        see=("../rules.md", "../backtest.md", "why-not.md"),
    ),
    "plan": Telling(
        "What are the campaigns for, and does the plan fit them?",
        "`check` lists every campaign with its stage and model and where they come from, and says"
        " what is odd (exit code 1); `export` writes the plan as TOML.",
        runs=(f"plan check {DAY}",),
        shown=("plan export",),
        see=("../plan.md", "../commands/targets.md"),
    ),
    "clients": Telling(
        "Whose campaigns are there, and which Slack channels show them?",
        "Each client with its campaigns, and each channel with whose it is."
        " `perfbot clients set CHANNEL CLIENT` says it; `all` makes a channel the team's own,"
        " `none` takes it back.",
        runs=("clients",),
        shown=('clients set C0EKSEMPEL "Eksempel AS"',),
        see=("../clients.md", "plan.md", "../settings.md"),
    ),
    "backup": Telling(
        "How do I keep a copy of everything?",
        "One SQLite file with every row, made while perfbot runs on, looked through before it gets"
        " its name, readable by you alone. PostgreSQL is backed up into the same kind of file, so a"
        " backup also moves an install from one database to the other.",
        runs=("backup monday.db",),
        see=("restore.md", "db.md"),
    ),
    "restore": Telling(
        "How do I get it back?",
        "The backup takes the place of everything there is, all of it or nothing; web and worker"
        " may run on and answer from it at once. What was there is backed up first.",
        shown=("restore monday.db",),
        see=("backup.md", "db.md"),
    ),
    "forget": Telling(
        "How is a person forgotten?",
        "Their id from Slack gives way to a pseudonym wherever it stands, also in the log and in"
        " messages that were posted; nothing leads back from it. Their preferences, and what was"
        " said to them alone, are removed. What they decided stays: numbers and outcomes rest on"
        " it. Without `--yes` it only says where they stand. A name perfbot knows will do.",
        runs=("forget U0KARI001", "forget U0KARI001 --yes"),
        see=("audit.md", "export-everything.md", "backup.md", "../security.md"),
        when=Moment.ANSWERED,
    ),
    "export-everything": Telling(
        "How do I take everything with me?",
        "Every table as CSV, safe to open in a spreadsheet, and as JSON lines with every value as"
        " it is stored, in one zip that you alone may read.",
        runs=("export-everything everything.zip",),
        see=("backup.md", "export.md"),
    ),
    "db": Telling(
        "Is the database up to date, and how do I move or mend it?",
        "`upgrade` brings it up to date, and makes it where there is none. Safe at every start."
        " `copy` writes everything into a new database, from SQLite to PostgreSQL or back, and"
        " compares every row. `repair` mends a damaged SQLite file: its indexes where only these"
        " are damaged, else from the newest intact backup.",
        runs=("db upgrade", "db copy perfbot.db another.db", "db repair"),
        see=("backup.md", "restore.md", "doctor.md"),
    ),
    "mcp": Telling(
        "How does my assistant ask perfbot?",
        "By the Model Context Protocol over standard input and output (`pip install"
        " 'perfbot[mcp]'`): board, channel, campaign, why, why_not, advice, pacing, outcomes and"
        " find, which only read. Each answer has the words people get in Slack, Block Kit and the"
        " numbers behind them. `--client` keeps it to one client, `--user` to what somebody may,"
        " `--channel` to what a Slack channel shows.",
        shown=("mcp", "mcp --client 'Eksempel AS'", "mcp --user U0KARI001 --channel C0PERFORM"),
        see=("../assistant.md", "ask.md", "../security.md"),
    ),
    "doctor": Telling(
        "Is everything in place, and what do I do where it is not?",
        "Settings, rules, database, sources and Slack, each with a mark: ✔ fine, · worth knowing,"
        " ✘ wrong (exit code 1). Tokens are used, and their age and scopes said where the platform"
        " tells; the clock is held against Slack's, every account is judged as `/perf sources`"
        " does, and every subscribed channel is looked into. The last line is what to do first.",
        shown=("doctor",),
        see=("../slack.md", "../settings.md"),
    ),
    "version": Telling(
        "Which perfbot is this?",
        "Its version, in one line.",
        runs=("version",),
        see=("doctor.md",),
    ),
}  # fmt: skip
