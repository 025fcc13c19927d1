"""In the prices of which month money is told."""

from typing import Annotated

from pydantic import Field

from transforms.programme.words import Declared

MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
Month = Annotated[str, Field(pattern=MONTH)]


class Prices(Declared):
    """The month in whose prices money is told, and the price index, which stands in the folder's deflators.csv.

    `base` is a Christian year and a month, such as 2024-10. `index`: by month, of months one after another.
    """

    base: Month
    index: dict[Month, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    source: str = ""

    def factors(self, months: int | None) -> dict[str, float]:
        """By the month of an answer, what money is to be multiplied by that the answer is about.

        That is money of the `months` full months before it (at the mean of their indices), or of its own month.
        """
        known = list(self.index)
        about = 1 if months is None else months
        found = {}
        for place, month in enumerate(_with_next(known)):
            window = known[place : place + 1] if months is None else known[max(place - about, 0) : place]
            if len(window) == about:
                found[month] = self.index[self.base] * about / sum(self.index[each] for each in window)
        return found


def _with_next(months: list[str]) -> list[str]:
    """The months and the one that follows: an answer is about months before its own."""
    return [*months, following(months[-1])] if months else []


def following(month: str) -> str:
    """The month after a month."""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"
