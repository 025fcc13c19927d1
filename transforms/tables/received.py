"""What arrives, as received."""

import dataframely as dy


class Submissions(dy.Schema):
    """One row per submission as received. The answers follow as text columns, named as received."""

    _source = dy.String(nullable=False, description="The source it came from, as in programme.toml.")
    _pull = dy.String(nullable=False, description="The pull that brought it.")
    _file = dy.String(nullable=False, description="The file it stood in.")
    _row = dy.Int64(nullable=False, min=1, description="Its row there; the heading is row 1.")
    _pulled_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us", description="When it was pulled.")


class Records(dy.Schema):
    """One row per revision of a server's record; beside what `Submissions` has. Files have none of these columns."""

    _key = dy.String(nullable=False, description="The server's own key, the same in every revision.")
    _revision = dy.String(nullable=False, description="A hash of what the record said.")
    _deleted = dy.Bool(nullable=False, description="Gone at the server: deleted, or rejected in its review.")
    _submitted_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us", description="When it was sent.")
    _updated_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us", description="When it was last edited.")
    _review = dy.String(nullable=True, description="The state of its review at the server.")
    _form_version = dy.String(nullable=True, description="The version of the form that was filled in.")
