"""What can be done with registrations: decide, take a seat, give it back."""

from dataclasses import dataclass

from services.assessment.exam.domain.registration import (
    TRANSITIONS,
    Application,
    RegistrationAction,
    RegistrationState,
    free_seat,
    refusals,
    ticket_number,
)
from services.assessment.exam.storage import exams, registrations
from services.assessment.exam.storage.rows.exams import ExamRow
from services.assessment.exam.storage.rows.registrations import RegistrationRow
from services.assessment.names import REGISTRATION
from services.assessment.person.domain.eligibility import Case, decide, usable_completions
from services.assessment.person.storage import candidates, integrity_records
from services.assessment.person.storage.rows.candidates import CandidateRow
from services.assessment.policy import Policy
from services.assessment.reasons import Reason
from services.assessment.register.storage.rows.bodies import BodyRow
from services.kit.errors import AppError, Kind, Unmet, already_exists, precondition
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance

# Failures of the call, not of a candidate.
PASSED_ON = frozenset({Kind.UNAVAILABLE, Kind.CONFLICT, Kind.DEADLINE})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one candidate of a batch has no seat."""

    candidate: str
    error: AppError


class Registrations(Resource[RegistrationRow]):
    """Commands and questions about registrations."""

    row, pattern = RegistrationRow, REGISTRATION

    def __init__(self, store: Store, policy: Policy) -> None:
        super().__init__(store)
        self.policy = policy

    @command
    async def create(self, tx: Transaction, exam: str, candidate: str) -> RegistrationRow:
        """Register a candidate; raises NOT_ELIGIBLE and others with all reasons, EXAM_FULL, ALREADY_REGISTERED."""
        return await self._register(tx, exam, candidate, "")

    async def create_batch(
        self, exam: str, institution: str, wanted: list[str]
    ) -> tuple[list[RegistrationRow], list[Refusal]]:
        """Register candidates of an institution, each decided and committed alone; who has a seat keeps it."""
        seats, refused = [], []
        for candidate in wanted:
            try:
                seats.append(await self._register_one(exam, candidate, institution))
            except AppError as error:
                if error.kind in PASSED_ON:
                    raise
                refused.append(Refusal(candidate, error))
        return seats, refused

    async def _register_one(self, exam: str, candidate: str, institution: str) -> RegistrationRow:
        async with self.store.write() as tx:
            row = await tx.get(CandidateRow, candidate)
            known = await registrations.live(tx, exam, row.person)
            if known is not None and known.institution == institution:
                return known
            return await self._register(tx, exam, candidate, institution)

    async def _register(
        self, tx: Transaction, exam: str, candidate: str, institution: str
    ) -> RegistrationRow:
        row, person = await tx.get(ExamRow, exam), await tx.get(CandidateRow, candidate)
        application = await self._application(tx, row, person, institution)
        if problems := refusals(application):
            raise _refuse(application, problems)
        serial = await exams.take_seat(tx, exam)
        if (known := await registrations.live(tx, exam, person.person)) is not None:
            message = f"{candidate} has the registration {known.name}."
            raise already_exists(known.name, Reason.ALREADY_REGISTERED, message)
        return await tx.insert(
            RegistrationRow(
                name=REGISTRATION.child(exam, new_id()),
                parent=exam,
                candidate=candidate,
                person=person.person,
                candidate_display_name=person.display_name,
                id_masked=person.id_masked,
                seat=free_seat(await registrations.taken_seats(tx, exam)),
                ticket_number=ticket_number(row.examined_on, row.ticket_series, serial),
                institution=institution,
                route=application.decision.route,
                state=RegistrationState.ADMITTED,
            )
        )

    async def _application(
        self, tx: Transaction, exam: ExamRow, person: CandidateRow, institution: str
    ) -> Application:
        body = await tx.get(BodyRow, exam.parent)
        day = exam.examined_on
        table = self.policy.eligibility(exam.occupation, day)
        case = Case(await candidates.dossier(tx, person), exam.qualification, day, table)
        return Application(
            decision=decide(case),
            completions=usable_completions(case),
            body=body.name,
            body_uscc=body.uscc,
            body_institution=body.institution,
            separation=self.policy.separation(day),
            records=await integrity_records.terms(tx, person.person),
            examined_on=day,
            institution=institution,
        )

    @command
    async def cancel(self, tx: Transaction, name: str, etag: str, candidate: str) -> RegistrationRow:
        """Cancel before registration closes; raises WRONG_STATE, REGISTRATION_NOT_OPEN."""
        await registrations.owned(tx, name, candidate)
        await exams.free_seat(tx, REGISTRATION.parent(name))
        row = await tx.lock(RegistrationRow, name, etag)
        row.state = advance(TRANSITIONS, row.state, RegistrationAction.CANCEL, name)
        return await tx.save(row)

    async def owned(self, name: str, candidate: str) -> RegistrationRow:
        """Return one registration, of that candidate where one is named; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await registrations.owned(tx, name, candidate)


def _refuse(application: Application, problems: list[Unmet]) -> AppError:
    reason = Reason.NOT_ELIGIBLE if not application.decision.eligible else Reason(problems[0].reason)
    table = application.decision.table
    message = f"The candidate may not be registered: {len(problems)} conditions are not met."
    return precondition(reason, message, *problems, source=table.source, mark=table.mark)
