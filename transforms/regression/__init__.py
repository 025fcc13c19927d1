"""Regressions on any table: what published evaluations estimate, with the errors that they print."""
