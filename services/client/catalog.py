"""What can be called: the nouns that people know, the service behind each, and the verbs of its RPCs.

Verbs follow from the names of the RPCs, so that every RPC is reachable as soon as its proto exists.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

WORDS = re.compile(r"[A-Z][a-z0-9]*")


@dataclass(frozen=True)
class Noun:
    """A gRPC service, under the name that people have for it; `more` are other ones whose RPCs belong to it."""

    name: str
    service: str
    rpc_service: str
    zh: str
    en: str
    more: tuple[str, ...] = ()

    @cached_property
    def descriptors(self) -> tuple[ServiceDescriptor, ...]:
        """The gRPC services behind the noun, its own first."""
        return tuple(descriptor(self.service, name) for name in (self.rpc_service, *self.more))

    @cached_property
    def said(self) -> frozenset[str]:
        """The words of RPC names that the noun says already, in both numbers."""
        words = WORDS.findall(self.rpc_service.removesuffix("Service"))
        return frozenset(words + [_plural(word) for word in words])

    @cached_property
    def verbs(self) -> dict[str, MethodDescriptor]:
        """RPCs by verb, in the order of the protos."""
        found: dict[str, MethodDescriptor] = {}
        for method in (method for each in self.descriptors for method in each.methods):
            verb = self.verb(method.name)
            found[f"{verb}-all" if verb in found else verb] = method
        return found

    def verb(self, method: str) -> str:
        """Return the verb of an RPC: `FileCohort` is `file`, `StartTeaching` is `start-teaching`."""
        words = WORDS.findall(method)
        rest = [word for word in words if word not in self.said] or words
        return "-".join(word.lower() for word in rest)


def _plural(word: str) -> str:
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith("ch") else f"{word}s"


def descriptor(service: str, rpc_service: str) -> ServiceDescriptor:
    """Return the descriptor of a gRPC service, for example ("training", "CohortService")."""
    module = "_".join(word.lower() for word in WORDS.findall(rpc_service))
    messages = import_module(f"shuzheng.{service}.v1.{module}_pb2")
    return messages.DESCRIPTOR.services_by_name[rpc_service]


NOUNS: tuple[Noun, ...] = (
    Noun("institution", "training", "InstitutionService", "培训机构", "training institutions"),
    Noun("listing", "training", "ListingService", "培训机构目录", "catalogue listings of institutions"),
    Noun("program", "training", "ProgramService", "培训方案", "programs in force"),
    Noun("cohort", "training", "CohortService", "班次", "cohorts, from plan to archive"),
    Noun("roster", "training", "RosterService", "学员名册", "rosters of learners as files"),
    Noun("learner", "training", "LearnerService", "学员", "learners of an institution"),
    Noun("enrollment", "training", "EnrollmentService", "报名入班", "places in a cohort, completion-exam scores"),
    Noun("hours", "training", "HourEntryService", "学时", "the ledger of learning hours"),
    Noun("completion", "training", "CompletionService", "结业", "completions"),
    Noun("body", "assessment", "BodyService", "评价机构", "assessment bodies"),
    Noun("body-listing", "assessment", "ListingService", "评价机构目录", "catalogue listings of bodies"),
    Noun("site", "assessment", "SiteService", "考核站点", "examination sites"),
    Noun("examiner", "assessment", "ExaminerService", "考评员", "examiners and proctors"),
    Noun("bank", "assessment", "BankService", "题库", "question banks, import and export"),
    Noun("item", "assessment", "ItemService", "试题", "items of a bank"),
    Noun("blueprint", "assessment", "BlueprintService", "命题细目表", "blueprints"),
    Noun("paper", "assessment", "PaperService", "试卷", "papers: draw, seal, release"),
    Noun("candidate", "assessment", "CandidateService", "考生", "candidates"),
    Noun("evidence", "assessment", "EvidenceService", "申报凭证", "evidence and eligibility"),
    Noun("exam", "assessment", "ExamService", "考试", "exams"),
    Noun("registration", "assessment", "RegistrationService", "报考", "registrations and admission tickets"),
    Noun("attempt", "assessment", "AttemptService", "作答", "sittings of the theory part"),
    Noun("mark", "assessment", "MarkService", "评分", "marks of the ability part"),
    Noun("result", "assessment", "ResultService", "成绩", "results"),
    Noun("certificate", "certificates", "CertificateService", "证书", "certificates and their verification",
         ("HoldService", "CertificatePaperService")),
    Noun("batch", "certificates", "BatchService", "发证批次", "batches that two persons release"),
    Noun("share", "certificates", "ShareService", "加注分享", "share links of certificates"),
    Noun("status", "certificates", "StatusService", "状态列表", "published status lists"),
    Noun("employer", "certificates", "EmployerService", "用人单位", "employers that verify in bulk, and their keys"),
    Noun("report", "certificates", "VerificationReportService", "验证报告", "signed reports of verified files"),
    Noun("log", "certificates", "LogService", "透明日志", "the transparency log as published files"),
)  # fmt: skip
BY_NAME = {noun.name: noun for noun in NOUNS}
SERVICES = ("training", "assessment", "certificates")
# Served beside the nouns: verification is part of `certificate`; every service serves EVERYWHERE.
MORE = (("certificates", "VerificationService"),)
EVENTS = ("events", "EventService")
OPERATIONS = ("operations", "OperationService")
EVERYWHERE = (EVENTS, OPERATIONS)


def services() -> Iterator[tuple[str, ServiceDescriptor]]:
    """Yield (service, gRPC service) for everything that belongs to one service."""
    for noun in NOUNS:
        yield from ((noun.service, each) for each in noun.descriptors)
    for service, rpc_service in MORE:
        yield service, descriptor(service, rpc_service)


def find(path: str) -> tuple[str, MethodDescriptor] | None:
    """Return (service, method) of `SERVICE/METHOD`, the service with or without its package; None for none.

    For what every service serves, the service is "".
    """
    wanted, _, method = path.rpartition("/")
    everything = [*services(), *(("", descriptor(*each)) for each in EVERYWHERE)]
    found = [
        (service, each.methods_by_name[method])
        for service, each in everything
        if _names(each, service, wanted) and method in each.methods_by_name
    ]
    return found[0] if len(found) == 1 else None


@cache
def method(path: str) -> tuple[str, MethodDescriptor]:
    """Return what `find` finds; raises LookupError where there is none."""
    found = find(path)
    if found is None:
        raise LookupError(path)
    return found


def _names(service: ServiceDescriptor, owner: str, wanted: str) -> bool:
    return wanted in (service.full_name, service.name, f"{owner}.{service.name}")


def paths() -> Sequence[str]:
    """Return every `package.Service/Method`."""
    everything = [each for _, each in services()] + [descriptor(*each) for each in EVERYWHERE]
    return [f"{each.full_name}/{method.name}" for each in everything for method in each.methods]
