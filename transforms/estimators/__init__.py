"""Statistics: arrays or sums in, typed results out."""
