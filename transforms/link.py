"""Joins follow-ups to registrations: one row a participant and round, and nobody dropped unseen."""

from dataclasses import dataclass

import polars as pl

from transforms import labels, tables
from transforms.funnel import funnel
from transforms.link_methods import link_methods
from transforms.programme import Programme, SizeRule
from transforms.size_class import size_class
from transforms.submissions import KEY, reference
from transforms.verdicts import RULES, places, verdicts


@dataclass(frozen=True)
class Linked:
    """What linking makes: the tables of these names; `methods` is LinkMethods."""

    enrolments: pl.DataFrame
    refusals: pl.DataFrame
    responses: pl.DataFrame
    links: pl.DataFrame
    methods: pl.DataFrame
    rejects: pl.DataFrame
    warnings: pl.DataFrame
    groups: pl.DataFrame
    funnel: pl.DataFrame


def link(registrations: pl.DataFrame, follow_ups: dict[str, pl.DataFrame], programme: Programme) -> Linked:
    """The programme's people over all rounds.

    `registrations` and `follow_ups` (by round) are accepted submissions in which the pseudonyms
    `participant` and `enterprise` stand for the identity columns. Of several registrations of one person
    the first counts for the baseline; the person consents only if every one of them says so.
    """
    later = _later(registrations)
    people = _people(registrations, later, programme)
    judged = verdicts(people, follow_ups, programme)
    rounds = _rounds(people, follow_ups, judged, programme)
    consenting = int(people["agreed"].sum())  # they come first in every frame
    return Linked(
        enrolments=tables.enrolments(programme).cast(
            _enrolments(rounds[0].head(consenting), registrations[later], programme)
        ),
        refusals=tables.Refusals.cast(people.filter(~pl.col("agreed")).select("participant")),
        responses=tables.responses(programme).cast(pl.concat([each.head(consenting) for each in rounds])),
        links=_links(judged),
        methods=link_methods(registrations, follow_ups, judged),
        rejects=_rejects(follow_ups, judged),
        warnings=_second_registrations(registrations[later]),
        groups=labels.groups(people, programme),
        funnel=funnel(people.with_columns(rounds[0]["arm"]), rounds, programme),
    )


def _later(registrations: pl.DataFrame) -> pl.Series:
    """The places of all registrations but each person's first, by day and then as received."""
    order = ["registered_on", "_pulled_at", "_file", "_row"]
    several = registrations.select("participant", *order).with_row_index("place")
    several = several.filter(pl.col("participant").is_duplicated()).sort(order, maintain_order=True)
    return several.filter(~pl.col("participant").is_first_distinct())["place"].sort()


def _people(registrations: pl.DataFrame, later: pl.Series, programme: Programme) -> pl.DataFrame:
    """One row per person, who agrees first: the first registration, the period, the consent, the derived profile."""
    people = registrations
    if len(later):
        is_later = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(later.implode())
        people = registrations.filter(~is_later)
    people = people.with_columns(period=_period(programme), agreed=_agreed(registrations))
    if not people["agreed"].all():
        people = pl.concat([people.filter("agreed"), people.filter(~pl.col("agreed"))], rechunk=True)
    if "enterprise" not in people.columns:
        people = people.with_columns(enterprise=pl.lit(None, dtype=pl.String))
    people = _with_every_question(people, programme)
    for name, derived in programme.derived.items():  # one that is not profile may be what a profile one is made of
        people = people.with_columns(pl.sql_expr(derived.value).alias(name))
    rule = programme.size_rule
    if rule is not None and rule.at_registration is not None:
        people = people.with_columns(_size(rule).alias(rule.at_registration))
    return people.with_columns(cluster=_cluster(programme))


def _agreed(registrations: pl.DataFrame) -> pl.Expr:
    if "consented" not in registrations.columns:
        return pl.lit(True)
    refusing = registrations.filter(~pl.col("consented").fill_null(False))["participant"].unique()
    return ~pl.col("participant").is_in(refusing.implode())


def _period(programme: Programme) -> pl.Expr:
    registered_on = pl.col("registered_on")
    inside = [
        pl.when(registered_on.is_between(period.start, period.end)).then(pl.lit(period.id))
        for period in programme.periods
    ]
    return pl.coalesce(inside)


def _cluster(programme: Programme) -> pl.Expr:
    """The cluster's name; who has none stands alone."""
    declared = programme.design.cluster or "participant"
    return pl.coalesce(pl.col(declared).cast(pl.String), pl.col("participant"))


def _with_every_question(frame: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """The frame with a column for every question, null where its form does not ask it."""
    schema = tables.responses(programme).create_empty().schema
    absent = [name for name in programme.questions if name not in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=schema[name]).alias(name) for name in absent)


def _rounds(
    people: pl.DataFrame, follow_ups: dict[str, pl.DataFrame], judged: dict[str, pl.DataFrame], programme: Programme
) -> list[pl.DataFrame]:
    """One frame per round, each with one row per person in the same order."""
    blocks = [_baseline(people, programme)]
    for each in programme.rounds[1:]:
        answers = _answers(people.height, follow_ups[each.id], judged[each.id]) if each.id in follow_ups else None
        blocks.append(_follow_up(people, answers, each.id, programme))
    blocks = [_with_derived(block, programme) for block in blocks]
    return _with_exposure(blocks, programme)


def _baseline(people: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    return people.with_columns(
        round=pl.lit(programme.baseline.id), due=pl.lit(True), answered=pl.lit(True), closed=pl.lit(False)
    )


def _answers(count: int, submissions: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Each person's linked submission, row for row with `count` people; nulls, `_came` too, for who has none."""
    return submissions.with_columns(_came=pl.lit(True)).select(pl.all().gather(places(count, judged)))


def _follow_up(people: pl.DataFrame, answers: pl.DataFrame | None, round_id: str, programme: Programme) -> pl.DataFrame:
    fixed = ["participant", "enterprise", "period", "cluster", "registered_on", *programme.profile]
    carried = people.select(*dict.fromkeys(fixed))
    if answers is None:
        block = carried.with_columns(due=pl.lit(False), answered=pl.lit(False), closed=pl.lit(False))
    else:
        asked = [name for name in programme.questions if name in answers.columns and name not in carried.columns]
        joined = pl.concat([carried, answers.select(*asked, "_came")], how="horizontal")
        block = joined.with_columns(_contact(programme)).drop("_came")
    return _with_every_question(block, programme).with_columns(round=pl.lit(round_id))


def _contact(programme: Programme) -> list[pl.Expr]:
    """Whether a follow-up was due, was answered, and found the business closed."""
    came = pl.col("_came").fill_null(False)
    if programme.contact is None:
        return [came.alias("due"), came.alias("answered"), pl.lit(False).alias("closed")]
    result = pl.col("contact_result")
    return [
        came.alias("due"),
        result.is_in(programme.contact.answered).fill_null(False).alias("answered"),
        result.is_in(programme.contact.closed).fill_null(False).alias("closed"),
    ]


def _with_derived(block: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    for name, derived in programme.derived.items():
        if not derived.profile:
            block = block.with_columns(pl.sql_expr(derived.value).alias(name))
    rule = programme.size_rule
    if rule is None:
        return block
    return block.with_columns(_size(rule).alias(rule.column))


def _size(rule: SizeRule) -> pl.Expr:
    return size_class(pl.col(rule.revenue), pl.col(rule.workers), pl.col(rule.sector), rule)


def _with_exposure(blocks: list[pl.DataFrame], programme: Programme) -> list[pl.DataFrame]:
    """Adds `treated`, `exposed`, `arm`; the blocks' rows are in one order, so series go from one to the next."""
    treated = [_treated(block, number, programme) for number, block in enumerate(blocks)]
    exposed = [treated[0]]
    for now in treated[1:]:
        exposed.append(exposed[-1] | now)
    arm = pl.select(arm=pl.when(exposed[-1]).then(pl.lit("treated")).otherwise(pl.lit("comparison")))["arm"]
    columns = tables.responses(programme).column_names()
    return [
        block.with_columns(treated=now, exposed=so_far, arm=arm).select(columns)
        for block, now, so_far in zip(blocks, treated, exposed, strict=True)
    ]


def _treated(block: pl.DataFrame, number: int, programme: Programme) -> pl.Series:
    """Whether each person is under treatment at this round; without a treatment all are, after the baseline."""
    if programme.design.treatment is None:
        return pl.repeat(number > 0, block.height, dtype=pl.Boolean, eager=True)
    return block.select(treated=pl.sql_expr(programme.design.treatment).fill_null(False))["treated"]


def _enrolments(baseline: pl.DataFrame, later: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """Every registration of everyone who consented, with the person's arm and profile.

    `baseline` are those people's first registrations, `later` all others. The questions are those of the very
    registration; the derived profile is the person's.
    """
    schema = tables.enrolments(programme).create_empty().schema
    first = baseline.select(schema.names())
    derived = [name for name in programme.profile if name not in programme.questions]
    person = ["period", "cluster", "arm", *derived]
    own = [name for name in later.columns if name in schema and name not in person]
    again = later.select(own).join(
        first.select("participant", *person), on="participant", how="inner", maintain_order="left"
    )
    return pl.concat([first, again], how="diagonal")


def _links(judged: dict[str, pl.DataFrame]) -> pl.DataFrame:
    counted = [
        frame.group_by("source").agg(
            accepted=pl.len(),
            linked=(pl.col("verdict") == "linked").sum(),
            orphans=(pl.col("verdict") == "orphan").sum(),
            doubtful=(pl.col("verdict") == "doubtful").sum(),
            without_consent=(pl.col("verdict") == "without_consent").sum(),
            conflicts=(pl.col("verdict") == "conflict").sum(),
            unit_slips=(pl.col("verdict") == "slip").sum(),
        )
        for frame in judged.values()
    ]
    if not counted:
        return tables.Links.create_empty()
    return tables.Links.validate(pl.concat(counted).sort("source"), cast=True)


def _rejects(follow_ups: dict[str, pl.DataFrame], judged: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The follow-ups that belong to nobody, to a time at which they cannot be, or whose amounts are in doubt."""
    refused = [
        pl.concat(
            [follow_ups[each].select(KEY, "_source", "_file", "_row"), of_round.select("verdict", "field")],
            how="horizontal",
        )
        .filter(pl.col("verdict").is_in(list(RULES)))
        .select(
            reference(),
            source="_source",
            file="_file",
            row="_row",
            field="field",
            rule=pl.col("verdict").replace_strict(RULES, return_dtype=pl.String),
        )
        for each, of_round in judged.items()
    ]
    return tables.Rejects.validate(pl.concat(refused), cast=True) if refused else tables.Rejects.create_empty()


def _second_registrations(later: pl.DataFrame) -> pl.DataFrame:
    """A warning for each source that registers people again: one person is one, and the first registration counts."""
    counted = later.group_by(source="_source").agg(count=pl.len())
    return tables.Warnings.validate(
        counted.select("source", field=pl.lit(""), rule=pl.lit("second_registration"), count="count").sort("source"),
        cast=True,
    )
