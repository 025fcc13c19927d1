import polars as pl
import pytest

from transforms.estimators.attrition import CAUTIOUS, OPTIMISTIC, attrition


def level(overall: float | None, differential: float | None) -> str | None:
    frame = pl.DataFrame({"o": [overall], "d": [differential]}, schema={"o": pl.Float64, "d": pl.Float64})
    found: str | None = frame.select(attrition(pl.col("o"), pl.col("d"))).item()
    return found


def test_there_is_a_limit_for_every_whole_percentage_to_57() -> None:
    assert len(CAUTIOUS) == len(OPTIMISTIC) == 58
    assert all(cautious < optimistic for cautious, optimistic in zip(CAUTIOUS, OPTIMISTIC, strict=True))


@pytest.mark.parametrize(
    ("overall", "differential", "expected"),
    [
        (0.0, 0.057, "low"),
        (0.0, 0.058, "between"),
        (0.0, 0.101, "high"),
        (0.20, 0.054, "low"),
        (0.20, 0.102, "between"),
        (0.20, -0.103, "high"),
        (0.57, 0.0, "low"),
        (0.571, 0.0, "high"),
        (1.0, 0.0, "high"),
    ],
)
def test_the_boundary_is_that_of_the_clearinghouse(overall: float, differential: float, expected: str) -> None:
    assert level(overall, differential) == expected


def test_overall_attrition_is_rounded_up() -> None:
    assert level(0.301, 0.041) == "between"  # the row of 31 %, not of 30 %
    assert level(0.07, 0.063) == "low"  # exactly 7 % stays in its row


def test_unknown_attrition_stays_unknown() -> None:
    assert level(None, 0.1) is None
    assert level(0.1, None) is None
