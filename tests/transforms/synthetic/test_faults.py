from collections import Counter

import polars as pl

from transforms.synthetic import MadeUp
from transforms.synthetic.faults import EXTRA_PEOPLE, SPOILED_ANSWERS


def test_every_source_balances(made: MadeUp) -> None:
    for source, planted in made.planted.sources.items():
        assert planted.landed == made.sheets[source].height
        assert planted.accepted == made.sheets[source].unique(["เลขที่ใบสมัคร", *_session(source)]).height - sum(
            planted.rejected.values()
        )


def _session(source: str) -> list[str]:
    return ["รหัสรุ่น"] if source == "registration_sheets" else []


def test_rows_sent_twice_say_the_same(made: MadeUp) -> None:
    for source, planted in made.planted.sources.items():
        sheet = made.sheets[source]
        assert sheet.height - sheet.unique().height == planted.duplicates


def test_a_corrected_application_differs_from_the_first(made: MadeUp) -> None:
    sheet = made.sheets["registration_sheets"]
    keyed = sheet.unique().group_by("เลขที่ใบสมัคร", "รหัสรุ่น").len()

    assert keyed.filter(pl.col("len") == 2).height == made.planted.sources["registration_sheets"].superseded == 1


def test_people_in_two_courses_register_later_for_the_second(made: MadeUp) -> None:
    sheet = made.sheets["registration_sheets"].unique(["เลขที่ใบสมัคร", "รหัสรุ่น"])
    twice = sheet.group_by("เลขที่ใบสมัคร").agg("รหัสรุ่น", "จังหวัด").filter(pl.col("รหัสรุ่น").list.len() == 2)

    assert twice.height == made.planted.second_courses == 3


def test_planted_reasons_stand_in_the_sheets(made: MadeUp) -> None:
    expected = {"registration_sheets": EXTRA_PEOPLE, **SPOILED_ANSWERS}
    for source, planted in made.planted.sources.items():
        reasons = Counter(rule for _, _, rule in expected[source])
        assert planted.conflicts == reasons.pop("wave_conflict", 0)
        assert planted.rejected == reasons
        cells = Counter(cell for row in made.sheets[source].rows() for cell in row)
        for _, text, _ in expected[source]:
            assert cells[text] >= 1


def test_orphans_and_people_without_consent_are_followed_up(made: MadeUp) -> None:
    registered = made.sheets["registration_sheets"]
    agreed = pl.col("ยินยอมให้บันทึกและใช้ข้อมูล") == "ใช่"
    refusing = registered.filter(~agreed)["เลขที่ใบสมัคร"]
    for source, planted in made.planted.sources.items():
        if source == "registration_sheets":
            continue
        asked = made.sheets[source]["เลขที่ใบสมัคร"]
        assert (~asked.is_in(registered["เลขที่ใบสมัคร"].to_list())).sum() == planted.orphans
        assert asked.is_in(refusing.to_list()).sum() == planted.without_consent
