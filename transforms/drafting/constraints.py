"""Smallest and largest allowed answers, from an XLSForm's constraint."""

import re
from dataclasses import dataclass

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_PART = re.compile(rf"\(?\s*(?:\.\s*(>=|<=|>|<)\s*{_NUMBER}|{_NUMBER}\s*(>=|<=|>|<)\s*\.)\s*\)?")
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}


@dataclass(frozen=True)
class Limits:
    """What an answer is held between, both ends included."""

    minimum: float | None = None
    maximum: float | None = None


def limits_of(constraint: str, whole: bool) -> Limits | None:
    """The limits that a constraint such as `. >= 0 and . <= 120` sets; None when it says anything else.

    Of whole numbers `. > 0` sets the minimum 1; of others there is no smallest number above 0.
    """
    found: dict[str, float] = {}
    for part in re.split(r"\s+and\s+", constraint.strip(), flags=re.IGNORECASE):
        match = _PART.fullmatch(part.strip())
        if match is None:
            return None
        sign, number = (match[1], match[2]) if match[1] else (_TURNED[match[4]], match[3])
        limit = float(number)
        if sign in (">", "<"):
            if not whole or not limit.is_integer():
                return None
            limit += 1 if sign == ">" else -1
        end = "minimum" if ">" in sign else "maximum"
        if end in found:
            return None
        found[end] = limit
    return Limits(**found)
