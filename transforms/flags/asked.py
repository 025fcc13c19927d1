"""What the checks look at: the answered submissions of one form, its questions by what can be told of them."""

from dataclasses import dataclass

import polars as pl

from transforms.programme import Checks, Form, Programme, Question

PERSON = "participant_id"
ENUMERATOR, STARTED, ENDED, PLACE = "enumerator", "started_at", "ended_at", "gps"
"""Questions that mean the same in every programme, where they are asked."""

AMOUNTS = ("integer", "number", "money")


@dataclass(frozen=True)
class Asked:
    """`rows` are the submissions that somebody answered, numbered in `_at`; `others` those of all who did not."""

    rows: pl.DataFrame
    others: pl.DataFrame
    form: Form
    checks: Checks
    zone: str

    @classmethod
    def of(cls, accepted: pl.DataFrame, form: Form, programme: Programme) -> "Asked":
        """Of accepted submissions, those in which there were answers to give."""
        rows, answered = accepted.with_row_index("_at"), pl.lit(True)
        if programme.contact is not None and "contact_result" in form.questions:
            answered = pl.col("contact_result").is_in(programme.contact.answered).fill_null(False)
        return cls(rows.filter(answered), rows.filter(~answered), form, programme.checks, programme.time_zone)

    @property
    def open(self) -> dict[str, Question]:
        """The questions that tell nobody's identity and do not tell submissions apart."""
        return {
            name: each for name, each in self.form.questions.items() if not each.identity and name not in self.form.key
        }

    @property
    def amounts(self) -> dict[str, Question]:
        """The questions whose answers are amounts."""
        return {name: each for name, each in self.open.items() if each.type in AMOUNTS}

    @property
    def answers(self) -> dict[str, Question]:
        """The questions about what was found, not about who, where and when."""
        when_and_who = (ENUMERATOR, STARTED, ENDED, PLACE, "contact_result", "consented")
        kinds = (*AMOUNTS, "boolean", "choice", "choices")
        return {
            name: each
            for name, each in self.open.items()
            if each.type in kinds and not each.profile and name not in when_and_who
        }

    @property
    def enumerator(self) -> pl.Expr:
        """Who asked, where the form says so by a code."""
        return pl.col(ENUMERATOR).cast(pl.String) if ENUMERATOR in self.open else pl.lit(None, dtype=pl.String)

    @property
    def group(self) -> pl.Expr:
        """Whose answers are compared with each other."""
        return pl.col(self.checks.group).cast(pl.String) if self.checks.group in self.open else pl.lit("")

    def measured(self, name: str) -> pl.Expr:
        """An amount as it is compared: money by its logarithm, since few amounts are very large."""
        value = pl.col(name).cast(pl.Float64)
        return pl.when(value > 0).then(value.log()) if self.form.questions[name].type == "money" else value


def marks(rows: pl.DataFrame, field: str, check: str, detail: pl.Expr, group: pl.Expr) -> pl.DataFrame:
    """Flags on single submissions."""
    return rows.select(
        "_at", field=pl.lit(field), check=pl.lit(check), detail=detail.cast(pl.String), group=group.fill_null("")
    )
