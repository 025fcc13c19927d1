"""Which columns of true and false say the same of every row."""

from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Alike:
    """The different columns seen so far, by how many are true: only those of one count need to be held together."""

    seen: dict[int, list[pl.Series]] = field(default_factory=dict)

    def first(self, column: pl.Series) -> str:
        """The name of the first column that was the same as this one, which may be itself. No nulls."""
        rivals = self.seen.setdefault(int(column.sum()), [])
        for each in rivals:
            if each.equals(column):
                return each.name
        rivals.append(column)
        return column.name
