"""The words people use, in English and Norwegian, and what they mean.

The words of commands, and those of a sentence that name nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.render import languages
from bot.render.number_formats import own_name

COMMANDS = {
    "help": ("help", "hjelp", "?", "commands", "kommandoer"),
    "channel": ("channel", "channels", "kanal", "kanaler", "ch"),
    "campaign": ("campaign", "campaigns", "kampanje", "kampanjer", "camp"),
    "why": ("why", "hvorfor"),
    "stage": ("stage", "stages", "steg", "fase", "trinn"),
    "pricing": ("pricing", "prismodell", "modell"),
    "compare": ("compare", "sammenlign", "sammenlikn"),
    "pacing": ("pacing", "pace", "budget", "budgets", "budsjett", "tempo", "takt"),
    "tests": ("tests", "test", "tester"),
    "outcomes": ("outcomes", "outcome", "results", "resultater", "utfall"),
    "rules": ("rules", "rule", "regler", "regel"),
    "targets": ("targets", "target", "mål", "måltall"),
    "settings": ("settings", "setting", "innstillinger"),
    "sources": ("sources", "source", "kilder", "kilde"),
    "share": ("share", "del"),
    "why-not": ("why-not", "why not", "whynot", "hvorfor ikke", "hvorfor-ikke"),
    "advice": ("advice", "råd", "raad", "anbefalinger", "todo", "to-do"),
    "digest": ("digest", "sammendrag", "oppsummering", "morgen", "morning", "today", "i dag"),
    "subscribe": ("subscribe", "abonner", "abonnér", "subscription", "subscriptions"),
    "find": ("find", "finn", "search", "søk"),
    "audit": ("audit", "audit log", "revisjon", "revisjonslogg", "logg"),
    "export": ("export", "eksporter", "eksport", "download", "last ned"),
    "unsubscribe": ("unsubscribe", "avmeld", "avslutt", "stopp"),
    "keywords": ("keywords", "keyword", "search terms", "søkeord", "søketermer"),
    "ads": ("ads", "ad sets", "annonser", "annonsesett"),
    "pages": ("pages", "landing pages", "landingssider"),
    "audiences": ("audiences", "audience", "målgrupper", "målgruppe"),
}
COMMAND_OF = {word: command for command, words in COMMANDS.items() for word in words}

BREAKDOWNS = {
    "age": ("age", "age groups", "alder", "aldersgrupper"),
    "gender": ("gender", "kjønn"),
    "region": ("region", "regions", "regioner"),
    "device": ("device", "devices", "enhet", "enheter"),
    "placement": ("placement", "placements", "plassering", "plasseringer"),
}
BREAKDOWN_OF = {word: name for name, words in BREAKDOWNS.items() for word in words}

METRICS = {
    "spend": ("spend", "cost", "forbruk", "kostnad"),
    "impressions": ("impressions", "showings", "visninger"),
    "clicks": ("clicks", "klikk"),
    "landing_views": ("landing views", "visits", "besøk"),
    "engagements": ("engagements", "reactions", "reaksjoner"),
    "leads": ("leads",),
    "qualified_leads": ("qualified leads", "kvalifiserte leads"),
    "conversions": ("conversions", "sales", "konverteringer", "salg"),
    "documented_conversions": ("documented sales", "dokumenterte salg"),
    "repeat_conversions": ("repeat sales", "gjenkjøp"),
    "revenue": ("revenue", "inntekt", "inntekter", "omsetning"),
    "cpm": ("cpm",),
    "cpc": ("cpc", "klikkpris", "click price", "cost per click", "pris per klikk"),
    "cpl": ("cpl", "leadpris", "cost per lead", "price per lead", "pris per lead"),
    "cpa": ("cpa", "cost per sale", "price per sale", "pris per salg", "kostnad per salg"),
    "cpa_documented": ("cpa documented", "documented cpa", "dokumentert cpa"),
    "cost_per_qualified_lead": ("cost per qualified lead", "pris per kvalifisert lead"),
    "cost_per_landing_view": ("cost per landing view", "cost per visit", "pris per besøk"),
    "cost_per_engagement": ("cost per engagement", "pris per reaksjon"),
    "cost_per_repeat_sale": ("cost per repeat sale", "pris per gjenkjøp"),
    "cost_per_reach": ("cost per reach", "cost per 1,000 reached", "pris per 1000 nådd"),
    "roas": ("roas",),
    "order_value": ("order value", "ordreverdi"),
    "ctr": ("ctr", "click rate", "klikkrate"),
    "conversion_rate": ("conversion rate", "konverteringsrate", "konvertering"),
    "lead_rate": ("lead rate", "leadrate"),
    "landing_rate": ("landing rate", "landingsrate"),
    "qualified_share": ("qualified share", "andel kvalifiserte"),
    "close_rate": ("close rate", "lukkerate"),
    "documented_share": ("documented share", "dokumentert andel"),
    "repeat_rate": ("repeat rate", "gjenkjøpsrate"),
    "engagement_rate": ("engagement rate", "reaksjonsrate"),
}
METRIC_OF = {word: name for name, words in METRICS.items() for word in (name, *words)}
LONGEST_METRIC = max(len(word.split()) for word in METRIC_OF)

WINDOWS = {
    "today": "today",
    "i dag": "today",
    "idag": "today",
    "yesterday": "yesterday",
    "i går": "yesterday",
    "igår": "yesterday",
    "ytd": "ytd",
    "year to date": "ytd",
    "hittil i år": "ytd",
    "qtd": "qtd",
    "quarter to date": "qtd",
    "hittil i kvartalet": "qtd",
    "mtd": "mtd",
    "this month": "mtd",
    "month to date": "mtd",
    "denne måneden": "mtd",
    "denne måned": "mtd",
    "hittil i måneden": "mtd",
    "hittil denne måneden": "mtd",
    "wtd": "wtd",
    "this week": "wtd",
    "week to date": "wtd",
    "denne uken": "wtd",
    "denne uka": "wtd",
    "hittil i uken": "wtd",
    "lastweek": "lastweek",
    "last week": "lastweek",
    "previous week": "lastweek",
    "forrige uke": "lastweek",
    "sist uke": "lastweek",
    "i forrige uke": "lastweek",
    "past week": "7d",
    "siste uke": "7d",
    "siste uken": "7d",
    "lastmonth": "lastmonth",
    "last month": "lastmonth",
    "previous month": "lastmonth",
    "forrige måned": "lastmonth",
    "sist måned": "lastmonth",
    "i forrige måned": "lastmonth",
    "past month": "28d",
    "siste måned": "28d",
    "siste måneden": "28d",
}
LONGEST_WINDOW = 5
# With a preposition only: a campaign may be called after a month or a day (Black Friday).
MONTHS = {
    "january": "januar", "february": "februar", "march": "mars", "april": "april", "may": "mai",
    "june": "juni", "july": "juli", "august": "august", "september": "september",
    "october": "oktober", "november": "november", "december": "desember",
}  # fmt: skip
LATEST = {f"in {english}": f"in {english}" for english in MONTHS}
LATEST |= {f"i {norwegian}": f"in {english}" for english, norwegian in MONTHS.items()}

VERSUS = (
    *("vs", "vs.", "versus", "against", "compared to", "compared with"),
    *("mot", "kontra", "sammenlignet med", "sammenliknet med", "i forhold til"),
)
COMPARES = {
    "previous": ("previous", "the period before", "forrige", "forrige periode", "perioden før"),
    "week": ("week", "last week", "the week before", "forrige uke", "uken før", "sist uke"),
    "month": ("month", "last month", "the month before", "forrige måned", "måneden før"),
    "year": ("year", "last year", "a year ago", "i fjor", "ifjor", "året før"),
    "target": ("target", "targets", "the target", "mål", "målet", "måltall"),
}
COMPARE_OF = {word: name for name, words in COMPARES.items() for word in words}

STAGES = {
    "reach": ("reach", "rekkevidde", "nå"),
    "act": ("act", "handle"),
    "convert": ("convert", "conversion", "konverter", "konvertering", "salg"),
    "engage": ("engage", "engasjer", "engasjement"),
}
STAGE_OF = {word: name for name, words in STAGES.items() for word in words}

WEEKDAYS = {
    1: ("mon", "monday", "mondays", "man", "mandag", "mandager"),
    2: ("tue", "tues", "tuesday", "tuesdays", "tir", "tirs", "tirsdag", "tirsdager"),
    3: ("wed", "wednesday", "wednesdays", "ons", "onsdag", "onsdager"),
    4: ("thu", "thur", "thurs", "thursday", "thursdays", "tor", "tors", "torsdag", "torsdager"),
    5: ("fri", "friday", "fridays", "fre", "fredag", "fredager"),
    6: ("sat", "saturday", "saturdays", "lør", "lor", "lørdag", "lørdager"),
    7: ("sun", "sunday", "sundays", "søn", "son", "søndag", "søndager"),
}
LATEST |= {
    f"{before} {name}": f"on {next(each for each in names if each.endswith('day'))}"
    for names in WEEKDAYS.values()
    for name in names
    for before in ("on", "på", "last", "forrige", "sist")
    if name.endswith(("day", "dag"))
}
WEEKDAY_OF = {word: day for day, words in WEEKDAYS.items() for word in words}
WORKDAYS = (1, 2, 3, 4, 5)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
DAY_SETS = {
    "weekdays": WORKDAYS,
    "workdays": WORKDAYS,
    "hverdager": WORKDAYS,
    "hverdag": WORKDAYS,
    "weekday": WORKDAYS,
    "workday": WORKDAYS,
    "ukedager": WORKDAYS,
    "arbeidsdager": WORKDAYS,
    "daily": EVERY_DAY,
    "everyday": EVERY_DAY,
    "daglig": EVERY_DAY,
    "weekends": (6, 7),
    "helg": (6, 7),
    "helger": (6, 7),
}

LANGUAGES = {
    "en": ("en", "english", "engelsk"),
    "nb": ("nb", "no", "norsk", "norwegian", "bokmål", "nb_no", "nb-no"),
}


def language_words(languages: Sequence[str]) -> dict[str, str]:
    """What each language may be called: as above, else by its code and its own name."""
    words_by_language = {
        code: LANGUAGES.get(code) or (code, own_name(code).casefold()) for code in languages
    }
    return {word: language for language, words in words_by_language.items() for word in words}


LANGUAGE_OF = language_words(languages())

ANSWERS = {
    "acknowledge": (
        "ack",
        "acknowledge",
        "acknowledged",
        "ok",
        "okay",
        "yes",
        "ja",
        "done",
        "gjort",
        "fix",
        "fix it",
        "fiks",
        "fiks det",
        "do it",
        "gjør det",
        "go ahead",
        "kjør",
        "✅",
        ":white_check_mark:",
        ":heavy_check_mark:",
    ),
    "progress": (
        "in progress",
        "progress",
        "working",
        "on it",
        "pågår",
        "jobber med det",
        "på saken",
        "fixing",
        "i'll fix",
        "fikser",
        "jeg fikser",
        "tar det",
    ),
    "snooze": ("snooze", "later", "slumre", "senere", "utsett", "vent", "wait", "postpone"),
    "dismiss": ("dismiss", "no", "nei", "nope", "avvis", "reject"),
    "undo": ("undo", "angre", "reopen", "gjenåpne"),
}
ANSWER_OF = {word: verb for verb, words in ANSWERS.items() for word in words}
TICKS = ("white_check_mark", "heavy_check_mark", "ballot_box_with_check")
HALVES = ("half", "half of it", "halvparten", "halve", "halvt", "det halve")


_DROPPED = (
    "a an the this that these those it its is are was were be been am i we you me us my our "
    "your did do does done doing has have had can could would will should may please tell "
    "show give say how what when which who where there about of on in at for to from by with "
    "and or so than as up down rise rises rose risen fall falls fell fallen drop drops "
    "dropped increase increased decrease decreased grow grew grown go goes going gone went "
    "change changes changed jump jumped climb climbed spike spiked get gets got become became "
    "move moved more less much many very worse better higher lower cheaper expensive dear bad "
    "good well perform performing performance look looks looking like hi hello hey thanks now "
    "today lately suddenly just again still not en et ei den det de dette disse er var vært "
    "være blir ble blitt har hadde kan kunne vil skal bør må jeg vi du dere meg oss min mitt "
    "mine vår vårt våre ditt din hvordan hva når hvilken hvilke hvem hvor om av på til fra "
    "hos ved med og eller så enn som opp ned seg stiger steg steget økte øker økt falt faller "
    "falle sank synker gikk går gått endret endrer endring hoppet vokste vokser flyttet mer "
    "mindre mye mange veldig verre bedre høyere lavere billigere dyrere dyr dyrt dårlig godt "
    "bra ut ser si fortell vis gi hei takk nå nylig plutselig bare igjen fortsatt ikke "
    "vennligst gjøre gjør gjort skje skjer skjedde skjedd per get getting got any no none "
    "isn't aren't wasn't don't doesn't didn't isnt dont why's what's how's dyre billig billigere "
    "billige får fikk få noe noen ingen hvorfor why "
    "lav lavt lave høy høyt høye low high bruker brukt brukte brukes spent best worst highest "
    "lowest cheapest dearest biggest smallest top most least beste best verste verst høyest "
    "høyeste lavest laveste billigst billigste dyrest dyreste mest minst størst største ours make "
    "made sell sold run running tjente solgte solgt fikk compare compared sammenlign sammenlignet "
    "sammenligne vs vs. versus mot kontra eller numbers number tall tallene ad ads total "
    "altogether totalt all alle samlet hele both begge between mellom we're there's channels "
    "kanaler use used using want know see think vet vite tror mener synes that's it's"
)
STOP_WORDS = frozenset(_DROPPED.split())
"""What holds a sentence together."""
