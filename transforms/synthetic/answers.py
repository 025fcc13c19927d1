"""What people answer: one typed frame a form and round, columns named as in forms.toml."""

from functools import partial

import numpy as np
import polars as pl

from transforms.synthetic import households, model, outcomes, practices
from transforms.synthetic.model import Booleans, Floats, Spec
from transforms.synthetic.outcomes import Units

ABOUT_BUSINESS = (
    "sales_last_month_thb",
    "sales_last_12_months_thb",
    "profit_last_month_thb",
    "workers",
    "paid_hours_a_week",
    "formal_loan",
    "certificate",
    "inputs_total_thb",
    "inputs_local_thb",
    "material_kg",
    "recycled_kg",
    "sells_online",
    "takes_e_payment",
    "keeps_digital_books",
)
ALSO_ABOUT_BUSINESS = (
    "sales_tourism_thb",
    "loan_applied",
    "loan_approved",
    "loan_amount_thb",
    "system_certificate",
    "legal_form",
    "commercial_registration",
    *model.PRACTICES,
    *model.DYE_STEPS,
    "green_industry_level",
    "waste_avoided_kg",
)
ABOUT_CHANGES = ("new_products", "new_products_local")
"""Asked of owners in the follow-ups only."""
CERTIFICATES_END = ("certificate_valid_until", "system_certificate_valid_until")
ABOUT_PEOPLE = ("household_income_thb", "income_change", "recommendation", "started_business")
LEFT_OUT_WHEN_PARTIAL = ("inputs_total_thb", "inputs_local_thb", "material_kg", "recycled_kg")

Drawn = dict[str, Floats | Booleans]


def draw(units: Units, spec: Spec) -> Drawn:
    """Every outcome at every round, as if all were open and all answered; and who is closed, who answers."""
    stream = partial(outcomes.stream, spec.seed)
    sold = outcomes.sales(units, stream("sales"))
    bought = outcomes.inputs(sold, stream("inputs"))
    used = outcomes.material(units, stream("material"))
    hours = outcomes.paid_hours(units, stream("paid_hours"))
    year = 12 * np.exp(stream("year").standard_normal(sold.shape) * model.MONTHS_SPREAD)
    online, payment, books = outcomes.digital_tools(units, stream("digital_tools"))
    return {
        "closed": outcomes.closed(units, stream("closed")),
        "answers": outcomes.happens(units, model.ANSWERS, stream("answers")),
        "sales_last_month_thb": sold,
        "sales_last_12_months_thb": np.rint(sold * year / 1000) * 1000,
        "profit_last_month_thb": outcomes.profit(units, sold, stream("profit")),
        "workers": 1 + np.ceil(hours / 44),
        "paid_hours_a_week": hours,
        "formal_loan": outcomes.happens(units, model.FORMAL_LOAN, stream("formal_loan")),
        "certified": outcomes.happens(units, model.CERTIFIED, stream("certified")),
        "inputs_total_thb": bought,
        "inputs_local_thb": np.rint(bought * outcomes.fraction(units, model.LOCAL_INPUTS, stream("local")) / 10) * 10,
        "material_kg": used,
        "recycled_kg": np.round(used * outcomes.fraction(units, model.RECYCLED, stream("recycled")), 1),
        "sells_online": online,
        "takes_e_payment": payment,
        "keeps_digital_books": books,
        "technique_used_for_sale": outcomes.happens(units, model.TECHNIQUE_USED, stream("technique")),
        **practices.draw(units, spec.seed, sold),
        **households.draw(units, spec.seed),
    }


def registrations(people: pl.DataFrame, drawn: Drawn, spec: Spec) -> pl.DataFrame:
    """One row per participant: the application form."""
    attended = _hours_attended(people, spec)
    frame = people.with_columns(
        registered_on=pl.col("starts_on") - pl.duration(days=pl.col("days_before")),
        hours_attended=pl.when("trained").then(attended),
        **_at(drawn, 0),
    )
    frame = _certificates(_in_words(frame, drawn, 0), pl.col("registered_on"), spec)
    return _about_owners(_with_blanks(frame, outcomes.stream(spec.seed, "blanks-0")))


def follow_up(people: pl.DataFrame, drawn: Drawn, number: int, spec: Spec) -> pl.DataFrame:
    """One row per participant who consented, at the round of that number: also for those who gave no answer."""
    name = model.ROUNDS[number]
    rng = outcomes.stream(spec.seed, f"contact-{name}")
    visited = pl.Series(model.DAYS_AFTER[number] + rng.integers(0, 21, people.height))
    frame = people.with_columns(
        answered_on=pl.col("starts_on") + pl.duration(days=pl.lit(visited)),
        attempts=pl.Series(rng.integers(1, 4, people.height)),
        closed_on=_closed_on(drawn, number, spec),
        **_at(drawn, number),
        **_contact(people, drawn, number, rng),
    )
    frame = _certificates(_in_words(frame, drawn, number), pl.col("answered_on"), spec)
    frame = _with_blanks(frame, outcomes.stream(spec.seed, f"blanks-{name}"))
    return _only_who_answers(_about_owners(frame)).filter("consented")


def _at(drawn: Drawn, number: int) -> dict[str, pl.Series]:
    """The outcomes at one round, as columns; whole numbers as such."""
    columns = {name: pl.Series(values[number]) for name, values in drawn.items()}
    decimals = ("material_kg", "recycled_kg", "waste_avoided_kg")
    return {
        name: column.cast(pl.Int64) if column.dtype == pl.Float64 and name not in decimals else column
        for name, column in columns.items()
    }


def _in_words(frame: pl.DataFrame, drawn: Drawn, number: int) -> pl.DataFrame:
    """With what follows from several draws: the form of the enterprise, an application's result, who is asked what."""
    company, before = pl.col("legal_form") == "company", pl.col("registered_before")
    moved = pl.lit(pl.Series(drawn["moved_up"][number]))
    applied = pl.col("loan_applied")
    approved = applied & pl.col("loan_approved")
    return households.worded(frame).with_columns(
        legal_form=pl.when(moved & before).then(pl.lit("company")).otherwise("legal_form"),
        commercial_registration=company | before | moved,
        loan_approved=pl.when(applied).then("loan_approved"),
        loan_amount_thb=pl.when(approved).then("loan_amount_thb"),
        started_business=pl.when(~pl.col("has_business")).then("started_business"),
        recommendation=pl.when("trained").then("recommendation"),
    )


def _hours_attended(people: pl.DataFrame, spec: Spec) -> pl.Series:
    """Hours in the course: at least four fifths exactly for those who complete it."""
    rng = outcomes.stream(spec.seed, "attendance")
    units = Units(people["number"].to_numpy(), people["trained"].to_numpy())
    same = (model.COMPLETES,) * 4
    completes = outcomes.happens(units, model.ByArm(same, same), rng)[0]
    required = people["hours_required"].to_numpy()
    enough = np.ceil(0.8 * required)
    more = np.floor(rng.random(required.size) * (required - enough + 1))
    less = np.floor((0.3 + 0.7 * rng.random(required.size)) * (enough - 1))
    return pl.Series(np.where(completes, enough + more, less).astype(np.int64))


def _closed_on(drawn: Drawn, number: int, spec: Spec) -> pl.Expr:
    """A day before the first round that found the business closed; the same at every later round."""
    closed = drawn["closed"].astype(np.int64)
    first = np.minimum(len(model.ROUNDS) - closed.sum(axis=0), len(model.ROUNDS) - 1)
    before = outcomes.stream(spec.seed, "closed_on").integers(5, 80, first.size)
    days = pl.lit(pl.Series(np.array(model.DAYS_AFTER)[first] - before))
    return pl.when(pl.lit(pl.Series(drawn["closed"][number]))).then(pl.col("starts_on") + pl.duration(days=days))


def _contact(people: pl.DataFrame, drawn: Drawn, number: int, rng: np.random.Generator) -> dict[str, pl.Expr]:
    """How the call went. Whether somebody answers does not depend on the business being open."""
    count = people.height
    owner = pl.col("enterprise_role") == "owner"
    answers, closed = pl.lit(pl.Series(drawn["answers"][number])), owner & pl.lit(pl.Series(drawn["closed"][number]))
    refusal = pl.lit(pl.Series(list(model.REFUSALS))[rng.choice(4, count, p=list(model.REFUSALS.values()))])
    partial_answer = pl.lit(pl.Series(rng.random(count) < model.PARTIAL))
    reasons = pl.Series(list(model.CLOSING_REASONS))
    reason = pl.lit(reasons[rng.choice(4, count, p=list(model.CLOSING_REASONS.values()))])
    return {
        "contact_result": pl.when(~answers)
        .then(refusal)
        .when(closed)
        .then(pl.lit("closed_business"))
        .when(partial_answer)
        .then(pl.lit("partial"))
        .otherwise(pl.lit("completed")),
        "closed_reason": reason,
        "operating_now": pl.when(owner).then(~closed),
    }


def _certificates(frame: pl.DataFrame, day: pl.Expr, spec: Spec) -> pl.DataFrame:
    """Certificates of the product and of the system, and the days on which they end."""
    product = _certificate("certificate", "certified", model.CERTIFICATES, frame.height, day, spec)
    system = _certificate("system_certificate", "system_certified", model.SYSTEM_CERTIFICATES, frame.height, day, spec)
    return frame.with_columns(**product, **system)


def _certificate(
    name: str, valid: str, shares: dict[str, float], count: int, day: pl.Expr, spec: Spec
) -> dict[str, pl.Expr]:
    """A certificate and the day it ends: after `day` where it is `valid`, before it where it has ended."""
    rng = outcomes.stream(spec.seed, f"{name}s")
    kind = pl.lit(pl.Series(list(shares))[rng.choice(len(shares), count, p=list(shares.values()))])
    ended = pl.lit(pl.Series(rng.random(count) < model.EXPIRED))
    days = pl.lit(pl.Series(rng.integers(30, 700, count)))
    ends = day + pl.duration(days=pl.when(valid).then(days).otherwise(-days))
    held = pl.col(valid) | ended
    return {
        name: pl.when(held).then(kind).otherwise(pl.lit("none")),
        f"{name}_valid_until": pl.when(held).then(ends),
    }


def _with_blanks(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Single answers left out, whatever they would have been; of a list of items all or none."""
    single = [*ABOUT_BUSINESS, "technique_used_for_sale", *ALSO_ABOUT_BUSINESS, *ABOUT_PEOPLE]
    lists = [tuple(model.PRACTICES), tuple(model.DYE_STEPS)]
    of_lists = {name for items in lists for name in items}
    together = [*((name,) for name in single if name not in of_lists), *lists]
    given = [pl.lit(pl.Series(rng.random(frame.height, dtype=np.float32) >= model.BLANK)) for _ in together]
    return frame.with_columns(
        pl.when(told).then(name).alias(name) for told, names in zip(given, together, strict=True) for name in names
    )


def _about_owners(frame: pl.DataFrame) -> pl.DataFrame:
    """Only owners are asked about the business."""
    asked = [*ABOUT_BUSINESS, *ALSO_ABOUT_BUSINESS, *ABOUT_CHANGES, *CERTIFICATES_END]
    return frame.with_columns(pl.when(pl.col("enterprise_role") == "owner").then(name).alias(name) for name in asked)


def _only_who_answers(frame: pl.DataFrame) -> pl.DataFrame:
    """Takes out what was not said: everything by who did not answer, the rest by whom the call found closed."""
    result = pl.col("contact_result")
    closed = result == "closed_business"
    told = result.is_in(["completed", "partial"])
    of_owners = [*ABOUT_BUSINESS, *ALSO_ABOUT_BUSINESS, *ABOUT_CHANGES, *CERTIFICATES_END]
    business = [*of_owners, "technique_used_for_sale", *ABOUT_PEOPLE]
    frame = frame.with_columns(pl.when(told).then(name).alias(name) for name in business)
    frame = frame.with_columns(pl.when(result != "partial").then(name).alias(name) for name in LEFT_OUT_WHEN_PARTIAL)
    return frame.with_columns(
        operating_now=pl.when(told | closed).then("operating_now"),
        closed_on=pl.when(closed).then("closed_on"),
        closed_reason=pl.when(closed).then("closed_reason"),
    )
