"""What a measured process says of itself."""

import subprocess
import sys

from benchmarks.stage import own_peak_gb

SMALL = "from benchmarks.stage import own_peak_gb; print(own_peak_gb())"
LARGE_GB = 0.5


def test_a_small_process_started_by_a_large_one_tells_its_own_peak():
    held = b"x" * int(LARGE_GB * 1e9)
    assert own_peak_gb() > LARGE_GB
    said = subprocess.run([sys.executable, "-c", SMALL], capture_output=True, text=True, check=True).stdout
    assert 0 < float(said) < LARGE_GB
    assert len(held) == LARGE_GB * 1e9
