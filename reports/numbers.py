"""The one place where a number or a date becomes text: by language, and never with more digits than it deserves.

Decimals: levels in per cent are whole, changes have one; money has three significant digits; a decimal number has
two below ten and one above; a model's coefficient has three, as its published table does.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale

from reports.shapes import Shape
from reports.words import Words

MINUS = "\N{MINUS SIGN}"
BUDDHIST_ERA = 543
"""Years by which the Buddhist era is ahead."""

Digits = Literal["arabic", "thai"]
"""How digits are written in Thai; official letters may ask for Thai ones."""

Place = Literal["amount", "cell"]
"""Where an amount stands: in a sentence, or in a table's cell, where units are short."""

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_PER_CENT: tuple[Shape, ...] = ("percent", "percent_change", "points", "log")
_MILLION = 1_000_000
_MONEY_DIGITS = 3


@dataclass(frozen=True)
class Numbers:
    """Writes numbers and dates in one language; `digits` may be Thai, for official letters."""

    words: Words
    digits: Digits = "arabic"

    def text(self, text: str) -> str:
        """Text with its digits as this edition writes them."""
        return text.translate(_THAI_DIGITS) if self.digits == "thai" else text

    def count(self, value: int) -> str:
        """A whole number with thousands separators."""
        return self._grouped(value, 0)

    def sign(self, code: str) -> str:
        """A grade's sign with a true minus."""
        return code.replace("-", MINUS)

    def hidden(self) -> str:
        """What stands for a number that is not shown, whether it is small or would tell of a small one."""
        return self.words("number.hidden")

    def amount(self, value: float, shape: Shape, unit: str, *, signed: bool = False, place: Place = "amount") -> str:
        """A value with its unit: `12.3%`, `4.5 percentage points`, `1.23 million baht`, `+0.6 jobs`."""
        return self._with_unit(self.figure(value, shape, signed=signed), value, shape, unit, place)

    def size(self, value: float, shape: Shape, unit: str, place: Place = "amount") -> str:
        """How large a change is, its direction left to the words around it."""
        return self._with_unit(self._bare(abs(_shown(value, shape)), shape, value), value, shape, unit, place)

    def figure(self, value: float, shape: Shape, *, signed: bool = False) -> str:
        """A value without its unit."""
        return self._bare(_shown(value, shape), shape, value, signed=signed)

    def interval(
        self, low: float, high: float, shape: Shape, unit: str, place: Place = "amount", *, signed: bool = False
    ) -> str:
        """Both ends with one unit: `3.1 to 9.9%`."""
        larger = max(abs(low), abs(high))
        ends = [self._bare(_shown(end, shape), shape, larger, signed=signed) for end in (low, high)]
        both = self.words("number.interval", low=ends[0], high=ends[1])
        return self._with_unit(both, larger, shape, unit, place)

    def log_points(self, value: float) -> str:
        """A coefficient on a logarithm, as tables print it."""
        return self._grouped(value, 3)

    def coefficient(self, value: float) -> str:
        """A model's coefficient or standard error, as tables print it."""
        return self._grouped(value, 3)

    def decimal(self, value: float) -> str:
        """A number such as degrees of freedom, with one decimal."""
        return self._grouped(value, 1)

    def share(self, part: int, whole: int) -> str:
        """A part of a whole in whole per cent."""
        return self.amount(part / whole, "percent", "", place="cell")

    def goal(self, value: float, shape: Shape, unit: str) -> str:
        """A target: as exact as it was set, so a whole per cent has no decimals."""
        whole = shape in _PER_CENT and round(value * 100, 6).is_integer()
        number = self._grouped(value * 100, 0) if whole else self.figure(value, shape)
        return self._with_unit(number, value, shape, unit, "cell" if shape in _PER_CENT else "amount")

    def parted(self, value: float, shape: Shape, unit: str, *, signed: bool = False) -> tuple[str, str]:
        """A figure and the unit that a tile sets apart from it; a per cent sign stays with its figure."""
        if shape in _PER_CENT and shape != "points":
            return self.amount(value, shape, unit, signed=signed, place="cell"), ""
        key = "million" if shape == "money" and abs(value) >= _MILLION else shape
        return self.figure(value, shape, signed=signed), self.words(f"unit.{key}", unit=unit)

    def p_value(self, value: float) -> str:
        """`p < 0.001` or `p = 0.032`."""
        if value < 0.001:
            return self.words("number.p_below", bound=self.text("0.001"))
        return self.words("number.p", value=self._grouped(value, 3))

    def bare_p_value(self, value: float) -> str:
        """A p-value for a table's column: `<0.001` or `0.032`."""
        return f"<{self.text('0.001')}" if value < 0.001 else self._grouped(value, 3)

    def day(self, day: date) -> str:
        """`22 November 2025`, `22 พฤศจิกายน พ.ศ. 2568`."""
        locale = Locale.parse(self.words.language)
        month = locale.months["format"]["wide"][day.month]
        return self.text(self.words("date.day", day=day.day, month=month, year=self._year(day)))

    def month(self, day: date) -> str:
        """The month of a day: `November 2025`, `พฤศจิกายน พ.ศ. 2568`."""
        month = Locale.parse(self.words.language).months["format"]["wide"][day.month]
        return self.text(self.words("date.month", month=month, year=self._year(day)))

    def days(self, start: date, end: date) -> str:
        """A period, both days included."""
        return self.words("date.period", start=self.day(start), end=self.day(end))

    def moment(self, moment: datetime, time_zone: str) -> str:
        """The day and minute of a moment, where the programme is."""
        local = moment.astimezone(ZoneInfo(time_zone))
        return self.words("date.moment", day=self.day(local.date()), time=self.text(f"{local:%H:%M}"))

    def other_era(self, start: date, end: date) -> str:
        """A period's years in the era that the other language's readers count in."""
        ahead = 0 if self.words.language == "th" else BUDDHIST_ERA
        years = dict.fromkeys(str(day.year + ahead) for day in (start, end))
        return self.text("\N{EN DASH}".join(years))

    def _year(self, day: date) -> int:
        return day.year + BUDDHIST_ERA if self.words.language == "th" else day.year

    def _with_unit(self, number: str, scale: float, shape: Shape, unit: str, place: Place) -> str:
        key = "money_million" if shape == "money" and abs(scale) >= _MILLION else shape
        return self.words(f"{place}.{key}", number=number, unit=unit)

    def _bare(self, value: float, shape: Shape, scale: float, *, signed: bool = False) -> str:
        if shape == "money":
            return self._money(value, scale, signed=signed)
        return self._grouped(value, _decimals(shape, scale), signed=signed)

    def _money(self, value: float, scale: float, *, signed: bool) -> str:
        divisor = _MILLION if abs(scale) >= _MILLION else 1
        shown = value / divisor
        return self._grouped(shown, _money_decimals(shown), signed=signed)

    def _grouped(self, value: float, decimals: int, *, signed: bool = False) -> str:
        rounded = _rounded(value, decimals)
        sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        return self.text(f"{sign}{abs(rounded):,.{max(decimals, 0)}f}")


def as_percent_change(log_points: float) -> float:
    """The relative change that a difference of natural logarithms means."""
    return math.expm1(log_points)


def _shown(value: float, shape: Shape) -> float:
    if shape == "log":
        return as_percent_change(value) * 100
    return value * 100 if shape in _PER_CENT else value


def _decimals(shape: Shape, scale: float) -> int:
    match shape:
        case "count" | "percent":
            return 0
        case "coefficient":
            return 3
        case "decimal":
            return 2 if abs(scale) < 10 else 1
        case _:
            return 1


def _money_decimals(value: float) -> int:
    """Decimals that leave three significant digits; negative where whole units are already too fine."""
    if value == 0:
        return 0
    return min(_MONEY_DIGITS - 1 - math.floor(math.log10(abs(value))), 2)


def _rounded(value: float, decimals: int) -> Decimal:
    """Rounded half up, as people do; a plain zero instead of minus zero."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    return rounded if rounded else Decimal(0)
