"""Where things stand: the project, and files from outside it that tests use when they are there."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SAMPLES = Path(os.environ.get("SHUZHENG_SAMPLES", ROOT.parent / "shared" / "samples"))
