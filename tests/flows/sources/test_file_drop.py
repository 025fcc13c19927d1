import datetime
import os
import zipfile

import fastexcel
import polars as pl
import pytest
import xlsxwriter

HEADINGS = ["รหัส", "เลขกิจการ", "ชื่อ", "วันที่", "ยอดขาย"]
HEADING = ",".join(HEADINGS) + "\n"
ROWS = "P1,E1,สมชาย,2567-01-15,1200\nP2,E2,น้ำฝน,2567-01-16,\n"


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def pull(pull):
    """What a pull of files lands."""
    return lambda **changes: pull(**changes).landed


def workbook(path, rows, options=None, sheets=("แผ่นงาน",), hidden=()):
    book = xlsxwriter.Workbook(path, options or {})
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    for name in sheets:
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(number, column, cell, date)
                elif cell is not None:
                    sheet.write(number, column, cell)
    book.close()


def answers(landing):
    return landing.submissions().select(HEADINGS).rows()


EXPECTED = [("P1", "E1", "สมชาย", "2567-01-15", "1200"), ("P2", "E2", "น้ำฝน", "2567-01-16", None)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param((HEADING + ROWS).encode(), id="UTF-8"),
        pytest.param((HEADING + ROWS).encode("utf-8-sig"), id="byte-order mark"),
        pytest.param((HEADING + ROWS).encode("cp874"), id="CP874"),
        pytest.param((HEADING + ROWS).replace(",", "\t").encode("utf-16"), id="UTF-16 with tabs"),
        pytest.param((HEADING + ROWS).replace(",", ";").encode(), id="semicolons"),
        pytest.param((HEADING + ROWS).replace("\n", "\r\n").encode(), id="CR LF"),
        pytest.param((HEADING + ROWS).replace("\n", "\r").encode(), id="CR"),
        pytest.param(("รายชื่อผู้เข้าอบรม,,,,\n\n" + HEADING + ROWS).encode(), id="title rows"),
        pytest.param((HEADING.replace("ชื่อ", " ชื่อ\u200b ") + ROWS).encode(), id="spaces in a heading"),
        pytest.param((HEADING + ROWS + "\n,,,,\n").encode(), id="blank rows"),
        pytest.param(
            (HEADING.replace("\n", ",\n") + ROWS.replace("\n", ",\n")).encode(), id="an empty column without heading"
        ),
    ],
)
def test_a_text_file_lands_the_same_however_it_was_saved(content, inbox, pull, landing):
    (inbox / "list.csv").write_bytes(content)
    [manifest] = pull()
    assert answers(landing) == EXPECTED
    assert (manifest.server_rows, manifest.rows) == (2, 2)
    assert landing.submissions()["_row"].dtype == pl.Int64


def test_a_workbook_lands_its_dates_and_numbers_as_text(inbox, pull, landing):
    day = datetime.datetime(2024, 2, 29)
    workbook(
        inbox / "list.xlsx",
        [["ทะเบียน"], [], HEADINGS, ["P1", 1101700207030, "น้ำ", day, 1234.5], ["P2", None, "ที่", 45306, 40000]],
    )
    pull()
    assert answers(landing) == [
        ("P1", "1101700207030", "น้ำ", "2024-02-29", "1234.5"),
        ("P2", None, "ที่", "45306", "40000"),
    ]
    assert landing.submissions()["_row"].to_list() == [4, 5]


def test_rows_keep_their_number_in_the_file(inbox, pull, landing):
    (inbox / "list.csv").write_text("ทะเบียน,,,,\n" + HEADING + "P1,,,,\n\nP2,,,,\n", encoding="utf-8")
    pull()
    assert landing.submissions()["_row"].to_list() == [3, 5]


def test_a_row_with_too_many_or_too_few_cells_is_kept_and_marked(inbox, pull, landing):
    (inbox / "list.csv").write_text(HEADING + "P1,,,,,more\nP2,,\nP3,,,,5\n", encoding="utf-8")
    pull()
    landed = landing.submissions()
    assert landed.select("รหัส", "_flaw", "_unread").rows() == [
        (None, "ragged_row", "P1,,,,,more"),
        (None, "ragged_row", "P2,,"),
        ("P3", None, None),
    ]


def test_too_few_cells_are_noticed_beside_quoted_delimiters(inbox, pull, landing):
    (inbox / "list.csv").write_text(HEADING + 'P1,"a,b",,,1\nP2,E,n\n', encoding="utf-8")
    pull()
    assert landing.submissions()["_flaw"].to_list() == [None, "ragged_row"]


def test_a_line_break_inside_quotes_belongs_to_the_answer(inbox, pull, landing):
    (inbox / "list.csv").write_text(HEADING + 'P1,E1,"a,\nb",,1\nP2,E,n,,2\n', encoding="utf-8")
    pull()
    assert landing.submissions().select("_row", "ชื่อ").rows() == [(2, "a,\nb"), (3, "n")]


def test_a_file_sent_twice_changes_nothing(inbox, pull, landing):
    for name in ("a.csv", "copy of a.csv"):
        (inbox / name).write_text(HEADING + ROWS, encoding="utf-8")
    assert len(pull()) == 1
    assert pull() == []
    assert landing.submissions().height == 2


def test_a_new_column_is_kept_with_a_warning(inbox, pull, landing):
    (inbox / "list.csv").write_text(HEADING.replace("\n", ",สี\n") + "P1,,,,,แดง\n", encoding="utf-8")
    [manifest] = pull()
    assert [(doubt.rule, doubt.field, doubt.count) for doubt in manifest.doubts] == [("new_column", "สี", 1)]
    assert landing.submissions()["สี"].to_list() == ["แดง"]


def test_headings_without_rows_are_a_warning_the_first_time(inbox, pull):
    (inbox / "list.csv").write_text(HEADING, encoding="utf-8")
    [manifest] = pull()
    assert [doubt.rule for doubt in manifest.doubts] == ["no_rows"]


def test_a_renamed_column_is_refused_with_the_new_heading(inbox, refused):
    (inbox / "list.csv").write_text((HEADING + ROWS).replace("ยอดขาย", "ยอดขายต่อเดือน"), encoding="utf-8")
    code, message = refused()
    assert code == "missing_column"
    assert message.startswith(
        "source 'registrations', file 'list.csv': columns are missing: 'ยอดขาย' (question 'sales', close to it: "
        "ยอดขายต่อเดือน). New: ยอดขายต่อเดือน."
    )


def test_every_missing_column_is_named_at_once_and_none_that_is_there(inbox, refused):
    (inbox / "list.csv").write_text(HEADING.replace("ชื่อ", "x").replace("ยอดขาย", "y") + ROWS, encoding="utf-8")
    _, message = refused()
    assert "columns are missing: 'ชื่อ' (question 'name'); 'ยอดขาย' (question 'sales'). New: x, y. " in message
    assert "รหัส" not in message


def test_a_heading_row_with_few_of_the_headings_names_those_it_lacks(inbox, refused):
    (inbox / "list.csv").write_text("ใบสมัคร\nรหัส,ชื่อ,สมชาย\n" + ROWS, encoding="utf-8")
    code, message = refused()
    assert code == "schema"
    assert "row 2 holds 2 of its 5 headings. Missing: เลขกิจการ, วันที่, ยอดขาย. " in message
    assert "สมชาย" not in message  # it may be an answer


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty_file", id="empty"),
        pytest.param(b"\xef\xbb\xbf\r\n", "empty_file", id="a mark and a line end"),
        pytest.param(ROWS.encode(), "schema", id="no heading row"),
        pytest.param((HEADING.replace(",ยอดขาย", "") + "P1,,,\n").encode(), "missing_column", id="a column removed"),
        pytest.param((HEADING.replace("ชื่อ", "รหัส") + ROWS).encode(), "duplicate_header", id="a heading twice"),
        pytest.param(
            (HEADING.replace("\n", ",รายได้\n") + "P1,,,,,\n").encode(), "duplicate_header", id="a question twice"
        ),
        pytest.param(
            (HEADING.replace("\n", ",\n") + "P1,,,,,x\n").encode(), "blank_header", id="a blank heading with data"
        ),
        pytest.param((HEADING + 'P1,"E1,,,\nP2,,,,\n').encode(), "broken_quotes", id="an open quote"),
        pytest.param(HEADING.encode() + b"\xff\xfe\x80\x81\x82,,,,\n", "encoding_unknown", id="no known letters"),
        pytest.param(b"a\0b,c\n", "encoding_unknown", id="binary"),
        pytest.param(b"%PDF-1.7\n...", "not_this_format", id="PDF"),
        pytest.param(b"<!DOCTYPE html><html>login", "not_this_format", id="web page"),
        pytest.param(b"PK\x03\x04....", "not_this_format", id="archive"),
    ],
)
def test_a_text_file_that_cannot_be_trusted_is_refused(content, code, inbox, refused):
    (inbox / "list.csv").write_bytes(content)
    assert refused()[0] == code


def test_a_refusal_never_quotes_an_answer(inbox, refused):
    (inbox / "list.csv").write_text(ROWS, encoding="utf-8")
    _, message = refused()
    assert "สมชาย" not in message


def test_one_bad_file_keeps_the_last_good_landing(inbox, pull, refused, landing):
    (inbox / "a.csv").write_text(HEADING + ROWS, encoding="utf-8")
    pull()
    (inbox / "b.csv").write_text(HEADING + "P3,,,,\n", encoding="utf-8")
    (inbox / "c.csv").write_bytes(b"")
    assert refused()[0] == "empty_file"
    assert landing.submissions().height == 2


def test_a_source_without_any_file_is_refused_unless_optional(refused, pull):
    assert refused()[0] == "no_files"
    assert pull(optional=True) == []


def test_headings_without_rows_never_replace_what_was_landed(inbox, pull, refused):
    (inbox / "a.csv").write_text(HEADING + ROWS, encoding="utf-8")
    pull(mode="replace")
    (inbox / "b.csv").write_text(HEADING, encoding="utf-8")
    assert refused(mode="replace")[0] == "no_rows"


def test_hidden_sheets_are_named_and_left_out(inbox, pull, landing):
    workbook(inbox / "a.xlsx", [HEADINGS, ["P1"]], sheets=("ทะเบียน", "ซ่อน"), hidden=("ซ่อน",))
    [manifest] = pull()
    assert [(doubt.rule, doubt.field) for doubt in manifest.doubts] == [("hidden_sheet", "ซ่อน")]
    assert landing.submissions().height == 1


def test_several_sheets_need_a_name(inbox, refused, pull):
    workbook(inbox / "a.xlsx", [HEADINGS, ["P1"]], sheets=("ก", "ข"))
    code, message = refused()
    assert code == "several_sheets"
    assert "ก, ข" in message
    assert refused(sheet="ค")[0] == "no_sheet"
    assert len(pull(sheet="ข")) == 1


def test_a_cell_at_the_far_corner_kills_the_child_and_not_the_run(inbox, refused, pull):
    book = xlsxwriter.Workbook(inbox / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write(1048575, 16383, "x")
    book.close()
    assert refused()[0] == "sheet_too_large"
    (inbox / "a.xlsx").unlink()
    workbook(inbox / "b.xlsx", [HEADINGS, ["P1"]])
    assert len(pull()) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "encrypted"),
        (b"id,name\n1,2\n", "not_this_format"),
        (b"PK\x03\x04 cut off", "truncated"),
    ],
)
def test_a_workbook_that_is_none_is_refused(content, code, inbox, refused):
    (inbox / "a.xlsx").write_bytes(content)
    assert refused()[0] == code


def test_an_archive_that_is_no_workbook_is_refused(inbox, refused):
    with zipfile.ZipFile(inbox / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused()[0] == "not_this_format"


def test_a_workbook_that_unpacks_to_hundreds_of_megabytes_is_refused(inbox, refused):
    workbook(inbox / "a.xlsx", [HEADINGS, ["P1"]])
    with zipfile.ZipFile(inbox / "a.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.xml", bytes(201 << 20))
    assert refused()[0] == "zip_bomb"


@pytest.mark.parametrize("padding", ["", f"<!--{' ' * 5000}-->", f"<!--{' ' * ((1 << 20) - 50)}-->"])
@pytest.mark.parametrize("letters", ["utf-8", "utf-16"])
def test_xml_entities_are_refused_wherever_they_stand(padding, letters, inbox, refused):
    workbook(inbox / "a.xlsx", [HEADINGS, ["P1"]])
    with zipfile.ZipFile(inbox / "a.xlsx", "a") as archive:
        text = f'<?xml version="1.0"?>{padding}<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
        archive.writestr("xl/extra.xml", text.encode(letters))
    assert refused()[0] == "xml_entities"


def test_what_a_formula_failed_to_give_lands_as_text(inbox, pull, landing):
    book = xlsxwriter.Workbook(inbox / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row("A1", HEADINGS)
    sheet.write("A3", "P1")
    for cell, value in {"B3": "", "C3": "#N/A", "D3": "x", "E3": 5}.items():
        sheet.write_formula(cell, "=A3", None, value)
    book.close()
    assert fastexcel.read_excel(inbox / "a.xlsx").load_sheet(0).to_polars().row(1)[1:3] == (None, None)  # the control
    pull()
    assert answers(landing) == [("P1", "#FORMULA!", "#N/A", "x", "5")]
    assert landing.submissions()["_row"].to_list() == [3]


def test_a_formula_that_gives_an_empty_text_is_an_empty_answer(inbox, pull, landing):
    workbook(inbox / "a.xlsx", [HEADINGS, ["P1", "=B1"]])
    rewrite(inbox / "a.xlsx", "<f>B1</f><v>0</v>", ' t="str"><f>B1</f><v></v>', '<c r="B2"')
    pull()
    assert answers(landing) == [("P1", "", None, None, None)]


def rewrite(path, old, new, before):
    """Changes the first sheet of a workbook: `old` after `before` and its closing bracket becomes `new`."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    assert f"{before}>{old}" in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(f"{before}>{old}", f"{before}{new}").encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_parquet_is_taken_only_from_a_trusted_source(inbox, refused, pull, landing):
    table = pl.DataFrame({name: [None, None] for name in HEADINGS}).with_columns(
        pl.Series("รหัส", [1.0, 2.5]),
        pl.Series("เลขกิจการ", [7, None], dtype=pl.Int8),
        pl.Series("วันที่", [datetime.datetime(2024, 2, 29), datetime.datetime(2024, 2, 29, 8, 30)]),
        pl.Series("ยอดขาย", ["1,200", ""]),
    )
    table.write_parquet(inbox / "a.parquet")
    code, message = refused()
    assert (code, "trusted = true" in message) == ("not_trusted", True)
    [manifest] = pull(trusted=True)
    assert (manifest.encoding, manifest.rows) == ("parquet", 2)
    assert answers(landing) == [
        ("1", "7", None, "2024-02-29", "1,200"),
        ("2.5", None, None, "2024-02-29 08:30:00", ""),
    ]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (pl.DataFrame({name: ["x"] for name in HEADINGS[1:]}), "missing_column"),
        (pl.DataFrame({name: [["x"]] for name in HEADINGS}), "schema"),
        (pl.DataFrame({name: ["x"] for name in [*HEADINGS, "_row"]}), "reserved_column"),
    ],
)
def test_a_parquet_file_is_held_to_the_form_as_any_other(table, code, inbox, refused):
    table.write_parquet(inbox / "a.parquet")
    assert refused(trusted=True)[0] == code


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda content: b"", "empty_file"),
        (lambda content: b"id,name", "not_this_format"),
        (lambda content: content[:-9], "truncated"),
        (lambda content: content[:4] + bytes(len(content) - 12) + content[-8:], "truncated"),
    ],
)
def test_a_parquet_file_that_is_none_is_refused(damage, code, inbox, refused):
    path = inbox / "a.parquet"
    pl.DataFrame({name: ["x"] for name in HEADINGS}).write_parquet(path)
    path.write_bytes(damage(path.read_bytes()))
    assert refused(trusted=True)[0] == code


def test_a_file_beyond_the_cap_is_refused_before_it_is_read(inbox, refused, monkeypatch):
    (inbox / "a.csv").write_bytes(b"x" * 2000)
    monkeypatch.setenv("IMPACT_LARGEST_FILE_GB", "0.000001")
    code, message = refused()
    assert (code, "IMPACT_LARGEST_FILE_GB" in message) == ("file_too_large", True)


def test_an_empty_file_of_an_optional_source_is_a_warning(inbox, pull):
    (inbox / "a.csv").write_bytes(b"")
    [manifest] = pull(optional=True)
    assert (manifest.rows, [doubt.rule for doubt in manifest.doubts]) == (0, ["empty_file"])


def test_a_file_that_lost_all_its_rows_is_refused(inbox, pull, refused):
    (inbox / "a.csv").write_text(HEADING + ROWS, encoding="utf-8")
    pull()
    (inbox / "a.csv").write_text(HEADING, encoding="utf-8")
    assert refused()[0] == "no_rows"
    (inbox / "a.csv").rename(inbox / "b.csv")
    assert len(pull()) == 1


@pytest.mark.parametrize("heading", ["_key", "_flaw"])
def test_a_heading_that_is_a_column_of_ours_is_refused(heading, inbox, refused):
    (inbox / "a.csv").write_text(HEADING.replace("\n", f",{heading}\n") + ROWS.replace("\n", ",\n"), encoding="utf-8")
    assert refused()[0] == "reserved_column"


def test_dates_counted_from_1904_are_refused(inbox, refused):
    workbook(inbox / "a.xlsx", [HEADINGS, ["P1"]], options={"date_1904": True})
    assert refused()[0] == "date1904"


@pytest.mark.parametrize("name", [b"list\nforged.csv", b"list\xff.csv", b"list\x1b[2J.csv"])
def test_a_name_that_no_message_can_hold_is_refused_and_told_by_its_codes(inbox, refused, name):
    (inbox / os.fsdecode(name)).write_text(HEADING + ROWS, encoding="utf-8")
    code, message = refused()
    assert code == "file_name"
    assert message.isprintable()
    assert message.encode()


def test_half_a_letter_of_utf_16_at_the_end_is_refused(inbox, refused):
    (inbox / "list.csv").write_bytes((HEADING + ROWS).encode("utf-16")[:-1])
    assert refused()[0] == "encoding_unknown"


def test_a_first_line_without_end_is_refused_as_such(inbox, refused):
    more = ",".join(f"คอลัมน์{number}" for number in range(9_000))
    (inbox / "list.csv").write_text(f"{HEADING.strip()},{more}\n" + ROWS, encoding="utf-8")
    code, message = refused()
    assert (code, "its first line is longer than 64 kB" in message) == ("schema", True)


def changed_parts(path, central, local, changed):
    """The archive with the same change in both of its headers of every part."""
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x01\x02", central), (b"PK\x03\x04", local)):
        start = content.find(magic)
        while start >= 0:
            content[start + offset] = changed(content[start + offset])
            start = content.find(magic, start + 4)
    path.write_bytes(content)


def test_a_workbook_whose_archive_has_a_password_is_refused_as_such(inbox, refused):
    workbook(inbox / "list.xlsx", [HEADINGS])
    changed_parts(inbox / "list.xlsx", 8, 6, lambda flags: flags | 1)
    assert refused()[0] == "encrypted"


def test_a_workbook_packed_as_excel_never_does_is_refused(inbox, refused):
    workbook(inbox / "list.xlsx", [HEADINGS])
    changed_parts(inbox / "list.xlsx", 10, 8, lambda _: 97)
    assert refused()[0] == "not_this_format"


def test_a_workbook_damaged_in_the_midst_of_a_part_is_refused_as_damaged(inbox, refused):
    workbook(inbox / "list.xlsx", [HEADINGS, *[[f"P{n}", "E1", "สมชาย", "2567-01-15", n] for n in range(99)]])
    with zipfile.ZipFile(inbox / "list.xlsx") as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    content = bytearray((inbox / "list.xlsx").read_bytes())
    start = part.header_offset + 30 + len(part.filename)
    content[start : start + 40] = b"\xff" * 40
    (inbox / "list.xlsx").write_bytes(content)
    assert refused()[0] == "truncated"
