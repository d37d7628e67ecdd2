"""Measure the hot paths in one run, against the floor of a bare gRPC echo on the same machine.

    make bench                  everything, about five minutes
    make bench ARGS="--quick"   fewer calls
    make bench ARGS="--growth"  how verification and the log change from 10,000 to 1,000,000 certificates, instead
    make bench ARGS="--profile" where the time of issuing one certificate goes, instead

Prints a table and writes var/bench/results.json. Rates drift with the machine; ratios within one run hold.
"""

import argparse
import asyncio
from pathlib import Path

from bench import growth, profile
from bench.report import Report
from bench.run import Sizes, measure
from services.kit import logs

FULL = Sizes(calls=40_000, certificates=10_000, roster=50_000, events=300, rounds=3)
QUICK = Sizes(calls=5_000, certificates=1_000, roster=5_000, events=50, rounds=1)


def main() -> None:
    """Run every scenario and report."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer calls and rows")
    parser.add_argument("--out", type=Path, default=Path("var/bench/results.json"))
    parser.add_argument("--profile", action="store_true", help="profile the issuing of single certificates")
    parser.add_argument("--growth", action="store_true", help="measure at growing sizes, writes growth.json")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=growth.SIZES, help="certificates, for --growth"
    )
    arguments = parser.parse_args()
    if arguments.profile:
        profile.main(100)
        return
    logs.configure("warning")
    report = Report()
    if arguments.growth:
        asyncio.run(growth.measure(report, tuple(arguments.sizes)))
        report.show()
        report.write(arguments.out.with_name("growth.json"))
        return
    asyncio.run(measure(report, QUICK if arguments.quick else FULL))
    report.show()
    report.write(arguments.out)


if __name__ == "__main__":
    main()
