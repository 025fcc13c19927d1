"""Where submissions come from."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from transforms.programme.words import Declared, Identifier

_LENGTH_OF_TIME = re.compile(r"([0-9]{1,4}) (hour|day|week)s?")


def length_of_time(text: str) -> timedelta | None:
    """What "3 days" says; None where a text is no number of hours, days or weeks above 0."""
    said = _LENGTH_OF_TIME.fullmatch(text)
    if said is None or not int(said[1]):
        return None
    return int(said[1]) * timedelta(**{f"{said[2]}s": 1})


class From(Declared):
    """Where a form's submissions come from. `round`: the follow-up round they belong to.

    `fresh_within` is how old its data may be: a number of hours, days or weeks.
    """

    id: Identifier
    form: Identifier
    round: Identifier | None = None
    fresh_within: str | None = None

    @property
    def fresh_for(self) -> timedelta | None:
        """How old its data may be; None where nothing (or, before it was checked, nothing readable) is declared."""
        return length_of_time(self.fresh_within) if self.fresh_within is not None else None


class FileDrop(From):
    """Files that staff put into the programme's inbox. `mode` replace: the newest file is the whole truth.

    `trusted`: whoever puts files there may send Parquet too.
    """

    kind: Literal["file_drop"]
    files: str
    sheet: str | None = None
    mode: Literal["append", "replace"] = "append"
    optional: bool = False
    trusted: bool = False


class Connected(From):
    """A server. `connection` names the variables of the environment that hold its address and credentials."""

    connection: Identifier


class Postgres(Connected):
    """A table of a PostgreSQL database, or the one SELECT in a file `query` of the programme's folder.

    `key` names the columns that tell rows apart. With `watermark`, a column that grows whenever a row changes, only
    what is newer than the last pull less `overlap_minutes` is read; without it everything, and rows that are gone
    are known to be gone.
    """

    kind: Literal["postgres"]
    table: str | None = None
    query: str | None = None
    key: Annotated[tuple[str, ...], Field(min_length=1)]
    watermark: str | None = None
    overlap_minutes: Annotated[int, Field(ge=0)] = 60


class OdkCentral(Connected):
    """A form's submissions on an ODK Central server.

    What is new or changed is read; every `reconcile_days`, or as soon as the counts differ, the whole list of ids.
    """

    kind: Literal["odk_central"]
    project: Annotated[int, Field(ge=1)]
    form_id: str
    reconcile_days: Annotated[int, Field(ge=0)] = 7


class KoboToolbox(Connected):
    """A project's submissions on a KoboToolbox server. All are read each time: edits carry no date."""

    kind: Literal["kobotoolbox"]
    asset: str


Source = Annotated[FileDrop | Postgres | OdkCentral | KoboToolbox, Field(discriminator="kind")]
