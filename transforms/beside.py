"""What stands beside an indicator's lead figure, in a term of its own: the same seen otherwise, to judge the lead by.

Such a figure has no grade, no sign and no q-value: it answers no question of its own.
"""

WINSORISED = "winsorised"
"""Money in its own unit after the largest values were drawn in to the 99th percentile of the baseline."""
POSITIVE = "positive"
"""The share of units whose amount is above 0."""
SURVIVORS = "survivors"
"""The mean log-ratio of units with an amount above 0 both times, told as growth."""

OF_MONEY = (WINSORISED, POSITIVE, SURVIVORS)
BESIDE = OF_MONEY
