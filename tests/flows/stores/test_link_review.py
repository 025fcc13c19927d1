import polars as pl
import pytest

from flows.stores.link_review import COLUMNS, KEY, LinkReview
from transforms.errors import ProgrammeError


@pytest.fixture
def review(tmp_path):
    return LinkReview(tmp_path)


def waiting(*pairs):
    blank = dict.fromkeys(COLUMNS, "x")
    rows = [
        blank | {"one_phone": "+66811111111", "kind": "follow_up", "answered": a, "participant": p} for a, p in pairs
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String())).drop("same", "by", "on")


NONE = pl.DataFrame(schema={**dict.fromkeys(KEY, pl.String()), "same": pl.Boolean()})


def decide(review, *sames, by="S.K."):
    text = review.path.read_text(encoding="utf-8-sig").splitlines()
    head, lines = text[0].split(","), [line.split(",") for line in text[1:]]
    for line, same in zip(lines, sames, strict=True):
        for name, value in (("same", same), ("by", by), ("on", "2026-06-02")):
            line[head.index(name)] = value
    review.path.write_text("\n".join([text[0], *(",".join(line) for line in lines)]) + "\n", encoding="utf-8")


def test_the_list_is_private_and_nothing_on_it_is_a_formula(review):
    assert review.write(waiting(("A", "P")), NONE) == 1
    assert review.path.stat().st_mode & 0o777 == 0o600
    assert "'+66811111111" in review.path.read_text(encoding="utf-8-sig")


def test_decisions_are_kept_and_what_waits_no_more_goes(review):
    review.write(waiting(("A", "P"), ("B", "Q")), NONE)
    decide(review, "Yes", "")
    assert review.write(waiting(("A", "P"), ("C", "R")), NONE) == 1
    assert review.decisions().rows() == [("follow_up", "A", "P", True)]
    assert "B" not in [line.split(",")[COLUMNS.index("answered")] for line in review.path.read_text().splitlines()]


def test_what_waits_changes_no_input_and_a_decision_does(review):
    assert review.digest() is None
    review.write(waiting(("A", "P")), NONE)
    assert review.digest() is None
    decide(review, "no")
    decided = review.digest()
    assert decided is not None
    review.write(waiting(("C", "R")), NONE)
    assert review.digest() == decided


def test_a_decision_whose_data_are_gone_keeps_no_name(review):
    review.write(waiting(("A", "P")), NONE)
    decide(review, "yes")
    review.write(waiting(), review.decisions())
    assert review.decisions().height == 1
    assert "+66811111111" not in review.path.read_text(encoding="utf-8-sig")


def test_nothing_is_left_of_whom_was_erased_and_decisions_about_others_stay(review):
    review.write(waiting(("A", "P"), ("P", "Q"), ("B", "R"), ("C", "S")), NONE)
    decide(review, "yes", "yes", "no", "")
    review.forget(lambda pseudonym: pseudonym == "P")
    assert review.decisions().rows() == [("follow_up", "B", "R", False)]
    assert "+66811111111" not in review.path.read_text(encoding="utf-8-sig")
    assert len(review.path.read_text(encoding="utf-8-sig").splitlines()) == 2


@pytest.mark.parametrize(
    ("same", "by", "told"),
    [("perhaps", "S.K.", "line 2: same is neither yes nor no"), ("yes", "", "line 2: 'by' is empty")],
)
def test_a_mistake_names_its_line_and_quotes_nobody(review, same, by, told):
    review.write(waiting(("A", "P")), NONE)
    decide(review, same, by=by)
    with pytest.raises(ProgrammeError, match=told) as error:
        review.decisions()
    assert "+668" not in str(error.value)
