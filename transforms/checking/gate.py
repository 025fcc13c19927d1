"""Mistakes in programme.toml's table `gate`."""

from collections.abc import Iterator

from transforms.programme import Programme


def gate_mistakes(where: str, programme: Programme) -> Iterator[str]:
    """What is wrong with the limits that are shares."""
    for name in ("response", "rejects"):
        limit = getattr(programme.gate, name).limit
        if limit > 1:
            yield f"{where}: {name}: limit = {limit:g} is too high. It is a share, such as 0.5 for half: 1 at the most."
