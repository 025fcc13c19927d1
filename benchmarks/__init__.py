"""How fast the pipeline is, how much memory it takes, and whether its intervals hold the truth."""
