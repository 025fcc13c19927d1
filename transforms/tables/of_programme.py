"""The tables with the columns that one programme's questions and indicators add."""

from typing import Any

import dataframely as dy
import polars as pl

from transforms.programme import Indicator, Programme, Question
from transforms.tables.about import Build, Declarations, Indicators, Origins
from transforms.tables.linking import LinkMethods, LinkReview, Links
from transforms.tables.people import Enrolments, Funnel, Groups, Measurements, Refusals, Responses
from transforms.tables.quality import Balance, Corrections, Flags, Rejects, Warnings
from transforms.tables.results import (
    ArmsBalance,
    Bounds,
    CertainEstimates,
    Comparability,
    GradeCaps,
    GradedEstimates,
    Grades,
    Nonresponse,
    PublishedBounds,
    PublishedEstimates,
    PublishedFunnel,
    PublishedNonresponse,
    PublishedTransitions,
    Release,
    Seasons,
    Transitions,
)
from transforms.tables.standing import Acknowledgements, Pulls


def answer_column(question: Question, description: str) -> dy.Column:
    """The column in which a question's cleaned answers are kept."""
    match question.type:
        case "integer" | "year":
            return dy.Int64(nullable=True, description=description)
        case "number" | "money":
            return dy.Float64(nullable=True, description=description)
        case "date":
            return dy.Date(nullable=True, description=description)
        case "boolean":
            return dy.Bool(nullable=True, description=description)
        case _:
            return dy.String(nullable=True, description=description)


def extended(schema: type[dy.Schema], columns: dict[str, dy.Column]) -> type[dy.Schema]:
    """The schema with more columns; a column it already has stays as it is."""
    added: dict[str, Any] = {name: column for name, column in columns.items() if name not in schema.columns()}
    return type(schema.__name__, (schema,), {**added, "__doc__": schema.__doc__})


def derived_dtypes(programme: Programme) -> dict[str, pl.DataType]:
    """The type of every derived column, found by evaluating its expression on no rows."""
    columns = {name: answer_column(question, "") for name, question in programme.questions.items()}
    frame: pl.LazyFrame = extended(Responses, columns).create_empty(lazy=True)
    dtypes: dict[str, pl.DataType] = {}
    for name, derived in programme.derived.items():
        frame = frame.with_columns(pl.sql_expr(derived.value).alias(name))
        dtypes[name] = frame.collect_schema()[name]
    return dtypes


def _derived_column(dtype: pl.DataType, description: str) -> dy.Column:
    if dtype == pl.Boolean:
        return dy.Bool(nullable=True, description=description)
    if dtype.is_integer():
        return dy.Int64(nullable=True, description=description)
    if dtype.is_numeric():
        return dy.Float64(nullable=True, description=description)
    if dtype == pl.Date:
        return dy.Date(nullable=True, description=description)
    return dy.String(nullable=True, description=description)


def _programme_columns(programme: Programme) -> dict[str, dy.Column]:
    columns = {name: answer_column(asked, asked.title.en) for name, asked in programme.questions.items()}
    for name, dtype in derived_dtypes(programme).items():
        columns[name] = _derived_column(dtype, programme.derived[name].title.en)
    if programme.size_rule is not None:
        title = programme.size_rule.title.en
        columns[programme.size_rule.column] = dy.String(nullable=True, description=title)
        if programme.size_rule.at_registration is not None:
            described = f"{title}: at registration."
            columns[programme.size_rule.at_registration] = dy.String(nullable=True, description=described)
    return columns


def enrolments(programme: Programme) -> type[dy.Schema]:
    """`Enrolments` with the registration's questions and the profile of one programme."""
    registration = {name for name, asked in programme.registration.questions.items() if not asked.identity}
    kept = registration | set(programme.profile)
    columns = {name: column for name, column in _programme_columns(programme).items() if name in kept}
    return extended(Enrolments, columns)


def responses(programme: Programme) -> type[dy.Schema]:
    """`Responses` with every question and derived column of one programme."""
    return extended(Responses, _programme_columns(programme))


def measured(programme: Programme) -> dict[str, Indicator]:
    """The indicators that have a value in every response; counts and costs have none."""
    return {name: each for name, each in programme.indicators.items() if each.statistic not in ("count", "cost")}


def measurements(programme: Programme) -> type[dy.Schema]:
    """`Measurements` with the columns of one programme's response indicators."""
    columns: dict[str, dy.Column] = {}
    for name, indicator in measured(programme).items():
        title = indicator.title.en
        columns[name] = (
            dy.String(nullable=True, description=f"{title}: its class.")
            if indicator.statistic == "transition"
            else dy.Float64(nullable=True, description=f"{title}: its value.")
        )
        columns[f"{name}__asked"] = dy.Bool(nullable=False, description=f"{title}: in its population.")
        if indicator.per is not None:
            columns[f"{name}__per"] = dy.Float64(nullable=True, description=f"{title}: its denominator.")
    return extended(Measurements, columns)


WAREHOUSE: dict[str, type[dy.Schema]] = {
    "build": Build,
    "declarations": Declarations,
    "pulls": Pulls,
    "acknowledgements": Acknowledgements,
    "balance": Balance,
    "rejects": Rejects,
    "corrections": Corrections,
    "flags": Flags,
    "warnings": Warnings,
    "links": Links,
    "link_methods": LinkMethods,
    "link_review": LinkReview,
    "groups": Groups,
    "indicators": Indicators,
    "origins": Origins,
    "enrolments": Enrolments,
    "refusals": Refusals,
    "responses": Responses,
    "measurements": Measurements,
    "funnel": Funnel,
    "transitions": Transitions,
    "arms_balance": ArmsBalance,
    "comparability": Comparability,
    "seasons": Seasons,
    "estimates": GradedEstimates,
    "grades": Grades,
    "grade_caps": GradeCaps,
    "certain_estimates": CertainEstimates,
    "bounds": Bounds,
    "nonresponse": Nonresponse,
}
"""The warehouse's tables by name; `warehouse` adds the columns that depend on the programme."""

RELEASE: dict[str, type[dy.Schema]] = {
    "release": Release,
    "build": Build,
    "groups": Groups,
    "funnel": PublishedFunnel,
    "transitions": PublishedTransitions,
    "estimates": PublishedEstimates,
    "certain_estimates": PublishedEstimates,
    "bounds": PublishedBounds,
    "nonresponse": PublishedNonresponse,
}
"""A release's tables by name: what may be shown of a warehouse."""


def warehouse(programme: Programme) -> dict[str, type[dy.Schema]]:
    """Every table of one programme's warehouse, by name, in the order of the record's way."""
    depends = {"enrolments": enrolments, "responses": responses, "measurements": measurements}
    return {name: depends[name](programme) if name in depends else table for name, table in WAREHOUSE.items()}
