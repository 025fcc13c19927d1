"""What the published form asks, and the answers to it as columns."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import polars as pl

from flows.sources.answered_json import compact
from flows.sources.odk_central.account import Account
from flows.sources.odk_central.answers import LINK, SYSTEM, Row, is_fields
from transforms.errors import SourceError

_SYSTEM_COLUMNS = tuple(
    f"{SYSTEM}/{name}"
    for name in ("submissionDate", "updatedAt", "submitterName", "deviceId", "formVersion", "reviewState")
)


@dataclass(frozen=True)
class Fields:
    """What the published form asks: a column for each field by the path that the feed gives it."""

    names: Mapping[str, str]
    repeats: Mapping[str, Sequence[str]]
    """What each repeat asks, without what repeats within it, as the feed spells it."""

    @classmethod
    def of(cls, account: Account) -> "Fields":
        """The fields that the server names, without groups and what repeats within a repeat."""
        listed = account.get("/fields", is_fields, odata="false")
        repeats = tuple(f"{each['path']}/" for each in listed if each["type"] == "repeat")
        asked = [each for each in listed if each["type"] != "structure" and not each["path"].startswith(repeats)]
        names = [each["path"].removeprefix("/") for each in asked]
        spelt = ["/".join(_in_feed(part) for part in name.split("/")) for name in names]
        if doubled := [name for name, times in Counter(spelt).items() if times > 1]:
            raise SourceError(
                "duplicate_header",
                f"{account.where}: two fields of the form are both '{doubled[0]}' in the server's feed, which "
                "holds only Latin letters, digits and _. Rename one in the form.",
            )
        return cls(dict(zip(spelt, names, strict=True)), _asked_in_repeats(listed))

    @property
    def columns(self) -> list[str]:
        """Every column, as the form spells it."""
        return [*self.names.values(), *_SYSTEM_COLUMNS]

    def answers_of(self, rows: Sequence[Row]) -> pl.DataFrame:
        """The answers of submissions, a column each, as the text that was received."""
        found: dict[str, list[str | None]] = {name: [None] * len(rows) for name in self.names.values()}
        self._flatten(rows, "", found)
        return pl.DataFrame(found, schema=dict.fromkeys(found, pl.String))

    def _flatten(self, groups: Sequence[Row], above: str, found: dict[str, list[str | None]]) -> None:
        """Adds a column for everything in a group, and in the groups within it; column by column, which is quick."""
        for key in dict.fromkeys(chain.from_iterable(groups)):
            if key.endswith(LINK):
                continue
            path, values = above + key, [group.get(key) for group in groups]
            if path not in self.names and any(isinstance(value, dict) for value in values):
                self._flatten([value if isinstance(value, dict) else {} for value in values], f"{path}/", found)
            else:
                found[self.names.get(path, path)] = [
                    value if value is None or isinstance(value, str) else compact(value, LINK) for value in values
                ]


def _asked_in_repeats(listed: Sequence[Row]) -> dict[str, list[str]]:
    repeats = [each["path"] for each in listed if each["type"] == "repeat"]
    asked: dict[str, list[str]] = {path.removeprefix("/"): [] for path in repeats}
    for each in listed:
        within = [path for path in repeats if each["path"].startswith(f"{path}/")]
        if each["type"] not in ("structure", "repeat") and within:
            innermost = max(within, key=len)
            question = each["path"].removeprefix(f"{innermost}/")
            asked[innermost.removeprefix("/")].append("/".join(map(_in_feed, question.split("/"))))
    return asked


def _in_feed(name: str) -> str:
    """A field's name as the feed spells it: other letters than Latin ones become _."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", re.sub(r"^([^A-Za-z_])", r"_\1", name))
