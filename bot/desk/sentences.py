"""The words of a sentence: what kind of question it is, and what names nothing."""

from __future__ import annotations

INTENTS = {
    "why": "why",
    "hvorfor": "why",
    "how come": "why",
    "what happened": "why",
    "what changed": "why",
    "what is wrong": "why",
    "hva skjedde": "why",
    "hva har skjedd": "why",
    "hva endret seg": "why",
    "hva er galt": "why",
    "what's wrong": "why",
    "hva er feil": "why",
    "why not": "why-not",
    "why no advice": "why-not",
    "hvorfor ikke": "why-not",
    "hvorfor ingen råd": "why-not",
    "ingen råd": "why-not",
    "no advice": "why-not",
    "advice": "advice",
    "what should": "advice",
    "what to do": "advice",
    "råd": "advice",
    "hva bør": "advice",
    "hva skal": "advice",
    "pacing": "pacing",
    "on pace": "pacing",
    "on track": "pacing",
    "on budget": "pacing",
    "budget": "pacing",
    "budsjett": "pacing",
    "budsjettet": "pacing",
    "i rute": "pacing",
    "did it work": "outcomes",
    "what worked": "outcomes",
    "virket det": "outcomes",
    "hva virket": "outcomes",
    "summary": "digest",
    "sammendrag": "digest",
    "kampanje": "campaign",
    "kampanjen": "campaign",
    "campaign": "campaign",
    "kanal": "channel",
    "kanalen": "channel",
    "channel": "channel",
}
"""Phrases that say what kind of question it is; without one the name decides."""

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

_CONTRAST = (
    "better worse than vs vs. versus or and against compare compared cheaper dearer higher lower "
    "bedre verre enn eller og mot kontra sammenlign sammenlignet sammenligne billigere dyrere "
    "høyere lavere between mellom"
)
CONTRAST = frozenset(_CONTRAST.split())
"""Words that hold one name against another."""

SPENDING = frozenset(["spent", "spending", "brukt", "brukte", "bruker", "brukes"])
"""Words that ask about the spend where no other number is named."""

_THANKS = (
    "thanks;thank you;thanks a lot;many thanks;thank you very much;thx;ty;cheers;great thanks;"
    "thanks perfbot;ok thanks;takk;tusen takk;mange takk;takk skal du ha;takk for hjelpen;"
    "takk perfbot;ok takk;supert takk;flott takk;takker"
)
THANKS = frozenset(_THANKS.split(";"))

ADVICE = frozenset({"advice", "råd", "rådet", "recommendation", "recommendations", "anbefaling"})
"""Why (no) advice: that is `why-not`."""

_DEAR = "expensive pricey costly dear dearer cheap cheaper dyr dyre dyrt dyrere billig billige"
DEAR = frozenset((*_DEAR.split(), "billigere"))
PRICES = {
    "impressions": "cpm",
    "clicks": "cpc",
    "leads": "cpl",
    "conversions": "cpa",
    "qualified_leads": "cost_per_qualified_lead",
    "landing_views": "cost_per_landing_view",
    "engagements": "cost_per_engagement",
    "repeat_conversions": "cost_per_repeat_sale",
}
"""What is asked about where leads, clicks or sales are expensive: their price."""
