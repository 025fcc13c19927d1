from dataclasses import replace

import duckdb
import polars as pl
import pytest

from benchmarks import linking
from benchmarks.people import people
from flows.stores.link_review import LinkReview
from flows.stores.vault import Vault


@pytest.fixture(scope="module")
def case():
    return linking.run(500, 7)


def test_links_are_right_and_found_once_the_doubtful_are_reviewed(case):
    assert case.reviewed.precision >= linking.PRECISION
    assert case.reviewed.recall >= linking.RECALL


def test_the_review_finds_people_whom_nothing_else_finds(case):
    assert case.unreviewed.recall < case.reviewed.recall
    assert case.unreviewed.precision >= linking.PRECISION


def test_joined_registrations_are_right_and_the_review_finds_more(case):
    assert case.second_registrations > 25
    assert case.merged.precision >= linking.PRECISION
    assert case.merged_reviewed.precision >= linking.PRECISION
    assert case.merged_reviewed.recall > case.merged.recall > 0.5


def test_the_promise_is_broken_where_two_people_are_joined(case):
    assert linking.is_kept(case)
    assert not linking.is_kept(replace(case, merged=linking.Score(precision=0.98, recall=1.0)))


def test_joining_by_the_same_name_and_year_finds_far_fewer(case):
    assert case.naive.recall < case.unreviewed.recall - 0.2


@pytest.mark.parametrize("threads", [1, 4])
def test_the_same_people_are_linked_the_same_on_any_number_of_threads(threads, tmp_path, monkeypatch):
    made = people(1_000, 8)
    vault, review = Vault(tmp_path), LinkReview(tmp_path)
    usual = linking.linked(made, vault, review)
    listed = review.path.read_bytes()
    connect, used = duckdb.connect, []

    def on_threads(*given, config=None, **named):
        connection = connect(*given, config={**(config or {}), "threads": threads}, **named)
        used.append(connection.sql("select current_setting('threads')").fetchall()[0][0])
        return connection

    monkeypatch.setattr("flows.matching.duckdb.connect", on_threads)
    review.path.unlink()
    again = linking.linked(made, vault, review)
    assert set(used) == {threads}
    for name in ("sheets", "calls"):
        assert usual.named[name].equals(again.named[name])
    assert review.path.read_bytes() == listed


def test_the_same_people_are_linked_the_same_whatever_the_order(tmp_path):
    made = people(300, 8)
    vault, review = Vault(tmp_path), LinkReview(tmp_path)
    straight = linking.linked(made, vault, review)
    turned = people(300, 8)
    turned = type(turned)(turned.registrations.reverse(), turned.follow_ups.reverse())
    backwards = linking.linked(turned, vault, review)
    assert straight.named["calls"].equals(backwards.named["calls"].reverse())


def test_nobody_unmatched_loads_no_matching(tmp_path, monkeypatch):
    made = people(50, 9)
    follow_ups = made.follow_ups.filter(pl.col("participant_id").is_not_null())
    calls = []
    monkeypatch.setattr("flows.matching.scores", lambda *given: calls.append(given))
    first = made.registrations.unique("truth", keep="first", maintain_order=True).head(1)
    linking.linked(type(made)(first, follow_ups.clear()), Vault(tmp_path), LinkReview(tmp_path))
    assert calls == []
