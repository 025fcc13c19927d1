"""Provinces and districts in the spellings that people use."""

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


def test_a_province_that_is_none_is_refused(read):
    assert read("province", "ล้านนา") == (None, "unknown_province", None)


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
