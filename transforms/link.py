"""Joins follow-ups to registrations: one row a participant and round, and nobody dropped unseen."""

from dataclasses import dataclass

import polars as pl

from transforms import labels, tables
from transforms.funnel import funnel
from transforms.programme import Programme
from transforms.size_class import size_class


@dataclass(frozen=True)
class Linked:
    """What linking makes: the tables `enrolments`, `responses`, `links`, `rejects`, `groups`, `funnel`."""

    enrolments: pl.DataFrame
    responses: pl.DataFrame
    links: pl.DataFrame
    rejects: pl.DataFrame
    groups: pl.DataFrame
    funnel: pl.DataFrame


def link(registrations: pl.DataFrame, follow_ups: dict[str, pl.DataFrame], programme: Programme) -> Linked:
    """The programme's people over all rounds.

    `registrations` and `follow_ups` (by round) are accepted submissions in which the pseudonyms
    `participant` and `enterprise` stand for the identity columns. Of several registrations of one person
    the first counts for the baseline; the person consents only if every one of them says so.
    """
    people = _people(registrations, programme)
    judged = {each: _judged(frame, people) for each, frame in follow_ups.items()}
    usable = {each: _usable(frame) for each, frame in judged.items()}
    rounds = _rounds(people, usable, programme)
    everyone = pl.concat(rounds, how="vertical")
    responses = everyone.filter("agreed").drop("agreed")
    enrolments = _enrolments(registrations, rounds[0], programme)
    return Linked(
        enrolments=tables.enrolments(programme).cast(enrolments),
        responses=tables.responses(programme).cast(responses),
        links=_links(judged),
        rejects=_rejects(judged),
        groups=labels.groups(people, programme),
        funnel=funnel(everyone, programme),
    )


def _people(registrations: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """One row per person: the first registration, with the period, the consent and the derived profile."""
    ordered = registrations.sort("registered_on", "_pulled_at", "_file", "_row", maintain_order=True)
    consented = pl.col("consented").fill_null(False) if "consented" in ordered.columns else pl.lit(True)
    consent = ordered.group_by("participant").agg(agreed=consented.all())
    people = (
        ordered.unique("participant", keep="first", maintain_order=True)
        .join(consent, on="participant", how="left", maintain_order="left")
        .with_columns(period=_period(programme))
    )
    if "enterprise" not in people.columns:
        people = people.with_columns(enterprise=pl.lit(None, dtype=pl.String))
    people = _with_every_question(people, programme)
    for name, derived in programme.derived.items():
        if derived.profile:
            people = people.with_columns(pl.sql_expr(derived.value).alias(name))
    return people.with_columns(cluster=_cluster(programme))


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


def _judged(submissions: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Every follow-up submission with its `verdict`: linked, orphan, without_consent or conflict."""
    known = people.select(
        "participant", _agreed=pl.col("agreed"), _registered_on=pl.col("registered_on"), _known=pl.lit(True)
    )
    answered_on = pl.col("answered_on") if "answered_on" in submissions.columns else pl.lit(None, dtype=pl.Date)
    later_copy = pl.struct("_pulled_at", "_file", "_row").rank("ordinal", descending=True).over("participant") > 1
    return (
        submissions.join(known, on="participant", how="left", maintain_order="left")
        .with_columns(
            verdict=pl.when(pl.col("_known").is_null())
            .then(pl.lit("orphan"))
            .when(~pl.col("_agreed"))
            .then(pl.lit("without_consent"))
            .when((answered_on < pl.col("_registered_on")).fill_null(False) | later_copy)
            .then(pl.lit("conflict"))
            .otherwise(pl.lit("linked"))
        )
        .drop("_known", "_agreed", "_registered_on")
    )


def _usable(judged: pl.DataFrame) -> pl.DataFrame:
    return judged.filter(pl.col("verdict") == "linked")


def _rounds(people: pl.DataFrame, follow_ups: dict[str, pl.DataFrame], programme: Programme) -> list[pl.DataFrame]:
    """One frame per round, each with one row per person in the same order."""
    blocks = [_baseline(people, programme)]
    blocks += [_follow_up(people, follow_ups.get(each.id), each.id, programme) for each in programme.rounds[1:]]
    blocks = [_with_derived(block, programme) for block in blocks]
    return _with_exposure(blocks, programme)


def _baseline(people: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    return people.with_columns(
        round=pl.lit(programme.baseline.id), due=pl.lit(True), answered=pl.lit(True), closed=pl.lit(False)
    )


def _follow_up(
    people: pl.DataFrame, submissions: pl.DataFrame | None, round_id: str, programme: Programme
) -> pl.DataFrame:
    fixed = ["participant", "enterprise", "period", "cluster", "agreed", "registered_on", *programme.profile]
    carried = people.select(*dict.fromkeys(fixed))
    if submissions is None:
        block = carried.with_columns(due=pl.lit(False), answered=pl.lit(False), closed=pl.lit(False))
    else:
        asked = [name for name in programme.questions if name in submissions.columns and name not in carried.columns]
        answers = submissions.select("participant", *asked, _came=pl.lit(True))
        joined = carried.join(answers, on="participant", how="left", maintain_order="left")
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
    size = size_class(pl.col(rule.revenue), pl.col(rule.workers), pl.col(rule.sector), rule)
    return block.with_columns(size.alias(rule.column))


def _with_exposure(blocks: list[pl.DataFrame], programme: Programme) -> list[pl.DataFrame]:
    """Adds `treated`, `exposed`, `arm`; the blocks' rows are in one order, so series go from one to the next."""
    treated = [_treated(block, number, programme) for number, block in enumerate(blocks)]
    exposed = [treated[0]]
    for now in treated[1:]:
        exposed.append(exposed[-1] | now)
    arm = pl.select(arm=pl.when(exposed[-1]).then(pl.lit("treated")).otherwise(pl.lit("comparison")))["arm"]
    columns = ["participant", *tables.responses(programme).column_names(), "agreed"]
    return [
        block.with_columns(treated=now, exposed=so_far, arm=arm).select(*dict.fromkeys(columns))
        for block, now, so_far in zip(blocks, treated, exposed, strict=True)
    ]


def _treated(block: pl.DataFrame, number: int, programme: Programme) -> pl.Series:
    """Whether each person is under treatment at this round; without a treatment all are, after the baseline."""
    if programme.design.treatment is None:
        return pl.repeat(number > 0, block.height, dtype=pl.Boolean, eager=True)
    return block.select(treated=pl.sql_expr(programme.design.treatment).fill_null(False))["treated"]


def _enrolments(registrations: pl.DataFrame, baseline: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """Every registration of everyone who consented, with the person's arm and profile.

    The questions are those of this very registration; the derived profile is the person's.
    """
    derived = [name for name, column in programme.derived.items() if column.profile]
    own = [name for name in registrations.columns if name in programme.registration.questions]
    person = baseline.filter("agreed").select("participant", "period", "cluster", "arm", *derived)
    enrolled = registrations.select("participant", *own, *_enterprise(registrations)).join(
        person, on="participant", how="inner", maintain_order="left"
    )
    schema = tables.enrolments(programme).create_empty().schema
    absent = [name for name in schema if name not in enrolled.columns]
    return enrolled.with_columns(pl.lit(None, dtype=schema[name]).alias(name) for name in absent)


def _enterprise(registrations: pl.DataFrame) -> list[str]:
    return ["enterprise"] if "enterprise" in registrations.columns else []


def _links(judged: dict[str, pl.DataFrame]) -> pl.DataFrame:
    counted = [
        frame.group_by(source="_source").agg(
            accepted=pl.len(),
            linked=(pl.col("verdict") == "linked").sum(),
            orphans=(pl.col("verdict") == "orphan").sum(),
            without_consent=(pl.col("verdict") == "without_consent").sum(),
            conflicts=(pl.col("verdict") == "conflict").sum(),
        )
        for frame in judged.values()
    ]
    if not counted:
        return tables.Links.create_empty()
    return tables.Links.validate(pl.concat(counted).sort("source"), cast=True)


def _rejects(judged: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The follow-ups that belong to nobody, or to a time at which they cannot have been given."""
    rules = {"orphan": "orphan_followup", "conflict": "wave_conflict"}
    fields = {"orphan": "participant_id", "conflict": "answered_on"}
    refused = [
        frame.filter(pl.col("verdict").is_in(list(rules))).select(
            source="_source",
            file="_file",
            row="_row",
            field=pl.col("verdict").replace_strict(fields, return_dtype=pl.String),
            rule=pl.col("verdict").replace_strict(rules, return_dtype=pl.String),
        )
        for frame in judged.values()
    ]
    return tables.Rejects.validate(pl.concat(refused), cast=True) if refused else tables.Rejects.create_empty()
