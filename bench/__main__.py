"""Measure the hot paths in one run, against the floor of a bare gRPC echo on the same machine.

    make bench                  everything, about five minutes
    make bench ARGS="--quick"   fewer calls
    make bench ARGS="--profile" where the time of issuing one certificate goes, instead

Prints a table and writes var/bench/results.json. Rates drift with the machine; ratios within one run hold.
"""

import argparse
import asyncio
from pathlib import Path

from bench import profile
from bench.report import Report
from bench.run import Sizes, measure

FULL = Sizes(calls=40_000, certificates=10_000, roster=50_000, events=300, rounds=3)
QUICK = Sizes(calls=5_000, certificates=1_000, roster=5_000, events=50, rounds=1)


def main() -> None:
    """Run every scenario and report."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer calls and rows")
    parser.add_argument("--out", type=Path, default=Path("var/bench/results.json"))
    parser.add_argument("--profile", action="store_true", help="profile the issuing of single certificates")
    arguments = parser.parse_args()
    if arguments.profile:
        profile.main(100)
        return
    report = Report()
    asyncio.run(measure(report, QUICK if arguments.quick else FULL))
    report.show()
    report.write(arguments.out)


if __name__ == "__main__":
    main()
