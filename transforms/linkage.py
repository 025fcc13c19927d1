"""Who is who: registrations of one person made one, follow-ups given to people. Ids first, then keys, then chances.

`registrations` and `follow_ups` are frames of `identities` whose numbers are keyed, with `participant`, the pseudonym
of the id given; follow-ups also have `round` and `answered`, the pseudonym of all that they say of their person.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from transforms.linkable import KINDS
from transforms.programme import Linking

CLOSE_YEARS = 1
"""Years of birth that differ by no more are one year, misremembered."""

MOST_CANDIDATES = 3
"""So many people at most are put before a reviewer for one submission."""


def people(registrations: pl.DataFrame, same: pl.DataFrame) -> pl.DataFrame:
    """The columns participant and person: of all participants who are one, the first to have registered.

    `same` has the pairs (participant, other) that are one person. Registrations stand in the order of their time.
    """
    from scipy.sparse import coo_array  # slow to load, and needed only where people are linked
    from scipy.sparse.csgraph import connected_components

    participants = registrations["participant"].unique(maintain_order=True)
    number = participants.to_frame().with_row_index("number")
    pairs = same.select("participant", "other").join(number, on="participant")
    pairs = pairs.join(number.rename({"participant": "other", "number": "other_number"}), on="other")
    ends = (pairs["number"].to_numpy(), pairs["other_number"].to_numpy())
    graph = coo_array((np.ones(pairs.height, dtype=np.int8), ends), shape=(len(participants),) * 2)
    _, group = connected_components(graph, directed=False)
    grouped = number.with_columns(group=pl.Series(group))
    return grouped.select("participant", person=pl.col("participant").first().over("group"))


def merged(registrations: pl.DataFrame, same: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`people` by all the pairs of `same`, and `merged_by`: the method, null for who was the first of a person.

    `same` has the pairs by method, the surest first; it is the first that joins a participant to an earlier one.
    """
    pairs = list(same.values())
    so_far = [people(registrations, pl.concat(pairs[: count + 1])) for count in range(len(pairs))]
    joined = [each["participant"] != each["person"] for each in so_far]
    methods = [pl.when(by).then(pl.lit(name)) for name, by in zip(same, joined, strict=True)]
    return so_far[-1].with_columns(merged_by=pl.coalesce(methods))


def unlike(registrations: pl.DataFrame, certain: pl.DataFrame, probable: pl.DataFrame) -> pl.DataFrame:
    """The probable pairs that would, one after the other, make one person of people with different national ids.

    A may be B, and B may be C, while A and C cannot be one: which of the two holds, a person must say. `certain` are
    the pairs (participant, other) that are one person anyway.
    """
    before = people(registrations, certain).rename({"person": "before"})
    after = people(registrations, pl.concat([certain, probable])).join(before, on="participant")
    known = registrations.select("participant", "national_id").drop_nulls().join(after, on="participant")
    known = known.with_columns(alone=pl.col("national_id").n_unique().over("before"))
    several = known.group_by("person").agg(together=pl.col("national_id").n_unique(), alone=pl.col("alone").max())
    torn = after.join(several.filter(pl.col("together") > pl.col("alone")), on="person").select("participant")
    return probable.join(torn, on="participant", how="semi")


def surely_one(linking: Linking) -> pl.Expr:
    """Whether a likely pair of registrations is one person without anybody's word.

    To join two people's data is worse than to miss a second registration: beside the probability, the telephone, the
    year of birth and the first name must be the same, and no national id may tell otherwise.
    """
    same = pl.all_horizontal(pl.col(name) == pl.col(f"{name}_other") for name in ("phone", "birth_year"))
    another = pl.col("national_id") != pl.col("national_id_other")
    likely = (pl.col("probability") >= linking.sure) & pl.col("named")
    return (likely & same).fill_null(False) & ~another.fill_null(False)


def same_number(registrations: pl.DataFrame) -> pl.DataFrame:
    """The pairs (participant, other) with one national id."""
    known = registrations.select("national_id", "participant").drop_nulls().unique(maintain_order=True)
    first = pl.col("participant").first().over("national_id")
    return known.select(participant=first, other="participant").filter(pl.col("participant") != pl.col("other"))


def by_id(follow_ups: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """The follow-ups with `person` and `method`, both null where the id is missing or unknown."""
    found = follow_ups.join(of, on="participant", how="left", maintain_order="left")
    return found.with_columns(method=pl.when(pl.col("person").is_not_null()).then(pl.lit("participant_id")))


def by_keys(follow_ups: pl.DataFrame, registrations: pl.DataFrame) -> pl.DataFrame:
    """The follow-ups with those filled in whose national id, telephone or enterprise is one person's alone.

    `registrations` have `person` too. A telephone or enterprise is many people's often, and passed on: the first name
    must sound the same where both are known, the years of birth be close, the titles be of one sex, and the national
    ids not differ.
    """
    linked = follow_ups
    registrations = registrations.join(numbers(registrations), on="person", how="left", maintain_order="left")
    for kind in KINDS:
        owners = _owners(registrations, kind)
        found = linked.join(owners, on=kind, how="left", maintain_order="left")
        new = pl.col("person").is_null() & pl.col("_person").is_not_null()
        if kind != "national_id":
            new &= _compatible() & _alone(kind)
        linked = found.with_columns(
            person=pl.when(new).then("_person").otherwise("person"),
            method=pl.when(new).then(pl.lit(kind)).otherwise("method"),
        ).drop("_person", "_numbers", "_sexes", "_first_keys", "_birth_years")
    return linked


def numbers(registrations: pl.DataFrame) -> pl.DataFrame:
    """Every `person`, and under `_numbers` the national ids that were ever given as theirs."""
    return registrations.group_by("person").agg(_numbers=pl.col("national_id").drop_nulls().unique())


def is_another(national_id: pl.Expr, numbers: pl.Expr) -> pl.Expr:
    """Whether the national ids tell that two are not one: both are known, and differ."""
    return (national_id.is_not_null() & (numbers.list.len() > 0) & ~numbers.list.contains(national_id)).fill_null(False)


def _owners(registrations: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The keys that belong to one person only, with that person's names and years of birth."""
    known = registrations.filter(pl.col(kind).is_not_null())
    owned = known.group_by(kind, maintain_order=True).agg(
        _person=pl.col("person").first(),
        _people=pl.col("person").n_unique(),
        _numbers=pl.col("_numbers").first(),
        _sexes=pl.col("sex").drop_nulls().unique(),
        _first_keys=pl.col("first_key").drop_nulls().unique(),
        _birth_years=pl.col("birth_year").drop_nulls().unique(),
    )
    return owned.filter(pl.col("_people") == 1).drop("_people")


def _compatible() -> pl.Expr:
    names, years, sexes = pl.col("_first_keys"), pl.col("_birth_years"), pl.col("_sexes")
    no_sex = pl.col("sex").is_null() | (sexes.list.len() == 0)
    no_name = pl.col("first_key").is_null() | (names.list.len() == 0)
    no_year = pl.col("birth_year").is_null() | (years.list.len() == 0)
    near = pl.any_horizontal(
        years.list.contains(pl.col("birth_year") + apart) for apart in range(-CLOSE_YEARS, CLOSE_YEARS + 1)
    )
    same_name, same_sex = names.list.contains(pl.col("first_key")), sexes.list.contains(pl.col("sex"))
    agrees = (no_name | same_name) & (no_year | near) & (no_sex | same_sex)
    return agrees.fill_null(False) & ~is_another(pl.col("national_id"), pl.col("_numbers"))


def _alone(kind: str) -> pl.Expr:
    """Whether a round's only submission with this key, or one that says a name of its own."""
    return (pl.len().over("round", kind) == 1) | pl.col("first_key").is_not_null()


def by_decision(follow_ups: pl.DataFrame, decisions: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """The follow-ups with those filled in about whom a person has said yes."""
    said = decisions.filter((pl.col("kind") == "follow_up") & pl.col("same"))
    yes = (
        said.join(of, on="participant").group_by("answered", maintain_order=True).agg(_person=pl.col("person").first())
    )
    found = follow_ups.join(yes, on="answered", how="left", maintain_order="left")
    new = pl.col("person").is_null() & pl.col("_person").is_not_null()
    return found.with_columns(
        person=pl.when(new).then("_person").otherwise("person"),
        method=pl.when(new).then(pl.lit("reviewed")).otherwise("method"),
    ).drop("_person")


def sure_and_doubtful(
    scores: pl.DataFrame, follow_ups: pl.DataFrame, refused: pl.DataFrame, linking: Linking
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The links (place, person) that are sure, and the pairs (place, person, probability) for a person to decide.

    `scores` has place, person, probability and `backed`: the first name agrees, and the year of birth or the telephone,
    and no national id tells otherwise.
    A link is sure when it is backed, when it is likely against all others who come into question (a submission is of
    one person at most), and when the person has no other submission of that round. `refused` (place, person) are the
    pairs to which somebody has said no.
    """
    kept = scores.group_by("place", "person").agg(pl.col("probability").max(), pl.col("backed").any())
    kept = kept.join(refused, on=["place", "person"], how="anti").sort("place", "person")
    odds = pl.col("probability") / (1 - pl.col("probability")).clip(1e-9)
    kept = kept.with_columns(share=(odds / (1 + odds.sum().over("place"))).round(6))
    kept = kept.filter(pl.col("probability") >= linking.doubtful)
    rounds = follow_ups.select("place", "round")
    taken = follow_ups.filter(pl.col("person").is_not_null()).select("round", "person").unique()
    ranked = kept.join(rounds, on="place").join(taken.with_columns(taken=True), on=["round", "person"], how="left")
    likely = (pl.col("share") >= linking.sure) & pl.col("backed") & pl.col("taken").is_null()
    ranked = ranked.with_columns(likely=likely)
    ranked = ranked.with_columns(sure=pl.col("likely") & (pl.col("likely").sum().over("round", "person") == 1))
    settled = ranked.filter("sure").select("place")
    order = ["place", "probability", "person"]
    doubtful = ranked.join(settled, on="place", how="anti").sort(order, descending=[False, True, False])
    return (
        ranked.filter("sure").select("place", "person").sort("place"),
        doubtful.group_by("place", maintain_order=True).head(MOST_CANDIDATES).select(order),
    )
