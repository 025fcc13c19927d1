"""Invents people with a known truth, as two rounds of a survey would write them down: with slips and changes.

Names are put together from syllables, each with the ways in which Thais spell it in Latin letters; they come from
nobody. Common names are common: a syllable is drawn the more often the earlier it stands.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import polars as pl

FIRST = {
    "สม": ("Som",),
    "วิ": ("Wi", "Vi"),
    "ประ": ("Pra",),
    "สุ": ("Su",),
    "อนุ": ("Anu",),
    "ธน": ("Thana", "Tana"),
    "กิตติ": ("Kitti",),
    "ชัย": ("Chai",),
    "พงษ์": ("Phong", "Pong"),
    "นิ": ("Ni",),
    "จิรา": ("Jira", "Chira"),
    "ศิริ": ("Siri",),
    "บุญ": ("Boon", "Bun"),
    "อรุณ": ("Arun", "Aroon"),
    "พิ": ("Phi", "Pi"),
    "ณัฐ": ("Nat", "Nut"),
    "รัตน": ("Rattana",),
    "วร": ("Wora", "Vora"),
    "เพ็ญ": ("Phen", "Pen"),
    "มา": ("Ma",),
}
SECOND = {
    "ชาย": ("chai",),
    "ศักดิ์": ("sak",),
    "พร": ("porn", "phon"),
    "ใจ": ("jai", "chai"),
    "ศรี": ("sri", "see"),
    "ชาติ": ("chat", "chart"),
    "นันท์": ("nan", "nun"),
    "มล": ("mon",),
    "รัตน์": ("rat",),
    "วัฒน์": ("wat", "vat"),
    "เดช": ("det", "dech"),
    "กุล": ("kun", "kul"),
    "ภา": ("pha", "pa"),
    "ดา": ("da",),
    "ลักษณ์": ("lak", "luk"),
    "สิทธิ์": ("sit",),
    "วรรณ": ("wan", "van"),
    "ฤดี": ("rudee", "rudi"),
    "นี": ("nee", "ni"),
    "ทิพย์": ("thip", "tip"),
}
FAMILY = {
    "แก้ว": ("Kaew", "Kaeo"),
    "ทอง": ("Thong", "Tong"),
    "ศรี": ("Sri", "See"),
    "จันทร์": ("Chan", "Jan"),
    "วงศ์": ("Wong", "Vong"),
    "สุข": ("Suk", "Sook"),
    "เพชร": ("Phet", "Pet"),
    "ดำ": ("Dam", "Dum"),
    "คง": ("Khong", "Kong"),
    "นาค": ("Nak", "Nark"),
    "เรือง": ("Rueang", "Ruang"),
    "บัว": ("Bua",),
    "พล": ("Phon", "Pol"),
    "ยอด": ("Yot", "Yod"),
    "มณี": ("Manee", "Mani"),
    "ชู": ("Chu", "Choo"),
    "อินทร์": ("In",),
    "ไชย": ("Chai",),
    "รักษ์": ("Rak",),
    "หนู": ("Nu", "Noo"),
    "ขวัญ": ("Khwan", "Kwan"),
    "สวัสดิ์": ("Sawat", "Sawad"),
    "เกตุ": ("Ket", "Kate"),
    "โชติ": ("Chot", "Chote"),
}
LETTERS = np.array(list("กขคงจชซดตถทนบปผพมยรลวสหอ"))
DISTRICTS, VILLAGES = 40, 6
"""Districts in eight provinces, and subdistricts in each."""


@dataclass(frozen=True)
class People:
    """Accepted registrations and follow-ups, each with the column `truth`: who it really is."""

    registrations: pl.DataFrame
    follow_ups: pl.DataFrame


def people(count: int, seed: int) -> People:
    """So many registered people, some registered twice, and a follow-up of most of them and of some strangers."""
    rng = np.random.default_rng(seed)
    strangers = count // 20
    truth = _population(rng, count + strangers)
    registered = truth.head(count)
    again = registered.filter(pl.Series(rng.random(count) < 0.08))
    first, second = _written(rng, registered, 0.03), _written(rng, again, 0.06)
    registrations = pl.concat([_numbered(first, "A"), _numbered(second, "B")])
    asked = truth.filter(pl.Series(np.append(rng.random(count) < 0.85, np.ones(strangers, dtype=bool))))
    follow_ups = _changed(rng, _written(rng, asked, 0.12))
    ids = follow_ups.join(
        registrations.unique("truth", keep="first").select("truth", "participant_id"),
        on="truth",
        how="left",
        maintain_order="left",
    )
    known = pl.Series(rng.random(ids.height) < 0.3)
    follow_ups = ids.with_columns(participant_id=pl.when(known).then("participant_id"))
    return People(
        _received(registrations.sample(fraction=1, shuffle=True, seed=seed), "sheets").with_columns(
            registered_on=pl.lit(date(2026, 1, 5))
        ),
        _received(follow_ups.sample(fraction=1, shuffle=True, seed=seed), "calls"),
    )


def _population(rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Who there is: households with one telephone and name, twins, and villagers of one name."""
    first, first_latin = _names(rng, count, FIRST, SECOND)
    last, last_latin = _names(rng, count, FAMILY, FAMILY)
    village = rng.integers(0, DISTRICTS * VILLAGES, count)
    year = rng.integers(1945, 2006, count)
    phone, woman = np.arange(count), rng.random(count) < 0.6
    kin = rng.random(count)
    kin[0] = 1
    for place in np.flatnonzero(kin < 0.2):  # one after another: a family may have several
        family = [last, last_latin, village]
        if kin[place] < 0.17:
            family.append(phone)
        if kin[place] < 0.02:  # twins
            family.append(year)
        elif kin[place] >= 0.185:  # one name, one village, another year: no kin
            family = [first, first_latin, last, last_latin, village, woman]
        for each in family:
            each[place] = each[place - 1]
    number = np.arange(count)
    return pl.DataFrame(
        {"truth": number, "first": first, "first_latin": first_latin, "last": last, "last_latin": last_latin}
        | {"village": village, "birth_year": year, "phone": phone, "woman": woman}
    ).with_columns(
        national_id=_national_id(pl.col("truth") + 1), phone="+66" + (600_000_000 + pl.col("phone")).cast(pl.String)
    )


def _national_id(number: pl.Expr) -> pl.Expr:
    twelve = 899_990_000_000 + number.cast(pl.Int64)
    weighted = sum((twelve // 10 ** (12 - place) % 10 * (14 - place) for place in range(1, 13)), pl.lit(0))
    return (twelve * 10 + (11 - weighted % 11) % 10).cast(pl.String)


def _names(
    rng: np.random.Generator, count: int, one: dict[str, tuple[str, ...]], other: dict[str, tuple[str, ...]]
) -> tuple[np.ndarray, np.ndarray]:
    """Names in Thai letters and in Latin ones."""
    parts = [list(each.items()) for each in (one, other)]
    drawn = [rng.choice(len(each), count, p=_falling(len(each))) for each in parts]
    thai, latin = [], []
    for places in zip(*drawn, strict=True):
        syllables = [part[place] for part, place in zip(parts, places, strict=True)]
        thai.append("".join(text for text, _ in syllables))
        latin.append("".join(ways[rng.integers(len(ways))] for _, ways in syllables).capitalize())
    return np.array(thai, dtype=object), np.array(latin, dtype=object)


def _falling(count: int) -> np.ndarray:
    weights = 1 / np.arange(3, count + 3)
    return weights / weights.sum()


def _written(rng: np.random.Generator, truth: pl.DataFrame, slips: float) -> pl.DataFrame:
    """The people as somebody wrote them down once, with a share of slips in each name."""
    count = truth.height

    def some(share: float) -> pl.Series:
        return pl.Series(rng.random(count) < share)

    latin = some(0.1)
    marked = truth.with_columns(latin=latin)
    for part in ("first", "last"):
        slipped = pl.Series(part, [_slip(rng, name) for name in truth[part]])
        chosen = pl.when("latin").then(f"{part}_latin").when(some(slips)).then(slipped).otherwise(part)
        marked = marked.with_columns(chosen.alias(f"{part}_written"))
    title = pl.when(~pl.col("woman")).then(pl.lit("นาย")).when(some(0.6)).then(pl.lit("นาง")).otherwise(pl.lit("น.ส."))
    title = pl.when("latin").then(pl.when("woman").then(pl.lit("Mrs. ")).otherwise(pl.lit("Mr. "))).otherwise(title)
    year = pl.col("birth_year") + pl.when(some(0.03)).then(pl.lit(pl.Series(rng.choice([-1, 1], count)))).otherwise(0)
    return marked.select(
        "truth",
        "woman",
        full_name=pl.format(
            "{}{} {}", pl.when(some(0.8)).then(title).otherwise(pl.lit("")), "first_written", "last_written"
        ),
        birth_year=pl.when(some(0.92)).then(year),
        phone=pl.when(some(0.88)).then("phone"),
        national_id=pl.when(some(0.5)).then("national_id"),
        province=(80 + pl.col("village") // VILLAGES % 8).cast(pl.String),
        district=(8000 + pl.col("village") // VILLAGES).cast(pl.String),
        subdistrict=pl.when(some(0.85)).then("ต." + (pl.col("village") % VILLAGES).cast(pl.String)),
    )


def _slip(rng: np.random.Generator, name: str) -> str:
    """The name with one letter wrong, left out, doubled, or swapped with the next."""
    place = int(rng.integers(len(name) - 1))
    kind = int(rng.integers(4))
    middle = (str(LETTERS[rng.integers(len(LETTERS))]), "", name[place] * 2, name[place + 1] + name[place])[kind]
    return name[:place] + middle + name[place + (2 if kind == 3 else 1) :]


def _changed(rng: np.random.Generator, written: pl.DataFrame) -> pl.DataFrame:
    """What a year changes: who marries takes another name, telephones are new, people move."""
    count = written.height
    family, _ = _names(rng, count, FAMILY, FAMILY)
    married = pl.Series(rng.random(count) < 0.06) & written["woman"]
    moved, new = pl.Series(rng.random(count) < 0.03), pl.Series(rng.random(count) < 0.1)
    fresh = pl.Series("phone", [f"+66{900_000_000 + each}" for each in rng.integers(0, 99_999_999, count)])
    only = pl.Series(rng.random(count) < 0.4)
    first = pl.col("full_name").str.extract(r"^(.+) \S+$")
    return written.with_columns(
        full_name=pl.when(married).then(first + " " + pl.lit(pl.Series(family.astype(str)))).otherwise("full_name"),
        phone=pl.when(new & pl.col("phone").is_not_null()).then(fresh).otherwise("phone"),
        national_id=pl.when(only).then("national_id"),
        subdistrict=pl.when(~moved).then("subdistrict"),
        district=pl.when(moved).then(pl.lit("8099")).otherwise("district"),
    )


def _numbered(written: pl.DataFrame, letter: str) -> pl.DataFrame:
    return written.with_columns(participant_id=letter + pl.int_range(pl.len()).cast(pl.String))


def _received(written: pl.DataFrame, source: str) -> pl.DataFrame:
    return written.drop("woman").with_columns(
        _source=pl.lit(source),
        _key=pl.lit(None, dtype=pl.String),
        _file=pl.lit(f"{source}.csv"),
        _row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64),
        _pulled_at=pl.lit(datetime(2026, 6, 1, tzinfo=UTC)),
    )
