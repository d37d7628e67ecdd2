"""Two threads that need the library for the first time at once both get it whole."""

import subprocess
import sys

TOGETHER = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from services.certificates.proofs.signing.jose import loaded

together = Barrier(2)

def load(module, name):
    together.wait()
    return getattr(loaded(module), name).__name__

with ThreadPoolExecutor(2) as threads:
    wanted = [("status.issue", "build_status_list_token"), ("proof.sd_jwt", "SdJwtVcProofSuite")]
    print(*[each.result() for each in [threads.submit(load, *one) for one in wanted]])
"""


def test_both_halves_of_the_library_are_loaded_at_once_by_two_threads():
    for _ in range(3):
        ran = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True)
        assert ran.stdout.split() == ["build_status_list_token", "SdJwtVcProofSuite"], ran.stderr
