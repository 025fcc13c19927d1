"""Cases 1 to 31: what is wrong with a file."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
import xlsxwriter

from flows.sources import delimited
from tests.bad_input.night import GOOD, Row, people, person, sheet

HEADINGS = list(GOOD)
THREE = sheet(people(3))


def workbook(rows: Sequence[Sequence[object]], sheets: Sequence[str] = ("ก",), hidden: str = "", **options) -> bytes:
    """An Excel workbook with the same rows in every sheet; what begins with = is a formula with the value 1."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, **options})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name in sheets:
        page = book.add_worksheet(name)
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(place, column, cell, day)
                elif isinstance(cell, str) and cell.startswith("#"):
                    page.write_formula(place, column, "=1/0", None, cell)
                elif isinstance(cell, str) and cell.startswith("="):
                    page.write_formula(place, column, cell, None, "")
                elif cell is not None:
                    page.write(place, column, cell)
        if name == hidden:
            page.hide()
    book.close()
    return content.getvalue()


def cells(rows: Sequence[Row]) -> list[list[object]]:
    return [HEADINGS, *(list(row.values()) for row in rows)]


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return target.getvalue()


def test_case_01_a_byte_order_mark(case, night):
    night.drop(THREE.encode("utf-8-sig"))
    case.accepts(night.run(), 3)


def test_case_02_thai_windows_letters(case, night):
    night.drop(THREE.encode("cp874"))
    outcome = night.run()
    case.accepts(outcome, 3)
    assert outcome.answers("note") == ["ดี"] * 3
    assert [manifest.encoding for manifest in night.landed()] == ["cp874"]
    night.drop(sheet(people(3), ";").encode() + "é".encode("latin-1") * 99, "registration-2.csv")
    case.refuses(night, "encoding_unknown")


def test_case_03_utf_16(case, night):
    night.drop(sheet(people(3), "\t").encode("utf-16"))
    case.accepts(night.run(), 3)
    night.drop(sheet(people(3), "\t").encode("utf-16-le"), "registration-2.txt")
    case.refuses(night, "encoding_unknown")


def test_case_04_thai_decoded_wrongly(case, after_a_night):
    night = after_a_night
    garbled = {"ข้อสังเกต": "สมชาย".encode().decode("latin-1")}
    night.drop([person(4, garbled)], "registration-2.csv")
    case.sets_aside(night.run(), "note", "mojibake", landed=4)
    night.drop([person(5, garbled), person(6, garbled)], "registration-3.csv")
    case.refuses(night, "mojibake")


def test_case_05_the_byte_85_in_thai_text(case, night):
    night.drop(sheet([person(1, {"ข้อสังเกต": "ดี…"})]).encode("cp874"))
    assert b"\x85" in (night.inbox / "registration.csv").read_bytes()
    outcome = night.run()
    case.accepts(outcome, 1)
    assert outcome.answers("note") == ["ดี…"]


def test_case_06_line_ends_of_cr_only(case, night):
    night.drop(THREE.replace("\n", "\r"))
    case.accepts(night.run(), 3)


def test_case_07_other_delimiters(case, night):
    night.drop(sheet(people(2), ";"), "registration-1.csv")
    night.drop(sheet(people(2, first=3), "\t"), "registration-2.csv")
    case.accepts(night.run(), 4)
    night.drop(sheet(people(2), "~"), "registration-3.csv")
    case.refuses(night, "schema")


def test_case_08_an_empty_file(case, after_a_night):
    night = after_a_night
    night.drop(b"", "m3.csv")  # its source is optional
    case.warns(night.run(), "empty_file", "m3")
    night.drop(b"", "registration-2.csv")
    case.refuses(night, "empty_file")


def test_case_09_headings_without_rows(case, after_a_night):
    night = after_a_night
    night.drop(",".join(HEADINGS) + "\n", "registration-2.csv")
    case.warns(night.run(), "no_rows")
    night.drop(",".join(HEADINGS) + "\r\n", "registration-1.csv")
    case.refuses(night, "no_rows")


def test_case_10_nul_bytes(case, night):
    rows = people(200)
    night.drop(sheet(rows).replace("A-200,", "A-\x00200,"))
    case.sets_aside(night.run(), "", "nul_byte", landed=200)
    night.drop(b"\x00\x01\x02,\x00", "registration-2.csv")
    case.refuses(night, "encoding_unknown")


def test_case_11_another_format_under_a_wrong_ending(case, after_a_night):
    for content, ending in (
        (workbook(cells(people(1))), "csv"),
        (b"%PDF-1.7 ...", "csv"),
        (b"<!DOCTYPE html><html>login</html>", "csv"),
        (sheet(people(1, first=9)).encode(), "xlsx"),
    ):
        path = after_a_night.drop(content, f"registration-2.{ending}")
        case.refuses(after_a_night, "not_this_format")
        path.unlink()


def test_case_12_a_workbook_cut_off_or_with_a_password(case, after_a_night):
    path = after_a_night.drop(workbook(cells(people(1)))[:-200], "registration-2.xlsx")
    case.refuses(after_a_night, "truncated")
    path.unlink()
    after_a_night.drop(b"\xd0\xcf\x11\xe0" + bytes(5000), "registration-3.xlsx")
    case.refuses(after_a_night, "encrypted")


def test_case_13_a_workbook_that_unpacks_to_hundreds_of_megabytes(case, after_a_night):
    bomb = with_part(workbook(cells(people(1))), "xl/media/bomb.xml", bytes(201 << 20))
    assert len(bomb) < 1 << 20
    after_a_night.drop(bomb, "registration-2.xlsx")
    case.refuses(after_a_night, "zip_bomb")


def test_case_14_a_cell_at_the_far_corner(case, after_a_night):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    page = book.add_worksheet()
    page.write_row(0, 0, HEADINGS)
    page.write(1048575, 16383, "x")
    book.close()
    after_a_night.drop(content.getvalue(), "registration-2.xlsx")
    case.refuses(after_a_night, "sheet_too_large")


def test_case_15_xml_entities(case, after_a_night):
    lol = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    after_a_night.drop(with_part(workbook(cells(people(1))), "xl/extra.xml", lol), "registration-2.xlsx")
    case.refuses(after_a_night, "xml_entities")


def test_case_16_a_very_large_file(case, night, monkeypatch):
    """Two gigabytes are landed in bounded memory by a benchmark; here the file is larger than what is read at once."""
    rows = people(1) + [person(number, {"ข้อสังเกต": "ก" * 2000}) for number in range(2, 402)]
    night.drop(rows)
    assert (night.inbox / "registration.csv").stat().st_size > 2 * delimited.CHUNK
    case.accepts(night.run(), 401)
    night.drop(people(300), "registration-2.csv")
    monkeypatch.setenv("IMPACT_LARGEST_FILE_GB", "0.00001")
    case.refuses(night, "file_too_large")


def test_case_17_several_sheets_and_hidden_ones(case, night):
    night.drop(workbook(cells(people(2)), ("ก", "ข"), hidden="ข"), "registration-1.xlsx")
    outcome = night.run()
    case.accepts(outcome, 2)
    case.warns(outcome, "hidden_sheet")
    path = night.drop(workbook(cells(people(2, first=3)), ("ก", "ข")), "registration-2.xlsx")
    case.refuses(night, "several_sheets")
    night.declare('files = "registration*"', 'files = "registration*"\nsheet = "ค"')
    case.refuses(night, "no_sheet")
    night.declare('sheet = "ค"', 'sheet = "ข"')
    assert path.exists()
    case.accepts(night.run(), 4)


def test_case_18_titles_and_merged_cells_above_the_headings(case, night):
    titles = [["ทะเบียนผู้เข้าอบรม"], [], ["ข้อมูลส่วนบุคคล", None, None, None, "กิจการ"]]
    night.drop(workbook([*titles, *cells(people(2))]), "registration-1.xlsx")
    night.drop("ทะเบียน,,\n\n" + sheet(people(2, first=3)), "registration-2.csv")
    outcome = night.run()
    case.accepts(outcome, 4)
    night.drop("ทะเบียน\n" + THREE.split("\n", 1)[1], "registration-3.csv")
    case.refuses(night, "schema")


def test_case_19_a_formula_without_a_value(case, night):
    rows = cells([person(1, {"ยอดขาย": "=A1"}), person(2, {"วันที่": "=A1"})])
    night.drop(workbook(rows), "registration-1.xlsx")
    outcome = night.run()
    case.warns(outcome, "formula_without_value")
    case.sets_aside(outcome, "registered_on", "formula_without_value", landed=2)
    assert outcome.answers("sales_thb") == [None]


def test_case_20_error_values(case, night):
    rows = cells([person(1, {"ยอดขาย": "#N/A"}), person(2, {"วันที่": "#REF!"})])
    night.drop(workbook(rows), "registration-1.xlsx")
    outcome = night.run()
    case.warns(outcome, "excel_error")
    case.sets_aside(outcome, "registered_on", "excel_error", landed=2)
    assert outcome.answers("sales_thb") == [None]


def test_case_21_a_heading_twice(case, after_a_night):
    after_a_night.drop(THREE.replace("กำไร", "ยอดขาย", 1), "registration-2.csv")
    case.refuses(after_a_night, "duplicate_header")


def test_case_22_blank_headings_and_spaces_in_headings(case, night):
    spaced = THREE.replace("ยอดขาย", " ยอด\u200bขาย \u00a0", 1).replace("\n", ",\n")
    night.drop(spaced)
    outcome = night.run()
    case.accepts(outcome, 3)
    assert outcome.answers("sales_thb") == [12500.0] * 3
    night.drop(spaced.replace(",\n", ",x\n").replace(",x\n", ",\n", 1), "registration-2.csv")
    case.refuses(night, "blank_header")


def test_case_23_a_new_column(case, night):
    night.drop([person(1, {"สีที่ชอบ": "แดง"})])
    outcome = night.run()
    case.warns(outcome, "new_column")
    assert outcome.balance("registration") == {"landed": 1, "accepted": 1}
    assert night.submissions()["สีที่ชอบ"].to_list() == ["แดง"]
    assert not any("แดง" in frame.write_csv() for frame in outcome.frames.values())


def test_case_24_a_renamed_column(case, after_a_night):
    after_a_night.drop(THREE.replace("ยอดขาย", "ยอดขายต่อเดือน", 1), "registration-2.csv")
    case.refuses(after_a_night, "missing_column")
    assert "ยอดขาย" in after_a_night.message() and "New: ยอดขายต่อเดือน" in after_a_night.message()


def test_case_25_a_column_taken_out(case, after_a_night):
    rows = [{name: answer for name, answer in row.items() if name != "คนทำงาน"} for row in people(2)]
    after_a_night.drop(rows, "registration-2.csv")
    case.refuses(after_a_night, "missing_column")
    assert "question 'workers'" in after_a_night.message()


def test_case_26_words_in_a_column_of_numbers_late(case, night):
    rows = [*people(150), person(151, {"คนทำงาน": "N/A"}), person(152, {"คนทำงาน": "๗"})]
    night.drop(rows)
    outcome = night.run()
    case.accepts(outcome, 152)
    case.warns(outcome, "missing_word")
    assert sorted(outcome.answers("workers"), key=str) == [*[3] * 150, 7, None]


def test_case_27_many_types_in_one_column_of_a_workbook(case, night):
    days: list[object] = [date(2024, 1, 15), "15/01/2567", 45306, "2024-01-15", "15 ม.ค. 2567"]
    rows = [[f"A-{place}", *list(GOOD.values())[1:4], day, *list(GOOD.values())[5:]] for place, day in enumerate(days)]
    for row, amount in zip(rows, (12500, "12,500", 12500.0, "๑๒๕๐๐", "12500 บาท"), strict=True):
        row[HEADINGS.index("ยอดขาย")] = amount
    night.drop(workbook([HEADINGS, *rows]), "registration-1.xlsx")
    outcome = night.run()
    case.accepts(outcome, 5)
    assert outcome.answers("registered_on") == [date(2024, 1, 15)] * 5
    assert outcome.answers("sales_thb") == [12500.0] * 5


@pytest.mark.parametrize("quoted", [False, True])
def test_case_28_a_row_with_too_many_cells(case, night, quoted):
    extra = ',"a,b"' if quoted else ",x"
    night.drop(THREE.rstrip("\n") + extra + "\n")
    case.sets_aside(night.run(), "", "ragged_row", landed=3)
    assert night.submissions()["_unread"].drop_nulls().str.starts_with("A-3,").all()


def test_case_29_a_row_with_too_few_cells(case, night):
    night.drop(THREE + "A-4,,\n")
    case.sets_aside(night.run(), "", "ragged_row", landed=4)


def test_case_30_a_quotation_mark_that_is_not_closed(case, after_a_night):
    after_a_night.drop(THREE.replace("A-2,", 'A-2,"'), "registration-2.csv")
    case.refuses(after_a_night, "broken_quotes")
    assert "line 3" in after_a_night.message()


def test_case_31_a_line_break_in_an_answer(case, night):
    night.drop([person(1, {"ข้อสังเกต": "บรรทัดแรก\nบรรทัดที่สอง"}), person(2)])
    outcome = night.run()
    case.accepts(outcome, 2)
    assert outcome.answers("note") == ["บรรทัดแรก\nบรรทัดที่สอง", "ดี"]
