"""Mistakes in programme.toml's table `linking`."""

from collections.abc import Iterator

from transforms.errors import nearest
from transforms.programme import Programme

TYPES = {
    "name": ("text",),
    "national_id": ("national_id",),
    "phone": ("phone",),
    "enterprise": ("code", "national_id"),
    "birth_year": ("year", "integer"),
    "area": ("text", "code", "province", "district"),
}
"""The types that the questions of each field may have."""


def linking_mistakes(where: str, programme: Programme) -> Iterator[str]:
    """What is wrong with the questions that link people, and with the two thresholds."""
    linking = programme.linking
    if linking is None:
        return
    asked = programme.registration.questions
    fields = {field: getattr(linking, field) for field in TYPES}
    named = {field: (names,) if isinstance(names, str) else names or () for field, names in fields.items()}
    for field, names in named.items():
        for name in names:
            if name not in asked:
                yield f'{where}: {field} = "{name}" is no question of the registration. {nearest(name, asked)}'
            elif asked[name].type not in TYPES[field]:
                yield (
                    f'{where}: {field} = "{name}" has type = "{asked[name].type}"; it must be one of '
                    f"{', '.join(TYPES[field])}. Name another question, or change its type in forms.toml."
                )
            elif field in ("name", "enterprise") and not asked[name].identity:
                yield f'{where}: {field} = "{name}" tells who somebody is. Add identity = true to it in forms.toml.'
    if not named["name"] and not linking.keys:
        yield f"{where}: it names nobody. Give name, national_id, phone or enterprise, or take the table out."
    if linking.doubtful >= linking.sure:
        yield (
            f"{where}: doubtful = {linking.doubtful:g} is not below sure = {linking.sure:g}, so nothing would ever "
            "be doubtful. Lower doubtful, or raise sure."
        )
