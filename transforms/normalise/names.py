"""People's names made comparable: without titles, and as a key that is the same in Thai and in Latin letters.

The key keeps a name's consonants by their sound: สมศักดิ์ and Somsak are both SMSK. Consonants that Thais hear or write
for one another are one (k kh g; t th d; p ph b; ch j; r l); vowels, tones, h, silenced letters, and a y or w that does
not begin the name are left out; a last s or ch is t, as it is spoken, and a last l is n.
"""

import polars as pl

from transforms.normalise.text import repaired

_THAI_TITLE = (
    r"^(?:นางสาว|นาง|นาย|เด็กชาย|เด็กหญิง|คุณ|น\.\s*ส\.|ด\.\s*[ชญ]\.|ดร\.|ว่าที่\s*(?:ร้อยตรี|ร\.\s*ต\.))(?:หญิง)?\s*([ก-ฮเแโใไ])"
)
_LATIN_TITLE = r"^(?:mr|mrs|ms|miss|dr|master|khun)(?:\.\s*|\s+)"
_WOMAN = r"^(?:(?:นางสาว|นาง|เด็กหญิง)\s*[ก-ฮเแโใไ]|น\.\s*ส\.|ด\.\s*ญ\.|(?:mrs|ms|miss)[.\s])"
_MAN = r"^(?:(?:นาย|เด็กชาย)\s*[ก-ฮเแโใไ]|ด\.\s*ช\.|(?:mr|master)[.\s])"
_SILENCED = r"(?:[ดตท]ร|[ก-ฮ])[\u0e34\u0e38]?\u0e4c"
_AS_SPOKEN = {"เพชร": "PT", "สวัสดิ์": "ST", "ศรี": "Z", "รร": ""}
"""Syllables common in names whose letters say other consonants than are heard."""

_BY_SOUND = {
    "K": "กขฃคฅฆ",
    "Q": "ง",
    "C": "จฉชฌ",
    "S": "ซศษส",
    "J": "ญ",
    "T": "ฎฏฐฑฒดตถทธ",
    "N": "ณน",
    "P": "บปผพภ",
    "F": "ฝฟ",
    "M": "มำ",
    "Y": "ย",
    "L": "รลฬฤ",
    "W": "ว",
}
_LATIN = (
    ("([ao])r([tknd])", "${1}${2}"),  # Porn, Chart, Nark: an r that only lengthens the vowel
    ("sr", "s"),
    ("s(?:i|ee)$", "Z"),
    ("ng", "Q"),
    ("ch|sh|j", "C"),
    ("ph|[pb]", "P"),
    ("th|[td]", "T"),
    ("kh|[kgqxc]", "K"),
    ("[sz]", "S"),
    ("[rl]", "L"),
    ("[vw]", "W"),
    ("f", "F"),
    ("m", "M"),
    ("n", "N"),
    ("y", "Y"),
)


def without_title(name: pl.Expr) -> pl.Expr:
    """The name in small letters, single spaces, and without นาย, Mrs. and the like."""
    plain = repaired(name).str.to_lowercase().str.replace_all(r"\s+", " ")
    bare = plain.str.replace(_THAI_TITLE, "${1}").str.replace(_LATIN_TITLE, "")
    return pl.when(bare != "").then(bare)


def sex_of(name: pl.Expr) -> pl.Expr:
    """What the title says: female, male or nothing."""
    plain = repaired(name).str.to_lowercase()
    female, male = plain.str.contains(_WOMAN), plain.str.contains(_MAN)
    return pl.when(female).then(pl.lit("female")).when(male).then(pl.lit("male"))


def first_name(bare: pl.Expr) -> pl.Expr:
    """What stands before the first space."""
    return bare.str.extract(r"^(\S+)")


def last_name(bare: pl.Expr) -> pl.Expr:
    """All that stands after the first space, in one word."""
    rest = bare.str.extract(r"^\S+\s+(.+)$").str.replace_all(" ", "")
    return pl.when(rest != "").then(rest)


def sound_key(name: pl.Expr) -> pl.Expr:
    """The consonants of a name without title, by their sound; null where there are none."""
    letters = {letter: sound for sound, group in _BY_SOUND.items() for letter in group}
    sounds = name.str.replace_many(list(_AS_SPOKEN), list(_AS_SPOKEN.values())).str.replace_all(_SILENCED, "")
    sounds = sounds.str.replace_many(list(letters), list(letters.values()))
    for latin, sound in _LATIN:
        sounds = sounds.str.replace_all(latin, sound)
    sounds = sounds.str.replace_all("[^A-Z]", "")
    begun = sounds.str.slice(0, 1).str.replace("J", "Y")
    rest = sounds.str.slice(1).str.replace_all("J", "N").str.replace_all("[WY]", "")
    key = pl.concat_str(begun, rest)
    for sound in _BY_SOUND:
        key = key.str.replace_all(f"{sound}+", sound)
    key = key.str.replace("[CST]$", "T").str.replace("[LN]$", "N").str.replace_all("Z", "S")
    return pl.when(key != "").then(key)
