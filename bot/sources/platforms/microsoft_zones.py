"""Microsoft's names of time zones, each by a city of the IANA's that keeps its clock.

Accounts and reports name some of them differently; both are here. A few of Microsoft's groups span
cities whose clocks have parted since: the first that is named counts.
"""

from __future__ import annotations

ZONES = {
    "AbuDhabiMuscat": "Asia/Dubai", "Adelaide": "Australia/Adelaide", "Alaska": "America/Anchorage",
    "AlmatyNovosibirsk": "Asia/Almaty",
    "AmsterdamBerlinBernRomeStockholmVienna": "Europe/Berlin", "Arizona": "America/Phoenix",
    "AstanaDhaka": "Asia/Dhaka", "AthensBuckarestIstanbul": "Europe/Athens",
    "AthensIslandanbulMinsk": "Europe/Athens", "AtlanticTimeCanada": "America/Halifax",
    "AucklandWellington": "Pacific/Auckland", "Azores": "Atlantic/Azores",
    "Baghdad": "Asia/Baghdad", "BakuTbilisiYerevan": "Asia/Baku",
    "BangkokHanoiJakarta": "Asia/Bangkok",
    "BeijingChongqingHongKongUrumqi": "Asia/Shanghai",
    "BelgradeBratislavaBudapestLjubljanaPrague": "Europe/Budapest",
    "BogotaLimaQuito": "America/Bogota", "Brasilia": "America/Sao_Paulo",
    "Brisbane": "Australia/Brisbane", "BrusselsCopenhagenMadridParis": "Europe/Paris",
    "Bucharest": "Europe/Bucharest",
    "BuenosAiresGeorgetown": "America/Argentina/Buenos_Aires", "Cairo": "Africa/Cairo",
    "CanberraMelbourneSydney": "Australia/Sydney", "CapeVerdeIsland": "Atlantic/Cape_Verde",
    "CaracasLaPaz": "America/Caracas", "CasablancaMonrovia": "Africa/Casablanca",
    "CentralAmerica": "America/Guatemala", "CentralTimeUSCanada": "America/Chicago",
    "ChennaiKolkataMumbaiNewDelhi": "Asia/Kolkata",
    "ChihuahuaLaPazMazatlan": "America/Mazatlan", "Darwin": "Australia/Darwin",
    "EasternTimeUSCanada": "America/New_York", "Ekaterinburg": "Asia/Yekaterinburg",
    "FijiKamchatkaMarshallIsland": "Pacific/Fiji", "Greenland": "America/Nuuk",
    "GreenwichMeanTimeDublinEdinburghLisbonLondon": "Europe/London",
    "GuadalajaraMexicoCityMonterrey": "America/Mexico_City", "GuamPortMoresby": "Pacific/Guam",
    "HararePretoria": "Africa/Johannesburg", "Hawaii": "Pacific/Honolulu",
    "HelsinkiKyivRigaSofiaTallinnVilnius": "Europe/Helsinki", "Hobart": "Australia/Hobart",
    "IndianaEast": "America/Indiana/Indianapolis", "InternationalDateLineWest": "Etc/GMT+12",
    "IrkutskUlaanBataar": "Asia/Irkutsk", "IslamabadKarachiTashkent": "Asia/Karachi",
    "IslandamabadKarachiTashkent": "Asia/Karachi", "Jerusalem": "Asia/Jerusalem",
    "Kabul": "Asia/Kabul", "Kathmandu": "Asia/Kathmandu", "Krasnoyarsk": "Asia/Krasnoyarsk",
    "KualaLumpurSingapore": "Asia/Singapore", "KuwaitRiyadh": "Asia/Riyadh",
    "MagadanSolomonIslandNewCaledonia": "Pacific/Noumea", "MidAtlantic": "Etc/GMT+2",
    "MidwayIslandAndSamoa": "Pacific/Midway", "MidwayIslandandSamoa": "Pacific/Midway",
    "MoscowStPetersburgVolgograd": "Europe/Moscow", "MountainTimeUSCanada": "America/Denver",
    "Nairobi": "Africa/Nairobi", "Newfoundland": "America/St_Johns",
    "Nukualofa": "Pacific/Tongatapu", "OsakaSapporoTokyo": "Asia/Tokyo",
    "PacificTimeUSCanadaTijuana": "America/Los_Angeles", "Perth": "Australia/Perth",
    "Rangoon": "Asia/Yangon", "Santiago": "America/Santiago",
    "SarajevoSkopjeWarsawZagreb": "Europe/Warsaw", "Saskatchewan": "America/Regina",
    "Seoul": "Asia/Seoul", "SolomonIslandNewCaledonia": "Pacific/Noumea",
    "SriJayawardenepura": "Asia/Colombo", "Taipei": "Asia/Taipei", "Tehran": "Asia/Tehran",
    "Vladivostok": "Asia/Vladivostok", "WestCentralAfrica": "Africa/Lagos",
    "Yakutsk": "Asia/Yakutsk",
}  # fmt: skip
_OF_ACCOUNTS = frozenset({
    "AthensBuckarestIstanbul", "IslamabadKarachiTashkent", "MidwayIslandAndSamoa",
    "SolomonIslandNewCaledonia",
})  # fmt: skip  # which reports write otherwise
_OF_REPORTS = {zone: name for name, zone in ZONES.items() if name not in _OF_ACCOUNTS}


def account_zone(name: str) -> str:
    """The IANA name of an account's time zone; its own name where it is not known."""
    return ZONES.get(name, name)


def report_zone(zone: str) -> str | None:
    """What a report calls a time zone of the IANA's; None where it has no name for it."""
    return _OF_REPORTS.get(zone)
