"""How every source stands."""

import dataframely as dy


class Pulls(dy.Schema):
    """One row per source: how its last pull went, from when its data are, and whether they are too old."""

    source = dy.String(primary_key=True, description="The source.")
    status = dy.Enum(["pulled", "unchanged", "failed"], nullable=False, description="How it went.")
    reason = dy.String(nullable=True, description="The reason code of a failure.")
    attempted_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us", description="The last try.")
    data_as_of = dy.Datetime(
        nullable=True, time_zone="UTC", time_unit="us", description="The last pull that succeeded."
    )
    data_from = dy.Datetime(
        nullable=True,
        time_zone="UTC",
        time_unit="us",
        description="From when its data are: that pull; of files, when the newest was written.",
    )
    stale_from = dy.Datetime(
        nullable=True, time_zone="UTC", time_unit="us", description="When they are too old: fresh_within later."
    )
    stale = dy.Bool(nullable=False, description="They were too old when this was built, or there were none.")
    files = dy.Int64(nullable=False, min=0, description="Files in the landing.")
    rows = dy.Int64(nullable=False, min=0, description="Rows in the landing.")


class Acknowledgements(dy.Schema):
    """One row per time that a person said of something a gate held back that it is right."""

    source = dy.String(nullable=False, description="The source.")
    acknowledged_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us", description="When.")
    gate = dy.Enum(
        ["rows_down", "no_rows", "too_many_rejects"],
        nullable=False,
        description="Far fewer rows than before; a file without rows; too many submissions set aside.",
    )
    rows_before = dy.Int64(nullable=False, min=0, description="Rows there were; rows that count.")
    rows = dy.Int64(nullable=False, min=0, description="Rows that are left; rows that are set aside.")
    by = dy.String(nullable=False, description="The user of the computer who said so.")
    reason = dy.String(nullable=False, description="Why, in that person's words.")
