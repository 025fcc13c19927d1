import polars as pl
import pytest

from transforms.normalise.names import first_name, last_name, sex_of, sound_key, without_title


def of(expression, *names):
    return pl.DataFrame({"name": names}).select(expression(pl.col("name")).alias("name"))["name"].to_list()


def keys(name):
    bare = without_title(pl.col("name"))
    return pl.DataFrame({"name": [name]}).select(sound_key(first_name(bare)), last=sound_key(last_name(bare))).row(0)


@pytest.mark.parametrize(
    ("thai", "latin"),
    [
        ("นายสมศักดิ์ แก้วทะเล", "Mr. Somsak Kaewthale"),
        ("นางสาวจันทร์เพ็ญ ควนทอง", "Miss Chanpen  Khuanthong"),
        ("น.ส. อำไพ ศรีทอง", "Ms Ampai Srithong"),
        ("สมพร เพชรรักษ์", "Somporn Phetrak"),
        ("ชาญชัย สวัสดิ์วงศ์", "Chanchai Sawatwong"),
    ],
)
def test_a_name_sounds_the_same_in_thai_and_latin_letters(thai, latin):
    assert keys(thai) == keys(latin)


def test_names_that_sound_otherwise_have_other_keys():
    assert len({keys(name) for name in ("สมชาย", "สมศรี", "วิรัช", "ประสิทธิ์", "อนันต์")}) == 5


def test_titles_go_and_names_that_begin_like_one_stay():
    names = ["นาย สมชาย", "นางสาวสมศรี", "นายิกา", "นงลักษณ์", "ว่าที่ร้อยตรีหญิง สมศรี", "Mrs. Somsri", "Mrinal"]
    assert of(without_title, *names) == ["สมชาย", "สมศรี", "นายิกา", "นงลักษณ์", "สมศรี", "somsri", "mrinal"]


def test_the_title_tells_the_sex_where_it_can():
    assert of(sex_of, "นายสมชาย", "นางสมศรี", "น.ส.สมศรี", "Mr. Somchai", "นายิกา", "สมชาย", "ดร.สมชาย") == [
        "male",
        "female",
        "female",
        "male",
        None,
        None,
        None,
    ]


def test_a_name_without_consonants_has_no_key():
    assert of(sound_key, "aa", "", "12", None) == [None] * 4
