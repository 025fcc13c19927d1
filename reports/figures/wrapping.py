"""Breaks a label into lines of a given width. Thai has no spaces: see `_penalty` for where it may break."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import inf

from reports.typesetting.fonts import text_width

ELLIPSIS = "…"
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML may not hold, and the control characters that it may but nobody can see."""

JOINED_BEFORE = re.compile("[\u0e30-\u0e3a\u0e45-\u0e4e\u0e2f\u0300-\u036f\u200d\ufe0f]")
"""Thai vowels, tone marks and repetition signs that follow a consonant, and combining marks at large."""

LEADING_VOWEL = re.compile("[เ-ไ]")
SYLLABLE_END = re.compile("[ะำๆฯ์]")
THAI = re.compile("[\u0e01-\u0e5b]")
WORD_START = re.compile(
    "(?<!พื้น)ที่|การ|ความ|ของ|และ|จาก|หรือ|กับ|ผู้|จำนวน|สัดส่วน|ร้อยละ|ราย|ยอด|ลูกค้า|ลูกจ้าง|สินค้า|ธุรกิจ|วิสาหกิจ|กิจการ|"
    "ครัวเรือน|จังหวัด|อำเภอ|ตำบล|หมู่บ้าน|พื้นที่|ชุมชน|พนักงาน|สมาชิก|กลุ่ม|ช่องทาง|ตลาด|ต้นทุน|วัตถุดิบ|กำไร|สุทธิ|มูลค่า|ปริมาณ|"
    "ก่อน|หลัง|อบรม|ทักษะ|อาชีพ|คุณภาพ|มาตรฐาน|บริการ|บัญชี|ออนไลน์|ออม|หนี้|ขนาด|ย่อย|ย่อม|กลาง|ภาค|มี|ทำ|ขาย|ซื้อ|"
    "ต่อเดือน|ต่อปี|ทันที|ติดตาม"
)
"""Words of such reports before which a line may well begin."""

LINE_PENALTY = 0.8
"""What another line costs beside an ugly break: a break within a Thai word is worse, one between words is not."""


def fit(text: str, width: float, size: float, *, weight: int = 400, lines: int = 3) -> list[str]:
    """The text in at most so many lines of at most that width; what does not fit is shortened with an ellipsis."""
    words = " ".join(UNPRINTABLE.sub(" ", text).split())
    if text_width(words, size, weight) <= width:
        return [words] if words else []
    if text_width(ELLIPSIS, size, weight) > width:
        return []
    ends = [end for end in range(1, len(words) + 1) if _penalty(words, end) is not None]
    whole = _broken(words, width, size, weight, lines)
    if whole:
        return whole
    fitting, beyond = 0, len(ends)
    best = [ELLIPSIS]
    while fitting < beyond:
        middle = (fitting + beyond) // 2
        shortened = _broken(words[: ends[middle]].rstrip() + ELLIPSIS, width, size, weight, lines)
        if shortened:
            best, fitting = shortened, middle + 1
        else:
            beyond = middle
    return best


def widest(blocks: Sequence[Sequence[str]], size: float, weight: int = 400) -> float:
    """Width of the widest line among blocks of lines."""
    return max((text_width(line, size, weight) for block in blocks for line in block), default=0.0)


def _broken(text: str, width: float, size: float, weight: int, most: int) -> list[str]:
    """The text in its least ugly lines; none if it does not fit."""
    reach = [0.0, *accumulate(text_width(letter, size, weight) for letter in text)]
    if reach[-1] > width * (most + 1):
        return []
    breaks = [(end, cost) for end in range(1, len(text) + 1) if (cost := _penalty(text, end)) is not None]
    # Cost and breaks of the best way to set the text up to each end, with so many lines.
    ways: dict[int, tuple[float, list[int]]] = {0: (0.0, [0])}
    complete: list[tuple[float, list[int]]] = []
    for _ in range(most):
        further: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, path) in ways.items():
            for end, penalty in breaks[bisect_right(breaks, (start, inf)) :]:
                taken = _width(text, reach, start, end)
                if taken > width:
                    break
                total = cost + penalty + (1 - taken / width) ** 2 + LINE_PENALTY
                if end not in further or total < further[end][0]:
                    further[end] = (total, [*path, end])
        if len(text) in further:
            complete.append(further[len(text)])
        ways = further
    if not complete:
        return []
    return [text[start:end].strip() for start, end in pairwise(min(complete)[1])]


def _width(text: str, reach: Sequence[float], start: int, end: int) -> float:
    """Width of a line without the spaces around it."""
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return reach[end] - reach[start]


def _penalty(text: str, end: int) -> float | None:
    """How ugly a break before the letter at `end` is; None where letters belong together.

    Without a dictionary a Thai break is a guess: surest before a word that often starts one and before a leading
    vowel, which always starts a syllable.
    """
    if end == len(text):
        return 0.0
    before, after = text[end - 1], text[end]
    if JOINED_BEFORE.match(after) or LEADING_VOWEL.match(before) or after == ELLIPSIS:
        return None
    if " " in (before, after):
        return 0.0
    if before in "-/–—,":
        return 0.2
    if not THAI.match(before) and not THAI.match(after):
        return 6.0
    if WORD_START.match(text, end):
        return 0.1
    if LEADING_VOWEL.match(after) or SYLLABLE_END.match(before):
        return 0.5
    return 2.5
