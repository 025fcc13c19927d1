"""Cases 32 to 56: what is wrong with an answer."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
import xlsxwriter

from tests.bad_input.night import FOLLOW_UP, Night, Outcome, Row, people, person

TODAY = datetime.now(UTC).date()


@pytest.fixture
def said(night: Night):
    """What becomes of registrations in which one question has these answers, one each."""

    def run(heading: str, *answers: str | None) -> Outcome:
        night.drop([person(place, {heading: answer}) for place, answer in enumerate(answers, start=1)])
        return night.run()

    return run


def test_case_32_thai_digits(case, said):
    outcome = said("ยอดขาย", "๑๒๓๔", "๑,๒๓๔.๕๐")
    case.accepts(outcome, 2)
    assert outcome.answers("sales_thb") == [1234.0, 1234.5]


def test_case_33_commas_between_thousands(case, said):
    outcome = said("ยอดขาย", "1,234,567.50", "12,500")
    case.accepts(outcome, 2)
    assert outcome.answers("sales_thb") == [1234567.5, 12500.0]


def test_case_34_separators_with_two_readings(case, said):
    case.sets_aside(said("ยอดขาย", "1", "1.234,50", "1.234"), "sales_thb", "ambiguous_separators", landed=3, rows=2)


def test_case_35_words_for_amounts(case, said):
    outcome = said("ยอดขาย", "1.2 ล้าน", "3 แสน", "500 บาท", "2 หมื่น 5 พัน", "฿1,500.-")
    case.accepts(outcome, 5)
    assert outcome.answers("sales_thb") == [1_200_000.0, 300_000.0, 500.0, 25_000.0, 1_500.0]


def test_case_36_less_than_nothing(case, night):
    night.drop([person(1, {"กำไร": "(500)"}), person(2, {"กำไร": "-500"})], "registration-1.csv")
    outcome = night.run()
    case.accepts(outcome, 2)
    assert outcome.answers("profit_thb") == [-500.0, -500.0]
    night.drop([person(3, {"ยอดขาย": "(500)"}), person(4, {"ยอดขาย": "-500"})], "registration-2.csv")
    case.sets_aside(night.run(), "sales_thb", "negative_revenue", landed=4, rows=2)


def test_case_37_words_and_codes_for_no_answer(case, night, said):
    night.declare("minimum = 0, unit", 'minimum = 0, missing = ["99"], unit', "forms.toml")
    outcome = said("ยอดขาย", "N/A", "-", "ไม่มี", "ไม่ระบุ", "99", "0")
    case.accepts(outcome, 6)
    case.warns(outcome, "missing_word")
    case.warns(outcome, "missing_code")
    assert outcome.answers("sales_thb") == [None, None, None, None, None, 0.0]


def test_case_38_thousands_for_baht(case, night):
    night.drop(people(4))
    amounts = ("13", "13000000", "500 USD", "13000")
    night.drop(
        [FOLLOW_UP | {"รหัส": f"A-{place}", "ยอดขาย": amount} for place, amount in enumerate(amounts, 1)], "m3.csv"
    )
    outcome = night.run()
    case.sets_aside(outcome, "sales_thb", "unit_slip", landed=4, source="m3", rows=3)
    assert outcome.answers("sales_thb", "m3") == [None, None, None, 13000.0]
    night.declare("minimum = 0, unit", "minimum = 0, may_leap = true, unit", "forms.toml")
    assert night.run().answers("sales_thb", "m3") == [13.0, 13_000_000.0, None, 13000.0]


def test_case_39_an_amount_far_from_all_others(case, said):
    outcome = said("ยอดขาย", *(str(10_000 + 100 * place) for place in range(40)), "90000000")
    case.warns(outcome, "outlier_iqr")
    assert outcome.balance("registration") == {"landed": 41, "accepted": 41}
    assert 90_000_000.0 in outcome.answers("sales_thb")


def test_case_40_amounts_that_would_overflow_a_sum(case, said):
    outcome = said("ยอดขาย", "1000000000000", "1000000000001", "9" * 30)
    case.sets_aside(outcome, "sales_thb", "out_of_range", landed=3, rows=2)


def test_case_41_buddhist_years(case, said):
    outcome = said("วันที่", "2567-01-15", "15/01/2567", "15 ม.ค. 2567", "2024-01-15")
    case.accepts(outcome, 4)
    case.warns(outcome, "buddhist_year")
    assert outcome.answers("registered_on") == [date(2024, 1, 15)] * 4
    assert outcome.frames["warnings"].filter(rule="buddhist_year")["count"].to_list() == [3]


def test_case_42_the_29th_of_february_of_a_buddhist_leap_year(case, said):
    outcome = said("วันที่", "2567-02-29", "29/02/2567", "29 กุมภาพันธ์ 2567")
    case.accepts(outcome, 3)
    assert outcome.answers("registered_on") == [date(2024, 2, 29)] * 3


def test_case_43_years_of_two_digits(case, night, said):
    case.sets_aside(said("วันที่", "15/01/67", "15/01/2567"), "registered_on", "two_digit_year", landed=2)
    night.declare('date_order = "day_month_year"', 'date_order = "day_month_year", short_year = 2500', "forms.toml")
    outcome = night.run()
    case.accepts(outcome, 2)
    assert outcome.answers("registered_on") == [date(2024, 1, 15)] * 2


def test_case_44_days_and_months_the_other_way_round(case, after_a_night):
    rows = [person(4, {"วันที่": "03/04/2567"}), person(5, {"วันที่": "01/25/2567"})]
    after_a_night.drop(rows, "registration-2.csv")
    case.refuses(after_a_night, "date_order")


def test_case_45_the_31st_of_february(case, said):
    outcome = said("วันที่", "31/02/2567", "29/02/2566", "29/02/2567")
    case.sets_aside(outcome, "registered_on", "impossible_date", landed=3, rows=2)


def test_case_46_dates_in_the_future_or_of_1900(case, said):
    future = (TODAY + timedelta(days=30)).isoformat()
    outcome = said("วันที่", future, "1900-01-01", "15/01/2567")
    case.sets_aside(outcome, "registered_on", "date_out_of_range", landed=3, rows=2)


def test_case_47_excels_day_numbers(case, night, said):
    outcome = said("วันที่", "45306", "45306.0")
    case.accepts(outcome, 2)
    assert outcome.answers("registered_on") == [date(2024, 1, 15)] * 2
    night.drop(dated_from_1904(), "registration-2.xlsx")
    case.refuses(night, "date1904")


def dated_from_1904() -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"date_1904": True})
    book.add_worksheet().write_row(0, 0, list(person()))
    book.close()
    return content.getvalue()


def test_case_48_an_instant_in_utc(case, said):
    outcome = said("วันที่", "2024-01-15T20:00:00Z", "2024-01-15T20:00:00+07:00", "2024-01-15 20:00")
    case.accepts(outcome, 3)
    assert outcome.answers("registered_on") == [date(2024, 1, 16), date(2024, 1, 15), date(2024, 1, 15)]


def test_case_49_a_clock_that_is_ahead(case, said):
    tomorrow = (datetime.now(UTC) + timedelta(hours=7) + timedelta(days=1)).date()
    outcome = said("วันที่", tomorrow.isoformat(), "15/01/2567")
    case.warns(outcome, "clock_skew")
    assert outcome.balance("registration") == {"landed": 2, "accepted": 2}


def test_case_50_ids_that_a_spreadsheet_has_rounded(case, night, said):
    outcome = said("เลขประจำตัว", "1.1017E+12", "1101700230708")
    case.sets_aside(outcome, "national_id", "scientific_notation_id", landed=2)
    night.drop([FOLLOW_UP | {"รหัส": "1.1017E+12"}], "m3.csv")
    case.sets_aside(night.run(), "participant_id", "scientific_notation_id", landed=1, source="m3")


def test_case_51_a_wrong_check_digit(case, said):
    outcome = said("เลขประจำตัว", "1101700230707", "1-1017-00230-70-8")
    case.sets_aside(outcome, "national_id", "id_checksum", landed=2)


def test_case_52_a_firms_number_in_a_persons_place(case, said):
    outcome = said("เลขประจำตัว", "0105536000313", "1101700230708")
    case.accepts(outcome, 2)
    case.warns(outcome, "juristic_id")
    assert outcome.contact("national_id") == ["0105536000313", "1101700230708"]


def test_case_53_a_passport_or_no_id(case, said):
    outcome = said("เลขประจำตัว", "AA1234567", None, "-")
    case.accepts(outcome, 3)
    case.warns(outcome, "other_id")
    assert outcome.contact("national_id") == ["AA1234567", None, None]


def test_case_54_telephone_numbers(case, night, said):
    outcome = said("โทรศัพท์", "0812345678", "081-234-5678", "+66 81 234 5678", "๐๘๑๒๓๔๕๖๗๘", "02-123-4567")
    case.accepts(outcome, 5)
    assert outcome.contact("phone") == [*["+66812345678"] * 4, "+6621234567"]
    night.drop([person(6, {"โทรศัพท์": "0112345678"}), person(7, {"โทรศัพท์": "12345"})], "registration-2.csv")
    case.sets_aside(night.run(), "phone", "not_a_phone", landed=7, rows=2)


def test_case_55_invisible_letters(case, night):
    hidden: Row = {"รหัส": "\ufeffA-1\u200b", "เลขประจำตัว": "1101700230708\u200b", "ชื่อ": "สมมติ\u00a0นาม\u200dสมมติ"}
    night.drop([person(1, hidden)])
    night.drop([FOLLOW_UP], "m3.csv")
    outcome = night.run()
    case.accepts(outcome, 1)
    assert outcome.contact("full_name")[0] == "สมมติ นามสมมติ"
    assert outcome.frames["links"]["linked"].to_list() == [1]


def test_case_56_one_thai_word_typed_in_several_ways(case, said):
    nikhahit = "น\u0e49\u0e4dา", "น\u0e4d\u0e49า", "น\u0e49\u0e33"
    outcome = said("ข้อสังเกต", *nikhahit, "เเม่", "แม่", "ท\u0e48\u0e35", "ที่")
    case.accepts(outcome, 7)
    assert outcome.answers("note") == ["น้ำ", "น้ำ", "น้ำ", "แม่", "แม่", "ที่", "ที่"]
