"""Microsoft's reports: asked for, waited for, downloaded, unzipped, and read whole or not at all.

A report names its rows in its head and ends with a line of its own: one of which a part is missing
is refused, and so is one whose last day Microsoft says it has not finished. A report without rows
is no file at all: nothing was shown in those days. Its time zones have names of Microsoft's own,
read as a city of the IANA's that keeps their clock.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from bot.errors import SourceError
from bot.sources.base import AdAccount
from bot.sources.platforms.microsoft_calls import MicrosoftCalls, model
from bot.sources.platforms.microsoft_errors import BrokenAnswer, StillCounting, trouble
from bot.sources.platforms.rest import LATER, TIMEOUT

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


POLLS = 60  # at most: some twenty-five minutes
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between the first polls
PAUSE = 30.0  # and between the others; most reports are made within minutes
MOST_PACKED, MOST_TEXT = 256 << 20, 2 << 30  # bytes of a report
HEAD_LINES = 40  # among which the headings must stand
FOOTER = "Microsoft Corporation"
MISSING = frozenset({"", "-", "--"})
CLOCKS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y")
HISTORY = "SearchCampaignChangeHistory"


@dataclass(frozen=True)
class ReportSpec:
    """A report to ask for.

    Attributes:
        kind: As the SDK names it, `CampaignPerformance`.
        columns: The SDK's names; `TimePeriod` is the day.
        account: Whose.
        since, until: The account's days.
    """

    kind: str
    columns: Sequence[str]
    account: AdAccount
    since: date
    until: date


@dataclass(frozen=True)
class MicrosoftReports:
    """The reporting service."""

    calls: MicrosoftCalls

    def table(self, spec: ReportSpec) -> pd.DataFrame:
        """The report's rows as text, a column for each that was asked for; maybe none.

        Raises:
            SourceError: It did not come, or not whole; once more is asked where it failed.
        """
        for _ in range(2):
            report_id = self._submitted(spec)
            address = self._address(spec, report_id)
            if address is not None:
                return self._downloaded(spec, report_id, address)
        raise SourceError("Microsoft could not make the report.", hint=LATER)

    def _submitted(self, spec: ReportSpec) -> str:
        request = model("reporting", "SubmitGenerateReportRequest")(ReportRequest=_request(spec))
        answer = self.calls.ask("reporting", "submit_generate_report", request, spec.account)
        report_id = answer.get("ReportRequestId")
        if not report_id:
            raise SourceError("Microsoft took the report on and named it not.", hint=LATER)
        return str(report_id)

    def _address(self, spec: ReportSpec, report_id: str) -> str | None:
        """Where it lies; "" where it has no rows, None where it failed.

        Raises:
            SourceError: It is not ready after all that waiting.
        """
        for count in range(POLLS):
            status = self._status(spec, report_id)
            if status.get("Status") == "Success":
                return str(status.get("ReportDownloadUrl") or "")
            if status.get("Status") != "Pending":
                return None
            self.calls.patience.sleep(PAUSES[count] if count < len(PAUSES) else PAUSE)
        raise SourceError("Microsoft has not made the report in time.", hint=LATER)

    def _status(self, spec: ReportSpec, report_id: str) -> Mapping[str, Any]:
        request = model("reporting", "PollGenerateReportRequest")(ReportRequestId=report_id)
        answer = self.calls.ask("reporting", "poll_generate_report", request, spec.account)
        status = answer.get("ReportRequestStatus")
        return status if isinstance(status, dict) else {}

    def _downloaded(self, spec: ReportSpec, report_id: str, address: str) -> pd.DataFrame:
        """The rows; the address is good for five minutes, so it is asked for anew each time."""
        addresses = iter([address])

        def download() -> pd.DataFrame:
            place = next(addresses, None)
            if place is None:
                place = str(self._status(spec, report_id).get("ReportDownloadUrl") or "")
            if not place:
                return pd.DataFrame(columns=list(spec.columns))
            return read_report(unpacked(self._fetched(place)), spec)

        table = self.calls.patience.ask(download, trouble)
        assert isinstance(table, pd.DataFrame)
        return table

    def _fetched(self, address: str) -> bytes:
        import requests  # noqa: PLC0415 (comes with the extra)

        if not (address.startswith("https://") or self.calls.is_local):
            raise BrokenAnswer
        with requests.get(address, timeout=TIMEOUT, stream=True, allow_redirects=False) as reply:
            if reply.status_code != 200:
                raise BrokenAnswer
            packed = io.BytesIO()
            for part in reply.iter_content(1 << 20):
                packed.write(part)
                if packed.tell() > MOST_PACKED:
                    raise SourceError(
                        "Microsoft's report is too large to be read.",
                        hint="Name fewer accounts, or fewer days of [details] pull_days.",
                    )
            return packed.getvalue()


def _request(spec: ReportSpec) -> Any:
    """The SDK's own request for it, in the account's own time zone."""
    fields: dict[str, Any] = {
        "Format": "Csv", "FormatVersion": "2.0", "ReturnOnlyCompleteData": False,
        "ReportName": "perfbot", "Columns": list(spec.columns), "Time": _time(spec),
    }  # fmt: skip
    below = "Campaign" if spec.kind == "CampaignPerformance" else "AdGroup"
    scope = model("reporting", f"AccountThrough{below}ReportScope")
    fields["Scope"] = scope(AccountIds=[spec.account.account_id])
    if spec.kind != HISTORY:
        fields["Aggregation"] = "Daily"
    return model("reporting", f"{spec.kind}ReportRequest")(**fields)


def _time(spec: ReportSpec) -> Any:
    day = model("reporting", "Date")
    since, until = spec.since, spec.until
    zone = report_zone(spec.account.time_zone)
    return model("reporting", "ReportTime")(
        CustomDateRangeStart=day(Year=since.year, Month=since.month, Day=since.day),
        CustomDateRangeEnd=day(Year=until.year, Month=until.month, Day=until.day),
        **({"ReportTimeZone": zone} if zone else {}),
    )


def unpacked(packed: bytes) -> str:
    """The text of a zipped report.

    Raises:
        Unreadable: It is no zip of one file, or too large.
    """
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = archive.infolist()
        if len(files) != 1 or files[0].file_size > MOST_TEXT:
            raise BrokenAnswer
        return archive.read(files[0]).decode("utf-8-sig")


def read_report(text: str, spec: ReportSpec) -> pd.DataFrame:
    """The rows of a report, as text, by the names that were asked for.

    Raises:
        Unreadable: A part of it is missing.
        StillCounting: Microsoft has not finished its last day.
    """
    head, headings, rows = _split(text, spec.columns)
    declared_rows = head.get("Rows", "")
    if not declared_rows.isdecimal() or int(declared_rows) != len(rows):
        raise BrokenAnswer
    if any(len(cells) != len(headings) for cells in rows):
        raise BrokenAnswer
    if spec.kind != HISTORY and not _finished(head, spec):
        raise StillCounting(f"{spec.until:%Y-%m-%d} of {spec.account.name}")
    return pd.DataFrame(rows, columns=headings, dtype=object)[list(spec.columns)]


def _split(text: str, columns: Sequence[str]) -> tuple[dict[str, str], list[str], list[list[str]]]:
    """The lines above the headings by name, the headings, and what stands below but the footer."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    head: dict[str, str] = {}
    try:
        for cells in islice(reader, HEAD_LINES):
            if set(columns) <= set(cells):
                rows = [row for row in reader if row]
                if not rows or FOOTER not in rows[-1][0]:
                    raise BrokenAnswer
                return head, cells, rows[:-1]
            if len(cells) == 1:
                name, _, value = cells[0].partition(":")
                head[name.strip()] = value.strip()
    except csv.Error:
        raise BrokenAnswer from None
    raise BrokenAnswer


def _finished(head: Mapping[str, str], spec: ReportSpec) -> bool:
    """Whether the last day is whole: Microsoft's word for it, held against how far it has got."""
    if head.get("Potential Incomplete Data", "").lower() != "true":
        return True
    counted = _moment(head.get("Last Completed Available Hour", "")) or _moment(
        head.get("Last Completed Available Day", "")
    )
    if counted is None:  # it does not say how far: the next 30 pulls ask the day once more
        return True
    midnight = datetime.combine(
        spec.until + timedelta(days=1), time(), ZoneInfo(spec.account.time_zone)
    )
    return counted >= midnight - timedelta(seconds=1)


def _moment(written: str) -> datetime | None:
    """A moment of a report's head: they are UTC, whatever stands behind them."""
    written = written.replace("(GMT)", "").strip()
    for clock in CLOCKS:
        try:
            return datetime.strptime(written, clock).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def dates(cells: pd.Series) -> pd.Series:
    """Days of a column.

    Raises:
        SourceError: One is none.
    """
    days = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
    if days.isna().any():
        raise SourceError("Microsoft's report has a day that is none.", hint=LATER)
    return days


def numbers(cells: pd.Series) -> pd.Series:
    """Numbers of a column; what is missing is missing.

    Raises:
        SourceError: One is none.
    """
    words = cells.str.strip()
    present = words.where(~words.isin(MISSING))
    plain = present.str.fullmatch(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
    if (present.notna() & ~plain.fillna(value=False).astype(bool)).any():
        raise SourceError("Microsoft's report has a number that is none.", hint=LATER)
    return pd.to_numeric(present.str.replace(",", "", regex=False)).astype("float64")
