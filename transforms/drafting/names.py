"""Our names for questions: lower-case Latin letters, digits and _, each name once."""

import re
from collections.abc import Iterable

LONGEST = 50
_SPELT = (
    "กk ขkh ฃkh คkh ฅkh ฆkh งng จch ฉch ชch ซs ฌch ญy ฎd ฏt ฐth ฑth ฒth ณn ดd ตt ถth ทth ธth นn บb ปp "
    "ผph ฝf พph ฟf ภph มm ยy รr ลl วw ศs ษs สs หh ฬl อo ฮh ะa ัa าa ำam ิi ีi ึue ืue ุu ูu เe แae โo "
    "ใai ไai ฤrue ๆ_ ฯ_ ๐0 ๑1 ๒2 ๓3 ๔4 ๕5 ๖6 ๗7 ๘8 ๙9 "
)
_LETTERS = {pair[0]: pair[1:] for pair in _SPELT.split()}
"""Each Thai letter by a Latin one or two: to be recognised, not to be read aloud."""
_SAID_TWICE = re.compile(r"_{2,}")


def is_thai(text: str) -> bool:
    """Whether the text has a Thai letter."""
    return re.search("[ก-๛]", text) is not None


def latin(text: str) -> str:
    """The text as a name: Thai letter by letter, whatever else is neither letter nor digit as _; may be empty."""
    spelt = "".join(_LETTERS.get(letter, "" if "\u0e30" <= letter <= "\u0e4e" else letter) for letter in text)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", spelt)
    plain = _SAID_TWICE.sub("_", re.sub(r"[^a-z0-9]", "_", apart.lower())).strip("_")
    return plain[:LONGEST].rstrip("_")


def name_for(text: str, otherwise: str = "question") -> str:
    """A name made of the text; one that starts with a digit, or is empty, begins with `otherwise`."""
    plain = latin(text)
    return plain if plain[:1].isalpha() else f"{otherwise}_{plain}".rstrip("_")


class Names:
    """The names that are taken so far."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def __contains__(self, name: str) -> bool:
        return name in self._taken

    def take(self, *wanted: str) -> str:
        """The first of these that is free, or the last one with a number."""
        free = next((name for name in wanted if name not in self._taken), None)
        number = 2
        while free is None:
            numbered = f"{wanted[-1]}_{number}"
            free, number = (None if numbered in self._taken else numbered), number + 1
        self._taken.add(free)
        return free
