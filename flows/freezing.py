"""Freezes a programme's primary indicators: writes frozen.toml, and keeps every earlier freeze in it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from flows.declared import programme_named, warehouse_of
from flows.settings import settings
from transforms.checking.freezes import NAME
from transforms.errors import UserError, numbered
from transforms.freezing import definition_hash, differences, frozen_on, plan_hash, primaries
from transforms.programme import Freeze, Programme
from transforms.stating import first_answers, statements

HEAD = """\
# What was stated in advance. Written by `impact freeze`; change nothing by hand, and commit it.
# plan: the SHA-256 of all that the programme declared. indicators: that of each primary indicator's definition.
"""


def freeze(name: str, *, again: bool, reason: str | None) -> list[str]:
    """Freezes the primary indicators as they are now; says what was frozen, and what was stated in advance.

    Raises UserError where there is none, or where a freeze is there and `again` with a reason is not given.
    """
    programme = programme_named(name)
    _refuse(programme, again, reason)
    made = Freeze(
        frozen_at=datetime.now(UTC).replace(microsecond=0),
        plan=plan_hash(programme),
        reason=(reason or "").strip(),
        indicators={each: definition_hash(each, programme) for each in primaries(programme)},
    )
    frozen = programme.model_copy(update={"freezes": (*programme.freezes, made)})
    told = standings(frozen)
    path = settings().programme_folder(name) / NAME
    _write(path, "\n".join([HEAD, *map(_as_toml, frozen.freezes)]))
    day = frozen_on(made.frozen_at, programme)
    what = numbered(len(made.indicators), "primary indicator")
    head = f"{path}: {what} frozen on {day}, plan {made.plan[:12]}. Commit this file."
    return [head, *told]


def standings(programme: Programme) -> list[str]:
    """How each primary indicator stands, as far as this machine's warehouse knows of answers."""
    answered = _answered(programme)
    rows = statements(programme, answered).filter(role="primary").to_dicts()
    said = SAID if answered else SAID | {"in_advance": "frozen; whether before its first answers is not known here"}
    unknown = (
        [] if answered else [f"  There is no warehouse yet, so no answers are known: impact refresh {programme.id}"]
    )
    return unknown + [f"  {row['indicator']}: {said[row['standing']]} ({row['definition'][:12]})" for row in rows]


SAID = {
    "in_advance": "stated in advance",
    "after_answers": "frozen after the first answers it rests on: NOT stated in advance",
    "changed": "its definition has changed since the freeze",
    "never_frozen": "never frozen",
    "exploratory": "exploratory",
}


def _answered(programme: Programme) -> Mapping[str, date | None]:
    warehouse = warehouse_of(programme)
    if warehouse.current() is None:
        return {}
    with warehouse.open() as reader:
        return first_answers(reader.table("responses"), programme)


def _refuse(programme: Programme, again: bool, reason: str | None) -> None:
    folder = settings().programme_folder(programme.id)
    if not primaries(programme):
        raise UserError(
            f"{folder / 'indicators.toml'}: no indicator is primary, so there is nothing to freeze. Write "
            'role = "primary" to the three to five by which the programme is to be judged.'
        )
    if not programme.freezes:
        if again or reason:
            raise UserError(f"{folder / NAME}: there is no freeze yet. Run: impact freeze {programme.id}")
        return
    if again and (reason or "").strip():
        return
    last = frozen_on(programme.freezes[-1].frozen_at, programme)
    found = differences(programme)
    told = "; ".join(found) if found else "no primary indicator has changed since"
    raise UserError(
        f"{folder / NAME}: the primary indicators are frozen since {last}: {told}. To freeze them as they are now, "
        f'keeping the earlier freezes: impact freeze {programme.id} --again --reason "why"'
    )


def _as_toml(each: Freeze) -> str:
    lines = ["[[freezes]]", f"frozen_at = {each.frozen_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", f'plan = "{each.plan}"']
    if each.reason:
        lines.append(f"reason = {_quoted(each.reason)}")
    lines += ["", "[freezes.indicators]", *(f'{name} = "{known}"' for name, known in each.indicators.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML string of one line."""
    plain = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write(path: Path, text: str) -> None:
    """All of the file or nothing."""
    beside = path.with_suffix(".toml.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
