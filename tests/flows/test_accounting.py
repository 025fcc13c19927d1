"""What was noticed about a source is counted once, however often it is said."""

import pytest

from flows.declared import programme_named, warehouse_of
from flows.pull import pull
from flows.refresh import refresh

NAME = "village"
SHEET = "registration_sample.csv"


def warned():
    pull(NAME)
    refresh(NAME)
    with warehouse_of(programme_named(NAME)).open() as reader:
        return reader.sql("select count from warnings where rule = 'new_column' and field = 'colour'")[
            "count"
        ].to_list()


@pytest.fixture
def sheet(village):
    path = village / "inbox" / SHEET
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([lines[0] + ",colour", *(line + ",red" for line in lines[1:])]) + "\n", encoding="utf-8")
    return path


def test_a_doubt_about_a_file_that_is_sent_again_does_not_add_up(sheet):
    [first] = warned()
    with sheet.open("a", encoding="utf-8") as file:
        file.write(sheet.read_text(encoding="utf-8").splitlines()[1].replace("SAMPLE-001", "SAMPLE-901") + "\n")
    assert warned() == [first + 1]


def test_a_column_that_is_gone_is_warned_of_no_longer(sheet):
    assert warned() != []
    lines = sheet.read_text(encoding="utf-8").splitlines()
    sheet.write_text("\n".join(line.rsplit(",", 1)[0] for line in lines) + "\n", encoding="utf-8")
    assert warned() == []


def test_a_doubt_about_a_whole_source_does_not_add_up_over_its_pulls(sheet):
    declaration = sheet.parent.parent / "programme.toml"
    text = declaration.read_text(encoding="utf-8")
    marked = 'files = "registration*.csv"'
    declaration.write_text(text.replace(marked, 'mode = "replace"\n' + marked, 1), encoding="utf-8")
    [first] = warned()
    again = sheet.with_name("registration_z.csv")
    again.write_text(sheet.read_text(encoding="utf-8").replace("3700", "3701"), encoding="utf-8")
    assert warned() == [first]
