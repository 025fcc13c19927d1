"""JSON as servers answer it: numbers stay as they were written, and what no file could hold is mended."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from json.encoder import encode_basestring
from typing import Any


class Number(str):
    """A number that is no whole one, as the answer wrote it: 7.50 stays 7.50."""

    __slots__ = ()


def parsed(content: bytes) -> Any:
    """What the JSON says: whole numbers as int, others as Number. Raises ValueError where it is none, or too deep."""
    try:
        with _no_collection():
            found = json.loads(content, parse_float=Number, parse_constant=_refuse)
    except RecursionError:
        raise ValueError from None
    return _mended(found) if b"\\ud" in content.lower() else found


@contextmanager
def _no_collection() -> Iterator[None]:
    """A time without garbage collection: it would look through all that is parsed, again and again, and find none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _refuse(_: str) -> None:
    raise ValueError


def _mended(found: Any) -> Any:
    """The answer without halves of characters, which no file could hold."""
    if isinstance(found, str) and not isinstance(found, Number):
        return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(found, dict):
        return {_mended(key): _mended(value) for key, value in found.items()}
    return [_mended(each) for each in found] if isinstance(found, list) else found


def compact(value: Any, without: str | None = None) -> str:
    """What was parsed as JSON again, without spaces, its numbers as written; keys that end in `without` left out."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int or kind is Number:
        return str(value)
    if kind is dict:
        kept = value if without is None else {key: each for key, each in value.items() if not key.endswith(without)}
        pairs = [f"{encode_basestring(key)}:{compact(each, without)}" for key, each in kept.items()]
        return "{" + ",".join(pairs) + "}"
    if kind is list:
        return "[" + ",".join([compact(each, without) for each in value]) + "]"
    return json.dumps(value)
