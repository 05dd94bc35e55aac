"""Writes the calendars of this folder, and the sessions that the tests compare them with, from PyPI `exchange_calendars`.

    python -m venv calendars && calendars/bin/pip install exchange_calendars==4.13.2
    calendars/bin/python operators/calendar/data/make-calendars.py

`<MIC>.json`: hours, closed days and special sessions in the exchange's own time, see ../calendar-data.ts for the form.
`test/fixtures/calendar/sessions.csv.gz`: every session in UTC, straight from the package's schedule. The first is made by looking
for rules in local times, the second is not, so that the test of one against the other checks the rules and the clock changes.
What is taken from the package (Apache-2.0) are facts: days and hours.
"""

import gzip
import io
import json
from itertools import groupby
from pathlib import Path

import exchange_calendars
import pandas as pd

VERSION = "4.13.2"
FIRST, LAST = pd.Timestamp("2000-01-01"), pd.Timestamp("2030-12-31")
FOLDER = Path(__file__).parent
FIXTURE = FOLDER.parents[2] / "test" / "fixtures" / "calendar" / "sessions.csv.gz"

EXCHANGES = {
    "XAMS": "Euronext Amsterdam",
    "XASX": "Australian Securities Exchange",
    "XBOM": "BSE, Mumbai",
    "XETR": "Xetra, Frankfurt",
    "XHKG": "Hong Kong Exchanges",
    "XLON": "London Stock Exchange",
    "XPAR": "Euronext Paris",
    "XSHG": "Shanghai Stock Exchange",
    "XSWX": "SIX Swiss Exchange",
    "XTKS": "Tokyo Stock Exchange",
    "XTSE": "Toronto Stock Exchange",
}
# Compared with the package too; their rules are code, as they have no days of their own to list.
BY_RULE = ["XNYS", "24/7", "24/5"]


def calendar_of(name):
    factory = exchange_calendars.calendar_utils._default_calendar_factories[name]
    first, last = factory.bound_min(), factory.bound_max()
    start = FIRST if first is None else max(FIRST, first)
    end = LAST if last is None else min(LAST, last)
    return factory(start=start, end=end), start, end


def clock(moment, zone, day):
    """Hours and minutes at the exchange; 24:00 for the midnight after the day."""
    if pd.isna(moment):
        return None
    local = moment.tz_convert(zone)
    assert local.second == 0
    if local.tz_localize(None).normalize() == day:
        return local.strftime("%H:%M")
    assert local.tz_localize(None) == day + pd.Timedelta(days=1), (day, local)
    return "24:00"


def local_hours(calendar):
    """By session: (open, close, break or None) in local time."""
    hours = {}
    for day, row in calendar.schedule.iterrows():
        at = [clock(row[name], calendar.tz, day) for name in ("open", "close", "break_start", "break_end")]
        hours[day] = (at[0], at[1], None if at[2] is None else (at[2], at[3]))
    return hours


def of_date(rules, day):
    """The last of (since, value) that holds on a day."""
    return [value for since, value in rules if since is None or since <= day][-1]


def regular_hours(calendar, day):
    at = [
        of_date(rules, day).strftime("%H:%M") if rules else None
        for rules in (calendar.open_times, calendar.close_times, calendar.break_start_times, calendar.break_end_times)
    ]
    return at[0], at[1], None if at[2] is None else (at[2], at[3])


def text(day):
    return day.strftime("%Y-%m-%d")


def data_of(name):
    calendar, start, end = calendar_of(name)
    actual = local_hours(calendar)
    days = pd.date_range(start, end)
    week = "1111100"
    periods = []
    for day in days:
        hours = regular_hours(calendar, day)
        if not periods or periods[-1][1] != hours:
            periods.append((day, hours))
    closed = [day for day in days if week[day.weekday()] == "1" and day not in actual]
    special = {}
    for day, hours in actual.items():
        regular = regular_hours(calendar, day)
        if hours == regular and week[day.weekday()] == "1":
            continue
        special.setdefault((hours, regular[2] is not None and hours[2] is None), []).append(day)
    return {
        "name": name,
        "exchange": EXCHANGES[name],
        "source": f"PyPI exchange_calendars {VERSION} (Apache-2.0)",
        "timeZone": str(calendar.tz),
        "first": text(start),
        "last": text(end),
        "hours": [period(since, hours, week) for since, hours in periods],
        "closed": [text(day) for day in closed],
        "special": [special_entry(hours, without_break, dates) for (hours, without_break), dates in sorted(special.items())],
    }


def period(since, hours, week):
    entry = {"from": text(since), "days": week, "open": hours[0], "close": hours[1]}
    return entry | ({"break": list(hours[2])} if hours[2] else {})


def special_entry(hours, without_break, dates):
    entry = {"open": hours[0], "close": hours[1]}
    if hours[2]:
        entry["break"] = list(hours[2])
    elif without_break:
        entry["break"] = None
    return entry | {"dates": [text(day) for day in dates]}


def dates_by_year(dates, indent):
    rows = [", ".join(json.dumps(date) for date in group) for _, group in groupby(dates, key=lambda date: date[:4])]
    return "[\n" + ",\n".join(f"{indent}  {row}" for row in rows) + f"\n{indent}]" if rows else "[]"


def write(data):
    """JSON with a line for each year's dates."""
    lines = []
    for name, value in data.items():
        if name == "closed":
            shown = dates_by_year(value, "  ")
        elif name == "hours":
            shown = "[\n" + ",\n".join(f"    {json.dumps(entry)}" for entry in value) + "\n  ]"
        elif name == "special":
            entries = []
            for entry in value:
                head = json.dumps({key: of for key, of in entry.items() if key != "dates"})[:-1]
                entries.append(f'    {head}, "dates": {dates_by_year(entry["dates"], "    ")}}}')
            shown = "[\n" + ",\n".join(entries) + "\n  ]" if entries else "[]"
        else:
            shown = json.dumps(value, ensure_ascii=False)
        lines.append(f"  {json.dumps(name)}: {shown}")
    (FOLDER / f"{data['name']}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def runs_of(name):
    """Runs of sessions with equal hours, in minutes after midnight UTC of their dates: name,first,last,open,close,start,end,half.

    A run holds every day from Monday to Friday between its ends; sessions on a weekend stand alone."""
    calendar, _, _ = calendar_of(name)
    half = set(calendar.early_closes) | set(calendar.late_opens)
    runs = []
    for day, row in calendar.schedule.iterrows():
        at = [
            "" if pd.isna(row[column]) else int((row[column].tz_localize(None) - day) / pd.Timedelta(minutes=1))
            for column in ("open", "close", "break_start", "break_end")
        ]
        hours = (*at, int(day in half))
        follows = runs and runs[-1][2] == hours and day == runs[-1][1] + pd.offsets.BDay(1) and day.weekday() < 5
        if follows and runs[-1][1].weekday() < 5:
            runs[-1][1] = day
        else:
            runs.append([day, day, hours])
    return [f"{name},{text(first)},{text(last)},{','.join(map(str, hours))}" for first, last, hours in runs]


def main():
    assert exchange_calendars.__version__ == VERSION, f"this is exchange_calendars {exchange_calendars.__version__}"
    rows = ["calendar,first,last,open,close,breakStart,breakEnd,half"]
    for name in EXCHANGES:
        write(data_of(name))
    for name in [*EXCHANGES, *BY_RULE]:
        rows += runs_of(name)
    packed = io.BytesIO()
    # Without a name and a time: the same bytes each time.
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="") as file:
        file.write(("\n".join(rows) + "\n").encode())
    FIXTURE.write_bytes(packed.getvalue())
    print(f"{len(EXCHANGES)} calendars, {len(rows) - 1} runs, {len(packed.getvalue())} bytes")


if __name__ == "__main__":
    main()
