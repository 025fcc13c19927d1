"""Sets one document in this process under limits. What the child processes run; it imports no more than it needs."""

import resource
import time

MEMORY_BYTES = 3 << 29
"""1.5 GiB of address space for one child."""
CPU_SECONDS = 120


def pdf_within_limits(html: str) -> bytes:
    """The PDF of an HTML document. The kernel ends this process when it needs more than its share."""
    from reports.typesetting.pdf import pdf_bytes  # slow to load, and needed in children only

    used = int(time.process_time())  # a child sets several documents; each has its own allowance
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, hard))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    return pdf_bytes(html)
