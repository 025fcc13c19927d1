"""Turns text as received into typed values, and says what stands in the way where it cannot.

One module a kind of value: `text`, `identifiers`, `numbers`, `dates`, `words` (booleans and choices), `areas`.
`column` applies one of them to a whole column.
"""

from transforms.normalise.column import Normalised, normalise
from transforms.normalise.reading import Reading, judged
from transforms.normalise.rules import rules_for

__all__ = ["Normalised", "Reading", "judged", "normalise", "rules_for"]
