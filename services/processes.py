"""Every process there is: `shuzheng run NAME` starts one, and `python -m services.processes NAME` is one.

A line of the table says where the code stands, so that a process loads no other's. A process of a service is named
after it, `training.worker`; its settings stand beside those of the service, in its `config.py`.
"""

import argparse
import sys
from importlib import import_module
from typing import Any, NamedTuple

from services.kit.config import EXIT_CONFIG, Process, Unusable
from services.kit.process import Open, refusal, run


class Entry(NamedTuple):
    """One process: its name, a sentence about it, and where its `open` and its settings are (`module:name`)."""

    name: str
    says: str
    opening: str
    settings: str

    @property
    def service(self) -> str:
        """The service that it belongs to."""
        return self.name.partition(".")[0]

    def model(self) -> type[Process]:
        """Return the model of its settings."""
        found: type[Process] = _named(self.settings)
        return found

    def open(self) -> Open:
        """Return what opens it; raises ImportError where an extra is missing."""
        found: Open = _named(self.opening)
        return found


# fmt: off
TABLE = {entry.name: entry for entry in (
    Entry("training", "培训：机构、班次、学时与结业 · institutions, cohorts, hours, completions",
          "services.training.wiring:open", "services.training.config:TrainingConfig"),
    Entry("training.worker", "培训的长任务，可有多个 · the long work of training, as many as there is to do",
          "services.training.wiring:open_worker", "services.training.config:TrainingConfig"),
    Entry("assessment", "评价：题库、考试、报考与成绩 · banks, exams, registrations, results",
          "services.assessment.wiring:open", "services.assessment.config:AssessmentConfig"),
    Entry("assessment.worker", "评价的长任务，可有多个 · the long work of assessment, as many as there is to do",
          "services.assessment.wiring:open_worker", "services.assessment.config:AssessmentConfig"),
    Entry("certificates", "证书：签发、状态与透明日志 · certificates, their status, the log",
          "services.certificates.wiring:open", "services.certificates.config:CertificatesConfig"),
    Entry("certificates.verification", "只读验证，无私钥 · verification on a read replica, without a key",
          "services.certificates.verification:open", "services.certificates.config:VerificationConfig"),
    Entry("certificates.site", "公开文件（HTTP） · what the issuer's address serves over HTTP; extra `http`",
          "services.certificates.site.server:open", "services.certificates.config:SiteConfig"),
)}
# fmt: on
SERVICES = tuple(dict.fromkeys(entry.service for entry in TABLE.values()))


def _named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def load(name: str, **settings: Any) -> Any:
    """Return the settings of a process, `settings` over what is set; raises Unusable with all that is wrong."""
    return TABLE[name].model().load(SERVICES, **settings)


def start(name: str, only_check: bool = False) -> int:
    """Run a process until it is stopped and return its exit code; or only look whether its settings can be used."""
    try:
        config = load(name)
    except Unusable as error:
        print(f"{name}: {refusal(error.problems)}", file=sys.stderr)
        return EXIT_CONFIG
    if only_check:
        print(f"{name}: the configuration can be used")
        return 0
    return run(name, TABLE[name].open, config)


def described() -> str:
    """Return the table for readers."""
    return "\n".join(f"  {entry.name:<27}{entry.says}" for entry in TABLE.values())


def main() -> int:
    """Start what the command line names."""
    parser = argparse.ArgumentParser(
        prog="shuzheng run",
        description=f"进程 · processes:\n\n{described()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=TABLE, metavar="NAME", help="进程名 · which one")
    parser.add_argument(
        "--check-config", action="store_true", help="只检查配置 · only look whether its settings can be used"
    )
    chosen = parser.parse_args()
    return start(chosen.name, chosen.check_config)


if __name__ == "__main__":
    sys.exit(main())
