"""What tells who a submission is of, made comparable. For the private zone only: it holds names and numbers."""

import polars as pl

from transforms.normalise.names import first_name, last_name, sex_of, sound_key, without_title
from transforms.programme import Form, Linking
from transforms.submissions import reference

AREAS = ("area_1", "area_2", "area_3")
"""The areas to compare, the largest first."""

COMPARED = ("sex", "first", "last", "first_key", "last_key", "birth_year", "phone", *AREAS)
"""What probability is made of."""

KINDS = ("national_id", "phone", "enterprise")
"""What identifies by itself, the surest first."""

SHOWN = ("name", "shown_national_id", "shown_phone", "birth_year", "area")
"""What a person who reviews a link compares."""

_JURISTIC = "^0[0-9]{12}$"
_AREA_WORDS = r"^(?:ตำบล|แขวง|อำเภอ|เขต|จังหวัด|(?:ต|อ|จ)\.)\s*"


def identities(accepted: pl.DataFrame, form: Form, linking: Linking) -> pl.DataFrame:
    """One row per accepted submission, in order: what it is called, and all by which its person may be known."""
    asked = [name for name in linking.questions if name in form.questions and name in accepted.columns]
    rows = accepted.select(source="_source", submission=reference(), **_compared(linking, asked))
    bare = pl.col("bare")
    return (
        rows.with_columns(first=first_name(bare), last=last_name(bare))
        .with_columns(first_key=sound_key(pl.col("first")), last_key=sound_key(pl.col("last")))
        .with_columns(_by_kind())
        .drop("bare")
    )


def _compared(linking: Linking, asked: list[str]) -> dict[str, pl.Expr]:
    def said(name: str | None) -> pl.Expr:
        return pl.col(name).cast(pl.String) if name in asked else pl.lit(None, dtype=pl.String)

    names = [said(name) for name in linking.name if name in asked]
    full = pl.concat_str(names, separator=" ", ignore_nulls=True) if names else pl.lit(None, dtype=pl.String)
    areas = dict(zip(AREAS, [*map(said, linking.area[-3:]), *[said(None)] * len(AREAS)], strict=False))
    where = [said(name) for name in linking.area if name in asked]
    return {
        "name": pl.when(full != "").then(full),
        "bare": without_title(full),
        "sex": sex_of(full),
        "birth_year": said(linking.birth_year).cast(pl.Int64),
        "national_id": said(linking.national_id),
        "phone": said(linking.phone),
        "enterprise": said(linking.enterprise),
        "shown_national_id": said(linking.national_id),
        "shown_phone": said(linking.phone),
        "area": pl.concat_str(where, separator=" ", ignore_nulls=True) if where else said(None),
        **{name: each.str.to_lowercase().str.replace(_AREA_WORDS, "") for name, each in areas.items()},
    }


def _by_kind() -> list[pl.Expr]:
    """A juristic number in a person's field is the enterprise's; kinds never mix."""
    person, firm = pl.col("national_id"), pl.col("enterprise")
    juristic = person.str.contains(_JURISTIC).fill_null(False)
    own = pl.when(juristic).then(person)
    return [pl.when(~juristic).then(person).alias("national_id"), pl.coalesce(firm, own).alias("enterprise")]


def content(frame: pl.DataFrame) -> pl.Series:
    """All that a submission says of its person, as one text; null where it says nothing."""
    said = [pl.col(name).cast(pl.String).fill_null("") for name in SHOWN]
    text = pl.concat_str(*said, pl.col("enterprise").fill_null(""), separator="\x1f")
    return frame.select(content=pl.when(text.str.replace_all("\x1f", "") != "").then(text))["content"]
