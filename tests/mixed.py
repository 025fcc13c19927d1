"""A programme that mixes all four kinds of sources, and what lies in each of them.

Registrations come as files and from a PostgreSQL, follow-ups from an ODK Central and a KoboToolbox. It is the starter
with other sources, so its questions and indicators are the starter's.
"""

import re
import shutil
from pathlib import Path

from flows.starter import write_starter
from tests.fakes.kobotoolbox import TOKEN, Kobo
from tests.fakes.odk_central import PASSWORD, USER

NAME = "four_sources"
ASKED = ("participant_id", "date", "sales_last_month", "sells_online", "contact_result")
"""What a follow-up asks, by the paths that the starter's form names."""
FIELDS = [
    {"path": f"/{name}", "name": name, "type": "string", "binary": None, "selectMultiple": None} for name in ASKED
]
SURVEY = [{"type": "text", "name": name, "$xpath": name} for name in ASKED]

ROUND_12 = """
[[rounds]]
id = "m12"
title = { th = "ติดตามผลเดือนที่ 12", en = "Follow-up at month 12" }
short = { th = "12 เดือน", en = "12 months" }
months = 12
"""
SOURCES = {
    "sheets": 'kind = "file_drop"\nform = "registration"\nfiles = "registration*"',
    "register": 'kind = "postgres"\nform = "registration"\nconnection = "office"\n'
    'table = "public.registrations"\nkey = ["participant_id"]',
    "interviews": 'kind = "odk_central"\nform = "follow_up"\nround = "m6"\nconnection = "field"\n'
    'project = 1\nform_id = "follow_up"',
    "calls": f'kind = "kobotoolbox"\nform = "follow_up"\nround = "m12"\nconnection = "kobo"\nasset = "{Kobo.asset}"',
}


def write_programme(programmes: Path, more: dict[str, str] | None = None) -> Path:
    """The programme's folder; `more` are further lines of a source, by its id."""
    folder = programmes / NAME
    write_starter(folder, NAME)
    shutil.rmtree(folder / "inbox")
    (folder / "inbox").mkdir()
    path = folder / "programme.toml"
    text = path.read_text(encoding="utf-8")
    sources = "\n".join(
        f'[[sources]]\nid = "{name}"\n{lines}\n{(more or {}).get(name, "")}\n' for name, lines in SOURCES.items()
    )
    text = re.sub(r"\n\[\[sources\]\].*?\n(?=# ---- Design)", lambda _: f"\n{sources}\n", text, flags=re.DOTALL)
    text = text.replace("months = 6\n", f"months = 6\n{ROUND_12}", 1)
    path.write_text(text, encoding="utf-8")
    return folder


def connections(central: str, kobo: str, dsn: str) -> dict[str, str]:
    """The environment in which all of them are reached."""
    return {
        "IMPACT_CONNECTION_OFFICE_DSN": dsn,
        "IMPACT_CONNECTION_FIELD_URL": central,
        "IMPACT_CONNECTION_FIELD_USER": USER,
        "IMPACT_CONNECTION_FIELD_PASSWORD": PASSWORD,
        "IMPACT_CONNECTION_KOBO_URL": kobo,
        "IMPACT_CONNECTION_KOBO_TOKEN": TOKEN,
    }


def registration(number: int) -> dict[str, str]:
    """One person's registration, by the headings that the starter's form names."""
    return {
        "participant_id": f"P{number:04}",
        "name": "สมมติ นามสมมติ",
        "phone": f"08{10_000_000 + number}",
        "consent": "yes",
        "date": "2025-01-15",
        "session": f"S{number % 6 + 1}",
        "birth_year": str(1960 + number % 40),
        "sales_last_month": str(4000 + 10 * number),
        "sells_online": "yes" if number % 4 == 0 else "no",
        "sex": "female" if number % 3 else "male",
    }


def follow_up(number: int, month: str, online: bool) -> dict[str, str]:
    """One person's answers at a follow-up."""
    said = (f"P{number:04}", month, str(5000 + 10 * number), "yes" if online else "no", "completed")
    return dict(zip(ASKED, said, strict=True))


def csv_of(rows: list[dict[str, str]]) -> str:
    """Registrations as a sheet of text."""
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n"


def table_of(rows: list[dict[str, str]]) -> list[str]:
    """The statements that make the table of registrations."""
    columns = ", ".join(f"{name} text" for name in rows[0])
    values = ", ".join("(" + ", ".join(f"'{value}'" for value in row.values()) + ")" for row in rows)
    return [f"create table registrations ({columns})", f"insert into registrations values {values}"]
