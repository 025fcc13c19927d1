"""A small programme and the facts of its report, made by hand and held to the schemas."""

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from reports.facts import Facts
from reports.scope import Scope
from transforms import tables
from transforms.programme import Programme

ROUNDS = (("m0", "ก่อนอบรม", "Baseline"), ("m3", "เดือนที่ 3", "Month 3"), ("m12", "เดือนที่ 12", "Month 12"))
AREAS = {"85": ("ระนอง", "Ranong", 210), "86": ("ชุมพร", "Chumphon", 260), "84": ("สุราษฎร์ธานี", "Surat Thani", 150)}
SEXES = {"female": ("หญิง", "Women", 400), "male": ("ชาย", "Men", 220)}
SIZES = {"micro": ("วิสาหกิจรายย่อย", "Micro"), "small": ("วิสาหกิจขนาดย่อม", "Small")}


def text(th: str, en: str) -> dict[str, str]:
    return {"th": th, "en": en}


def indicator(th: str, en: str, section: str, statistic: str, shown_as: str, unit: tuple[str, str], **more: object):
    return {
        "title": text(th, en),
        "meaning": text(f"ความหมายของ{th}", f"What {en.lower()} means"),
        "section": section,
        "statistic": statistic,
        "value": more.pop("value", "sells_online"),
        "unit": text(*unit),
        "shown_as": shown_as,
        **more,
    }


def declared() -> dict[str, object]:
    asked = {"path": "x", "type": "boolean", "title": text("ขายออนไลน์", "Sells online")}
    registration = {
        "participant_id": {
            "path": "เลขประจำตัว",
            "type": "text",
            "title": text("เลขประจำตัว", "Identity number"),
            "identity": True,
        },
        "registered_on": {"path": "วันที่", "type": "date", "title": text("วันที่ลงทะเบียน", "Day of registration")},
        "province": {"path": "จังหวัด", "type": "province", "title": text("จังหวัด", "Province"), "profile": True},
        "sex": {"path": "เพศ", "type": "choice", "title": text("เพศ", "Sex"), "profile": True},
        "session": {"path": "รุ่น", "type": "code", "title": text("รุ่นอบรม", "Course session"), "profile": True},
        "sells_online": asked,
        "sales": {"path": "ยอดขาย", "type": "money", "title": text("ยอดขาย", "Sales"), "unit": text("บาท", "baht")},
    }
    persons, percent = ("คน", "people"), ("ร้อยละ", "per cent")
    return {
        "id": "village",
        "title": text("โครงการยกระดับเศรษฐกิจชุมชน", "Community Economy Programme"),
        "agency": text("กรมส่งเสริมอุตสาหกรรม", "Department of Industrial Promotion"),
        "about": text("หลักสูตรอบรมอาชีพสำหรับคนในท้องถิ่น", "Hands-on courses for local people."),
        "synthetic": True,
        "unit": text("คน", "people"),
        "rounds": [
            {"id": each, "title": text(th, en), "short": text(th, en), "months": place}
            for place, (each, th, en) in enumerate(ROUNDS)
        ],
        "periods": [
            {
                "id": "fy2568",
                "title": text("ปีงบประมาณ พ.ศ. 2568", "Fiscal year 2025"),
                "start": "2024-10-01",
                "end": "2025-09-30",
            }
        ],
        "sources": [
            {"id": "registrations", "kind": "file_drop", "form": "registration", "files": "*.xlsx"},
            {"id": "follow_up_m3", "kind": "file_drop", "form": "follow_up", "round": "m3", "files": "m3.csv"},
            {"id": "follow_up_m12", "kind": "file_drop", "form": "follow_up", "round": "m12", "files": "m12.csv"},
        ],
        "design": {
            "kind": "waiting_list_lottery",
            "treatment": "sells_online",
            "arms": {"treated": text("ผู้เข้าอบรม", "Trained"), "comparison": text("ผู้รออบรม", "Waiting list")},
            "cluster": "session",
        },
        "size_rule": {
            "title": text("ขนาดกิจการ", "Size class"),
            "revenue": "sales",
            "workers": "sales",
            "sector": "sex",
            "sizes": [{"value": value, "title": text(*titles)} for value, titles in SIZES.items()],
            "limits": [{"size": "micro", "sectors": ["male"], "revenue": 1.0, "workers": 1}],
        },
        "breakdowns": [
            {"by": "province", "kind": "area"},
            {"by": "sex", "kind": "subgroup"},
            {"by": "session", "kind": "session"},
        ],
        "limitations": [text("แบบสอบถามอาศัยความจำ", "Answers rest on memory.")],
        "forms": {
            "registration": {
                "kind": "registration",
                "title": text("ใบลงทะเบียน", "Registration"),
                "key": ["participant_id"],
                "questions": registration,
            },
            "follow_up": {
                "kind": "follow_up",
                "title": text("แบบติดตาม", "Follow-up"),
                "key": ["participant_id"],
                "questions": {"participant_id": registration["participant_id"]},
            },
        },
        "indicators": {
            "people_trained": indicator(
                "ผู้เข้าอบรม", "People trained", "reach", "count", "count", persons, headline="count", target=700
            ),
            "digital_adoption": indicator(
                "ขายออนไลน์", "Digital adoption", "adoption", "proportion", "percent", percent, headline="effect"
            ),
            "sales": indicator(
                "ยอดขาย",
                "Sales",
                "growth",
                "money",
                "money",
                ("บาท", "baht"),
                value="sales",
                change_as="percent",
                headline="effect",
                when_closed=0,
                codes=["PI3180", "SDG 8.2"],
            ),
            "profit": indicator(
                "กำไร", "Profit", "growth", "money", "money", ("บาท", "baht"), value="sales", headline="change"
            ),
            "employment": indicator(
                "การจ้างงาน", "Jobs, FTE", "growth", "mean", "decimal", ("FTE", "FTE"), value="sales", headline="effect"
            ),
            "survival": indicator(
                "การอยู่รอด", "Survival", "growth", "survival", "percent", percent, headline="level", target=0.9
            ),
            "size_class_transition": indicator(
                "การเลื่อนขนาด", "Size-class transition", "growth", "transition", "percent", percent
            ),
            "waste": indicator(
                "ของเสีย",
                "Waste",
                "sustainability",
                "mean",
                "decimal",
                ("กิโลกรัม", "kg"),
                value="sales",
                better="down",
                headline="effect",
            ),
            "log_waste": indicator(
                "ของเสีย (ลอการิทึม)",
                "Waste (logarithm)",
                "sustainability",
                "panel_effect",
                "decimal",
                ("จุดลอการิทึม", "log points"),
                value="ln(sales)",
                better="down",
                lags=1,
                headline="effect",
            ),
        },
    }


@pytest.fixture(scope="session")
def programme() -> Programme:
    return Programme.model_validate(declared())


NUMBERS: dict[str, tuple[float, float, float]] = {
    "digital_adoption": (0.31, 0.084, 0.04),
    "sales": (12_340.0, 0.183, 0.08),
    "profit": (4_210.0, 610.0, 300.0),
    "employment": (1.84, 0.12, 0.2),
    "survival": (0.94, 0.0, 0.03),
    "waste": (8.4, -1.35, 0.6),
}
"""Level, effect and half an interval of every indicator but counts and models."""


def row(by: str, group: str, indicator: str, quantity: str, round_id: str, arm: str, **more: object):
    term = str(more.get("term", ""))
    key = ("fy2568", indicator, quantity, round_id, arm, by, group, term)
    base: dict[str, object] = dict.fromkeys(tables.PublishedEstimates.column_names())
    names = ("period", "indicator", "quantity", "round", "arm", "by", "group", "term")
    base |= dict(zip(names, key, strict=True))
    base |= {"estimate": ".".join(key), "method": "wilson", "n": 300, "population": 320, "missing": 20}
    base |= {"visibility": "shown", "clusters": 12, "weights": "none"}
    return base | more


def level(indicator: str, round_id: str, arm: str, by: str = "programme", group: str = "all", shift: float = 0.0):
    value, effect, half = NUMBERS[indicator]
    grown = value * (1 + shift) if indicator in ("sales", "profit", "employment", "waste") else value + shift * effect
    half = abs(half) * (value if indicator == "sales" else 1)
    ends = {"low": grown - half, "high": min(grown + half, 1.0) if value < 1 else grown + half}
    return row(by, group, indicator, "level", round_id, arm, value=grown, **ends)


def contrast(indicator: str, quantity: str, round_id: str, arm: str, by: str = "programme", group: str = "all", **more):
    _, effect, half = NUMBERS[indicator]
    known: dict[str, object] = {
        "value": effect,
        "standard_error": abs(half) / 2,
        "low": effect - abs(half),
        "high": effect + abs(half),
        "p_value": 0.004,
        "q_value": 0.012,
        "family": "growth",
        "family_size": 9,
        "df": 17.4,
        "smallest_detectable": abs(half) * 1.4,
        "clusters": 12,
        "letter": "A" if quantity == "effect" else "D",
        "sign": "+" if effect > 0 else "-",
    }
    if quantity == "effect":
        known |= {"n_comparison": 236, "clusters_comparison": 11}
    return row(by, group, indicator, quantity, round_id, arm, **{**known, **more})


def models() -> list[dict[str, object]]:
    told = {"treated": (-0.252, 0.151, 0.14), "treated_lag_1": (-0.422, 0.21, 0.28), "round.m3": (-0.08, 0.109, 0.1)}
    rows = []
    for term, (value, classical, clustered) in told.items():
        graded = {"letter": "B", "sign": "?", "p_value": 0.14} if term.startswith("treated") else {}
        ends = {"value": value, "low": value - 2 * clustered, "high": value + 2 * clustered}
        shared = {**ends, "n": 54, "observations": 162, "n_comparison": 24}
        rows.append(
            row("programme", "all", "log_waste", "effect", "m12", "both", term=term, standard_error=clustered)
            | shared
            | graded
        )
        rows.append(
            row(
                "programme",
                "all",
                "log_waste",
                "effect",
                "m12",
                "both",
                term=f"{term}|classical",
                standard_error=classical,
            )
            | shared
        )
    return rows


def scope_rows(by: str, group: str, people: int) -> list[dict[str, object]]:
    rows = [row(by, group, "people_trained", "count", "m0", "all", value=float(people), n=people)]
    for name in NUMBERS:
        for place, (round_id, _, _) in enumerate(ROUNDS):
            for arm in ("treated", "comparison"):
                if name != "survival" or place:
                    shift = 0.12 * place * (arm == "treated")
                    rows.append(level(name, round_id, arm, by, group, shift))
                if place and name != "survival":
                    rows.append(contrast(name, "change", round_id, arm, by, group))
            if place and name != "survival":
                rows.append(contrast(name, "effect", round_id, "both", by, group))
    return rows


def published(rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = tables.PublishedEstimates.create_empty().schema
    frame = pl.DataFrame(rows, schema={name: schema[name] for name in schema}, orient="row")
    return tables.PublishedEstimates.validate(frame, cast=True)


def funnel_rows(by: str, group: str, people: int) -> list[dict[str, object]]:
    shares = {"m0": {"registered": 1.0, "consented": 0.97, "completed": 0.9}}
    shares |= {round_id: {"due": 0.95, "answered": 0.8} for round_id in ("m3", "m12")}
    return [
        {
            "period": "fy2568",
            "by": by,
            "group": group,
            "arm": arm,
            "round": round_id,
            "stage": stage,
            "people": round(people * share * part),
        }
        for arm, part in (("all", 1.0), ("treated", 0.55), ("comparison", 0.45))
        for round_id, stages in shares.items()
        for stage, share in stages.items()
    ]


def groups() -> pl.DataFrame:
    rows = [("programme", "all", "programme", "ทั้งโครงการ", "Whole programme", 0)]
    rows += [("province", code, "area", th, en, place) for place, (code, (th, en, _)) in enumerate(AREAS.items())]
    rows += [("sex", value, "subgroup", th, en, place) for place, (value, (th, en, _)) in enumerate(SEXES.items())]
    rows += [("session", "S01", "session", "S01 · มัดย้อม", "S01 · Tie-dye", 0)]
    frame = pl.DataFrame(rows, schema=tables.Groups.column_names(), orient="row")
    return tables.Groups.validate(frame, cast=True)


def transitions(by: str, group: str) -> pl.DataFrame:
    moves = {("micro", "micro"): 160, ("micro", "small"): 22, ("small", "small"): 30, ("micro", "closed"): None}
    keys = {"period": "fy2568", "indicator": "size_class_transition", "round": "m12", "by": by, "group": group}
    rows = [
        {**keys, "arm": arm, "origin": origin, "destination": destination, "units": units, "share": None}
        | {"low": None, "high": None}
        for arm in ("treated", "comparison")
        for (origin, destination), units in moves.items()
    ]
    schema = tables.Transitions.create_empty().schema
    return pl.DataFrame(rows, schema=schema)


def bounds(by: str, group: str) -> pl.DataFrame:
    rows = []
    for indicator, quantity, arm, kind, ends in (
        ("survival", "level", "treated", "worst_case", (0.82, 0.96, None, None)),
        ("sales", "effect", "both", "lee", (0.03, 0.14, -0.05, 0.22)),
    ):
        key = ("fy2568", indicator, quantity, "m12", arm, by, group)
        lower, upper, low, high = ends
        rows.append((".".join((*key, "")), kind, *key, lower, upper, low, high))
    return pl.DataFrame(rows, schema=tables.Bounds.create_empty().drop("units").schema, orient="row")


def nonresponse() -> pl.DataFrame:
    rows = [
        ("fy2568", "m12", arm, covariate, category, place, 300, 60, 200, 40, *said)
        for arm in ("treated", "comparison")
        for covariate, category, place, said in (
            ("sex", "female", 0, (0.68, 0.62, 0.13)),
            ("sex", "male", 0, (None, None, None)),
            ("sales", "", 1, (52_000.0, 61_000.0, -0.21)),
        )
    ]
    return pl.DataFrame(rows, schema=tables.Nonresponse.create_empty().schema, orient="row")


def facts_of(by: str = "programme", group: str = "all", people: int = 620) -> Facts:
    moment = datetime(2025, 11, 21, 19, 0, tzinfo=UTC)
    sources = ("registrations", "follow_up_m3", "follow_up_m12")
    profile = [each for each in funnel_rows("programme", "all", people) if each["arm"] == "all"]
    for breakdown, known in (("province", AREAS), ("sex", SEXES)):
        for value, (_, _, some) in known.items():
            profile += [each for each in funnel_rows(breakdown, value, some) if each["arm"] == "all"]
    funnel_schema = tables.Funnel.create_empty().schema
    area_rows = [each for code, (_, _, some) in AREAS.items() for each in scope_rows("province", code, some)]
    return Facts(
        seasons=pl.DataFrame({"indicator": ["sales"], "round": ["m3"]}),
        stated=pl.DataFrame(
            {
                "indicator": ["sales"],
                "standing": ["in_advance"],
                "definition": ["0123456789abcdef"],
                "frozen_at": [datetime(2025, 1, 5, 18, tzinfo=UTC)],
            }
        ),
        release=pl.DataFrame([(3, "wh-0", moment, 0)], schema=tables.Release.create_empty().schema, orient="row"),
        estimates=published(scope_rows(by, group, people) + (models() if by == "programme" else [])),
        areas=published(area_rows if by == "programme" else []),
        funnel=pl.DataFrame(funnel_rows(by, group, people), schema=funnel_schema),
        profile=pl.DataFrame(profile, schema=funnel_schema).filter(pl.col("stage") == "registered"),
        transitions=transitions(by, group),
        bounds=bounds(by, group),
        nonresponse=nonresponse(),
        balance=tables.Balance.validate(
            pl.DataFrame(
                [(source, source.rsplit("_m", 1)[0], 640, 620, 12, 6, 2, 0) for source in sources],
                schema=tables.Balance.column_names(),
                orient="row",
            ),
            cast=True,
        ),
        rejects=pl.DataFrame(
            {
                "source": ["registrations", "follow_up_m3"],
                "field": ["sales", "participant_id"],
                "rule": ["negative_revenue", "orphan_followup"],
                "submissions": [4, 8],
            }
        ),
        warnings=tables.Warnings.validate(
            pl.DataFrame(
                {
                    "source": ["registrations"],
                    "field": ["registered_on"],
                    "rule": ["buddhist_year"],
                    "count": [311],
                }
            ),
            cast=True,
        ),
        corrections=pl.DataFrame(
            {
                "field": ["sales", "participant_id", ""],
                "action": ["replace", "replace", "drop"],
                "reason": ["a zero too many", None, "a test of the form"],
                "corrected_by": ["S.K.", "P.T.", "S.K."],
                "corrected_on": [date(2025, 11, 20), date(2025, 11, 18), date(2025, 11, 3)],
                "submissions": [3, 1, 2],
            }
        ),
        flags=pl.DataFrame({"check": ["outlier_sd", "same_answers"], "flags": [14, 2], "accepted": [5, 0]}),
        pulls=tables.Pulls.validate(
            pl.DataFrame(
                [(source, "pulled", None, moment, moment, moment, None, False, 1, 640) for source in sources],
                schema=tables.Pulls.create_empty().schema,
                orient="row",
            ),
            cast=True,
        ),
        acknowledgements=tables.Acknowledgements.create_empty(),
        links=tables.Links.validate(
            pl.DataFrame(
                {
                    "source": ["follow_up_m3"],
                    "accepted": [520],
                    "linked": [505],
                    "orphans": [8],
                    "doubtful": [0],
                    "without_consent": [5],
                    "conflicts": [2],
                    "unit_slips": [0],
                }
            ),
            cast=True,
        ),
        link_methods=pl.DataFrame(
            {"kind": "follow_up", "method": ["participant_id", "unmatched"], "submissions": [512, 8]}
        ),
        link_review=pl.DataFrame(schema={"state": pl.String, "pairs": pl.Int64}),
        certain=tables.PublishedEstimates.create_empty(),
        build=tables.Build.validate(
            pl.DataFrame(
                {
                    "programme": ["village"],
                    "input_id": ["4f1c2d9e8b7a6c5d"],
                    "code_version": ["0.1.0"],
                    "configuration": ["a1b2c3d4e5f60718"],
                    "built_at": [moment],
                }
            ),
            cast=True,
        ),
        groups=groups(),
    )


@pytest.fixture(scope="session")
def facts() -> Facts:
    return facts_of()


@pytest.fixture(scope="session")
def session_facts() -> Facts:
    return facts_of("session", "S01", 28)


@pytest.fixture
def scope() -> Scope:
    return Scope("fy2568")


def with_funnel(facts: Facts, people: int | None) -> Facts:
    """The facts with the same number of people at every step."""
    return replace(facts, funnel=facts.funnel.with_columns(people=pl.lit(people, dtype=pl.Int64)))
