"""How hard the tests try: once in a run of every day, several times at night (`make nightly`)."""

import os

EFFORT = int(os.environ.get("SHUZHENG_EFFORT", "1"))
