from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from transforms.programme import Programme
from transforms.synthetic import MadeUp, Spec, make_up, submissions
from transforms.tables import Submissions

SOURCES = ["registration_sheets", "follow_up_m3", "follow_up_m6", "follow_up_m12"]


def test_the_same_seed_gives_the_same_sheets(programme: Programme, made: MadeUp) -> None:
    again = make_up(programme, Spec(seed=7))

    assert again.planted == made.planted
    for source in SOURCES:
        assert_frame_equal(again.sheets[source], made.sheets[source])


def test_another_seed_gives_other_answers(programme: Programme, made: MadeUp) -> None:
    other = make_up(programme, Spec(seed=8))

    assert not other.sheets["registration_sheets"].equals(made.sheets["registration_sheets"])


def test_every_sheet_has_the_headings_of_its_form(programme: Programme, made: MadeUp) -> None:
    assert list(made.sheets) == SOURCES
    for source in programme.sources:
        questions = programme.forms[source.form].questions.values()
        assert made.sheets[source.id].columns == [question.paths[0] for question in questions]
        assert set(made.sheets[source.id].dtypes) == {pl.String}


def test_choices_are_written_in_the_words_of_the_form(programme: Programme, made: MadeUp) -> None:
    for source in programme.sources:
        for question in programme.forms[source.form].questions.values():
            if question.type == "choice":
                written = set(made.sheets[source.id][question.paths[0]].drop_nulls())
                assert written <= {choice.title.th for choice in question.choices}


def test_sixteen_sessions_are_trained_and_eight_wait_in_eight_provinces(made: MadeUp) -> None:
    sheet = made.sheets["registration_sheets"]
    per_session = sheet.group_by("รหัสรุ่น").agg(groups=pl.col("กลุ่มผู้สมัคร").n_unique(), people=pl.len())
    per_group = dict(sheet.group_by("กลุ่มผู้สมัคร").agg(pl.col("รหัสรุ่น").n_unique()).rows())

    assert per_session["groups"].to_list() == [1] * 24
    assert per_session["people"].min() >= 20  # type: ignore[operator]
    assert per_group == {"เข้ารับการอบรม": 16, "บัญชีรอ": 8}
    assert sheet["จังหวัด"].n_unique() == 8
    assert {"ชุมพร", "ระนอง", "สุราษฎร์ธานี", "นครศรีธรรมราช"} <= set(sheet["จังหวัด"])


def test_national_ids_hold_their_check_digit_but_for_the_planted_one(made: MadeUp) -> None:
    ids = made.sheets["registration_sheets"]["เลขประจำตัวประชาชน"]

    def holds(number: str) -> bool:
        weighted = sum(int(digit) * (13 - place) for place, digit in enumerate(number[:12]))
        return (11 - weighted % 11) % 10 == int(number[12])

    assert all(len(number) == 13 and number.startswith("89999") for number in ids)
    assert sum(not holds(number) for number in ids) == 1


def test_cells_show_the_habits_of_those_who_keep_the_sheets(made: MadeUp) -> None:
    sheet = made.sheets["registration_sheets"]
    sales = sheet["ยอดขายเดือนล่าสุด (บาท)"]
    dates = sheet["วันที่สมัคร"]

    assert sales.str.contains(r"^\d{1,3},\d{3}$").any()
    assert sales.str.contains(r"^\d{4,}$").any()
    assert {"-", "ไม่ระบุ"} <= set(sales)
    assert sales.null_count() > 0
    assert dates.str.contains("[๐-๙]").any()
    assert dates.str.contains(r"/256[78]$").any()


def test_everybody_who_consented_has_one_row_a_round(programme: Programme) -> None:
    clean = make_up(programme, Spec(seed=7, faults=False))
    registered = clean.sheets["registration_sheets"]
    consented = registered.filter(pl.col("ยินยอมให้บันทึกและใช้ข้อมูล") == "ใช่")["เลขที่ใบสมัคร"]

    assert registered["เลขที่ใบสมัคร"].is_unique().all()
    for source in SOURCES[1:]:
        assert clean.sheets[source]["เลขที่ใบสมัคร"].to_list() == consented.to_list()
        assert clean.planted.sources[source].accepted == clean.sheets[source].height


def test_who_did_not_answer_left_everything_open(made: MadeUp) -> None:
    silent = made.sheets["follow_up_m12"].filter(pl.col("ผลการติดต่อ").is_in(["ไม่ประสงค์ให้ข้อมูล", "ติดต่อไม่ได้"]))
    told = silent.drop("เลขที่ใบสมัคร", "วันที่ติดตามผล", "จำนวนครั้งที่ติดต่อ", "ผลการติดต่อ")

    assert silent.height > 0
    assert {cell for row in told.rows() for cell in row} <= {None, "-", "ไม่ระบุ"}


def test_a_closed_business_stays_closed(made: MadeUp) -> None:
    closed = {
        source: set(made.sheets[source].filter(pl.col("ผลการติดต่อ") == "เลิกกิจการ")["เลขที่ใบสมัคร"])
        for source in SOURCES[1:]
    }
    open_later = made.sheets["follow_up_m12"].filter(pl.col("ยังดำเนินกิจการอยู่") == "ใช่")["เลขที่ใบสมัคร"]

    assert closed["follow_up_m12"]
    assert not (closed["follow_up_m3"] | closed["follow_up_m6"]) & set(open_later)


def test_any_size_can_be_made(programme: Programme) -> None:
    spec = Spec(participants=20_000, trained_sessions=400, waiting_sessions=200)

    made = make_up(programme, spec)

    assert made.planted.registered == 20_000
    assert made.sheets["registration_sheets"]["รหัสรุ่น"].n_unique() == 600


def test_too_few_participants_for_the_sessions_are_refused() -> None:
    with pytest.raises(ValueError, match="24 sessions need at least 120"):
        Spec(participants=100)


def test_a_sheet_becomes_submissions_of_the_landing(made: MadeUp) -> None:
    frame = submissions(made.sheets["follow_up_m3"], "follow_up_m3", datetime(2026, 1, 1, tzinfo=UTC))

    Submissions.validate(frame.select(Submissions.column_names()))
    assert frame.width == made.sheets["follow_up_m3"].width + len(Submissions.column_names())
