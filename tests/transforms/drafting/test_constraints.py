import pytest

from transforms.drafting.constraints import Limits, limits_of


@pytest.mark.parametrize(
    ("constraint", "limits"),
    [
        (". >= 0 and . <= 120", Limits(0, 120)),
        (".>=0 AND .<=1.5", Limits(0, 1.5)),
        ("(. >= 1) and (. <= 5)", Limits(1, 5)),
        (". <= 10", Limits(None, 10)),
        ("0 <= .", Limits(0, None)),
        (". > 0 and . < 10", Limits(1, 9)),
        (". >= -5", Limits(-5, None)),
    ],
)
def test_a_constraint_between_two_numbers_gives_the_limits(constraint, limits):
    assert limits_of(constraint, whole=True) == limits


@pytest.mark.parametrize(
    "constraint", [". > 0", ". >= 1 or . = 0", "regex(., '^P')", ". >= ${age}", ". >= 1 and . >= 2"]
)
def test_a_constraint_that_says_anything_else_gives_none(constraint):
    assert limits_of(constraint, whole=False) is None
