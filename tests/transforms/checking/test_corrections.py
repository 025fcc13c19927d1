"""A corrections.csv is checked whole: each mistake is one sentence with file, line and remedy, and no answer."""

import pytest

from transforms.checking.corrections import COLUMNS, read_corrections, repeated
from transforms.errors import ProgrammeError
from transforms.programme import Programme

GOOD = {
    "submission": "a.csv#2",
    "field": "sales_thb",
    "old": "12,500",
    "new": "1,250",
    "action": "replace",
    "reason": "a zero too many",
    "by": "S.K.",
    "on": "2026-06-02",
}
CANARY = "ZZ canary"


@pytest.fixture
def programme(declared) -> Programme:
    return Programme.model_validate(declared)


@pytest.fixture
def read(tmp_path, programme):
    """Reads lines, each a good one but for what it changes, as the file of the programme's folder or the vault's."""

    def of(*lines: dict[str, str], private: bool = False, columns=COLUMNS):
        path = tmp_path / "corrections.csv"
        rows = [columns, *([(GOOD | line).get(name, "") for name in columns] for line in lines)]
        text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
        path.write_text("\ufeff" + text, encoding="utf-8")  # as Excel saves it
        return read_corrections(path, programme, None if private else tmp_path / "vault.csv")

    return of


@pytest.fixture
def refused(read):
    """The one mistake for which a line is refused; it never quotes an answer."""

    def of(**changes):
        with pytest.raises(ProgrammeError) as error:
            read({"old": CANARY, **changes})
        [told] = error.value.mistakes
        assert CANARY not in told
        return told.partition("corrections.csv, ")[2]

    return of


def test_no_file_is_no_correction(tmp_path, programme):
    assert read_corrections(tmp_path / "corrections.csv", programme) == []


def test_a_line_says_where_it_stands_what_it_changes_and_who_says_so(read):
    [each] = read(GOOD)
    assert (each.place[-6:], each.submission, each.field, each.old, each.new) == (
        "line 2", "a.csv#2", "sales_thb", "12,500", "1,250",
    )  # fmt: skip
    assert (each.action, each.by, each.on.isoformat(), each.private) == ("replace", "S.K.", "2026-06-02", False)


def test_a_name_copied_from_impact_rejects_loses_its_apostrophe(read):
    assert read({"submission": "'=1.csv#2"})[0].submission == "=1.csv#2"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"field": "sale_thb"}, 'line 2: field = "sale_thb" is no question. Names that come close: sales_thb.'),
        ({"action": "remove"}, 'line 2: action = "remove" is not allowed. Allowed: accept, drop, replace.'),
        ({"reason": ""}, "line 2: reason is empty. Say why: whoever audits the report asks."),
        ({"by": ""}, "line 2: by is empty. Say who decided it: initials or a role, as it may stand in the report."),
        ({"on": "2/6/2026"}, "line 2: on is no day. Write it as year-month-day, such as 2026-11-30."),
        ({"on": "2569-06-02"}, "line 2: on is in the Buddhist era. Take 543 off the year."),
        ({"submission": ""}, "line 2: submission is empty. Copy it as impact rejects or impact flags print it."),
        ({"field": ""}, "line 2: field is empty. Name the question whose answer is replaced."),
        ({"action": "drop", "new": "1"}, 'line 2: new goes with action = "replace", not with "drop". Leave it empty.'),
        ({"action": "accept", "new": "", "field": ""}, "line 2: old is given without a field."),
        ({"new": CANARY}, "line 2: new is the same as old."),
    ],
)
def test_a_mistake_names_line_field_and_remedy(refused, changes, told):
    assert refused(**changes).startswith(told)


def test_what_tells_who_somebody_is_belongs_in_the_vault(refused, read):
    told = refused(field="participant_id", new="ZZ2")
    assert "'participant_id' tells who somebody is" in told
    assert "vault.csv. Move the line there." in told
    assert [each.private for each in read({"field": "participant_id"}, private=True)] == [True]


def test_every_mistake_is_found_at_once(read):
    with pytest.raises(ProgrammeError) as error:
        read({"reason": "", "by": ""}, {}, {"on": ""})
    assert [each.partition("corrections.csv, ")[2][:6] for each in error.value.mistakes] == [
        "line 2",
        "line 2",
        "line 4",
    ]


def test_a_missing_and_a_misspelt_column_are_named(read):
    with pytest.raises(ProgrammeError) as error:
        read(GOOD, columns=("submision", *COLUMNS[1:]))
    missing, unknown = error.value.mistakes
    assert "the column 'submission' is missing" in missing
    assert "unknown column 'submision'. Names that come close: submission." in unknown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'submission,field,old,new,action,reason,by,on\n"a', "quotation mark"),
        (
            b"submission,field,old,new,action,reason,by,on\na,b,1,250,3,replace,r,b,2026-01-01\n",
            "line 2: it has 9 cells",
        ),
    ],
)
def test_a_file_that_cannot_be_taken_apart_is_refused(tmp_path, programme, text, told):
    path = tmp_path / "corrections.csv"
    path.write_bytes(text)
    with pytest.raises(ProgrammeError, match=told):
        read_corrections(path, programme)


def test_empty_lines_are_passed_over(tmp_path, programme):
    path = tmp_path / "corrections.csv"
    path.write_text(",".join(COLUMNS) + "\n,,,,,,,\n\na.csv#2,,,,drop,twice,S.K.,2026-06-02\n", encoding="utf-8")
    assert [(each.line, each.action) for each in read_corrections(path, programme)] == [(4, "drop")]


def test_two_lines_about_one_answer_are_refused(read):
    [told] = repeated(read(GOOD, GOOD | {"new": "7"}))
    assert "line 3: 'sales_thb' of this submission is replaced by" in told
    assert list(repeated(read(GOOD, GOOD | {"submission": "a.csv#3"}))) == []
