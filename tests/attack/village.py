"""A made-up population that changes from night to night, and the files that staff would drop of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

PLACES = {
    "N1a": 150, "N1b": 52, "N1c": 9, "N2a": 80, "N2b": 38,
    "S1a": 110, "S1b": 24, "S2a": 66, "S2b": 45, "S3a": 0,
    "E1a": 95, "E1b": 14,
}  # fmt: skip
"""How many people each subdistrict begins with: letters and digits name its province and its district.

The district S3 is empty at first, and the province E is one district: a whole that equals its part.
"""
LIKELY_WOMAN, LIKELY_ANSWER = 0.65, 0.7
MOST_HOURS = 80


@dataclass(frozen=True)
class Person:
    """Somebody, as the register has them tonight. `before`, `after`: their answers, online (0 or 1) and hours."""

    id: str
    place: str
    sex: str
    before: tuple[int, int]
    after: tuple[int, int] | None

    @property
    def groups(self) -> dict[str, str]:
        """Where they are counted, by breakdown."""
        areas = {"province": self.place[0], "district": self.place[:2], "subdistrict": self.place}
        return {"programme": "all", "sex": self.sex, **areas}


@dataclass
class Village:
    """The people, by id; who was erased tonight is in `erased`."""

    noise: np.random.Generator
    people: dict[str, Person] = field(default_factory=dict)
    erased: list[str] = field(default_factory=list)
    born: int = 0

    def arrive(self, place: str, many: int = 1, sex: str | None = None) -> None:
        """So many new people register; most have answered the follow-up too."""
        for _ in range(many):
            self.born += 1
            name = f"P{self.born:05d}"
            answered = self.noise.random() < LIKELY_ANSWER
            drawn = "f" if self.noise.random() < LIKELY_WOMAN else "m"
            self.people[name] = Person(
                name, place, sex or drawn, self._answer(0.3), self._answer(0.45) if answered else None
            )

    def _answer(self, online: float) -> tuple[int, int]:
        return int(self.noise.random() < online), int(np.clip(self.noise.gamma(4, 7), 1, MOST_HOURS))

    def some(self, many: int, wanted: Callable[[Person], bool] = lambda person: True) -> list[Person]:
        """So many people of a kind, or as many as there are."""
        kind = [each for each in self.people.values() if wanted(each)]
        chosen = self.noise.permutation(len(kind))[:many]
        return [kind[position] for position in chosen]

    def leave(self, person: Person) -> None:
        """Somebody's registration is taken back."""
        del self.people[person.id]

    def correct(self, person: Person) -> None:
        """Somebody's follow-up turns out to have been another, or it comes late."""
        self.people[person.id] = replace(person, after=self._answer(0.5))

    def files(self) -> dict[str, str]:
        """The whole truth of tonight, as CSV, by the name of its source."""
        people = sorted(self.people.values(), key=lambda each: each.id)
        registered = [
            {"id": each.id, "day": "2025-03-03", **{name: each.groups[name] for name in GROUPS}, **_told(each.before)}
            for each in people
        ]
        answered = [{"id": each.id, "day": "2025-09-09", **_told(each.after)} for each in people if each.after]
        return {"registration": pl.DataFrame(registered).write_csv(), "m6": pl.DataFrame(answered).write_csv()}


GROUPS = ("province", "district", "subdistrict", "sex")


def _told(answer: tuple[int, int]) -> dict[str, int]:
    return dict(zip(("online", "hours"), answer, strict=True))


def first_night(seed: int) -> Village:
    """The village before the first release."""
    village = Village(np.random.default_rng(seed))
    for place, many in PLACES.items():
        village.arrive(place, many)
    return village


def change(village: Village, night: int) -> None:
    """What happens until a night: a few of everything, and what an attacker waits for.

    Enough in one place and a single one beside it; one for one; enough who all correct; a place that fills at once.
    """
    noise, places = village.noise, list(PLACES)
    village.erased = []
    for _ in range(noise.poisson(1)):
        village.arrive(str(noise.choice(places)))
    for person in village.some(noise.poisson(0.7)):
        village.leave(person)
    for person in village.some(noise.poisson(0.8), lambda each: each.after is not None):
        village.correct(person)
    for person in village.some(noise.poisson(1), lambda each: each.after is None):
        village.correct(person)
    (_swap, _session, _corrections, _beside, _late, _erasure)[night % 6](village)
    if night % 9 == 4:
        village.arrive("S3a", 11)


def _swap(village: Village) -> None:
    for person in village.some(1):
        village.leave(person)
        village.arrive(person.place, sex=person.sex)


def _session(village: Village) -> None:
    village.arrive(str(village.noise.choice(list(PLACES))), int(village.noise.integers(10, 16)))


def _corrections(village: Village) -> None:
    place = str(village.noise.choice(list(PLACES)))[:1]
    for person in village.some(11, lambda each: each.place.startswith(place) and each.after is not None):
        village.correct(person)


def _beside(village: Village) -> None:
    here, there = (str(each) for each in village.noise.choice(["N1a", "S1a", "E1a"], 2, replace=False))
    village.arrive(here, 10, sex="f")
    village.arrive(there, 1, sex="f")


def _late(village: Village) -> None:
    for person in village.some(12, lambda each: each.after is None):
        village.correct(person)


def _erasure(village: Village) -> None:
    for person in village.some(1):
        village.erased.append(person.id)
        village.leave(person)


def drop(files: dict[str, str], inbox: Path, night: int) -> None:
    """Puts tonight's files into the inbox in place of last night's."""
    inbox.mkdir(parents=True, exist_ok=True)
    for old in inbox.iterdir():
        old.unlink()
    for name, text in files.items():
        (inbox / f"{name}_{night:02d}.csv").write_text(text, encoding="utf-8")
