"""Why two versions of a programme's numbers differ: every number that moved, split among causes that add up."""
