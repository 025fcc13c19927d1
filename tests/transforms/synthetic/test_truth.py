"""The known truth against a sample so large that its own error is small, computed in plain numpy."""

import numpy as np
import polars as pl
import pytest

from transforms.programme import Programme
from transforms.synthetic import model, truth

FOLLOW_UPS = model.ROUNDS[1:]


def known(indicator: str, quantity: str, round_: str, arm: str) -> float:
    found = truth().filter(indicator=indicator, quantity=quantity, round=round_, arm=arm)
    return float(found["value"].item())


def paired(frame: pl.DataFrame, column: str, arm: str) -> tuple[np.ndarray, np.ndarray]:
    """Baseline and follow-up of one arm's owners, a closed business as 0, both known."""
    closed = pl.col("contact_result") == "closed_business"
    pairs = frame.filter(pl.col("enterprise_role") == "owner", pl.col("trained") == (arm == "treated")).select(
        before=pl.col(f"{column}_before").cast(pl.Float64),
        after=pl.when(closed).then(0).otherwise(pl.col(column).cast(pl.Float64)),
    )
    both = pairs.drop_nulls()
    return both["before"].to_numpy(), both["after"].to_numpy()


def test_the_truth_is_the_same_at_every_call_and_complete() -> None:
    table = truth()

    assert table.equals(truth())
    assert table.null_count().sum_horizontal().item() == 0
    assert not table.select("indicator", "quantity", "round", "arm").is_duplicated().any()


def test_probit_deviates_are_standard_normal() -> None:
    assert model.PROBIT.total == pytest.approx(1)


def test_every_headline_but_counts_has_a_truth(programme: Programme) -> None:
    rounds = {"completion_rate": "registration"}
    for name, indicator in programme.indicators.items():
        if indicator.headline not in (None, "count"):
            arm = "both" if indicator.headline == "effect" else "treated"
            assert np.isfinite(known(name, str(indicator.headline), rounds.get(name, "m12"), arm))


@pytest.mark.parametrize("round_", FOLLOW_UPS)
@pytest.mark.parametrize("arm", ["treated", "comparison"])
def test_median_changes_of_sales_and_profit_agree(rounds: dict[str, pl.DataFrame], round_: str, arm: str) -> None:
    before, after = paired(rounds[round_], "sales_last_month_thb", arm)
    assert np.median(after / before - 1) == pytest.approx(known("sales", "change", round_, arm), abs=0.012)

    before, after = paired(rounds[round_], "profit_last_month_thb", arm)
    assert np.median(after - before) == pytest.approx(known("profit", "change", round_, arm), abs=120)
    assert np.median(after) == pytest.approx(known("profit", "level", round_, arm), abs=150)


@pytest.mark.parametrize("round_", FOLLOW_UPS)
def test_effects_on_sales_and_profit_agree(rounds: dict[str, pl.DataFrame], round_: str) -> None:
    treated, comparison = (paired(rounds[round_], "sales_last_month_thb", arm) for arm in ("treated", "comparison"))
    growth = [after.mean() / before.mean() for before, after in (treated, comparison)]
    assert growth[0] / growth[1] - 1 == pytest.approx(known("sales", "effect", round_, "both"), abs=0.02)

    treated, comparison = (paired(rounds[round_], "profit_last_month_thb", arm) for arm in ("treated", "comparison"))
    limits = np.quantile(np.concatenate([treated[0], comparison[0]]), [0.01, 0.99])
    moved = [(np.clip(after, *limits) - np.clip(before, *limits)).mean() for before, after in (treated, comparison)]
    assert moved[0] - moved[1] == pytest.approx(known("profit", "effect", round_, "both"), abs=200)


@pytest.mark.parametrize("round_", FOLLOW_UPS)
@pytest.mark.parametrize("arm", ["treated", "comparison"])
@pytest.mark.parametrize(
    ("indicator", "column", "unit"), [("access_to_finance", "formal_loan", 1), ("employment", "paid_hours_a_week", 40)]
)
def test_levels_and_changes_of_owners_agree(
    rounds: dict[str, pl.DataFrame], round_: str, arm: str, indicator: str, column: str, unit: int
) -> None:
    before, after = paired(rounds[round_], column, arm)

    assert after.mean() / unit == pytest.approx(known(indicator, "level", round_, arm), abs=0.015)
    assert (after - before).mean() / unit == pytest.approx(known(indicator, "change", round_, arm), abs=0.012)


@pytest.mark.parametrize("round_", FOLLOW_UPS)
@pytest.mark.parametrize("arm", ["treated", "comparison"])
def test_shares_of_everybody_agree(rounds: dict[str, pl.DataFrame], round_: str, arm: str) -> None:
    frame = rounds[round_].filter(pl.col("trained") == (arm == "treated"))
    closed = pl.col("contact_result") == "closed_business"
    used = frame.select(pl.when(closed).then(0).otherwise(pl.col("technique_used_for_sale").cast(pl.Float64)).mean())
    tools = sum(pl.col(name).cast(pl.Int64) for name in ("sells_online", "takes_e_payment", "keeps_digital_books"))
    owners = frame.filter(pl.col("enterprise_role") == "owner")
    digital = owners.select(pl.when(closed).then(0).otherwise((tools >= 2).cast(pl.Float64)).mean())
    valid = (pl.col("certificate") != "none") & (pl.col("certificate_valid_until") >= pl.col("answered_on"))
    certified = owners.select(pl.when(closed).then(0).otherwise(valid.cast(pl.Float64)).mean())

    assert used.item() == pytest.approx(known("skill_in_use", "level", round_, arm), abs=0.01)
    assert digital.item() == pytest.approx(known("digital_adoption", "level", round_, arm), abs=0.01)
    assert certified.item() == pytest.approx(known("product_certified", "level", round_, arm), abs=0.01)


@pytest.mark.parametrize("round_", FOLLOW_UPS)
@pytest.mark.parametrize("arm", ["treated", "comparison"])
def test_ratios_and_survival_agree(rounds: dict[str, pl.DataFrame], round_: str, arm: str) -> None:
    owners = rounds[round_].filter(pl.col("trained") == (arm == "treated"), pl.col("enterprise_role") == "owner")
    bought = owners.drop_nulls(["inputs_local_thb", "inputs_total_thb"])
    used = owners.drop_nulls(["recycled_kg", "material_kg"])
    local = bought["inputs_local_thb"].sum() / bought["inputs_total_thb"].sum()
    recycled = used["recycled_kg"].sum() / used["material_kg"].sum()

    assert local == pytest.approx(known("local_sourcing", "level", round_, arm), abs=0.01)
    assert recycled == pytest.approx(known("recycled_input", "level", round_, arm), abs=0.01)
    assert owners["operating_now"].mean() == pytest.approx(known("survival", "level", round_, arm), abs=0.008)


def test_the_arms_are_alike_before_the_programme(rounds: dict[str, pl.DataFrame]) -> None:
    owners = rounds["registration"].filter(pl.col("enterprise_role") == "owner")
    for name in ("sales_last_month_thb", "profit_last_month_thb", "paid_hours_a_week", "formal_loan"):
        values = owners[name].cast(pl.Float64)
        means = owners.group_by("trained").agg(pl.col(name).cast(pl.Float64).mean())[name]
        assert abs(means[0] - means[1]) / values.std() < 0.03  # type: ignore[operator]


def test_completion_agrees(rounds: dict[str, pl.DataFrame]) -> None:
    trained = rounds["registration"].filter("trained")
    completed = (trained["hours_attended"] >= 0.8 * trained["hours_required"]).mean()

    assert completed == pytest.approx(known("completion_rate", "level", "registration", "treated"), abs=0.005)
