"""Cleaning: every submission is used, or there is a reason; by the cases of the bad-input catalogue."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms import tables
from transforms.clean import Cleaned, clean_submissions
from transforms.errors import SourceError
from transforms.programme import FileDrop, Form, Programme

TODAY = date(2026, 6, 1)
PLACE = (*tables.Submissions.column_names(), "_key", "_submitted_at", "_said")
RULES_PRINTED = frozenset("abcdefghijklmnopqrstuvwxyz_0123456789")

Row = dict[str, str | None]
Clean = Callable[..., Cleaned]


def words(text: str) -> dict[str, str]:
    return {"th": text, "en": text}


def asked(path: str | list[str], kind: str, **more: object) -> dict[str, object]:
    return {"path": path, "type": kind, "title": words("q"), **more}


QUESTIONS = {
    "participant_id": asked("เลขที่", "code", identity=True, required=True),
    "national_id": asked("เลขประจำตัว", "national_id", identity=True),
    "registered_on": asked("วันที่", "date", required=True, date_order="day_month_year"),
    "consented": asked("ยินยอม", "boolean"),
    "province": asked("จังหวัด", "province"),
    "district": asked("อำเภอ", "district", district_of="province"),
    "sector": asked("ประเภท", "choice", choices=[{"value": "trade", "title": words("การค้า")}]),
    "sales_thb": asked(["ยอดขาย", "รายได้"], "money", minimum=0, unit=words("บาท")),
    "profit_thb": asked("กำไร", "money"),
    "workers": asked("คนทำงาน", "integer", minimum=0, maximum=5000),
}
GOOD: Row = {
    "เลขที่": "A-1",
    "เลขประจำตัว": "1101700230708",
    "วันที่": "15/01/2569",
    "ยินยอม": "ใช่",
    "จังหวัด": "ระนอง",
    "อำเภอ": "กระบุรี",
    "ประเภท": "การค้า",
    "ยอดขาย": "12,500",
    "กำไร": "(500)",
    "คนทำงาน": "3",
}


@pytest.fixture
def form() -> Form:
    declared = {"kind": "registration", "title": words("f"), "key": ["participant_id"], "questions": QUESTIONS}
    return Form.model_validate(declared)


@pytest.fixture
def clean(form: Form, programme: Programme) -> Clean:
    def cleaned(frame: pl.DataFrame, mode: str = "append", of: Form = form, today: date | None = TODAY) -> Cleaned:
        source = FileDrop(id="sheets", kind="file_drop", form="registration", files="*.csv", mode=mode)
        return clean_submissions(frame, of, source, programme, today)

    return cleaned


def landed(rows: Sequence[Row], file: str = "a.csv", day: int = 0) -> pl.DataFrame:
    """The rows as one landed file."""
    names = dict.fromkeys(name for row in rows for name in row)
    frame = pl.DataFrame(
        [{name: row.get(name) for name in names} for row in rows], schema=dict.fromkeys(names, pl.String)
    )
    return frame.with_columns(
        _source=pl.lit("sheets"),
        _pull=pl.lit(f"p{day}"),
        _file=pl.lit(file),
        _row=pl.int_range(2, len(rows) + 2, dtype=pl.Int64),
        _pulled_at=pl.lit(datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=day)).cast(pl.Datetime("us", "UTC")),
    )


def good(changed: Row | None = None) -> Row:
    """A good row but for what is changed. (Not by keyword: Python would take the Thai letters apart.)"""
    return GOOD | (changed or {})


def people(count: int) -> list[Row]:
    return [good({"เลขที่": f"A-{number}"}) for number in range(1, count + 1)]


def reasons(cleaned: Cleaned) -> list[tuple[int, str, str]]:
    return [(row, field, rule) for row, field, rule in cleaned.rejects.select("row", "field", "rule").iter_rows()]


def warned(cleaned: Cleaned) -> dict[tuple[str, str], int]:
    return {(field, rule): count for _, field, rule, count in cleaned.warnings.iter_rows()}


def counts(cleaned: Cleaned) -> dict[str, int]:
    parts = ("landed", "accepted", "rejected", "duplicates", "superseded", "deleted")
    return {part: cleaned.balance[part][0] for part in parts if cleaned.balance[part][0]}


def test_a_good_row_becomes_typed_columns_by_our_names(clean):
    accepted = clean(landed([GOOD])).accepted
    assert accepted.columns == [*PLACE, *QUESTIONS]
    assert accepted.drop(PLACE).row(0, named=True) == {
        "participant_id": "A-1",
        "national_id": "1101700230708",
        "registered_on": date(2026, 1, 15),
        "consented": True,
        "province": "85",
        "district": "8504",
        "sector": "trade",
        "sales_thb": 12500.0,
        "profit_thb": -500.0,
        "workers": 3,
    }


def test_accepted_columns_have_the_types_of_the_tables(clean, form):
    accepted = clean(landed([GOOD])).accepted
    for name, question in form.questions.items():
        assert accepted.schema[name] == tables.answer_column(question, "").dtype


@pytest.mark.parametrize(
    ("heading", "answer", "field", "rule"),
    [
        ("วันที่", "31/02/2567", "registered_on", "impossible_date"),
        ("วันที่", "เมื่อวาน", "registered_on", "not_a_date"),
        ("วันที่", "15/01/67", "registered_on", "two_digit_year"),
        ("วันที่", "15/01/2570", "registered_on", "date_out_of_range"),
        ("วันที่", "15/01/2567", "registered_on", "outside_periods"),
        ("วันที่", None, "registered_on", "missing_required"),
        ("วันที่", "ไม่ระบุ", "registered_on", "missing_required"),
        ("วันที่", "#REF!", "registered_on", "excel_error"),
        ("เลขที่", " ", "participant_id", "missing_required"),
        ("เลขที่", "1.1017E+12", "participant_id", "scientific_notation_id"),
        ("เลขประจำตัว", "1101700230707", "national_id", "id_checksum"),
        ("เลขประจำตัว", "1.1017E+12", "national_id", "scientific_notation_id"),
        ("ยินยอม", "อาจจะ", "consented", "not_a_boolean"),
        ("จังหวัด", "ล้านนา", "province", "unknown_province"),
        ("อำเภอ", "ปาย", "district", "unknown_district"),
        ("ประเภท", "การเกษตร", "sector", "unknown_choice"),
        ("ยอดขาย", "-1", "sales_thb", "negative_revenue"),
        ("ยอดขาย", "(500)", "sales_thb", "negative_revenue"),
        ("ยอดขาย", "1.234,50", "sales_thb", "ambiguous_separators"),
        ("ยอดขาย", "1000000000001", "sales_thb", "out_of_range"),
        ("กำไร", "-1000000000001", "profit_thb", "out_of_range"),
        ("คนทำงาน", "-1", "workers", "out_of_range"),
        ("คนทำงาน", "5001", "workers", "out_of_range"),
        ("คนทำงาน", "2.5", "workers", "not_an_integer"),
        ("คนทำงาน", "สาม", "workers", "not_a_number"),
        ("ประเภท", "สมชาย".encode().decode("latin-1"), "sector", "mojibake"),
    ],
)
def test_a_row_with_a_bad_answer_is_set_aside_with_its_reason(clean, heading, answer, field, rule):
    """Cases 4, 19, 20, 26, 34, 36, 40, 43, 45, 46, 50, 51, 61."""
    rows = [*people(3), good({"เลขที่": "B-1"}) | {heading: answer}]
    cleaned = clean(landed(rows))
    assert reasons(cleaned) == [(5, field, rule)]
    if answer != "ล้านนา":
        assert counts(cleaned) == {"landed": 4, "accepted": 3, "rejected": 1}


@pytest.mark.parametrize(
    ("heading", "answer", "name", "value"),
    [
        ("ยอดขาย", "๑๒๓๔", "sales_thb", 1234.0),
        ("ยอดขาย", "1,234,567.50", "sales_thb", 1234567.5),
        ("ยอดขาย", "1.2 ล้าน", "sales_thb", 1200000.0),
        ("ยอดขาย", "0", "sales_thb", 0.0),
        ("ยอดขาย", "N/A", "sales_thb", None),
        ("กำไร", "-500", "profit_thb", -500.0),
        ("วันที่", "2569-01-15", "registered_on", date(2026, 1, 15)),
        ("วันที่", "46037", "registered_on", date(2026, 1, 15)),
        ("เลขประจำตัว", "0105536000313", "national_id", "0105536000313"),
        ("เลขประจำตัว", "AA1234567", "national_id", "AA1234567"),
        ("เลขที่", "\ufeffA\u00a0-1\u200b", "participant_id", "A -1"),
    ],
)
def test_a_row_with_one_possible_reading_is_accepted(clean, heading, answer, name, value):
    """Cases 27, 32, 33, 35, 36, 37, 41, 47, 52, 53, 55."""
    cleaned = clean(landed([good() | {heading: answer}]))
    assert cleaned.accepted[name].to_list() == [value]
    assert counts(cleaned) == {"landed": 1, "accepted": 1}


def test_every_reason_of_a_row_is_listed_and_the_row_counts_once(clean):
    cleaned = clean(landed([good({"ยอดขาย": "-1", "คนทำงาน": "สาม", "ประเภท": "?"})]))
    assert reasons(cleaned) == [
        (2, "sales_thb", "negative_revenue"),
        (2, "sector", "unknown_choice"),
        (2, "workers", "not_a_number"),
    ]
    assert counts(cleaned) == {"landed": 1, "rejected": 1}


def test_an_excel_error_or_a_word_for_nothing_in_an_optional_answer_is_noted(clean):
    """Cases 20, 37."""
    cleaned = clean(landed([good({"ยอดขาย": "#DIV/0!", "กำไร": "-"})]))
    assert cleaned.accepted.select("sales_thb", "profit_thb").row(0) == (None, None)
    assert warned(cleaned) == {
        ("profit_thb", "missing_word"): 1,
        ("registered_on", "buddhist_year"): 1,
        ("sales_thb", "excel_error"): 1,
    }


def test_a_declared_code_for_no_answer_is_none_and_noted(clean, form):
    """Case 37."""
    coded = form.model_dump() | {"questions": QUESTIONS | {"workers": QUESTIONS["workers"] | {"missing": ["99", "-1"]}}}
    rows = [good({"เลขที่": f"A-{text}", "คนทำงาน": text}) for text in ("99", " -1 ", "9", "0")]
    cleaned = clean(landed(rows), of=Form.model_validate(coded))
    assert cleaned.accepted["workers"].to_list() == [None, None, 9, 0]
    assert warned(cleaned)["workers", "missing_code"] == 2


def test_a_formula_without_value_is_no_answer_and_sets_aside_where_one_is_required(clean):
    """Case 19."""
    cleaned = clean(landed([good({"ยอดขาย": "#FORMULA!"}), good({"เลขที่": "A-2", "วันที่": "#FORMULA!"})]))
    assert warned(cleaned)["sales_thb", "formula_without_value"] == 1
    assert reasons(cleaned) == [(3, "registered_on", "formula_without_value")]


def test_warnings_count_accepted_rows_only(clean):
    rows = [good({"เลขที่": "A-1"}), good({"เลขที่": "A-2"}), good({"เลขที่": "A-3", "คนทำงาน": "สาม"})]
    assert warned(clean(landed(rows))) == {("registered_on", "buddhist_year"): 2}


def test_a_clock_a_day_ahead_is_noted(clean):
    """Case 49."""
    cleaned = clean(landed([good({"วันที่": "2026-06-02"})]))
    assert warned(cleaned) == {("registered_on", "clock_skew"): 1}


def test_dates_in_another_order_than_the_declared_one_stop_the_source(clean):
    """Case 44."""
    rows = [*people(2), good({"เลขที่": "B-1", "วันที่": "01/25/2569"})]
    with pytest.raises(SourceError, match=r"'registered_on'.* row 4 of file 'a.csv'.*date_order") as caught:
        clean(landed(rows))
    assert caught.value.code == "date_order"
    assert "25" not in str(caught.value)


def test_much_text_decoded_wrongly_stops_the_source(clean):
    """Case 4."""
    garbled = "สมชาย".encode().decode("latin-1")
    rows = [*people(20), good({"เลขที่": "B-1", "ประเภท": garbled}), good({"เลขที่": "B-2", "ประเภท": garbled})]
    with pytest.raises(SourceError) as caught:
        clean(landed(rows))
    assert caught.value.code == "mojibake"
    assert garbled not in str(caught.value)


@pytest.mark.parametrize("flaw", ["ragged_row", "nul_byte"])
def test_a_row_that_could_not_be_taken_apart_is_set_aside(clean, flaw):
    """Cases 10, 28, 29."""
    broken = dict.fromkeys(GOOD, "") | {"_flaw": flaw, "_unread": "A-9,secret"}
    rows = [GOOD | {"_flaw": None, "_unread": None}, broken]
    cleaned = clean(landed(rows))
    assert reasons(cleaned) == [(3, "", flaw)]
    assert counts(cleaned) == {"landed": 2, "accepted": 1, "rejected": 1}


def test_a_repeated_group_that_cannot_be_read_sets_its_row_aside(clean, form):
    """Case 62: children are counted, and a row whose children cannot be is named."""
    ages = asked("สมาชิก", "integer", each="อายุ", combine="sum")
    people_of = asked("สมาชิก", "integer", combine="count", maximum=3)
    questions = QUESTIONS | {"ages": ages, "household": people_of}
    asking = Form.model_validate(form.model_dump() | {"questions": questions})
    texts = ['[{"อายุ":"39"},{"อายุ":2}]', None, "[{}", '[{"อายุ":"old"}]', "[{},{},{},{}]"]
    rows = [good({"เลขที่": f"A-{place}", "สมาชิก": text}) for place, text in enumerate(texts)]
    cleaned = clean(landed(rows), of=asking)
    assert cleaned.accepted.select("ages", "household").rows() == [(41, 2), (0, 0)]
    assert reasons(cleaned) == [
        (4, "ages", "repeat_unreadable"),
        (4, "household", "repeat_unreadable"),
        (5, "ages", "not_a_number"),
        (6, "household", "out_of_range"),
    ]


def test_the_same_submission_twice_counts_once(clean):
    """Case 57: identical content."""
    cleaned = clean(landed([GOOD, GOOD, *people(2)]))
    assert counts(cleaned) == {"landed": 4, "accepted": 2, "duplicates": 2}


def test_the_newest_version_of_a_submission_counts_and_the_change_is_noted(clean):
    """Cases 57, 59: different content under the same key."""
    frames = [landed([good({"ยอดขาย": "1"}), *people(2)[1:]]), landed([good({"ยอดขาย": "2"})], "b.csv", day=1)]
    cleaned = clean(pl.concat(frames, how="diagonal"))
    assert cleaned.accepted.filter(participant_id="A-1")["sales_thb"].to_list() == [2.0]
    assert counts(cleaned) == {"landed": 3, "accepted": 2, "superseded": 1}
    assert warned(cleaned)["", "changed_submission"] == 1


def test_an_answer_changed_and_changed_back_counts_as_last_said(clean):
    versions = [landed([good({"ยอดขาย": amount})], f"{day}.csv", day) for day, amount in enumerate("121")]
    cleaned = clean(pl.concat(versions))
    assert cleaned.accepted["sales_thb"].to_list() == [1.0]
    assert counts(cleaned) == {"landed": 3, "accepted": 1, "duplicates": 1, "superseded": 1}


def test_a_key_is_the_same_key_however_it_is_typed(clean):
    """Cases 32, 55."""
    cleaned = clean(landed([good({"เลขที่": "ก-๑๒"}), good({"เลขที่": "ก-12\u200b "})]))
    assert counts(cleaned) == {"landed": 2, "accepted": 1, "superseded": 1}


def test_a_bad_version_is_replaced_by_a_mended_one(clean):
    frames = [landed([good({"วันที่": "01/25/2569"})]), landed([GOOD], "b.csv", day=1)]
    assert counts(clean(pl.concat(frames))) == {"landed": 2, "accepted": 1, "superseded": 1}


def test_rows_without_a_key_never_replace_one_another(clean):
    rows = [good({"เลขที่": None}), good({"เลขที่": None, "คนทำงาน": "4"}), good({"เลขที่": None})]
    cleaned = clean(landed(rows))
    assert counts(cleaned) == {"landed": 3, "rejected": 2, "duplicates": 1}


def test_rows_that_vanish_from_the_newest_file_were_deleted(clean):
    """Case 60."""
    first, second = people(4), [*people(2)[:1], good({"เลขที่": "A-2", "ยอดขาย": "7"}), good({"เลขที่": "A-9"})]
    frame = pl.concat([landed(first), landed(second, "b.csv", day=1)])
    assert counts(clean(frame, mode="replace")) == {
        "landed": 7,
        "accepted": 3,
        "duplicates": 1,
        "superseded": 1,
        "deleted": 2,
    }
    assert counts(clean(frame)) == {"landed": 7, "accepted": 5, "duplicates": 1, "superseded": 1}


def test_a_flawed_row_of_an_older_file_is_deleted_with_it(clean):
    broken = dict.fromkeys(GOOD, "") | {"_flaw": "ragged_row", "_unread": "x"}
    frame = pl.concat([landed([broken]), landed([GOOD], "b.csv", day=1)], how="diagonal")
    assert counts(clean(frame, mode="replace")) == {"landed": 2, "accepted": 1, "deleted": 1}


def test_files_with_different_headings_give_one_table(clean):
    renamed = {"รายได้" if name == "ยอดขาย" else name: answer for name, answer in good({"เลขที่": "A-2"}).items()}
    spaced = {f" {name}\u200b": answer for name, answer in good({"เลขที่": "A-3"}).items() if name != "คนทำงาน"}
    files = [landed([good()]), landed([renamed], "b.csv"), landed([spaced], "c.csv")]
    with_new_column = files[0].with_columns(pl.lit("x").alias("ไม่เคยถาม"))
    cleaned = clean(pl.concat([with_new_column, *files[1:2]], how="diagonal"))
    assert cleaned.accepted["sales_thb"].to_list() == [12500.0, 12500.0]
    assert "ไม่เคยถาม" not in cleaned.accepted.columns
    accepted = clean(files[2]).accepted
    assert accepted.select("participant_id", "workers").row(0) == ("A-3", None)


def test_no_rows_give_empty_typed_tables(clean, form):
    cleaned = clean(tables.Submissions.create_empty(), today=None)
    assert cleaned.accepted.height == 0
    assert cleaned.accepted.schema["registered_on"] == pl.Date
    assert counts(cleaned) == {}


def test_the_day_of_the_last_pull_is_today(clean):
    day_after = good({"วันที่": "2026-06-03"})
    assert reasons(clean(landed([day_after]), today=None)) == [(2, "registered_on", "date_out_of_range")]
    assert not reasons(clean(landed([day_after], day=2), today=None))


def test_a_follow_up_need_not_lie_in_a_reporting_period(clean):
    questions = {
        "participant_id": asked("เลขที่", "code"),
        "answered_on": asked("วันที่", "date", date_order="day_month_year"),
    }
    declared = {"kind": "follow_up", "title": words("f"), "key": ["participant_id"], "questions": questions}
    cleaned = clean(landed([good({"วันที่": "15/01/2560"})]), of=Form.model_validate(declared))
    assert counts(cleaned) == {"landed": 1, "accepted": 1}


def same(one: Cleaned, other: Cleaned, *places: str) -> None:
    """Holds two results equal but for the order of rows and the columns that say where a row stood."""
    for table in ("accepted", "rejects", "warnings", "balance"):
        left, right = (getattr(each, table).drop(places, strict=False) for each in (one, other))
        assert left.sort(left.columns).equals(right.sort(right.columns), null_equal=True)


ANSWERS = {
    "เลขที่": ["A-1", "A-2", "๑", "1", None, "1.1E+12", "-"],
    "เลขประจำตัว": ["1101700230708", "1101700230707", "", None],
    "วันที่": ["15/01/2569", "2026-01-15", "31/02/2569", "15/01/69", None, "#N/A", "2020-01-01"],
    "ยินยอม": ["ใช่", "ไม่มี", "?", None],
    "จังหวัด": ["ระนอง", "จ.ชุมพร", "ล้านนา", None],
    "อำเภอ": ["กระบุรี", "เมือง", "ปาย", None],
    "ยอดขาย": ["1,000", "-5", "1.234", "3 แสน", "#REF!", "ไม่มี", None],
    "คนทำงาน": ["3", "9999", "2.5", "x", None],
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(answers) for name, answers in ANSWERS.items()}), max_size=12
)
PROPERTY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@PROPERTY
@given(rows=st.lists(ROWS, min_size=1, max_size=4), mode=st.sampled_from(["append", "replace"]))
def test_the_balance_always_holds(clean, rows, mode):
    frames = [landed(each, f"{number}.csv", number // 2) for number, each in enumerate(rows) if each]
    if not frames:
        return
    frame = pl.concat(frames, how="diagonal")
    cleaned = clean(frame, mode)
    parts = counts(cleaned)
    assert parts.pop("landed") == frame.height == sum(parts.values())
    assert cleaned.accepted.height == parts.get("accepted", 0)
    places = cleaned.rejects.select("file", "row").unique()
    assert places.height == parts.get("rejected", 0)
    accepted = cleaned.accepted.select(file="_file", row="_row")
    assert accepted.join(places, on=["file", "row"], how="inner").is_empty()
    tables.Rejects.validate(cleaned.rejects)
    tables.Warnings.validate(cleaned.warnings)
    tables.Balance.validate(cleaned.balance)


@PROPERTY
@given(rows=ROWS, seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(clean, rows, seed):
    if rows:
        frame = landed(rows)
        same(clean(frame), clean(frame.sample(fraction=1, shuffle=True, seed=seed)))


@PROPERTY
@given(rows=ROWS, cut=st.integers(0, 12))
def test_splitting_a_file_does_not_matter(clean, rows, cut):
    parts = [landed(part, name) for part, name in ((rows[:cut], "a.csv"), (rows[cut:], "b.csv")) if part]
    if parts:
        same(clean(landed(rows)), clean(pl.concat(parts, how="diagonal")), "_file", "_row", "file", "row", "submission")


def test_no_answer_appears_in_rejects_warnings_or_balance(clean):
    canaries = {name: f"ZZ{number}canary" for number, name in enumerate(GOOD)}
    rows = [
        canaries,
        *({**GOOD, "เลขที่": f"ok{number}", name: text} for number, (name, text) in enumerate(canaries.items())),
    ]
    cleaned = clean(landed(rows))
    assert cleaned.rejects.height >= len(GOOD) - 1
    written = "".join(table.write_csv() for table in (cleaned.rejects, cleaned.warnings, cleaned.balance))
    assert "canary" not in written
    assert set("".join(cleaned.rejects["rule"].to_list())) <= RULES_PRINTED
