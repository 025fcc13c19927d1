"""The way of each case: files in the inbox or a fake server, pull, refresh, and what the warehouse then says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from flows.declared import landing_of, programme_named, warehouse_of
from flows.pull import pull
from flows.refresh import refresh
from flows.settings import settings
from flows.stores.landing import Landing, Manifest

NAME = "bad_input"
PARTS = ("accepted", "rejected", "duplicates", "superseded", "deleted")
Row = dict[str, str | None]
GOOD: Row = {
    "รหัส": "A-1",
    "เลขประจำตัว": "1101700230708",
    "โทรศัพท์": "0812345678",
    "ชื่อ": "สมมติ นามสมมติ",
    "วันที่": "15/01/2567",
    "รุ่น": "S1",
    "ข้อสังเกต": "ดี",
    "ยอดขาย": "12500",
    "กำไร": "500",
    "คนทำงาน": "3",
    "ขายที่": "ตลาด",
}
FOLLOW_UP: Row = {"รหัส": "A-1", "วันที่ตอบ": "2024-04-20", "ยอดขาย": "13000", "ผล": "ตอบ"}


def person(number: int = 1, changed: Row | None = None) -> Row:
    """A good row, but for what is changed."""
    return GOOD | {"รหัส": f"A-{number}"} | (changed or {})


def people(count: int, first: int = 1) -> list[Row]:
    """Good rows."""
    return [person(number) for number in range(first, first + count)]


def sheet(rows: Sequence[Row], delimiter: str = ",", end: str = "\n") -> str:
    """The rows as text with delimiters; an answer with one of them in it is quoted."""
    lines = [delimiter.join(rows[0])]
    for row in rows:
        cells = [f'"{cell}"' if cell and (delimiter in cell or "\n" in cell) else cell or "" for cell in row.values()]
        lines.append(delimiter.join(cells))
    return end.join(lines) + end


class Outcome:
    """What the warehouse says after a night."""

    def __init__(self, frames: dict[str, pl.DataFrame], contacts: pl.DataFrame) -> None:
        self.frames, self.contacts = frames, contacts

    def balance(self, source: str) -> dict[str, int]:
        """What became of a source's submissions: the parts that are not nought."""
        row = self.frames["balance"].filter(source=source).to_dicts()
        return {part: row[0][part] for part in ("landed", *PARTS) if row and row[0][part]}

    def rules(self, table: str, source: str, column: str = "rule") -> set[str]:
        return set(self.frames[table].filter(source=source)[column].cast(pl.String))

    def rejects(self, source: str = "registration") -> list[tuple[int, str, str]]:
        return self.frames["rejects"].filter(source=source).select("row", "field", "rule").sort("row").rows()

    def answers(self, question: str, of_round: str = "registration") -> list[Any]:
        """Each participant's answer, in the order of the participants' codes."""
        codes = self.contacts.select("participant", "participant_id")
        said = self.frames["responses"].filter(round=of_round).join(codes, on="participant")
        return said.sort("participant_id")[question].to_list()

    def contact(self, question: str) -> list[Any]:
        """The same for what identifies and so is in the vault alone."""
        return self.contacts.sort("participant_id")[question].to_list()


class Night:
    """An installation with one programme: what is dropped in its inbox is pulled and read by each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inbox = folder / "inbox"
        self.last: Outcome | None = None

    def drop(self, content: bytes | str | Sequence[Row], name: str = "registration.csv") -> Path:
        """A file in the inbox."""
        path = self.inbox / name
        text = content if isinstance(content, (str, bytes)) else sheet(content)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def declare(self, old: str, new: str, file: str = "programme.toml") -> None:
        """Changes the programme's declaration."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def landing(self, source: str = "registration") -> Landing:
        """Where a source's rows are kept as received."""
        declared = programme_named(NAME)
        return landing_of(declared, next(each for each in declared.sources if each.id == source))

    def landed(self, source: str = "registration") -> list[Manifest]:
        """What stands in the landing."""
        return self.landing(source).manifests()

    def submissions(self, source: str = "registration") -> pl.DataFrame:
        """What was received."""
        return self.landing(source).submissions()

    def message(self, source: str = "registration") -> str:
        """What the last pull said that failed."""
        attempt = self.landing(source).attempt()
        assert attempt is not None and attempt.message is not None
        return attempt.message

    def run(self) -> Outcome:
        """Pulls and refreshes, and holds every row of every source to account."""
        pull(NAME)
        refresh(NAME)
        with warehouse_of(programme_named(NAME)).open() as reader:
            names = ("balance", "rejects", "warnings", "flags", "pulls", "links", "responses", "enrolments")
            frames = {name: reader.sql(f"select * from {name} order by all") for name in names}
        contacts = [pl.read_parquet(path) for path in settings().vault(NAME).glob("contacts-*.parquet")]
        self.last = Outcome(frames, pl.concat(contacts, how="diagonal").unique("participant", maintain_order=True))
        for row in frames["balance"].to_dicts():
            assert row["landed"] == sum(row[part] for part in PARTS)
        landed = frames["balance"].join(frames["pulls"], on="source")
        assert (landed["landed"] <= landed["rows"]).all()  # a file that is refused when it is read counts in one alone
        return self.last
