"""High-frequency checks: what in the answers somebody should look at. A flag never changes a number by itself."""

from transforms.flags.table import accepting, flags

__all__ = ["accepting", "flags"]
