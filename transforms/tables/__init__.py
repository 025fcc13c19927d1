"""Every table, declared once: Polars validates by it, DuckDB's tables and the data dictionary follow from it."""

from transforms.tables.about import Build, Indicators
from transforms.tables.linking import METHODS, LinkMethods, LinkReview, Links
from transforms.tables.of_programme import (
    RELEASE,
    WAREHOUSE,
    answer_column,
    derived_dtypes,
    enrolments,
    extended,
    measured,
    measurements,
    responses,
    warehouse,
)
from transforms.tables.people import EVERYONE, Enrolments, Funnel, Groups, Measurements, Refusals, Responses
from transforms.tables.quality import CHECKS, Balance, Corrections, Flags, Rejects, Warnings
from transforms.tables.received import Records, Submissions
from transforms.tables.results import (
    CertainEstimates,
    Estimates,
    GradeCaps,
    GradedEstimates,
    Grades,
    PublishedEstimates,
    PublishedFunnel,
    PublishedTransitions,
    Release,
    Transitions,
)
from transforms.tables.standing import Acknowledgements, Pulls

__all__ = [
    "CHECKS",
    "EVERYONE",
    "METHODS",
    "RELEASE",
    "WAREHOUSE",
    "Acknowledgements",
    "Balance",
    "Build",
    "CertainEstimates",
    "Corrections",
    "Enrolments",
    "Estimates",
    "Flags",
    "Funnel",
    "GradeCaps",
    "GradedEstimates",
    "Grades",
    "Groups",
    "Indicators",
    "LinkMethods",
    "LinkReview",
    "Links",
    "Measurements",
    "PublishedEstimates",
    "PublishedFunnel",
    "PublishedTransitions",
    "Pulls",
    "Records",
    "Refusals",
    "Rejects",
    "Release",
    "Responses",
    "Submissions",
    "Transitions",
    "Warnings",
    "answer_column",
    "derived_dtypes",
    "enrolments",
    "extended",
    "measured",
    "measurements",
    "responses",
    "warehouse",
]
