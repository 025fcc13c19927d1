"""Measures how well people are linked across rounds, on invented people whose truth is known.

`python -m benchmarks.linking` prints precision and recall among the follow-ups that bring no known participant_id, the
hard ones, with the doubtful left open and after somebody who knows the truth has reviewed them, beside a rival that
joins by the same name and year of birth; and the same of registrations joined to an earlier one under another id.
`--write` keeps both tables in docs/linking.md.
"""

import argparse
import csv
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.documents import DOCS, replace_section, table
from benchmarks.people import People, people
from flows.linking import Linkage, identified, link_people
from flows.stores.link_review import COLUMNS, LinkReview
from flows.stores.vault import Vault
from transforms.normalise.names import without_title
from transforms.programme import Programme

PRECISION, RECALL = 0.99, 0.95
CASES = ((500, 1), (500, 2), (5_000, 3), (5_000, 4), (20_000, 5), (5_000, 6))
_TEXT = {"th": "ก", "en": "a"}


@dataclass(frozen=True)
class Score:
    """How many links are right, and how many of those that there are were found."""

    precision: float
    recall: float


@dataclass(frozen=True)
class Case:
    """One measurement."""

    people: int
    seed: int
    hard: int
    unreviewed: Score
    reviewed: Score
    naive: Score
    to_review: int
    seconds: float
    second_registrations: int
    merged: Score
    merged_reviewed: Score


def programme() -> Programme:
    """The smallest programme that links by everything."""
    kinds = {"participant_id": "code", "full_name": "text", "phone": "phone", "national_id": "national_id"}
    kinds |= {"birth_year": "year", "province": "province", "district": "district", "subdistrict": "text"}
    asked: dict[str, Any] = {
        name: {"path": name, "type": kind, "title": _TEXT, "identity": name in list(kinds)[:4]}
        for name, kind in kinds.items()
    }
    day = {"registered_on": {"path": "day", "type": "date", "title": _TEXT}}
    form: dict[str, Any] = {"title": _TEXT, "key": ["participant_id"]}
    area = ["province", "district", "subdistrict"]
    linking = {"name": ["full_name"], "national_id": "national_id", "phone": "phone", "birth_year": "birth_year"}
    return Programme.model_validate(
        {"id": "people", "title": _TEXT, "agency": _TEXT, "about": _TEXT, "unit": _TEXT}
        | {"rounds": [{"id": each, "title": _TEXT, "short": _TEXT} for each in ("registration", "m6")]}
        | {"periods": [{"id": "y", "title": _TEXT, "start": "2026-01-01", "end": "2026-12-31"}]}
        | {
            "sources": [
                {"id": "sheets", "kind": "file_drop", "form": "registration", "files": "a*"},
                {"id": "calls", "kind": "file_drop", "form": "follow_up", "round": "m6", "files": "b*"},
            ],
            "design": {"kind": "before_after"},
            "linking": {**linking, "area": area},
            "forms": {
                "registration": {**form, "kind": "registration", "questions": asked | day},
                "follow_up": {**form, "kind": "follow_up", "questions": asked},
            },
            "indicators": {},
        }
    )


def linked(made: People, vault: Vault, review: LinkReview) -> Linkage:
    """Who is who, as the refresh finds out."""
    declared = programme()
    assert declared.linking is not None
    frames = {"sheets": made.registrations, "calls": made.follow_ups}
    found = {
        name: identified(vault, frame, declared.forms[form], declared.linking)
        for (name, frame), form in zip(frames.items(), ("registration", "follow_up"), strict=True)
    }
    return link_people(found, declared, review)


def score(made: People, persons: pl.Series, true_of: pl.DataFrame) -> tuple[Score, int]:
    """Of the follow-ups without a known id, how they were linked. `persons`: pseudonyms, as `true_of` has them."""
    rows = made.follow_ups.select("truth", "participant_id").with_columns(person=persons)
    hard = rows.filter(pl.col("participant_id").is_null()).join(true_of, on="person", how="left")
    registered = hard.filter(pl.col("truth").is_in(made.registrations["truth"].implode())).height
    given = hard.filter(pl.col("person").is_not_null())
    right = given.filter(pl.col("truth") == pl.col("who")).height
    return Score(right / max(given.height, 1), right / max(registered, 1)), hard.height


def score_of_merges(made: People, linkage: Linkage, true_of: pl.DataFrame) -> tuple[Score, int]:
    """Of the registrations under a second id, how they were joined to the first, and how many there are."""
    joined = made.registrations.select("truth").with_columns(person=linkage.named["sheets"]["participant"])
    joined = joined.filter(linkage.named["sheets"]["method"] != "participant_id").join(true_of, on="person")
    right = joined.filter(pl.col("truth") == pl.col("who")).height
    second = made.registrations.height - made.registrations["truth"].n_unique()
    return Score(right / max(joined.height, 1), right / max(second, 1)), second


def naive(made: People) -> Score:
    """The rival: the same name, titles aside, and year of birth, where only one person has them."""
    bare = without_title(pl.col("full_name"))
    known = made.registrations.select("truth", "birth_year", name=bare).unique(maintain_order=True)
    known = known.filter(pl.struct("name", "birth_year").is_unique()).drop_nulls()
    persons = made.follow_ups.with_columns(name=bare).join(
        known.rename({"truth": "person"}), on=["name", "birth_year"], how="left", maintain_order="left"
    )["person"]
    numbers = made.registrations.select(person="truth", who="truth").unique()
    return score(made, persons, numbers)[0]


def answered(review: LinkReview, made: People, vault: Vault) -> None:
    """Fills the list in as somebody would who knows the truth."""
    ids = made.registrations.select(
        vault.pseudonyms("participant", made.registrations["participant_id"]).alias("participant"), "truth"
    )
    who = dict(ids.iter_rows())
    calls = dict(zip((f"calls.csv#{row}" for row in made.follow_ups["_row"]), made.follow_ups["truth"], strict=True))
    with review.path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        one = calls[line["submission"]] if line["kind"] == "follow_up" else who[line["answered"]]
        same = "yes" if one == who[line["participant"]] else "no"
        line.update(same=line["same"] or same, by="truth", on="2026-06-02")
    with review.path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        rows.writerows(lines)


def run(count: int, seed: int) -> Case:
    """One measurement of so many people."""
    made = people(count, seed)
    with tempfile.TemporaryDirectory() as folder:
        vault, review = Vault(Path(folder)), LinkReview(Path(folder))
        begun = time.perf_counter()
        open_ones = linked(made, vault, review)
        seconds = time.perf_counter() - begun
        true_of = made.registrations.select(
            person=vault.pseudonyms("participant", made.registrations["participant_id"]), who="truth"
        ).unique("person")
        unreviewed, hard = score(made, open_ones.named["calls"]["participant"], true_of)
        to_review = int(open_ones.review.filter(pl.col("state").cast(pl.String) == "waiting")["pairs"].item())
        answered(review, made, vault)
        decided = linked(made, vault, review)
        reviewed, _ = score(made, decided.named["calls"]["participant"], true_of)
    merged, second = score_of_merges(made, open_ones, true_of)
    merged_reviewed, _ = score_of_merges(made, decided, true_of)
    rival = naive(made)
    return Case(count, seed, hard, unreviewed, reviewed, rival, to_review, seconds, second, merged, merged_reviewed)


def report(cases: list[Case]) -> str:
    """The measurements as the lines of a table."""
    head = ["people", "seed", "follow-ups without a known id", "sure: precision", "recall", "pairs to review"]
    head += ["reviewed: precision", "recall", "rival: precision", "recall", "seconds"]
    rows = [
        [
            *(f"{each.people:,}", str(each.seed), f"{each.hard:,}"),
            *(*_shares(each.unreviewed), f"{each.to_review:,}", *_shares(each.reviewed), *_shares(each.naive)),
            f"{each.seconds:.1f}",
        ]
        for each in cases
    ]
    return table(head, rows)


def report_of_merges(cases: list[Case]) -> str:
    """The measurements of registrations joined to one another as the lines of a table."""
    head = ["people", "seed", "registered under a second id", "sure: precision", "recall"]
    head += ["reviewed: precision", "recall"]
    rows = [
        [
            *(f"{each.people:,}", str(each.seed), f"{each.second_registrations:,}"),
            *(*_shares(each.merged), *_shares(each.merged_reviewed)),
        ]
        for each in cases
    ]
    return table(head, rows)


def _shares(each: Score) -> list[str]:
    return [f"{each.precision:.4f}", f"{each.recall:.4f}"]


def main() -> int:
    """Prints the table; fails where linking is worse than promised."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="keep the table in docs/linking.md")
    asked = options.parse_args()
    cases = [run(count, seed) for count, seed in CASES]
    lines = {"linking": report(cases), "merging": report_of_merges(cases)}
    print(*lines.values(), sep="\n\n")
    if asked.write:
        for name, text in lines.items():
            replace_section(DOCS / "linking.md", name, text)
    return 0 if all(is_kept(each) for each in cases) else 1


def is_kept(case: Case) -> bool:
    """Whether linking is as good as promised: joining two people is worse than missing one."""
    right = (case.reviewed.precision, case.merged.precision, case.merged_reviewed.precision)
    return min(right) >= PRECISION and case.reviewed.recall >= RECALL


if __name__ == "__main__":
    raise SystemExit(main())
