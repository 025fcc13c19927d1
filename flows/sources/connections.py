"""The addresses and credentials of servers: from the environment only, never from a file of the programme."""

import os
from dataclasses import dataclass, field

from transforms.errors import SourceError


@dataclass(frozen=True)
class Connection:
    """What the environment says of one server. Its secrets show in no message."""

    name: str
    values: dict[str, str] = field(repr=False)

    def get(self, field_name: str) -> str:
        """One field, such as `url`. Raises SourceError that names the variable to set."""
        value = self.values.get(field_name, "")
        if not value:
            raise SourceError(
                "connection_not_set",
                f"connection '{self.name}': the environment variable {variable(self.name, field_name)} is not set. "
                "Set it where the flows run; docs/sources.md says to what.",
            )
        return value

    def has(self, field_name: str) -> bool:
        """Whether a field is set."""
        return bool(self.values.get(field_name))


def variable(connection: str, field_name: str) -> str:
    """The environment variable that holds a connection's field."""
    return f"IMPACT_CONNECTION_{connection}_{field_name}".upper()


def connection(name: str) -> Connection:
    """The connection that a source names."""
    prefix = variable(name, "")
    found = {key.removeprefix(prefix).lower(): value for key, value in os.environ.items() if key.startswith(prefix)}
    return Connection(name, found)
