"""A small programme with every part that linking and measuring read."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from transforms.programme import Programme


def text(words: str) -> dict[str, str]:
    return {"th": words, "en": words}


def question(path: str, kind: str, **more: object) -> dict[str, object]:
    return {"path": path, "type": kind, "title": text(path), **more}


def choices(*values: str) -> list[dict[str, object]]:
    return [{"value": value, "title": text(value)} for value in values]


@pytest.fixture
def declared() -> dict[str, object]:
    """The small programme as its TOML files would declare it."""
    results = choices("completed", "refused", "closed_business")
    return {
        "id": "small",
        "title": text("Small"),
        "agency": text("Agency"),
        "about": text("About"),
        "unit": text("people"),
        "rounds": [
            {"id": "registration", "title": text("Registration"), "short": text("R")},
            {"id": "m3", "title": text("Month 3"), "short": text("3"), "months": 3},
            {"id": "m6", "title": text("Month 6"), "short": text("6"), "months": 6},
        ],
        "periods": [{"id": "y1", "title": text("Year 1"), "start": date(2026, 1, 1), "end": date(2026, 12, 31)}],
        "sources": [{"id": "sheets", "kind": "file_drop", "form": "registration", "files": "*.csv"}],
        "design": {
            "kind": "difference_in_differences",
            "treatment": "arm_offered = 'trained'",
            "arms": {"treated": text("trained"), "comparison": text("waiting")},
            "cluster": "session",
        },
        "contact": {"answered": ["completed"], "closed": ["closed_business"]},
        "breakdowns": [{"by": "sex", "kind": "subgroup"}],
        "forms": {
            "registration": {
                "kind": "registration",
                "title": text("Registration"),
                "key": ["participant_id", "session"],
                "questions": {
                    "participant_id": question("id", "code", identity=True),
                    "registered_on": question("date", "date"),
                    "consented": question("consent", "boolean"),
                    "session": question("session", "code", profile=True),
                    "arm_offered": question("arm", "choice", profile=True, choices=choices("trained", "waiting")),
                    "sex": question("sex", "choice", profile=True, choices=choices("female", "male")),
                    "sales_thb": question("sales", "money"),
                },
            },
            "follow_up": {
                "kind": "follow_up",
                "title": text("Follow-up"),
                "key": ["participant_id"],
                "questions": {
                    "participant_id": question("id", "code", identity=True),
                    "answered_on": question("date", "date"),
                    "contact_result": question("result", "choice", choices=results),
                    "sales_thb": question("sales", "money"),
                    "skill_used": question("skill", "boolean"),
                },
            },
        },
        "derived": {"sales_k_thb": {"value": "sales_thb / 1000", "title": text("Sales, thousand")}},
        "indicators": {
            "sales": {
                "title": text("Sales"),
                "meaning": text("Sales"),
                "section": "growth",
                "statistic": "money",
                "value": "sales_k_thb",
                "unit": text("kTHB"),
                "shown_as": "money",
                "when_closed": 0,
            },
            "skill_in_use": {
                "title": text("Skill"),
                "meaning": text("Skill"),
                "section": "adoption",
                "statistic": "proportion",
                "value": "skill_used",
                "population": "sex = 'female'",
                "unit": text("%"),
                "shown_as": "percent",
            },
        },
    }


@pytest.fixture
def programme(declared: dict[str, object]) -> Programme:
    return Programme.model_validate(declared)


def submissions(source: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Accepted submissions of one source, in the order given."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(
        _source=pl.lit(source),
        _key=pl.lit(None, dtype=pl.String),
        _pull=pl.lit("pull-1"),
        _file=pl.lit(f"{source}.csv"),
        _row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64),
        _pulled_at=pl.lit(datetime(2026, 6, 1, tzinfo=UTC)),
    )


@pytest.fixture
def registrations() -> pl.DataFrame:
    """Five registrations of four people: ann twice, dan without consent."""
    rows = [
        ("ann", "s2", date(2026, 3, 2), True, "trained", "female", 2000.0),
        ("ann", "s1", date(2026, 1, 5), True, "trained", "female", 1000.0),
        ("bob", "s1", date(2026, 1, 5), True, "trained", "male", 500.0),
        ("cat", "s3", date(2026, 1, 6), True, "waiting", "female", 800.0),
        ("dan", "s3", date(2026, 1, 6), False, "waiting", "male", 900.0),
    ]
    names = ("participant", "session", "registered_on", "consented", "arm_offered", "sex", "sales_thb")
    return submissions("sheets", [dict(zip(names, row, strict=True)) for row in rows])


@pytest.fixture
def follow_ups() -> dict[str, pl.DataFrame]:
    """At m3: ann answered, bob's business had closed, cat refused, dan (no consent) and eve (unknown) answered."""
    rows = [
        ("ann", date(2026, 4, 1), "completed", 1500.0, True),
        ("bob", date(2026, 4, 1), "closed_business", None, None),
        ("cat", date(2026, 4, 2), "refused", 700.0, True),
        ("dan", date(2026, 4, 2), "completed", 700.0, True),
        ("eve", date(2026, 4, 2), "completed", 700.0, True),
    ]
    names = ("participant", "answered_on", "contact_result", "sales_thb", "skill_used")
    return {"m3": submissions("calls", [dict(zip(names, row, strict=True)) for row in rows])}
