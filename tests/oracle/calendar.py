"""Holds business time of the built binary against Python's zoneinfo, minute by minute.

    python3 tests/oracle/calendar.py target/release/leadway [YEARS]
    python3 tests/oracle/calendar.py --answers > tests/oracle/calendar.answers

The second writes answers without the binary: the minutes around each change of a zone's clock and others spread over four years.
`cargo test` holds the calendars to them, so the tests need no Python.

For each zone a calendar with awkward hours, holidays, an exception and a season; a lead at every minute of the years (6 by
default) is routed through the binary, which says whether the calendar was open and when a promise of 95 business minutes falls
due. Both are held against a walk over the minutes with Python's own zone data. The two must be of one version of the IANA data
(chrono-tz says which): `pip install tzdata==2025.2` and PYTHONTZPATH="" make Python use that.
"""

import csv
import datetime as dt
import itertools
import subprocess
import sys
import tempfile
import zoneinfo
from pathlib import Path

ZONES = """America/New_York 2021, America/Los_Angeles 2005, America/St_Johns 2008, America/Sao_Paulo 2015, America/Havana 2010,
America/Santiago 2019, America/Caracas 2005, Europe/London 2022, Europe/Berlin 2024, Europe/Lisbon 1990, Europe/Istanbul 2014,
Europe/Moscow 2009, Africa/Casablanca 2017, Africa/Cairo 2012, Asia/Kolkata 2022, Asia/Kathmandu 1983, Asia/Tehran 2020,
Asia/Beirut 2020, Asia/Gaza 2021, Asia/Pyongyang 2015, Australia/Lord_Howe 2022, Pacific/Apia 2009, Pacific/Chatham 2028,
Antarctica/Troll 2021"""
MINUTE = dt.timedelta(minutes=1)
PROMISED = 95
WEEK = {
    "mon..fri": "00:00-00:30, 01:15-02:45, 09:00-12:30, 13:30-18:00, 23:00-24:00",
    "sun": "00:00-24:00",
}
SEASON = "08:00-10:00"


def policy(zone, first):
    hours = "\n".join(f"  {days} {open_}" for days, open_ in WEEK.items())
    return f'''lead {{ id text required  created_at time required }}
calendar c {{
  zone "{zone}"
{hours}
  tue {SEASON} during {first + 1}-03-01..{first + 1}-11-30
  holidays {first}-12-25, {first + 1}-01-01..{first + 1}-01-02
  on {first}-12-25 10:00-10:01
  on {first + 2}-02-28 closed
}}
queue open
queue shut
sla s {{ respond within {PROMISED} minutes of business time in c }}
route main {{
  rule "Open" {{ match arrives during c  assign queue open  sla s }}
  otherwise {{ assign queue shut  sla s }}
}}
'''


def spans(text):
    clock = lambda t: int(t[:2]) * 60 + int(t[3:])
    return [tuple(map(clock, span.strip().split("-"))) for span in text.split(",")]


def hours_of(day, first):
    """The open spans of a day on its clock, in minutes."""
    if day == dt.date(first, 12, 25):
        return [(600, 601)]
    if day == dt.date(first + 2, 2, 28):
        return []
    if dt.date(first + 1, 1, 1) <= day <= dt.date(first + 1, 1, 2):
        return []
    if day.weekday() == 1 and dt.date(first + 1, 3, 1) <= day <= dt.date(first + 1, 11, 30):
        return spans(SEASON)
    if day.weekday() < 5:
        return spans(WEEK["mon..fri"])
    return spans(WEEK["sun"]) if day.weekday() == 6 else []


def walk(zone, first, start, minutes):
    """Whether the clock shows an open time, for each minute."""
    known, zone = {}, zoneinfo.ZoneInfo(zone)
    for local in map(lambda at: (start + at * MINUTE).astimezone(zone), range(minutes)):
        day = local.date()
        if day not in known:
            known[day] = hours_of(day, first)
        clock = local.hour * 60 + local.minute
        yield any(a <= clock < b for a, b in known[day])


def answers(binary, folder, zone, first, start, minutes):
    (folder / "main.leadway").write_text(policy(zone, first))
    with open(folder / "leads.csv", "w") as leads:
        leads.write("id,created_at\n")
        leads.writelines(f"{at},{(start + at * MINUTE):%Y-%m-%dT%H:%MZ}\n" for at in range(minutes))
    command = [binary, "route", "main.leadway", "--leads", "leads.csv", "--at", "created_at", "--format", "csv", "--out", "out.csv"]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    with open(folder / "out.csv", newline="") as decisions:
        for row in csv.DictReader(decisions):
            yield row["queue"] == "open", row["due"]


def hold(binary, zone, first, years):
    start = dt.datetime(first, 1, 1, tzinfo=dt.timezone.utc)
    minutes = (dt.datetime(first + years, 1, 1, tzinfo=dt.timezone.utc) - start) // MINUTE
    open_ = list(walk(zone, first, start, minutes))
    # The minute after each open one is where a promise of so many may end.
    ends = [at + 1 for at in range(minutes) if open_[at]]
    before = list(itertools.accumulate(open_, initial=0))
    wrong = compared = 0
    with tempfile.TemporaryDirectory() as folder:
        for at, (said, due) in enumerate(answers(binary, Path(folder), zone, first, start, minutes)):
            end = before[at] + PROMISED - 1
            expected = start + ends[end] * MINUTE if end < len(ends) else None
            compared += 1
            differs = said != open_[at] or (expected and dt.datetime.fromisoformat(due).astimezone(dt.timezone.utc) != expected)
            if differs and (wrong := wrong + 1) < 4:
                print(f"{zone} {start + at * MINUTE}: open {said}, due {due}; expected {open_[at]}, {expected}")
    print(f"{zone:24} {first}..{first + years - 1} {compared:>9} minutes, {wrong} wrong", flush=True)
    return wrong or compared != minutes


def record(zone, first, years=4):
    """A calendar, then a line a minute: minutes since 1970, `o` for open or `c` for closed, and minutes until the promise is due."""
    start = dt.datetime(first, 1, 1, tzinfo=dt.timezone.utc)
    minutes = (dt.datetime(first + years, 1, 1, tzinfo=dt.timezone.utc) - start) // MINUTE
    open_ = list(walk(zone, first, start, minutes))
    ends = [at + 1 for at in range(minutes) if open_[at]]
    before = list(itertools.accumulate(open_, initial=0))
    offset = lambda at: (start + at * MINUTE).astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()
    hours = [offset(at) for at in range(0, minutes, 60)]
    changes = [hour * 60 for hour in range(1, len(hours)) if hours[hour] != hours[hour - 1]]
    around = {at + near for at in changes for near in range(-150, 151, 15)} | {at + near for at in changes for near in (-61, -31, -1, 1)}
    asked = sorted(at for at in around | set(range(0, minutes, 20011)) if 0 <= at < minutes)
    print(f"# {zone}")
    print("".join(f"| {line}\n" for line in policy(zone, first).splitlines()), end="")
    epoch = int(start.timestamp()) // 60
    for at in asked:
        end = before[at] + PROMISED - 1
        if end < len(ends):
            print(epoch + at, "o" if open_[at] else "c", ends[end] - at)


def main():
    if sys.argv[1] == "--answers":
        for text in ZONES.split(","):
            zone, first = text.split()
            record(zone, int(first))
        return
    binary = str(Path(sys.argv[1]).resolve())
    years = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    zones = [text.split() for text in ZONES.split(",")]
    failed = [zone for zone, first in zones if hold(binary, zone, int(first), years)]
    sys.exit(f"{len(failed)} zones differ: {', '.join(failed)}" if failed else 0)


main()
