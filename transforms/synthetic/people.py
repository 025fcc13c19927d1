"""Invents people: names from our own short lists, numbers in ranges that nobody holds."""

import numpy as np
import polars as pl

from transforms.synthetic import model
from transforms.synthetic.model import Integers, Spec
from transforms.synthetic.names import FAMILIES, MEN, SHOPS, WOMEN
from transforms.synthetic.outcomes import Units, stream
from transforms.synthetic.sessions import districts, seats, sessions

COURSE_YEAR = 2025
"""The year in which most courses were held."""


def people(spec: Spec) -> tuple[Units, pl.DataFrame]:
    """The participants as units to draw outcomes for, and one row for each with all that does not change."""
    session = seats(spec)
    held = sessions(spec)
    units = Units(session, held["trained"].to_numpy()[session])
    frame = held[session].with_columns(
        person=pl.int_range(1, spec.participants + 1),
        **_profile(spec, units, held),
    )
    owner = pl.col("enterprise_role") == "owner"
    return units, frame.with_columns(
        assignment=pl.when("trained").then(pl.lit("trained")).otherwise(pl.lit("waiting_list")),
        has_business=owner,
        sector=pl.when(owner).then("sector"),
        legal_form=pl.when(owner).then("legal_form"),
        founded_by_woman=pl.when(owner).then(
            pl.col("founder") < pl.col("sex").replace_strict(model.FOUNDED_BY_WOMAN, return_dtype=pl.Float64)
        ),
    ).with_columns(**numbers(pl.col("person")), **_names(spec, frame))


def numbers(person: pl.Expr) -> dict[str, pl.Expr]:
    """Ids that follow from a running number. District 9999 and the prefix 060 are given to nobody."""
    running = person.cast(pl.String)
    owner = pl.col("enterprise_role") == "owner"
    return {
        "participant_id": "CE68-" + running.str.zfill(6),
        "enterprise_id": pl.when(owner).then("EN68-" + running.str.zfill(6)),
        "national_id": _with_check_digit(person),
        "phone": "060" + running.str.zfill(7),
    }


def _with_check_digit(person: pl.Expr) -> pl.Expr:
    """A person's 13 digits: 8-9999 and a running number, then (11 - sum of d_i (14 - i) mod 11) mod 10."""
    twelve = 899_990_000_000 + person.cast(pl.Int64)
    weighted = sum((twelve // 10 ** (12 - place) % 10 * (14 - place) for place in range(1, 13)), pl.lit(0))
    check = (11 - weighted % 11) % 10
    return (twelve * 10 + check).cast(pl.String)


def _profile(spec: Spec, units: Units, held: pl.DataFrame) -> dict[str, pl.Series]:
    rng = stream(spec.seed, "profile")
    count = units.count
    age = np.clip(np.rint(rng.normal(46, 13, count)), 18, 79).astype(np.int64)
    birth_year = pl.Series(COURSE_YEAR - age).set(pl.Series(rng.random(count) < model.BLANK), None)
    return {
        "sex": _of(rng, {"female": model.WOMEN, "male": 1 - model.WOMEN}, count),
        "birth_year": birth_year,
        "disability": pl.Series(rng.random(count) < model.DISABLED),
        "consented": pl.Series(rng.random(count) < model.CONSENTS),
        "enterprise_role": _of(rng, model.ROLES, count),
        "sector": _of(rng, model.SECTORS, count),
        "legal_form": _of(rng, model.LEGAL_FORMS, count),
        "district": _districts(rng, held["province"][units.session]),
        "days_before": pl.Series(rng.integers(1, 15, count)),
        "attended_before": pl.Series(rng.random(count) < model.ATTENDED_BEFORE),
        "registered_before": pl.Series(rng.random(count) < model.COMMERCIALLY_REGISTERED),
        "founder": pl.Series(rng.random(count)),
    }


def _of(rng: np.random.Generator, shares: dict[str, float], count: int) -> pl.Series:
    """One of the keys for each, with the given shares."""
    drawn = rng.choice(len(shares), size=count, p=list(shares.values()))
    return pl.Series(list(shares))[drawn]


def _districts(rng: np.random.Generator, provinces: pl.Series) -> pl.Series:
    lists = districts()
    every = pl.Series([code for codes in lists.values() for code in codes])
    size = np.array([len(codes) for codes in lists.values()])
    first = np.cumsum(size) - size
    place = provinces.replace_strict({code: number for number, code in enumerate(lists)}).to_numpy()
    drawn: Integers = first[place] + (rng.random(place.size) * size[place]).astype(np.int64)
    return every[drawn]


def _names(spec: Spec, frame: pl.DataFrame) -> dict[str, pl.Expr]:
    rng = stream(spec.seed, "names")
    count = frame.height

    def drawn(words: list[str]) -> Integers:
        return rng.integers(0, len(words), count)

    woman = pl.col("sex") == "female"
    married = pl.lit(pl.Series(rng.random(count) < 0.6))
    women, men = pl.Series(WOMEN)[drawn(WOMEN)], pl.Series(MEN)[drawn(MEN)]
    shop = pl.lit(pl.Series(SHOPS)[drawn(SHOPS)])
    return {
        "name_title": pl.when(~woman).then(pl.lit("นาย")).when(married).then(pl.lit("นาง")).otherwise(pl.lit("นางสาว")),
        "first_name": pl.when(woman).then(pl.lit(women)).otherwise(pl.lit(men)),
        "last_name": pl.lit(pl.Series(FAMILIES)[drawn(FAMILIES)]),
        "enterprise_name": pl.when(pl.col("enterprise_role") == "owner").then(shop),
    }
