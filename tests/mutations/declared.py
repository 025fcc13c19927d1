"""The faults that the suite must notice: each is one wrong way to compute, written into a copy of the code.

`edits` name exact text of the code. Whoever changes such a line changes it here too: a test holds that every text
still occurs once.
"""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ESTIMATORS = "transforms/estimators"


@dataclass(frozen=True)
class Edit:
    """One exact text of a file, and what stands there instead."""

    file: str
    text: str
    replacement: str

    def occurrences(self, root: Path = ROOT) -> int:
        """How often the text stands in the file; 0 where there is no such file."""
        path = root / self.file
        return path.read_text(encoding="utf-8").count(self.text) if path.is_file() else 0

    def apply(self, root: Path) -> None:
        """Writes the fault into the tree at `root`."""
        path = root / self.file
        path.write_text(path.read_text(encoding="utf-8").replace(self.text, self.replacement), encoding="utf-8")


@dataclass(frozen=True)
class Mutation:
    """A fault: its name, what it would break, and the edits that make it."""

    name: str
    breaks: str
    edits: tuple[Edit, ...]


def _mutation(name: str, breaks: str, *edits: tuple[str, str, str]) -> Mutation:
    return Mutation(name, breaks, tuple(Edit(*each) for each in edits))


MUTATIONS = (
    _mutation(
        "clustering dropped",
        "errors of people who share a session are taken as independent: far too small",
        (f"{ESTIMATORS}/cohort.py", "clustered=cohort.has_clusters and not alone", "clustered=False"),
    ),
    _mutation(
        "CR1 for CR2",
        "errors of few clusters are too small: no cluster is corrected for its own weight",
        (
            f"{ESTIMATORS}/cluster_robust.py",
            "(influence**2 / (1 - leverage)).sum()",
            "(influence**2).sum()",
        ),
    ),
    _mutation(
        "z for t",
        "a normal quantile with three clusters an arm: true nulls are rejected in one test of five",
        (f"{ESTIMATORS}/student.py", "stdtrit(positive, probability)", "stdtrit(0 * positive + 1e9, probability)"),
    ),
    _mutation(
        "G - 1 for Satterthwaite",
        "clusters of unequal size are taken for as many as there are",
        (
            f"{ESTIMATORS}/cluster_robust.py",
            ".then(1 / (h2 + b**2 - b2))",
            '.then(pl.col(f"{name}.clusters") - 1)',
        ),
    ),
    _mutation(
        "weights ignored",
        "those who answered stand for themselves alone, not for everybody who registered",
        (
            f"{ESTIMATORS}/mean.py",
            "w, y = pl.when(known).then(weight), pl.when(known).then(weight * value)",
            "w, y = pl.when(known).then(1.0), pl.when(known).then(1.0 * value)",
        ),
    ),
    _mutation(
        "weights ignored in medians",
        "a weighted median is that of whoever answered",
        (f"{ESTIMATORS}/medians.py", "(weighted_quantile if weighted else quantile)", "quantile"),
    ),
    _mutation(
        "weights ignored in ratios",
        "a weighted ratio is that of whoever answered",
        (f"{ESTIMATORS}/ratio.py", "part if weight is None else weight * part", "part"),
    ),
    _mutation(
        "weights ignored in a growth",
        "weighted money grows as that of whoever answered",
        (f"{ESTIMATORS}/ratio_of_ratios.py", "weight * before, weight * after", "before, after"),
    ),
    _mutation(
        "non-response without strata",
        "everybody who answered stands for as many: who answers less is told of less",
        (
            "transforms/estimating/weighting.py",
            "propensity.inverse_rates(stratum, ",
            "propensity.inverse_rates(stratum * 0, ",
        ),
    ),
    _mutation(
        "missing coded as 0",
        "who did not answer a question is taken to have said nothing, none, no",
        (
            "transforms/measure.py",
            "value = in_base_prices(value.cast(pl.Float64), indicator, programme)",
            "value = in_base_prices(value.cast(pl.Float64), indicator, programme).fill_null(0)",
        ),
    ),
    _mutation(
        "closed taken as missing",
        "a closed business leaves the sample instead of counting as 0",
        (
            "transforms/measure.py",
            "pl.lit(indicator.when_closed)).otherwise(value)",
            "None).otherwise(value)",
        ),
    ),
    _mutation(
        "rounds swapped within a pair",
        "a rise is told as a fall",
        (f"{ESTIMATORS}/change.py", "return after - before", "return before - after"),
    ),
    _mutation(
        "rounds swapped in a growth",
        "the baseline's money is taken for the later round's",
        (
            f"{ESTIMATORS}/ratio_of_ratios.py",
            "y0, y1 = pl.when(known).then(before), pl.when(known).then(after)",
            "y1, y0 = pl.when(known).then(before), pl.when(known).then(after)",
        ),
    ),
    _mutation(
        "winsor limits per arm",
        "what the treatment did to the largest is drawn in, in one arm only",
        (
            f"{ESTIMATORS}/sums.py",
            'baseline = pl.concat([cohort.people.select("period")',
            'baseline = pl.concat([cohort.people.select(period="arm")',
        ),
        (
            f"{ESTIMATORS}/sums.py",
            'return pl.concat([cohort.people.select("period"), now',
            'return pl.concat([cohort.people.select(period="arm"), now',
        ),
    ),
    _mutation(
        "winsor limits without interpolation",
        "the limits jump to the nearest value: other numbers than any reference package",
        (f"{ESTIMATORS}/sums.py", 'interpolation="linear"', 'interpolation="nearest"'),
    ),
    _mutation(
        "the lower middle value for the median",
        "an even number of values has no middle of its own",
        (
            f"{ESTIMATORS}/quantile.py",
            "median = (sample.pick(lower) + sample.pick(upper)) / 2",
            "median = sample.pick(lower)",
        ),
    ),
    _mutation(
        "Benjamini-Hochberg split by area",
        "each area is a family of its own: the best of 80 is found significant under no effect",
        (
            f"{ESTIMATORS}/finishing.py",
            'family = ["period", "quantity", "round", "arm", "by", "family"]',
            'family = ["period", "quantity", "round", "arm", "by", "group", "family"]',
        ),
    ),
    _mutation(
        "u32 counts",
        "the square of a count overflows in 32 bits without a word, and with it the degrees of freedom",
        (f"{ESTIMATORS}/cluster_robust.py", "return pl.col(column).cast(pl.Float64)", "return pl.col(column)"),
        (f"{ESTIMATORS}/terms.py", "[each.cast(pl.Float64).sum()", "[each.sum()"),
    ),
    _mutation(
        "floor off by one",
        "a figure on as many people as the floor asks for is hidden, or one on fewer is shown",
        ("transforms/disclosure/primary.py", "few = smallest_base() < floor", "few = smallest_base() < floor - 1"),
    ),
    _mutation(
        "complement dropped in coding",
        "all but one of a group are told of by name: the share of the others is not protected",
        (
            "transforms/disclosure/primary.py",
            '(pl.col("n") - pl.col("numerator") < SMALL_SHARE)',
            '(pl.col("numerator") < 0)',
        ),
    ),
)
