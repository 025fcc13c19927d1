"""What the machine refuses (no right, no room), said as a mistake that a person can mend."""

import errno

from transforms.errors import UserError

_RIGHTS = "Give whoever runs impact the right to it, or name another place with IMPACT_STATE or IMPACT_PROGRAMMES."
_ROOM = "Make room there, then run again: nothing half written counts."
_REMEDIES = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
}


class MachineError(UserError):
    """A file or folder that the machine did not let us read or write."""

    code = "stage_failed"


def refused_by_the_machine(error: Exception) -> MachineError | None:
    """The mistake behind an error of the operating system; none where there is no remedy to name."""
    if not isinstance(error, OSError) or error.errno not in _REMEDIES:
        return None
    place = f"{error.filename}: " if error.filename else ""
    return MachineError(f"{place}{error.strerror}. {_REMEDIES[error.errno]}")
