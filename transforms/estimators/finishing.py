"""The last step of every estimate: its id, its q-value, the baseline's spread, and no digit that is not sure."""

from dataclasses import dataclass

import polars as pl

from transforms import tables
from transforms.estimators import multiple_testing, student
from transforms.estimators.cohort import PROGRAMME, UNWEIGHTED
from transforms.estimators.model_rows import CLASSICAL
from transforms.programme import Programme

KEY = ("period", "indicator", "quantity", "round", "arm", "by", "group", "term")
CONTRASTS = ("change", "effect")


@dataclass(frozen=True)
class Finishing:
    """Finishes the estimates of one programme. `spreads`: by `spread.spreads`."""

    programme: Programme
    spreads: pl.DataFrame

    def finished(self, parts: list[pl.DataFrame]) -> pl.DataFrame:
        """The columns of Estimates. `parts` hold whole families: a round of one breakdown, or all of the programme."""
        schema = tables.Estimates.create_empty().schema
        empty: pl.DataFrame = tables.Estimates.create_empty()
        estimates = pl.concat(_shaped(part, schema) for part in (empty, *parts))
        estimates = estimates.join(self.spreads, on=["period", "indicator"], how="left", maintain_order="left")
        estimates = self._with_q_values(estimates)
        measured = pl.col("n") + pl.col("n_comparison").fill_null(0)
        contrast = pl.col("quantity").is_in(CONTRASTS)
        floats = [name for name, dtype in schema.items() if dtype == pl.Float64]
        return (
            estimates.with_columns(
                estimate=pl.concat_str(KEY, separator="."),
                baseline_sd=pl.when(contrast).then("relative").otherwise("spread"),
                missing=pl.coalesce("missing", (pl.col("population") - measured).clip(0)),
            )
            .with_columns(pl.col(floats).round_sig_figs(student.DIGITS))
            .select(pl.col(name).cast(dtype) for name, dtype in schema.items())
        )

    def beside(self, parts: list[pl.DataFrame]) -> pl.DataFrame:
        """The columns of Estimates of what stands beside lead figures: of no family, and in units of its own."""
        unknown = pl.lit(None, dtype=pl.Float64)
        alone = {"family": pl.lit(None, dtype=pl.String), "family_size": pl.lit(None, dtype=pl.Int64)}
        return self.finished(parts).with_columns(q_value=unknown, baseline_sd=unknown, **alone)

    def _with_q_values(self, estimates: pl.DataFrame) -> pl.DataFrame:
        """Families: of the whole programme the indicators declared together, elsewhere all groups of an indicator.

        Each at one round and quantity. Levels have no p-value; rounds' dummies and textbook errors no q-value.
        """
        families = {name: each.family or each.section for name, each in self.programme.indicators.items()}
        nuisance = pl.col("term").str.contains(r"^(round\.|cohort\.|exposure\.|before|after\.|constant)") | pl.col(
            "term"
        ).str.ends_with(CLASSICAL)
        declared = pl.col("indicator").replace_strict(families, return_dtype=pl.String)
        judged = estimates.drop("q_value", "family_size").with_columns(
            kept=pl.when(pl.col("quantity").is_in(CONTRASTS)).then("p_value"),
            family=pl.when(pl.col("by") == PROGRAMME).then(declared).otherwise("indicator"),
        )
        judged = judged.with_columns(p_value=pl.when(~nuisance).then("kept"))
        family = ["period", "quantity", "round", "arm", "by", "family"]
        found = multiple_testing.with_q_values(judged, family)
        return found.with_columns(p_value="kept", family=pl.when(pl.col("family_size").is_not_null()).then("family"))


def _shaped(part: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """The part with every column of the schema: text that it lacks is empty, numbers are unknown, weights none."""
    otherwise = dict.fromkeys((*KEY, "method"), "") | {"weights": UNWEIGHTED}
    texts = [
        (pl.col(name) if name in part.columns else pl.lit(empty).alias(name)).cast(pl.String)
        for name, empty in otherwise.items()
    ]
    numbers = [
        (pl.col(name) if name in part.columns else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in schema.items()
        if dtype.is_numeric()
    ]
    return part.select(*texts, *numbers)
