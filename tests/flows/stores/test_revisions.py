import hashlib

import polars as pl
import pytest

from flows.stores import revisions
from flows.stores.landing import Landing
from flows.stores.manifests import Pull
from flows.stores.revisions import Draft, content_of, latest


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path, "survey")


def records(*rows):
    """Records from `(key, revision, answer)`."""
    frame = pl.DataFrame(rows, schema=["_key", "_revision", "answer"], orient="row")
    return frame.with_columns(_deleted=pl.lit(False))


def pulled(landing, *pages, gone=()):
    moment = Pull.now()
    with landing.pulling() as work:
        draft = Draft(landing, work, moment)
        for page in pages:
            draft.add(page)
        draft.bury(gone)
        received = draft.settle("survey", draft.live, sum(page.height for page in pages))
        return landing.append(received, "form", moment)


def state(landing):
    return dict(latest(landing).iter_rows())


def test_a_record_lands_again_only_when_it_says_something_else(landing):
    pulled(landing, records(("a", "1", "x"), ("b", "1", "x")))
    assert pulled(landing, records(("a", "1", "x"), ("b", "1", "x"))) == []
    [manifest] = pulled(landing, records(("a", "2", "y"), ("b", "1", "x")))
    assert (manifest.rows, manifest.fetched, manifest.server_rows) == (1, 2, 2)
    assert state(landing) == {"a": "2", "b": "1"}


def test_every_revision_stays_as_it_was_received(landing):
    pulled(landing, records(("a", "1", "x")))
    pulled(landing, records(("a", "2", "y")))
    pulled(landing, records(("a", "1", "x")))
    assert landing.submissions()["answer"].to_list() == ["x", "y", "x"]


def test_a_record_on_two_pages_of_one_pull_ends_as_the_later_page_says(landing):
    pulled(landing, records(("a", "1", "x")), records(("a", "2", "y")))
    assert state(landing) == {"a": "2"}


def test_a_record_twice_on_a_page_counts_as_it_is_said_last(landing):
    pulled(landing, records(("a", "1", "x"), ("b", "1", "x")))
    [manifest] = pulled(landing, records(("a", "1", "x"), ("b", "1", "x"), ("a", "2", "y")))
    assert (manifest.rows, state(landing)) == (1, {"a": "2", "b": "1"})
    assert pulled(landing, records(("a", "1", "x"), ("a", "2", "y"))) == []


def test_more_than_fits_in_memory_is_written_down_in_between(landing, monkeypatch):
    monkeypatch.setattr(revisions, "PART_BYTES", 1)
    pulled(landing, records(("a", "1", "x")), records(("b", "1", "y")))
    assert landing.submissions().select("_row", "_key", "answer").rows() == [(1, "a", "x"), (2, "b", "y")]


def test_what_is_gone_leaves_a_line_once(landing):
    pulled(landing, records(("a", "1", "x"), ("b", "1", "x")))
    [manifest] = pulled(landing, records(("b", "1", "x")), gone=["a", "never seen"])
    assert manifest.tombstones == manifest.rows == 1
    assert pulled(landing, gone=["a"]) == []
    assert state(landing)["a"] == "gone"


def test_what_comes_back_as_it_was_lands_again(landing):
    pulled(landing, records(("a", "1", "x")))
    pulled(landing, gone=["a"])
    assert len(pulled(landing, records(("a", "1", "x")))) == 1
    assert state(landing) == {"a": "1"}


def test_pages_may_have_different_questions(landing):
    pulled(landing, records(("a", "1", "x")), records(("b", "1", "x")).rename({"answer": "other"}))
    assert landing.submissions().select("_key", "answer", "other").rows() == [("a", "x", None), ("b", None, "x")]


def test_nothing_lands_before_it_is_settled(landing):
    with pytest.raises(RuntimeError), landing.pulling() as work:
        Draft(landing, work, Pull.now()).add(records(("a", "1", "x")))
        raise RuntimeError("the connection broke")
    assert landing.manifests() == []
    assert state(landing) == {}


def test_what_no_page_held_is_what_vanished(landing):
    pulled(landing, records(("a", "1", "x"), ("b", "1", "x")))
    with landing.pulling() as work:
        draft = Draft(landing, work, Pull.now())
        draft.add(records(("b", "1", "x"), ("c", "1", "x")))
        assert draft.vanished() == ["a"]


def test_an_empty_answer_and_the_order_of_columns_change_no_content():
    one = pl.DataFrame({"a": ["1", None], "b": ["2", "3"], "c": [None, None]}, schema_overrides={"c": pl.String})
    other = pl.DataFrame({"b": ["2", "3"], "a": ["1", None]})
    assert content_of(one).to_list() == content_of(other).to_list()


def test_the_content_is_the_same_whatever_other_rows_a_page_holds():
    page = pl.DataFrame({"a": ["1", "2"], "b": ["3", None], "{}": ["5", "6"], "c": ["7", "8"], "d": ["9", "0"]})
    alone = [content_of(row)[0] for row in page.iter_slices(1)]
    assert content_of(page).to_list() == alone
    said = "a\x1f2\x1ec\x1f8\x1ed\x1f0\x1e{}\x1f6"
    assert alone[1] == hashlib.sha256(said.encode()).hexdigest()[:32]


def test_the_content_of_the_same_answers_is_the_same_for_ever():
    rows = pl.DataFrame({"ชื่อ": ["ก"], "b": ["1"]})
    assert content_of(rows).to_list() == [hashlib.sha256("b\x1f1\x1eชื่อ\x1fก".encode()).hexdigest()[:32]]


def test_an_answer_that_moves_to_another_question_changes_the_content():
    rows = pl.DataFrame({"a": ["1", None], "b": [None, "1"]})
    assert content_of(rows).n_unique() == 2
