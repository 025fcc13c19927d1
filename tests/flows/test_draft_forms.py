import re
import tomllib

import polars as pl
import pytest
import xlsxwriter

from flows.cli import main
from flows.draft_forms import draft_forms
from flows.settings import ROOT
from flows.starter import write_starter
from transforms.errors import ProgrammeError, SourceError, UserError
from transforms.loading import load_programme
from transforms.programme import Form

XLSFORMS = ROOT / "tests" / "data" / "xlsforms"


def forms(draft):
    return {name: Form.model_validate(form) for name, form in tomllib.loads(draft)["forms"].items()}


def questions(draft):
    [form] = forms(draft).values()
    return form.questions


@pytest.fixture
def csv_file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "sign_ups.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    """An Excel file with these sheets, each a list of rows."""

    def write(**sheets):
        path = tmp_path / "form.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
        return path

    return write


def mistakes_with(folder, *drafts):
    """What `impact check` says of the starter's folder with the drafts in place of its forms."""
    write_starter(folder, folder.name)
    (folder / "forms.toml").write_text("\n".join(drafts), encoding="utf-8")
    try:
        load_programme(folder)
    except ProgrammeError as error:
        return list(error.mistakes)
    return []


def test_drafts_of_xlsforms_load_as_the_forms_of_a_programme(tmp_path):
    drafts = [draft_forms(XLSFORMS / name) for name in ("registration-v2.xlsx", "followup-v1.xlsx")]
    mistakes = mistakes_with(tmp_path / "drafted", *drafts)
    assert mistakes  # the starter's indicators ask for other questions
    assert [each for each in mistakes if "forms.toml" in each] == []


def test_drafts_of_the_starters_own_sheets_need_no_more_than_the_choices(tmp_path):
    inbox = ROOT / "flows" / "starter_files" / "inbox"
    drafts = [draft_forms(inbox / f"{name}_sample.csv") for name in ("registration", "follow_up_m6")]
    mistakes = mistakes_with(tmp_path / "drafted", *drafts)
    assert mistakes
    assert all("profile" in each or "contact" in each for each in mistakes), mistakes


def test_an_xlsforms_questions_keep_the_path_under_which_servers_send_them():
    asked = questions(draft_forms(XLSFORMS / "registration-v2.xlsx"))
    assert {name: (each.path, each.type) for name, each in asked.items()} == {
        "started_at": ("start", "text"),
        "ended_at": ("end", "text"),
        "registered_on": ("today", "date"),
        "consented": ("consent/given", "boolean"),
        "given_on": ("consent/given_on", "date"),
        "participant_id": ("person/study_id", "code"),
        "given_name": ("person/given_name", "text"),
        "family_name": ("person/family_name", "text"),
        "sex": ("person/sex", "choice"),
        "birth_date": ("person/birth_date", "date"),
        "age": ("person/age", "integer"),
        "weight_kg": ("person/weight_kg", "number"),
        "languages": ("person/languages", "choices"),
        "phone": ("person/contact/phone", "phone"),
        "email": ("person/contact/email", "text"),
        "site": ("site", "choice"),
        "interviewed_at": ("interviewed_at", "date"),
        "size": ("household/size", "integer"),
        "notes": ("notes", "text"),
        "recontact_ok": ("recontact_ok", "boolean"),
    }
    assert (asked["age"].minimum, asked["age"].maximum) == (0, 120)
    assert (asked["age"].title.th, asked["age"].title.en) == ("อายุ", "Age in years")
    personal = {"participant_id", "given_name", "family_name", "birth_date", "phone", "email"}
    assert {name for name, each in asked.items() if each.identity} == personal


def test_what_a_draft_suggests_of_repeated_groups_loads_once_it_is_taken_in(tmp_path):
    draft = draft_forms(XLSFORMS / "registration-v2.xlsx")
    taken_in = re.sub(r"^# (\w+ = \{)", r"\1", draft, flags=re.MULTILINE)
    follow_up = draft_forms(XLSFORMS / "followup-v1.xlsx")
    assert questions(taken_in)["household_member_age"].combine == "sum"
    assert [each for each in mistakes_with(tmp_path / "drafted", taken_in, follow_up) if "forms.toml" in each] == []


def test_what_is_not_asked_for_is_named_with_the_reason():
    draft = draft_forms(XLSFORMS / "registration-v2.xlsx")
    for name in ("deviceid", "audit", "home", "photo", "household/member/illness"):
        assert re.search(rf"^# - {name}\b.*: \w", draft, re.MULTILINE), name


def test_a_survey_alone_in_its_workbook_is_an_xlsform_too(workbook):
    path = workbook(form=[["type", "name", "label"], ["integer", "age", "Age"]])
    assert questions(draft_forms(path))["age"].type == "integer"


def test_thai_headings_get_their_usual_names_and_types(csv_file):
    rows = (
        "ลำดับ,ชื่อ-สกุล,เลขบัตรประชาชน,เบอร์โทร,วันที่สมัคร,ตำบล,อำเภอ,จังหวัด,รายได้ต่อเดือน (บาท),รหัส,ความพึงพอใจ\n"
        '๑,สมชาย ใจดี,1101700207030,081-234-5678,15/01/2567,บางริ้น,เมืองระนอง,ระนอง,"๑,๕๐๐",001,มาก\n'
    )
    draft = draft_forms(csv_file("แบบลงทะเบียน\n" + rows, encoding="cp874"))
    asked = questions(draft)
    assert {name: each.type for name, each in asked.items()} == {
        "number": "integer",
        "full_name": "text",
        "national_id": "national_id",
        "phone": "phone",
        "registered_on": "date",
        "subdistrict": "subdistrict",
        "district": "district",
        "province": "province",
        "income": "money",
        "participant_id": "code",
        "khwamphuengphoaich": "text",
    }
    assert asked["registered_on"].date_order == "day_month_year"
    assert (asked["district"].district_of, asked["subdistrict"].subdistrict_of) == ("province", "district")
    assert "1 of 1 answers read as money" in draft


@pytest.mark.parametrize(
    ("heading", "name", "kind", "identity"),
    [
        ("ขายออนไลน์", "khayoonailn", "boolean", False),
        ("ไอดีไลน์", "line_id", "text", True),
        ("ปีเกิด", "birth_year", "year", False),
        ("ปีเกิด (พ.ศ.)", "birth_year", "year", False),
        ("ปี พ.ศ. ที่เกิด", "birth_year", "year", False),
        ("คำนำหน้า", "name_title", "text", True),
        ("คำนำหน้าชื่อ", "name_title", "text", True),
    ],
)
def test_headings_of_thai_sign_up_sheets_are_taken_for_what_they_mean(csv_file, heading, name, kind, identity):
    answers = {"boolean": ("ใช่", "ไม่ใช่"), "year": ("2520", "2531"), "text": ("ก", "ข")}[kind]
    path = csv_file(f"รหัส,{heading}\nA-1,{answers[0]}\nA-2,{answers[1]}\n")
    asked = questions(draft_forms(path))
    assert {each: (asked[each].type, asked[each].identity) for each in asked if each != "participant_id"} == {
        name: (kind, identity)
    }


def test_the_first_row_of_a_workbook_with_most_headings_counts(workbook):
    path = workbook(people=[["Sign-ups 2025"], ["name", "sales", "color"], ["Ann", 12, "red"]])
    assert list(questions(draft_forms(path))) == ["full_name", "sales", "color"]


def test_no_answer_of_a_table_is_in_its_draft(csv_file):
    answers = ["UNMISTAKABLE-ONE", "UNMISTAKABLE-TWO"]
    draft = draft_forms(csv_file("name,choice\n" + "".join(f"{each},{each}\n" for each in answers)))
    assert "UNMISTAKABLE" not in draft


@pytest.mark.parametrize("row", ["Somchai,0812345678,x", "Somchai,15/01/2567,x", "Somchai,somchai@example.org,x"])
def test_a_table_without_headings_is_refused_and_not_quoted(csv_file, row):
    with pytest.raises(UserError, match="row 1 holds answers") as error:
        draft_forms(csv_file(f"{row}\n{row}\n"))
    assert "Somchai" not in str(error.value)


def test_a_column_without_a_heading_is_named_by_its_place(csv_file):
    assert "column 2: it has no heading" in draft_forms(csv_file("name,,sales\nAnn,x,12\n"))


def test_a_heading_that_stands_twice_is_refused(csv_file):
    with pytest.raises(UserError, match="'sales' stands there twice"):
        draft_forms(csv_file("name,sales,sales\nAnn,1,2\n"))


def test_an_empty_file_is_refused(csv_file):
    with pytest.raises(UserError, match="it is empty"):
        draft_forms(csv_file(""))


def test_a_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        draft_forms(tmp_path / "missing.csv")
    (tmp_path / "form.pdf").write_bytes(b"%PDF")
    with pytest.raises(UserError, match=r"files ending in '\.pdf'"):
        draft_forms(tmp_path / "form.pdf")
    (tmp_path / "form.xlsx").write_bytes(b"%PDF")
    with pytest.raises(SourceError, match="no Excel workbook"):
        draft_forms(tmp_path / "form.xlsx")


def test_the_sheet_of_a_table_can_be_named(workbook):
    path = workbook(a=[["name"], ["Ann"]], b=[["sales"], [12]])
    with pytest.raises(UserError, match=r"Sheets: a, b\. Name one: --sheet NAME"):
        draft_forms(path)
    assert list(questions(draft_forms(path, sheet="b"))) == ["sales"]


def test_the_command_writes_a_draft_once(csv_file, tmp_path, capsys):
    path, target = csv_file("name,sales\nAnn,12\n"), tmp_path / "forms.toml"
    with pytest.raises(SystemExit, match="0"):
        main(["draft-forms", str(path), "--output", str(target), "--kind", "follow_up"])
    assert forms(target.read_text(encoding="utf-8"))["follow_up"].kind == "follow_up"
    with pytest.raises(SystemExit, match="1"):
        main(["draft-forms", str(path), "--output", str(target)])
    assert "it is there already" in capsys.readouterr().err


def test_a_thousand_rows_are_looked_at_not_more(csv_file):
    rows = pl.DataFrame({"name": ["x"] * 1500, "sales": ["1"] * 1500}).write_csv()
    assert "1,000 of 1,000 answers read as money" in draft_forms(csv_file(rows))
