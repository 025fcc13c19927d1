"""Beside the matrix of moves between size classes: the net share upward, the test of the margins, the other reading.

Of the whole programme, by arm, and as the matrix itself unweighted. A business that has closed has moved down: it is
an outcome. Units whose class is unknown at either round are missing. The test is of those in business at both rounds,
since nobody could begin as closed.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from transforms import tables
from transforms.beside import HOMOGENEITY, NET_UPWARD, OTHER_READING
from transforms.estimating.work import Work
from transforms.estimators import mean, proportion
from transforms.estimators.between_arms import SIDES, TREATED, side
from transforms.estimators.cohort import PROGRAMME, of_round
from transforms.estimators.difference_in_differences import difference
from transforms.estimators.homogeneity import stuart_maxwell
from transforms.estimators.net_share import net_share
from transforms.estimators.student import Inference
from transforms.programme import SizeRule
from transforms.size_class import size_class

CLOSED = "closed"
Row = dict[str, object]


def beside_moves(work: Work) -> Iterator[pl.DataFrame]:
    """Frames with the columns of Estimates that are known, `term` too. Only for classes of a declared size rule."""
    rule = work.programme.size_rule
    if rule is None or not rule.sizes:
        return
    for name, indicator in work.programme.indicators.items():
        if indicator.statistic != "transition":
            continue
        rows: list[Row] = []
        for number, each in enumerate(work.programme.rounds):
            if number and indicator.rounds and each.id not in indicator.rounds:
                continue
            people = _people(work, name, number, rule)
            for _, part in people.group_by("period", "arm", maintain_order=True):
                rows += _of_arm(part, number, rule, work)
            if number and work.programme.design.treatment is not None:
                for _, part in people.filter(pl.col("side").is_in(SIDES)).group_by("period", maintain_order=True):
                    rows += _effect(part, each.id)
        told = pl.DataFrame(rows, infer_schema_length=None)
        if not told.is_empty():
            yield told.with_columns(indicator=pl.lit(name), by=pl.lit(PROGRAMME), group=pl.lit(tables.EVERYONE))


def _people(work: Work, name: str, number: int, rule: SizeRule) -> pl.DataFrame:
    """One row a participant: `period, arm, side, cluster, asked, origin, destination, score, same`, by arm.

    `score`: 1 up, 0 nowhere, -1 down or closed. `same`: whether the other reading gives the class of the round too.
    """
    programme, rounds = work.programme, list(work.cohort.rounds.values())
    before, now = rounds[0], rounds[number]
    ranks = {each.value: float(place) for place, each in enumerate(rule.sizes)} | {CLOSED: -1.0}
    rank = [pl.col(each).replace_strict(ranks, default=None, return_dtype=pl.Float64) for each in _BOTH]
    unit = pl.col("cluster") if work.cohort.has_clusters else pl.int_range(pl.len()).cast(pl.String)
    people = work.cohort.people.select(
        "period", "arm", cluster=unit, side=side(pl.col("entered"), number)
    ).with_columns(
        origin=before[name],
        destination=now[name],
        other=_other_reading(work, programme.rounds[number].id, rule),
        asked=now[f"{name}__asked"] & before[f"{name}__asked"],
    )
    return people.with_columns(
        score=(rank[1] - rank[0]).sign(),
        same=pl.when(pl.col("destination") != CLOSED).then((pl.col("destination") != pl.col("other")).cast(pl.Float64)),
    ).sort("period", "arm", maintain_order=True)


_BOTH = ("origin", "destination")


def _other_reading(work: Work, round_id: str, rule: SizeRule) -> pl.Series:
    """Each participant's class at a round under the reading of the law that is not the declared one."""
    other = rule.model_copy(update={"tie_break": "higher" if rule.tie_break == "revenue" else "revenue"})
    amounts = (pl.col(rule.revenue), pl.col(rule.workers), pl.col(rule.sector))
    told = of_round(work.responses, round_id).select("participant", other=size_class(*amounts, other))
    order = of_round(work.responses, work.programme.baseline.id).select("participant")
    return order.join(told, on="participant", how="left", maintain_order="left")["other"]


def _of_arm(people: pl.DataFrame, number: int, rule: SizeRule, work: Work) -> list[Row]:
    """The rows of one period and arm at a round."""
    asked = people.filter("asked")
    place = {"period": people["period"][0], "arm": people["arm"][0], "round": work.programme.rounds[number].id}
    clustered = work.cohort.has_clusters
    rows = [_reading(asked, clustered) | place | {"quantity": "level", "term": OTHER_READING}]
    if number:
        place |= {"quantity": "change"}
        rows.append(_net(asked, clustered) | place | {"term": NET_UPWARD})
        rows.append(_test(asked, [each.value for each in rule.sizes]) | place | {"term": HOMOGENEITY})
    return [row for row in rows if row["n"]]


def _net(asked: pl.DataFrame, clustered: bool) -> Row:
    known = asked.drop_nulls("score")
    if known.is_empty():
        return {"n": 0}
    found = net_share(known["score"], known["cluster"], clustered=clustered)
    method = f"net_share_agresti_min{'_effective_n' if clustered else ''}"
    return _numbers(found) | _base(known, asked) | {"method": method}


def _test(asked: pl.DataFrame, sizes: list[str]) -> Row:
    both = asked.filter(pl.all_horizontal(pl.col(each).is_in(sizes) for each in _BOTH))
    places = {each: place for place, each in enumerate(sizes)}
    units = np.zeros((len(sizes), len(sizes)))
    for origin, destination, many in both.group_by(*_BOTH).len().iter_rows():
        units[places[origin], places[destination]] = many
    found = stuart_maxwell(units)
    if not found.df:
        return {"n": 0}
    tested: Row = {"value": found.statistic, "df": float(found.df), "p_value": found.p_value}
    return tested | _base(both, both) | {"clusters": None, "method": "stuart_maxwell"}


def _reading(asked: pl.DataFrame, clustered: bool) -> Row:
    """The share that would be in another class; of those whose class is known under both readings."""
    known = asked.drop_nulls("same")
    if known.is_empty():
        return {"n": 0}
    found = mean.mean(known["same"], known["cluster"])
    row = {"n": known.height, "value": found.value, "variance": found.standard_error**2, "df": found.df}
    of_share = pl.DataFrame([row]).with_columns(pl.col("variance", "df").fill_nan(None))
    told = proportion.with_interval(of_share, clustered=clustered).drop("variance").row(0, named=True)
    return told | _base(known, asked) | {"numerator": int(known["same"].sum())}


def _effect(people: pl.DataFrame, round_id: str) -> list[Row]:
    """The treated's net share less the comparison's, in one period; nothing where either arm has nobody."""
    asked = people.filter("asked")
    known = asked.drop_nulls("score")
    treated = known["side"] == TREATED
    if known["side"].n_unique() < len(SIDES):
        return []
    found, form = difference(known["score"], known["cluster"], treated)
    arms = [_base(known.filter(each), asked) for each in (treated, ~treated)]
    base = arms[0] | {"n_comparison": arms[1]["n"], "clusters_comparison": arms[1]["clusters"]}
    base["missing"] = asked.height - known.height
    place = {"period": people["period"][0], "arm": "both", "round": round_id, "quantity": "effect"}
    return [_numbers(found) | base | place | {"term": NET_UPWARD, "method": f"net_share_difference_{form}"}]


def _numbers(found: Inference) -> Row:
    known = {each: getattr(found, each) for each in ("value", "standard_error", "df", "low", "high", "p_value")}
    return {name: None if np.isnan(number) else float(number) for name, number in known.items()}


def _base(known: pl.DataFrame, asked: pl.DataFrame) -> Row:
    return {
        "n": known.height,
        "clusters": known["cluster"].n_unique(),
        "population": asked.height,
        "missing": asked.height - known.height,
    }
