"""What stands beside an indicator's lead figure, in a term of its own: the same seen otherwise, to judge the lead by.

Such a figure has no grade, no sign and no q-value: it answers no question of its own.
"""

WINSORISED = "winsorised"
"""Money in its own unit after the largest values were drawn in to the 99th percentile of the baseline."""
POSITIVE = "positive"
"""The share of units whose amount is above 0."""
SURVIVORS = "survivors"
"""The mean log-ratio of units with an amount above 0 both times, told as growth."""
NET_UPWARD = "net_upward"
"""Of units whose class is known both times, the share that moved up less the share that moved down or closed."""
HOMOGENEITY = "homogeneity"
"""The test that as many units are in each class at the round as were at the baseline."""
OTHER_READING = "other_reading"
"""The share of units that the law's other reading puts into another class."""

OF_MONEY = (WINSORISED, POSITIVE, SURVIVORS)
OF_MOVES = (NET_UPWARD, HOMOGENEITY)
"""What follows from a matrix of moves."""
BESIDE = (*OF_MONEY, *OF_MOVES, OTHER_READING)
