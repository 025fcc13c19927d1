"""What was stated in advance, and when: the freezes that `impact freeze` has written."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from transforms.programme.words import Declared, Identifier

Role = Literal["primary", "exploratory"]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Freeze(Declared):
    """One freeze of the plan.

    `plan` is the SHA-256 of all that the programme declared then, `indicators` that of each primary indicator's
    definition. `reason`: why it was frozen again; the first freeze has none.
    """

    frozen_at: AwareDatetime
    plan: Hash
    reason: str = ""
    indicators: dict[Identifier, Hash]
