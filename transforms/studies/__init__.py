"""Estimates of any table, as a study's file declares them: `impact estimate`."""
