"""Provinces and districts in the spellings that people use."""

from collections import Counter

import geothai
import polars as pl
import pytest

from transforms.normalise import normalise


@pytest.mark.parametrize(
    "typed",
    ["ระนอง", "จ.ระนอง", "จังหวัดระนอง", "จังหวัด ระนอง", "Ranong", "RANONG", "Ranong Province", "85", "๘๕", "TH-85"],
)
def test_a_province_is_its_code(read, typed):
    assert read("province", typed) == ("85", None, None)


@pytest.mark.parametrize("typed", ["กทม", "กทม.", "กรุงเทพ", "กรุงเทพฯ", "กรุงเทพมหานคร", "Bangkok"])
def test_bangkok_goes_by_many_names(read, typed):
    assert read("province", typed) == ("10", None, None)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(("โคราช", "30"), ("Korat", "30"), ("แปดริ้ว", "24"), ("ศรีษะเกษ", "33"), ("สุราษฏร์ธานี", "84")),
        *(("นครศรีฯ", "80"), ("เพ็ชรบุรี", "76"), ("หนองบัวลำพู", "39"), ("Chonburi", "20"), ("กรุงเก่า", "14")),
    ],
)
def test_a_province_goes_by_its_other_names(read, typed, code):
    assert read("province", typed) == (code, None, None)


@pytest.mark.parametrize(("typed", "code"), [("พระนคร", "10"), ("จ.ธนบุรี", "10"), ("สวรรคโลก", "64"), ("หลังสวน", "86")])
def test_an_abolished_province_is_the_one_that_has_its_area(read, typed, code):
    assert read("province", typed) == (code, None, "former_area")


def test_a_province_that_is_none_is_refused(read):
    assert read("province", "ล้านนา") == (None, "unknown_province", None)


def test_every_subdistrict_is_read_by_its_names_and_code(rules):
    provinces = geothai.provinces()
    districts = [each for province in provinces for each in geothai.districts(province.code)]
    every = [each for district in districts for each in geothai.subdistricts(district.code)]
    assert len(every) == 7436
    for spelling in ("name_th", "name_en", "code"):
        named = Counter((each.district_code, getattr(each, spelling).replace(" ", "").lower()) for each in every)
        single = [
            each for each in every if named[each.district_code, getattr(each, spelling).replace(" ", "").lower()] == 1
        ]
        assert len(every) - len(single) <= (2 if spelling == "name_en" else 0)
        answers = pl.DataFrame(
            {"d": [each.district_code for each in single], "q": [getattr(each, spelling) for each in single]}
        )
        of = {"d": rules("district"), "q": rules("subdistrict", subdistrict_of="d")}
        read = normalise(answers, of, {"q": "d"})["q"]
        assert read.values.to_list() == [each.code for each in single]


@pytest.mark.parametrize(
    ("district", "typed", "code", "reason"),
    [
        ("8501", "ต.เขานิเวศน์", "850101", None),
        ("8501", "ตำบล เขานิเวศน์", "850101", None),
        ("8501", "Khao Niwet Subdistrict", "850101", None),
        ("8501", "850101", "850101", None),
        ("1001", "แขวงพระบรมมหาราชวัง", "100101", None),
        ("4501", "ปอภาร", "450109", None),
        ("4501", "ปอพาน", "450109", None),
        ("8501", "พระบรมมหาราชวัง", None, "unknown_subdistrict"),
        (None, "พระบรมมหาราชวัง", "100101", None),
        (None, "ในเมือง", None, "ambiguous_subdistrict"),
    ],
)
def test_a_subdistrict_is_looked_for_in_its_district(rules, district, typed, code, reason):
    answers = pl.DataFrame({"d": [district], "q": [typed]}, schema={"d": pl.String, "q": pl.String})
    of = {"q": rules("subdistrict", subdistrict_of="d"), "d": rules("district")}
    read = normalise(answers, of, {"q": "d"})["q"]
    assert read.values.to_list() == [code]
    assert list(read.refused) == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("province", "typed", "code"),
    [
        ("หนองคาย", "บึงกาฬ", "3801"),
        ("หนองคาย", "กิ่ง อ.บุ่งคล้า", "3808"),
        ("ปราจีนบุรี", "อรัญประเทศ", "2706"),
        ("อุดรธานี", "นากลาง", "3902"),
    ],
)
def test_a_district_is_found_by_the_province_that_it_was_once_in(rules, province, typed, code):
    answers = pl.DataFrame({"p": [province], "q": [typed]})
    read = normalise(answers, {"q": rules("district", district_of="p"), "p": rules("province")}, {"q": "p"})["q"]
    assert (read.values.to_list(), list(read.noted)) == ([code], ["former_area"])


def test_every_area_is_read_by_its_names_and_code(rules):
    provinces = geothai.provinces()
    for names in ([each.name_th for each in provinces], [each.name_en for each in provinces]):
        read = normalise(pl.DataFrame({"q": names}), {"q": rules("province")})["q"]
        assert read.values.to_list() == [each.code for each in provinces]
    districts = [each for province in provinces for each in geothai.districts(province.code)]
    shared = {"1404", "1413"}  # both are Bang Sai in Latin letters
    for spelling in ("name_th", "name_en", "code"):
        known = [each for each in districts if spelling != "name_en" or each.code not in shared]
        answers = pl.DataFrame(
            {"p": [each.code[:2] for each in known], "q": [getattr(each, spelling) for each in known]}
        )
        read = normalise(answers, {"p": rules("province"), "q": rules("district", district_of="p")}, {"q": "p"})["q"]
        assert read.values.to_list() == [each.code for each in known]


@pytest.mark.parametrize(
    ("province", "typed", "code", "reason"),
    [
        ("ระนอง", "เมือง", "8501", None),
        ("ระนอง", "อ.เมืองระนอง", "8501", None),
        ("ระนอง", "อำเภอกระบุรี", "8504", None),
        ("Ranong", "Muang Ranong", "8501", None),
        ("Ranong", "Kra Buri District", "8504", None),
        ("ชุมพร", "กระบุรี", None, "unknown_district"),
        ("กทม.", "เขตพระนคร", "1001", None),
        ("กทม.", "เมือง", None, "unknown_district"),
        (None, "กระบุรี", "8504", None),
        (None, "เมือง", None, "ambiguous_district"),
    ],
)
def test_a_district_is_looked_for_in_its_province(rules, province, typed, code, reason):
    answers = pl.DataFrame({"p": [province], "q": [typed]}, schema={"p": pl.String, "q": pl.String})
    read = normalise(answers, {"q": rules("district", district_of="p"), "p": rules("province")}, {"q": "p"})["q"]
    assert read.values.to_list() == [code]
    assert list(read.refused) == ([reason] if reason else [])
