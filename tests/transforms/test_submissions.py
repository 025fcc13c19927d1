import polars as pl

from transforms.submissions import newest_revisions, reference


def asked(*rows):
    """Submissions from `(key, deleted, answer)`."""
    return pl.DataFrame(rows, schema={"_key": pl.String, "_deleted": pl.Boolean, "answer": pl.String}, orient="row")


def test_of_each_record_its_newest_revision_counts():
    chosen = newest_revisions(asked(("a", False, "1"), ("b", False, "2"), ("a", False, "3")))
    assert chosen.submissions["answer"].to_list() == ["2", "3"]
    assert (chosen.superseded, chosen.deleted) == (1, 0)


def test_a_deleted_record_counts_as_deleted_and_its_earlier_revisions_as_superseded():
    chosen = newest_revisions(asked(("a", False, "1"), ("a", True, None), ("b", False, "2")))
    assert chosen.submissions["answer"].to_list() == ["2"]
    assert (chosen.superseded, chosen.deleted) == (1, 1)


def test_the_rows_of_files_are_no_records():
    rows = asked((None, None, "1"), (None, None, "1"))
    assert newest_revisions(rows).submissions.equals(rows)


def test_nothing_is_lost():
    rows = asked(("a", False, "1"), ("a", True, None), ("b", False, "2"), ("b", False, "3"), ("c", True, "4"))
    chosen = newest_revisions(rows)
    assert rows.height == chosen.submissions.height + chosen.superseded + chosen.deleted


def called(key):
    there = pl.DataFrame({"_key": [key], "_file": ["sheets/a.xlsx"], "_row": [7]}, schema_overrides={"_key": pl.String})
    return there.select(reference()).item()


def test_a_files_row_is_called_by_its_file_and_row():
    assert called(None) == "sheets/a.xlsx#7"


def test_a_servers_submission_is_called_by_its_key_in_one_line():
    assert called("uuid:1") == "uuid:1"
    assert called("a\x1fb") == "a|b"
