"""The canary scan: invented people with unmistakable values go in; nothing of them comes out.

They go through every way a value can take, also those that fail: as answers that cannot be read, as cells of files
that are refused. Then everything the engine left behind is decoded and searched. The same search finds them in
the landing and in the vault, so it can fail.
"""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.scanning import found_in, scan

# Each value stands for one identifying kind, in the spellings staff use; none occurs in the made-up data.
CANARIES = {
    "name": "กานารี",
    "surname": "นกขมิ้นเหลืองอ่อน",
    "latin name": "Zzcanaryname",
    "phone": "0899917345",
    "phone spelled": "089-991-7345",
    "phone abroad": "+66899917345",
    "national id": "1209900054320",
    "national id spelled": "1-2099-00054-32-0",
    "participant": "CANARY-7781",
    "enterprise": "ENTCANARY-99",
    "unreadable amount": "เก้าหมื่นกานารี",
    "unreadable date": "วันกานารีขัน",
    "own revenue": "98765431",
}


def plant(inbox: Path, form) -> None:
    """Adds a sheet with canaries: one person who is accepted, and two whose rows are set aside."""
    headings = {name: question.paths[0] for name, question in form.questions.items()}
    sheet = pl.read_excel(sorted(inbox.glob("registration/*.xlsx"))[0], read_options={"header_row": 1})
    good = sheet.head(1).with_columns(
        pl.lit(CANARIES["participant"]).alias(headings["participant_id"]),
        pl.lit(CANARIES["enterprise"]).alias(headings["enterprise_id"]),
        pl.lit(CANARIES["name"]).alias(headings["first_name"]),
        pl.lit(CANARIES["surname"] + " " + CANARIES["latin name"]).alias(headings["last_name"]),
        pl.lit(CANARIES["phone spelled"]).alias(headings["phone"]),
        pl.lit(None, dtype=pl.String).alias(headings["national_id"]),
        pl.lit(CANARIES["own revenue"]).alias(headings["sales_last_month_thb"]),
    )
    unreadable = pl.concat([good, good]).with_columns(
        pl.Series(headings["participant_id"], ["CANARY-7782", "CANARY-7783"]),
        pl.Series(headings["sales_last_month_thb"], [CANARIES["unreadable amount"], "1"]),
        pl.Series(headings["registered_on"], ["01/02/2568", CANARIES["unreadable date"]]),
        pl.lit(CANARIES["national id spelled"]).alias(headings["national_id"]),
    )
    text = pl.all().cast(pl.String)
    rows = pl.concat([good.select(text), unreadable.select(text)])
    rows.write_excel(inbox / "registration" / "zz-late.xlsx", worksheet="ทะเบียน")


def plant_broken(inbox: Path) -> None:
    """Adds a file that is refused: its quotes never close."""
    row = ",".join([CANARIES["participant"], CANARIES["phone"]])
    broken = f'เลขที่ใบสมัคร,เบอร์\n{row}\n"{CANARIES["name"]}'
    (inbox / "follow_up_m6-late.csv").write_text(broken, encoding="utf-8")


@pytest.fixture
def after_the_night(community, installation, prefect_server, monkeypatch):
    """The state folder after a recorded night over canaries, with its log.

    Every source had landed before; in this night one brings canaries and another fails on them.
    """
    from flows.pull import pull
    from transforms.loading import load_programme

    assert set(pull(community.name).values()) == {"pulled"}
    plant(community / "inbox", load_programme(community).registration)
    plant_broken(community / "inbox")
    environment = {
        **prefect_server.environment,
        "IMPACT_STATE": str(installation / "state"),
        "IMPACT_PROGRAMMES": str(installation / "programmes"),
        "PREFECT_LOCAL_STORAGE_PATH": str(installation / "state" / "prefect-results"),
    }
    said = run_night(community.name, environment)
    (installation / "state" / "night.log").write_text(said, encoding="utf-8")
    assert "broken_quotes" in said or "schema" in said
    return installation / "state"


def run_night(programme: str, environment: dict[str, str]) -> str:
    """Everything a night says."""
    command = [sys.executable, "-m", "flows.cli", "run", programme]
    night = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ".pdf" in night.stdout, night.stderr
    return night.stdout + night.stderr


PRIVATE = ("landing/", "vault/")


@pytest.mark.slow
def test_nothing_that_identifies_leaves_the_landing_and_the_vault(after_the_night, prefect_server):
    hits = scan(after_the_night, CANARIES)

    # The control: the same scan finds them where they may be.
    in_landing = {kind for path, kinds in hits.items() if path.startswith("landing/") for kind in kinds}
    in_vault = {kind for path, kinds in hits.items() if path.startswith("vault/") for kind in kinds}
    assert {"name", "surname", "phone spelled", "participant", "unreadable amount", "unreadable date"} <= in_landing
    assert {"name", "participant"} <= in_vault

    outside = {path: kinds for path, kinds in hits.items() if not path.startswith(PRIVATE)}
    # One firm's own revenue is an answer: it stays in the warehouse and beside the last release, which are private.
    of_people = [path for path in outside if path.startswith("warehouse/") or "/people/" in path]
    leaks = {path: kinds for path, kinds in outside.items() if path not in of_people or set(kinds) != {"own revenue"}}
    assert leaks == {}
    assert found_in(prefect_server.everything_recorded(), CANARIES) == []
