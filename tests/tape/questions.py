"""What the tape asks: every command with every form, near misses, and sentences in two languages.

Commands are typed by Kari, who reads English, and again by Ola, who reads Norwegian. `{w}` stands
for each window, `{v}` for each comparison.
"""

from __future__ import annotations

from collections.abc import Iterator

WINDOWS = (
    *("7d", "14d", "28d", "90d", "yesterday", "mtd", "wtd", "lastweek", "lastmonth", "today"),
    *("2026-11-01..2026-11-15", "2026-11-12", "since thursday", "in october", "3 weeks"),
)
VERSUS = ("previous", "week", "month", "year", "target", "2026-10-01..2026-10-07")
PATTERNS = """
channel google {w}
campaign generic {w}
why google cpa {w}
stage convert {w}
pricing cpa {w}
compare google and meta {w}
channel google 7d vs {v}
campaign "Google | Generic" mtd vs {v}
why meta cpl 28d vs {v}
channel google mtd vs {v}
"""
COMMANDS = """

help
hjelp
?
channel
channel google
kanal meta forrige uke
channel meta_ads
channel linkedin
channel tiktok 28d
channel spend
channel spend yesterday
channel roas mtd
channel cpa lastmonth
channel gogle
channel nowhere
channel "Google"
channel generic
channel google 400d
channel google 0d
channel google 2026-13-01..2026-13-02
channel google 2026-11-15..2026-11-01
channel google 2030-01-01..2030-01-07
channel google 1.11.2026..15.11.2026
channel google from 2026-11-01 to 2026-11-10
channel google vs last week
channel google vs the weather
campaign
campaign 28d
campaign generic
campaign "Google | Generic"
campaign "Google | Brand" 28d
campaign brand
campaign competitors 14d
campaign shopping yesterday
campaign guides
campaign "Meta | Awareness autumn" 28d
campaign "Meta | Leads B2B"
campaign "Meta | Customers"
campaign retargeting vs target
campaign "TikTok | Community"
campaign "TikTok | Video reach" mtd
campaign abm
campaign whitepaper lastmonth
campaign "Google | Generic" vs target
campaign leads
campaign genric
campaign google
campaign meta
campaign "No such campaign"
campaign <!channel>
campaign *bold* _it_ ~no~ `code`
why
why google
why google cpa
why google cpa mtd
why meta cpl
why meta clicks 28d
why linkedin cpl lastweek
why tiktok cpm
why google roas
why google revenue yesterday
why generic
why "Google | Generic" cpa 28d
why "Meta | Awareness autumn" ctr 28d
why cpa on google
why google cpa vs month
why google satisfaction
why gogle cpa
why nobody
hvorfor google klikkpris
why-not
why-not brand
why-not "Google | Generic"
why-not "Meta | Leads B2B"
why-not "LinkedIn | ABM"
why-not google
why-not genric
why not shopping
hvorfor ikke retargeting
stage
stage reach
stage act
stage convert
stage engage
stage engage 28d
stage salg
stage nothing
pricing
pricing CPA
pricing CPM 28d
pricing CPL
pricing CPC mtd
pricing barter
compare
compare google
compare google meta
compare google and meta
compare google, meta and tiktok
compare google vs meta 28d
compare "Google | Generic" and "Google | Shopping"
compare generic and shopping mtd
compare generic with meta
compare google and nowhere
compare google and meta vs month
sammenlign google og meta forrige uke
advice
advice google
advice meta
advice generic
advice "LinkedIn | ABM"
advice tiktok
advice nowhere
råd
todo
pacing
pacing google
budsjett
tests
outcomes
results
rules
rules pause
regler
targets
mål
sources
kilder
settings
digest
digest monday
digest weekly
digest friday
i dag
share
share advice
share channel google
share share advice
share subscribe
subscribe
subscribe 06:45
subscribe 6:45 weekdays
subscribe 08:00 mon wed fri nb
subscribe 25:00
subscribe mandag 09:00
subscribe 07:30 Europe/London
unsubscribe
export
export google
export google 28d
export 2026-11-01..2026-11-15
export nowhere
find
find generic
find shift
find "leads b2b"
find zzzz
find a
audit
audit kari
audit 7d
audit plan
revisjon
thanks
thanks!
takk
tusen takk
chanel google
campain generic
hlep
pasing
advise
subscibe
digset
exprt
kampanj generic
/perf channel google
/perf /perf help
channel   google    7d
CHANNEL GOOGLE 7D
"channel google"
channel “google” 7d
settings language nb
settings language norsk
settings language klingon
settings zone Europe/London
settings zone Mars/Olympus
settings nonsense
settings
channel google
"""
NAMES = (
    *("Google", "Meta", "LinkedIn", "TikTok", "generic", "shopping", "brand", "competitors"),
    *("guides", "retargeting", "Leads B2B", "Awareness autumn", "ABM", "whitepaper", "community"),
)
ENGLISH = """
which campaign has the best roas?
why did cpa go up last week
what should I do today
are we on budget this month
show me the worst ad set
which keywords waste money
forecast spend for the month
what changed since monday
how much did we spend yesterday?
how much did we spend on google last week?
what is our roas this month?
what was the cpa on meta in october?
top 3 campaigns by revenue
which channel is cheapest per lead?
compare meta and tiktok
is tracking broken anywhere?
why did roas drop on retargeting?
can I increase the budget for brand?
what happens if I double the shopping budget?
how is linkedin doing?
how did we do on Black Friday compared to last year?
what is the ctr of meta awareness?
what is a good cpm?
what does "settles at" mean?
when did generic get worse?
show me spend per day for shopping last two weeks
which ad is fatigued?
what did Kari do yesterday?
what are our targets?
pause google competitors
how sure are you about the shift?
why no advice on retargeting?
what is the conversion rate on shopping?
what's the weather in oslo?
spend by device
performance by country
how are our competitors doing?
what is our CAC?
profit last week
mute the advice about linkedin for a week
why did the CPA on google rise last week?
how is Meta doing this month?
how did google do vs last month
what should we do about google?
are we on track?
why is Google | Shopping so expensive?
how are Leads B2B going
google 28d
why are leads on meta so expensive?
why did the cost per sale on Google rise last week?
is google better than meta?
which channel has the best roas?
how are google and meta doing?
how has google’s cpa been since Thursday?
what happened to Leads B2B on Friday?
why isn’t there any advice for generic?
how is gogle doing last week?
how did google do with flurbs since thursday?
how is google doing today?
how are you?
what is the weather like
why did CPA rise?
why did conversions drop yesterday
why did the CPA on gogle rise last week?
why is the weather bad?
generic
"Google | Generic"
brand 28d
generic vs shopping
is generic cheaper than shopping?
show me generic
tell me about whitepaper please
what about retargeting?
and brand?
how many leads did we get from linkedin this month
how many sales on google yesterday?
cost per lead on linkedin last month
clicks on tiktok
what did we spend on "Meta | Customers"
results of the last tests
what did the bot learn?
who gets the digest?
hello
ok thanks
"""
NORWEGIAN = """
hvilken kampanje er dårligst?
hvilken kampanje har høyest cpa?
hvilke kampanjer ligger over mål?
er det noe galt med sporingen?
hvorfor har prisen per salg økt på generic?
bør jeg pause Competitors?
where should I put 10 000 kr more?
hvor mye penger er igjen denne måneden?
kommer vi til å bruke opp budsjettet?
hvordan går det med linkedin?
hvor mange leads fikk vi forrige uke?
hvem godkjente flyttingen?
hva er målet for shopping?
sett målet for generic til 240 kr
takk
hva tjente vi på google forrige uke?
lag en ukesrapport
hvorfor steg CPA på Google forrige uke?
hvordan går det med meta i går
Hvorfor er klikkene på Meta så dyre?
hvor mye brukte vi i går?
hvor mange salg fikk vi siden torsdag?
hvor mye brukte vi på google i oktober?
hvorfor får jeg ingen råd om generic?
er google bedre enn meta?
hvordan gikk det med gogle forrige uke
hvorfor steg CPA forrige uke?
hva skjer med generic?
hva bør vi gjøre i dag?
hva bør vi gjøre med google?
er vi i rute?
er vi på budsjett?
hvordan går det?
hvordan gikk det i går?
vis meg generic siste 28 dager
hva koster et salg på google?
hvilken kanal er billigst per lead?
sammenlign meta og tiktok
hvorfor falt roas på retargeting?
hva er klikkraten på awareness?
hva er omsetningen denne måneden?
hvor mye brukte vi på meta forrige måned?
hvor mange klikk fikk tiktok i går?
når blir tallene klare?
hvorfor er shopping så dyr?
er generic billigere enn shopping?
hva med brand?
og retargeting?
hei
hva er været i oslo?
hva betyr frekvens?
tusen takk
"""
TEMPLATES = {
    "en": (
        "how is {} doing?",
        "how did {} do last month?",
        "how is {} doing this month compared to last month?",
        "why is {} so expensive?",
        "why no advice about {}?",
    ),
    "nb": (
        "hvordan går det med {}?",
        "hvordan gikk det med {} forrige måned?",
        "hvorfor er {} så dyr?",
        "hva bør vi gjøre med {}?",
        "hvor mye brukte vi på {} i forrige uke?",
    ),
}


def commands() -> Iterator[str]:
    """What follows `/perf`, in order."""
    for line in PATTERNS.strip().splitlines():
        whole = [line.replace("{w}", each) for each in WINDOWS] if "{w}" in line else [line]
        for text in whole:
            yield from (text.replace("{v}", each) for each in VERSUS) if "{v}" in text else (text,)
    yield from COMMANDS.removeprefix("\n").removesuffix("\n").split("\n")


def sentences(language: str) -> Iterator[str]:
    """Questions in ordinary words."""
    written = ENGLISH if language == "en" else NORWEGIAN
    yield from written.strip().splitlines()
    yield from (shape.format(name) for shape in TEMPLATES[language] for name in NAMES)


# Words of the command line apart by spaces, or by `|` where a question has spaces in it.
CLI = """
board --window 7d --format json
board --window mtd --format json
board --window 2026-11-01..2026-11-15 --format json
board
board --window nonsense
advise --format json
advise
ask|/perf channel google|--format|json
ask|/perf campaign generic|--language|nb|--format|json
ask|how is generic doing?
ask|/perf gogle
ask|/perf subscribe|--format|json
ask|/perf channel google|--language|xx
digest --dry-run --format json
digest --dry-run --language nb
why google cpa 28d --format json
why-not brand --format json
why-not brand cpa-over-target
outcomes --format json
rules list --format json
rules explain always-pace-under
plan export
channel
"""


def cli() -> Iterator[list[str]]:
    """The words of each command line."""
    for line in CLI.strip().splitlines():
        yield line.split("|") if "|" in line else line.split(" ")
