"""How long people are kept."""

import re
from calendar import monthrange
from datetime import MINYEAR, date, timedelta

from transforms.programme.words import Declared

_MONTHS_A_YEAR = 12
_AFTER = re.compile(r"([0-9]{1,3}) (day|month|year)s?")


class Retention(Declared):
    """How long people are kept: until the reporting period of their latest registration has ended `after` ago.

    `after` is a number of days, months or years.
    """

    after: str

    @property
    def length(self) -> tuple[int, int] | None:
        """Months and days of `after`; None (before it was checked) where it is no such length above 0."""
        said = _AFTER.fullmatch(self.after)
        if said is None or not int(said[1]):
            return None
        number = int(said[1])
        return (0, number) if said[2] == "day" else (number * (_MONTHS_A_YEAR if said[2] == "year" else 1), 0)

    def before(self, today: date) -> date:
        """The first day that is kept: who need only be kept until a day before it goes today."""
        months, days = self.length or (0, 0)
        year, month = divmod(today.year * _MONTHS_A_YEAR + today.month - 1 - months, _MONTHS_A_YEAR)
        if year < MINYEAR:
            return date.min
        earlier = date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
        return earlier - min(timedelta(days=days), earlier - date.min)
