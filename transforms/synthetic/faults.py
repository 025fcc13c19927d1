"""Plants the mistakes that real sheets hold, and counts them, so that what sets them aside can be tested.

Works on the sheets as text, columns by our names. A row planted as unreadable belongs to an extra person or
replaces the answer of somebody drawn at random, so the truth of the rest stays as it is.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from transforms.synthetic.model import Integers
from transforms.synthetic.outcomes import stream
from transforms.synthetic.people import numbers
from transforms.synthetic.sessions import PROVINCES

EXTRA_PEOPLE = (
    ("registered_on", "31/02/2568", "impossible_date"),
    ("registered_on", "31/02/2568", "impossible_date"),
    ("registered_on", "15/11/2566", "outside_periods"),
    ("sales_last_month_thb", "-12,000", "negative_revenue"),
    ("national_id", "8999900000000", "id_checksum"),
)
"""Applications that are set aside: the question, what stands in it, and the reason."""
SPOILED_ANSWERS = {
    "follow_up_m3": (("answered_on", "2567-01-10", "wave_conflict"),),
    "follow_up_m6": (
        ("answered_on", "2568-02-30", "impossible_date"),
        ("sales_last_month_thb", "-5,000", "negative_revenue"),
    ),
    "follow_up_m12": (("sales_last_month_thb", "(8,500)", "negative_revenue"),),
}
"""Follow-up answers that are set aside, by source."""
REPEATED = {"registration_sheets": 2, "follow_up_m3": 1, "follow_up_m6": 0, "follow_up_m12": 1}
"""Rows sent twice, word for word."""
CORRECTED = 1
"""Applications sent again with another telephone number: the later one counts."""
SECOND_COURSES = 3
"""People who also attended a second course."""
ORPHANS = {"follow_up_m6": 1, "follow_up_m12": 1}
"""Follow-ups of people whose application is nowhere."""
WITHOUT_CONSENT = {"follow_up_m12": 1}
"""Follow-ups of people who did not consent."""


@dataclass(frozen=True)
class PlantedSource:
    """What one source holds: landed = accepted + rejected + duplicates + superseded.

    `conflicts`, `orphans` and `without_consent` are accepted as readable and set aside when linked.
    """

    landed: int
    rejected: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    superseded: int = 0
    conflicts: int = 0
    orphans: int = 0
    without_consent: int = 0

    @property
    def accepted(self) -> int:
        """Readable submissions, each once."""
        return self.landed - sum(self.rejected.values()) - self.duplicates - self.superseded


def in_registrations(
    sheets: pl.DataFrame, people: pl.DataFrame, passed: pl.Series, seed: int, wanted: bool
) -> tuple[pl.DataFrame, PlantedSource]:
    """The registration sheets with their faults; who takes a second course is among those who `passed` one."""
    if not wanted:
        return sheets, PlantedSource(sheets.height)
    rng = stream(seed, "faults-registration")
    chosen = _choose(rng, passed & people["consented"], SECOND_COURSES + REPEATED["registration_sheets"] + CORRECTED)
    second, repeated, corrected = np.split(chosen, np.cumsum([SECOND_COURSES, REPEATED["registration_sheets"]]))
    extra = _choose(rng, people["consented"], len(EXTRA_PEOPLE))
    parts = [
        sheets,
        _second_courses(sheets, people, second),
        sheets[repeated],
        sheets[corrected].with_columns(phone=pl.lit("0609999999")),
        _extra_people(sheets, people, extra),
    ]
    planted = pl.concat(parts)
    return planted, PlantedSource(
        landed=planted.height,
        rejected=dict(Counter(rule for _, _, rule in EXTRA_PEOPLE)),
        duplicates=len(repeated),
        superseded=len(corrected),
    )


def in_follow_up(
    source: str, sheet: pl.DataFrame, people: pl.DataFrame, seed: int, wanted: bool
) -> tuple[pl.DataFrame, PlantedSource]:
    """One round's sheet with its faults; `people` are all participants, those without consent too."""
    if not wanted:
        return sheet, PlantedSource(sheet.height)
    rng = stream(seed, f"faults-{source}")
    spoiled = SPOILED_ANSWERS[source]
    answered = sheet["technique_used_for_sale"].is_not_null() & sheet["sales_last_month_thb"].str.contains(r"^[0-9]")
    chosen = _choose(rng, answered, len(spoiled) + REPEATED[source])
    strangers = sheet.head(ORPHANS.get(source, 0)).with_columns(
        participant_id="CE68-99999" + pl.int_range(1, pl.len() + 1).cast(pl.String)
    )
    refusing = people.filter(~pl.col("consented")).head(WITHOUT_CONSENT.get(source, 0))
    unasked = sheet.head(refusing.height).with_columns(participant_id=refusing["participant_id"])
    for row, (question, text, _) in zip(chosen, spoiled, strict=False):
        at_row = pl.int_range(pl.len()) == int(row)
        sheet = sheet.with_columns(pl.when(at_row).then(pl.lit(text)).otherwise(question).alias(question))
    repeated = sheet[chosen[len(spoiled) :]]
    planted = pl.concat([sheet, repeated, strangers, unasked])
    rules = Counter(rule for _, _, rule in spoiled)
    return planted, PlantedSource(
        landed=planted.height,
        rejected={rule: count for rule, count in rules.items() if rule != "wave_conflict"},
        duplicates=repeated.height,
        conflicts=rules["wave_conflict"],
        orphans=strangers.height,
        without_consent=unasked.height,
    )


def _choose(rng: np.random.Generator, among: pl.Series, count: int) -> Integers:
    """Different rows for which `among` holds."""
    return rng.choice(among.fill_null(False).arg_true().to_numpy().astype(np.int64), count, replace=False)


def _second_courses(sheets: pl.DataFrame, people: pl.DataFrame, rows: Integers) -> pl.DataFrame:
    """The same people, a month later, in another trained session, of their province where there is one."""
    number = people["number"].to_numpy()
    trained_sessions = people.filter("trained")["number"].n_unique()
    taken = number[rows]
    other = (taken + len(PROVINCES)) % trained_sessions
    other = np.where(other == taken, (taken + 1) % trained_sessions, other)
    theirs = sheets[np.searchsorted(number, other)]
    later = people[rows]["starts_on"].dt.offset_by("30d")
    as_text = pl.Series([f"{day.day:02d}/{day.month:02d}/{day.year + 543}" for day in later])
    return sheets[rows].with_columns(
        theirs["session"],
        theirs["course"],
        theirs["hours_required"],
        theirs["hours_required"].alias("hours_attended"),
        registered_on=as_text,
    )


def _extra_people(sheets: pl.DataFrame, people: pl.DataFrame, rows: Integers) -> pl.DataFrame:
    """Copies of applications under new numbers, each with one fault."""
    running = people.height + 1 + pl.int_range(pl.len())
    copies = people[rows].select(**numbers(running))
    extra = sheets[rows].with_columns(copies[name] for name in copies.columns)
    for place, (question, text, _) in enumerate(EXTRA_PEOPLE):
        at_row = pl.int_range(pl.len()) == place
        extra = extra.with_columns(pl.when(at_row).then(pl.lit(text)).otherwise(question).alias(question))
    return extra
