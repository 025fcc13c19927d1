"""Corrections by hand: what a person has written about single submissions, put upon them before they are read.

A correction holds as long as the submission says what the correction takes it to say. The landing is never touched.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from transforms import tables
from transforms.normalise import normalise, rules_for
from transforms.normalise.reading import Rules
from transforms.normalise.text import repaired
from transforms.origins import said_anew
from transforms.programme import Form, Programme
from transforms.submissions import KEY, reference

Action = Literal["replace", "drop", "accept"]

DROPPED = "dropped_by_correction"
"""The reason code of a submission that a person has set aside."""


@dataclass(frozen=True)
class Correction:
    """One line of a corrections.csv. `old` and `new` are text, empty for no answer; they may quote a person.

    `private`: it stands in the vault, and what it says stays there. `field` is empty for the whole submission.
    """

    file: str
    line: int
    private: bool
    source: str
    submission: str
    field: str
    old: str
    new: str
    action: Action
    reason: str
    by: str
    on: date

    @property
    def guarded(self) -> bool:
        """Whether it holds only as long as the answer is `old`."""
        return self.action == "replace" or bool(self.old)

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.file}, line {self.line}"


@dataclass(frozen=True)
class Reading:
    """How one form's answers are read, for telling whether two texts say the same."""

    form: Form
    today: date
    zone: str

    def rules(self, field: str) -> Rules | None:
        """The rules of one question; none where its answer needs more than its own text."""
        question = self.form.questions[field]
        alone = question.combine is None and question.within is None
        return rules_for(question, self.today, self.zone) if alone else None


@dataclass(frozen=True)
class Corrected:
    """One source's submissions after its corrections.

    `dropped` were set aside by a person, `superseded` earlier versions of them. `outcomes` has one row a correction
    that names a submission of this source: `number`, its place among all, and whether its `old` still `holds`.
    """

    submissions: pl.DataFrame
    dropped: pl.DataFrame
    superseded: int
    outcomes: pl.DataFrame


OUTCOMES = pl.Schema({"number": pl.UInt32(), "holds": pl.Boolean()})


def corrected(asked: pl.DataFrame, corrections: Sequence[Correction], source: str, reading: Reading) -> Corrected:
    """The submissions with a person's answers in place of those received, without those that a person dropped.

    Of a file that came again the newest version is meant; the same submission in an older one follows it.
    """
    own = [each for each in corrections if each.source in ("", source)]
    meant = _meant(asked, corrections, source) if own else pl.DataFrame()
    if meant.is_empty():
        return Corrected(asked, asked.clear(), 0, pl.DataFrame(schema=OUTCOMES))
    lines = _with_older(asked, meant, reading.form)
    judged = pl.concat(
        _holding(asked, of_field, corrections, str(field), reading)
        for (field,), of_field in lines.group_by("field", maintain_order=True)
    )
    replaced = _replaced(asked, judged.filter("holds", pl.col("action") == "replace"), corrections)
    dropping = judged.filter("holds", pl.col("action") == "drop").sort("older").unique("_place", keep="first")
    newest = dropping.filter(~pl.col("older"))["_place"].sort()
    gone = pl.repeat(False, asked.height, dtype=pl.Boolean, eager=True).scatter(dropping["_place"], True)
    return Corrected(
        submissions=replaced.filter(~gone) if dropping.height else replaced,
        dropped=replaced[newest],
        superseded=dropping.height - len(newest),
        outcomes=judged.filter(~pl.col("older")).group_by("number").agg(pl.col("holds").all()).cast(OUTCOMES),
    )


def _meant(asked: pl.DataFrame, corrections: Sequence[Correction], source: str) -> pl.DataFrame:
    """The corrections of this source's submissions, each with the place of its submission's newest version."""
    own = [
        (number, each.submission, each.field, each.action)
        for number, each in enumerate(corrections)
        if each.source in ("", source)
    ]
    schema = {"number": pl.UInt32, "submission": pl.String, "field": pl.String, "action": pl.String}
    wanted = pl.LazyFrame(own, schema=schema, orient="row")
    newest = pl.col(KEY).is_not_null() | (pl.col("_pulled_at") == pl.col("_pulled_at").max().over("_file"))
    rows = asked.lazy().with_row_index("_place").filter(newest).select("_place", reference())
    return wanted.join(rows, on="submission", maintain_order="left_right").collect()


def _with_older(asked: pl.DataFrame, meant: pl.DataFrame, form: Form) -> pl.DataFrame:
    """The same, with the older versions of each submission: from the same file, pulled before.

    One has the same key; where the key is not whole, it says the same altogether.
    """
    rows = asked.lazy().with_row_index("_place").select("_place", "_file", "_pulled_at", KEY, *form.questions)
    line = pl.struct("number", "field", "action").alias("_line")  # a question may be called "number" too
    here = meant.lazy().select("_place", line).join(rows, on="_place", maintain_order="left")
    of_files = here.filter(pl.col(KEY).is_null())
    whole = pl.all_horizontal(pl.col(form.key).is_not_null())
    versions = [
        some.join(rows, on=["_file", *same], suffix="_then", nulls_equal=True)
        .filter(pl.col("_pulled_at_then") < pl.col("_pulled_at"))
        .select("_line", _place="_place_then", older=pl.lit(True))
        for some, same in ((of_files.filter(whole), form.key), (of_files.filter(~whole), form.questions))
    ]
    found = pl.concat([here.select("_line", "_place", older=pl.lit(False)), *versions])
    return found.unnest("_line").collect()


def _holding(
    asked: pl.DataFrame, lines: pl.DataFrame, corrections: Sequence[Correction], field: str, reading: Reading
) -> pl.DataFrame:
    """Whether each correction of one field holds: it needs no `old`, or its `old` is what was received."""
    numbers = lines["number"].to_list()
    unguarded = pl.Series([not corrections[each].guarded for each in numbers], dtype=pl.Boolean)
    if field not in reading.form.questions:
        return lines.with_columns(holds=unguarded)
    texts = pl.DataFrame(
        {"received": asked[field].gather(lines["_place"]), "old": [corrections[n].old for n in numbers]}
    )
    return lines.with_columns(holds=unguarded | _same(texts, reading.rules(field)))


def _same(texts: pl.DataFrame, rules: Rules | None) -> pl.Series:
    """Whether `old` is the text as `received`, or reads as the same answer."""
    tidy = texts.select(repaired(pl.all()).fill_null(""))
    exactly = tidy["received"] == tidy["old"]
    if rules is None:
        return exactly
    read = normalise(texts, {"received": rules, "old": rules})
    return exactly | (read["received"].values == read["old"].values).fill_null(False)


def _replaced(asked: pl.DataFrame, lines: pl.DataFrame, corrections: Sequence[Correction]) -> pl.DataFrame:
    """The submissions with the new answers; an empty one is none."""
    columns = []
    for (field,), of_field in lines.group_by("field", maintain_order=True):
        new = [corrections[each].new or None for each in of_field["number"]]
        answers = pl.Series(new, dtype=pl.String)
        columns.append(asked[str(field)].scatter(of_field["_place"], answers))
        asked = said_anew(asked, of_field["_place"], str(field), answers)
    return asked.with_columns(columns)


def accepted_by(corrections: Sequence[Correction], outcomes: pl.DataFrame) -> pl.DataFrame:
    """The submissions and fields whose flags a person has accepted, of those whose correction holds."""
    rows = [
        (corrections[number].submission, corrections[number].field)
        for number in outcomes.filter("holds")["number"]
        if corrections[number].action == "accept"
    ]
    return pl.DataFrame(rows, schema={"submission": pl.String, "field": pl.String}, orient="row")


def rows_of(corrections: Sequence[Correction], outcomes: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """The table Corrections: who changed what and why. Neither a person's identity nor what the vault says."""
    rows = [_row(corrections[number], source, programme) for source, number, _ in outcomes.iter_rows()]
    table = pl.DataFrame(rows, schema=tables.Corrections.create_empty().schema, orient="row")
    return tables.Corrections.validate(table.sort("source", "submission", "field", "action"))


def _row(each: Correction, source: str, programme: Programme) -> dict[str, object]:
    asked = programme.questions.get(each.field)
    told = each.action == "replace" and not each.private and asked is not None and asked.type != "text"
    return {
        "source": source,
        "submission": each.submission,
        "field": each.field,
        "action": each.action,
        "old": each.old if told else None,
        "new": each.new if told else None,
        "reason": None if each.private else each.reason,
        "corrected_by": each.by,
        "corrected_on": each.on,
    }


def mistakes(
    corrections: Sequence[Correction],
    outcomes: pl.DataFrame,
    programme: Programme,
    complete: bool,
    gone: Container[str] = (),
) -> Iterator[str]:
    """One sentence for every correction that no longer holds: where it stands and what to do, never an answer.

    `outcomes` are those of all sources, with `source`. Unless they are `complete`, a submission may be missing; those
    `gone`, because their time is over, always may.
    """
    forms = {source.id: programme.forms[source.form] for source in programme.sources}
    found = {
        number: (sources, held)
        for number, sources, held in outcomes.group_by("number").agg("source", pl.col("holds").all()).iter_rows()
    }
    questions = {name for form in forms.values() for name in form.questions}
    for number, each in enumerate(corrections):
        sources, held = found.get(number, ([], True))
        if not sources and complete and each.submission not in gone:
            yield (
                f"{each.place}: no submission '{each.submission}' is landed. Copy it as impact rejects and impact "
                f"flags print it; if it was deleted at the source, delete line {each.line}."
            )
        elif len(sources) > 1:
            yield (
                f"{each.place}: the sources {' and '.join(sorted(sources))} all have a submission '{each.submission}'. "
                "Add a column source that names one."
            )
        elif sources and each.field in questions and each.field not in forms[sources[0]].questions:
            yield f"{each.place}: the form of source '{sources[0]}' does not ask '{each.field}'. Name one that it asks."
        elif not held:
            yield (
                f"{each.place}: '{each.field}' of submission '{each.submission}' is not what old says. Where the "
                f"source was mended, delete line {each.line}; else set old to what was received."
            )
