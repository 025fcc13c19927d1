"""Corrections by hand hold as long as what they correct is as it was, and nothing is lost by them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.declaring import form_of, question
from transforms.clean import Cleaned, clean_submissions
from transforms.corrections import Correction, mistakes, rows_of
from transforms.programme import FileDrop, Form, Programme
from transforms.submissions import reference

HEADS = {"id": "participant_id", "name": "name", "date": "registered_on", "sales": "sales", "note": "note"}


@pytest.fixture
def form() -> Form:
    return form_of(
        {
            "participant_id": question("id", "code", identity=True, required=True),
            "name": question("name", identity=True),
            "registered_on": question("date", "date", required=True),
            "sales": question("sales", "money"),
            "note": question("note"),
        }
    )


@pytest.fixture
def known(declared: dict[str, object], form: Form) -> Programme:
    """The small programme with two sources of the form."""
    files = [
        {"id": each, "kind": "file_drop", "form": "registration", "files": f"{each}*"} for each in ("sheets", "more")
    ]
    programme = Programme.model_validate(declared | {"sources": files})
    return programme.model_copy(update={"forms": {**programme.forms, "registration": form}})


@pytest.fixture
def clean(form: Form, known: Programme) -> Callable[..., Cleaned]:
    def cleaned(frame: pl.DataFrame, *corrections: Correction, mode: str = "append") -> Cleaned:
        source = FileDrop(id="sheets", kind="file_drop", form="registration", files="*.csv", mode=mode)
        return clean_submissions(frame, form, source, known, date(2026, 6, 1), corrections)

    return cleaned


def landed(*rows: tuple[str | None, ...], file: str | None = "a.csv", day: int = 0) -> pl.DataFrame:
    """Rows of (id, name, date, sales, note), as one landed file; without a file, records whose key is their id."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(HEADS, pl.String), orient="row").with_columns(
        _source=pl.lit("sheets"),
        _pull=pl.lit(f"p{day}"),
        _file=pl.lit(file or f"pull {day}"),
        _row=pl.int_range(2, len(rows) + 2, dtype=pl.Int64),
        _pulled_at=pl.lit(datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=day)).cast(pl.Datetime("us", "UTC")),
    )
    return frame if file else frame.with_columns(_key="uuid:" + pl.col("id"), _deleted=pl.lit(False))


def correction(submission: str, action: str = "replace", field: str = "", old: str = "", new: str = "", **more: object):
    told = {"file": "corrections.csv", "line": 2, "private": False, "source": "", "reason": "misread", "by": "S.K."}
    told |= {"submission": submission, "action": action, "field": field, "old": old, "new": new}
    return Correction(**told | {"on": date(2026, 6, 2)} | more)


def anne(sales: str | None = "12,500", day: str = "2026-01-05", of: str | None = "A1") -> tuple[str | None, ...]:
    return (of, "Anne", day, sales, "-")


BOB = ("B2", "Bob", "2026-01-06", "900", None)


def counts(cleaned: Cleaned) -> dict[str, int]:
    """What is not nothing of the balance, which adds up by its own schema."""
    parts = cleaned.balance.drop("source", "form").row(0, named=True)
    return {part: number for part, number in parts.items() if number}


def held(cleaned: Cleaned) -> list[tuple[int, bool]]:
    return cleaned.corrections.select("number", "holds").sort("number").rows()


def test_a_new_answer_stands_in_place_of_the_old_one(clean):
    cleaned = clean(landed(anne(), BOB), correction("a.csv#2", field="sales", old="12,500", new="1,250"))
    assert cleaned.accepted["sales"].to_list() == [1250.0, 900.0]
    assert held(cleaned) == [(0, True)]


def test_a_row_that_could_not_be_read_is_mended(clean):
    rows = landed(anne(sales="a lot"), BOB)
    assert clean(rows).rejects["submission"].to_list() == ["a.csv#2"]
    mended = clean(rows, correction("a.csv#2", field="sales", old="a lot", new="5000"))
    assert mended.rejects.is_empty()
    assert mended.accepted["sales"].to_list() == [5000.0, 900.0]


def test_a_servers_submission_is_corrected_by_its_key_in_its_newest_revision(clean):
    frame = pl.concat([landed(anne("1"), file=None), landed(anne("2"), file=None, day=1)])
    assert clean(frame, correction("uuid:A1", field="sales", old="2", new="3")).accepted["sales"].to_list() == [3.0]
    assert held(clean(frame, correction("uuid:A1", field="sales", old="1", new="3"))) == [(0, False)]


@pytest.mark.parametrize("name", ["number", "field", "action", "submission", "older", "holds"])
def test_a_form_may_ask_a_question_that_is_called_as_a_column_of_corrections(known, name):
    asked = form_of(
        {
            "participant_id": question("id", "code", identity=True, required=True),
            "registered_on": question("date", "date", required=True),
            name: question("sales", "money"),
        }
    )
    source = FileDrop(id="sheets", kind="file_drop", form="registration", files="*.csv")
    rows = pl.concat([landed(anne("1")), landed(anne("2"), day=1)])
    said = correction("a.csv#2", field=name, old="2", new="3")
    cleaned = clean_submissions(rows, asked, source, known, date(2026, 6, 3), [said])
    assert cleaned.accepted[name].to_list() == [3.0]


@pytest.mark.parametrize("old", ["12,500", " 12,500 ", "12500", "๑๒,๕๐๐", "12500.0"])
def test_old_is_the_text_as_received_or_any_that_reads_the_same(clean, old):
    assert held(clean(landed(anne()), correction("a.csv#2", field="sales", old=old, new="1"))) == [(0, True)]


def test_an_empty_old_means_that_nothing_was_answered(clean):
    correct = correction("a.csv#2", field="sales", new="700")
    assert clean(landed(anne(sales=None)), correct).accepted["sales"].to_list() == [700.0]
    assert held(clean(landed(anne()), correct)) == [(0, False)]


def test_an_empty_new_takes_the_answer_away(clean):
    cleaned = clean(landed(anne()), correction("a.csv#2", field="sales", old="12,500"))
    assert cleaned.accepted["sales"].to_list() == [None]


def test_a_correction_whose_old_is_gone_changes_nothing_and_is_named(clean, known):
    correct = correction("a.csv#2", field="sales", old="999", new="1")
    cleaned = clean(landed(anne()), correct)
    assert cleaned.accepted["sales"].to_list() == [12500.0]
    [told] = mistakes([correct], cleaned.corrections, known, complete=True)
    assert told.startswith("corrections.csv, line 2: 'sales' of submission 'a.csv#2' is not what old says.")
    assert "delete line 2" in told
    assert "999" not in told


def test_a_dropped_submission_is_set_aside_and_supersedes_nothing(clean):
    earlier, later = landed(anne("1"), file="a.csv"), landed(anne("2"), file="b.csv", day=1)
    both = pl.concat([earlier, later])
    assert clean(both).accepted["sales"].to_list() == [2.0]
    cleaned = clean(both, correction("b.csv#2", "drop"))
    assert cleaned.accepted["sales"].to_list() == [1.0]
    assert cleaned.rejects.select("submission", "field", "rule").rows() == [("b.csv#2", "", "dropped_by_correction")]
    assert counts(cleaned) == {"landed": 2, "accepted": 1, "rejected": 1}


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_an_earlier_version_of_a_dropped_row_does_not_come_back(clean, mode):
    frame = pl.concat([landed(BOB, anne("1")), landed(anne("2"), BOB, day=1)])
    cleaned = clean(frame, correction("a.csv#2", "drop"), mode=mode)
    assert cleaned.accepted["participant_id"].to_list() == ["B2"]
    assert counts(cleaned) == {"landed": 4, "accepted": 1, "rejected": 1, "duplicates": 1, "superseded": 1}


def test_a_corrected_key_leaves_no_ghost_of_an_earlier_version(clean):
    frame = pl.concat([landed(anne("1", of="X9"), BOB), landed(anne("2", of="X9"), BOB, day=1)])
    cleaned = clean(frame, correction("a.csv#2", field="participant_id", old="X9", new="A1", private=True))
    assert sorted(cleaned.accepted["participant_id"]) == ["A1", "B2"]
    assert counts(cleaned) == {"landed": 4, "accepted": 2, "duplicates": 1, "superseded": 1}


def test_a_key_that_was_missing_leaves_no_ghost_either(clean):
    frame = pl.concat([landed(anne(of=None), BOB), landed(anne(of=None), day=1)])
    cleaned = clean(frame, correction("a.csv#2", field="participant_id", new="A1", private=True))
    assert sorted(cleaned.accepted["participant_id"]) == ["A1", "B2"]
    assert cleaned.rejects.is_empty()


def test_a_row_that_the_newest_version_of_its_file_no_longer_has_is_named(clean, known):
    frame = pl.concat([landed(anne(), BOB), landed(anne(), day=1)])
    correct = correction("a.csv#3", field="sales", old="900", new="1")
    cleaned = clean(frame, correct)
    assert cleaned.accepted["sales"].to_list() == [900.0, 12500.0]
    [told] = mistakes([correct], cleaned.corrections, known, complete=True)
    assert "no submission 'a.csv#3' is landed" in told
    assert list(mistakes([correct], cleaned.corrections, known, complete=False)) == []


def test_two_sources_with_a_submission_of_one_name_need_a_column_source(known):
    correct = correction("7", field="sales", new="1")
    outcomes = pl.DataFrame({"source": ["sheets", "more"], "number": [0, 0], "holds": [True, True]})
    [told] = mistakes([correct], outcomes, known, complete=True)
    assert "the sources more and sheets all have a submission '7'" in told


def test_a_correction_for_another_source_leaves_this_one_alone(clean):
    cleaned = clean(landed(anne()), correction("a.csv#2", "drop", source="more"))
    assert cleaned.accepted.height == 1
    assert cleaned.corrections.is_empty()


def test_a_guarded_drop_holds_only_for_what_it_was_made_for(clean):
    cleaned = clean(landed(anne()), correction("a.csv#2", "drop", field="sales", old="1"))
    assert cleaned.accepted.height == 1
    assert held(cleaned) == [(0, False)]


def test_the_table_quotes_neither_identity_nor_free_text_nor_the_vault(clean, known):
    canary = "ZZ-canary"
    corrections = [
        correction("a.csv#2", field="sales", old="12,500", new="1,250"),
        correction("a.csv#2", field="name", old="Anne", new=canary, private=True, reason=canary),
        correction("a.csv#2", field="note", old="-", new=canary),
        correction("a.csv#3", field="sales", old="900", new="77", private=True, reason=canary),
    ]
    table = rows_of(corrections, clean(landed(anne(), BOB), *corrections).corrections, known)
    assert canary not in str(table.rows())
    assert table.select("field", "old", "new", "reason").rows() == [
        ("name", None, None, None),
        ("note", None, None, "misread"),
        ("sales", "12,500", "1,250", "misread"),
        ("sales", None, None, None),
    ]


PEOPLE = st.sampled_from(["A1", "B2", "C3", None])
FILES = st.lists(
    st.tuples(st.sampled_from(["a.csv", "b.csv", None]), st.lists(PEOPLE, max_size=4)), min_size=1, max_size=4
)
MADE = st.lists(
    st.tuples(
        st.sampled_from(["a.csv#2", "a.csv#3", "b.csv#2", "uuid:A1", "uuid:B2", "c.csv#9"]),
        st.sampled_from(["replace", "drop", "accept"]),
        st.sampled_from(["", "participant_id", "sales"]),
        st.sampled_from(["", "A1", "5"]),
        st.sampled_from(["", "B2", "6"]),
    ),
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(files=FILES, made=MADE, mode=st.sampled_from(["append", "replace"]))
def test_whatever_is_corrected_every_submission_is_accounted_for_once(clean, files, made, mode):
    frames = [
        landed(*(anne("5", of=who) for who in people if file or who), file=file, day=day)
        for day, (file, people) in enumerate(files)
    ]
    corrections = [correction(*each) for each in made if each[1] != "replace" or each[2]]
    cleaned = clean(pl.concat(frames, how="diagonal"), *corrections, mode=mode)
    places = cleaned.rejects.select("submission", "file").unique()
    assert counts(cleaned).get("accepted", 0) == cleaned.accepted.height
    assert counts(cleaned).get("rejected", 0) >= places.height
    found = dict(held(cleaned))
    dropped = {
        each.submission for number, each in enumerate(corrections) if each.action == "drop" and found.get(number)
    }
    used = cleaned.accepted.select(reference())["submission"]
    assert not dropped & {each for each in used if each.startswith("uuid:")}
