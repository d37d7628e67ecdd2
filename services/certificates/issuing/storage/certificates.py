"""Reading and changing certificates and their documents."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from services.certificates.document.domain.certificate import STANDING, State
from services.certificates.issuing.storage.rows.certificates import CertificateRow, DocumentRow
from services.certificates.proofs.signing import proof
from services.certificates.reasons import Reason
from services.kit.errors import precondition
from services.kit.storage.store import Transaction

TABLE: Any = CertificateRow.__table__  # type: ignore[attr-defined]
DOCUMENTS: Any = DocumentRow.__table__  # type: ignore[attr-defined]
BOTH = TABLE.join(DOCUMENTS)
INSERT = TABLE.insert()
INSERT_DOCUMENT = DOCUMENTS.insert()
_MAY_SIGN = (TABLE.c.state == State.INTENT, ~TABLE.c.awaits_release)


class Draft(NamedTuple):
    """A new certificate: the values of its row, its canonical document, and the options of each proof to come."""

    values: dict[str, Any]
    document: bytes
    proof_options: list[str]
    nonce: bytes
    messages: list[str]


class Unsigned(NamedTuple):
    """What signing needs of a certificate in state INTENT; it has `messages` once it has passed the lint.

    `refusal` is what the lint said when it last looked, "" where nothing stood against it.
    """

    name: str
    document: bytes
    document_sha256: str
    proof_options: list[str]
    messages: list[str]
    number: str
    holder_name: str
    status_index: int | None
    valid_from: datetime
    valid_until: datetime | None
    nonce: bytes
    refusal: str


class Passed(NamedTuple):
    """What the lint found: the messages to sign, in hexadecimal."""

    name: str
    messages: list[str]


class Made(NamedTuple):
    """What makes a certificate ISSUED: its proofs, the digest of its RDF form, and the nonce of its leaf."""

    proofs: list[dict]
    rdf_sha256: str
    nonce: bytes


class Signed(NamedTuple):
    """A document with its proofs, and where and by what nonce its leaf opens."""

    name: str
    document: bytes
    proofs: list[dict]
    log_position: str
    nonce: bytes

    @property
    def content(self) -> bytes:
        """The document with its proofs, as it is handed out."""
        return proof.secured(self.document, self.proofs)


async def insert_drafts(tx: Transaction, drafts: Sequence[Draft]) -> None:
    """Store drafted certificates and their documents, all at once."""
    await tx.execute(INSERT, [draft.values for draft in drafts])
    await insert_documents(tx, drafts)
    for draft in drafts:
        tx.act.touch(draft.values["name"], "", draft.values["state"])


async def insert_documents(tx: Transaction, drafts: Sequence[Draft]) -> None:
    """Store the documents of drafted certificates."""
    values = [
        {
            "name": draft.values["name"],
            "document": draft.document,
            "proof_options": draft.proof_options,
            "proofs": [],
            "messages": draft.messages,
            "nonce": draft.nonce,
        }
        for draft in drafts
    ]
    await tx.execute(INSERT_DOCUMENT, values)


async def lock_standing(tx: Transaction, source: str) -> Sequence[CertificateRow]:
    """Return the certificates of a source that can still be revoked, locked until COMMIT."""
    statement = select(CertificateRow).where(
        CertificateRow.source == source, CertificateRow.state.in_(STANDING)
    )
    return await tx.all(statement.with_for_update())


async def unsigned(tx: Transaction, after: str, limit: int) -> list[Unsigned]:
    """Return certificates that wait for their signature, in the order of names; not those that await release."""
    both = DOCUMENTS.c.document, DOCUMENTS.c.proof_options, DOCUMENTS.c.messages, DOCUMENTS.c.nonce
    apart = {column.name: column for column in both}
    columns = [apart.get(field, TABLE.c.get(field)) for field in Unsigned._fields]
    waiting = select(*columns).select_from(BOTH).where(*_MAY_SIGN, TABLE.c.name > after)
    rows = await tx.execute(waiting.order_by(TABLE.c.name).limit(limit))
    return [Unsigned._make(row) for row in rows]


async def store_examined(tx: Transaction, passed: Sequence[Passed], refusals: Mapping[str, str]) -> None:
    """Store what has passed the lint, before any key is used, and what it has against others ("": nothing more)."""
    await lock_unissued(tx, [*(one.name for one in passed), *refusals])
    if passed:
        await tx.execute(_INTEND, [{"at": one.name, "made": one.messages} for one in passed])
    if refusals:
        said = [{"at": name, "text": text, "now": tx.now} for name, text in refusals.items()]
        await tx.execute(_REFUSE, said)


async def lock_unissued(tx: Transaction, names: Sequence[str]) -> list[Any]:
    """Return what still may be signed, locked until COMMIT by name: no two finishers wait for each other."""
    waiting = select(TABLE).where(TABLE.c.name.in_(list(names)), *_MAY_SIGN)
    return list(await tx.execute(waiting.order_by(TABLE.c.name).with_for_update()))


async def store_proofs(tx: Transaction, made: Mapping[str, Made], positions: Mapping[str, str]) -> None:
    """Turn certificates into ISSUED ones; only while `lock_unissued` holds them."""
    await tx.execute(_SIGN, [{"at": name, "made": one.proofs} for name, one in made.items()])
    issued = [
        {"at": name, "now": tx.now, "digest": one.rdf_sha256, "position": positions.get(name, "")}
        for name, one in made.items()
    ]
    await tx.execute(_ISSUE, issued)
    for name in made:
        tx.act.touch(name, State.INTENT, State.ISSUED)


async def nonces(tx: Transaction, names: Sequence[str]) -> dict[str, bytes]:
    """Return the nonces that blind the leaves of certificates, by name."""
    found = select(DOCUMENTS.c.name, DOCUMENTS.c.nonce).where(DOCUMENTS.c.name.in_(list(names)))
    return {row.name: row.nonce for row in await tx.execute(found)}


async def nonce_of(tx: Transaction, name: str) -> bytes:
    """Return the nonce of one certificate; one that was drafted before there was a log gets it now."""
    nonce = (await nonces(tx, [name]))[name]
    if not nonce:
        nonce = secrets.token_bytes(32)
        await tx.execute(update(DOCUMENTS).where(DOCUMENTS.c.name == name).values(nonce=nonce))
    return nonce


_INTEND = (
    update(DOCUMENTS)
    .where(DOCUMENTS.c.name == bindparam("at"))
    .values(messages=bindparam("made", type_=DOCUMENTS.c.messages.type))
)
_REFUSE = (
    update(TABLE)
    .where(TABLE.c.name == bindparam("at"), *_MAY_SIGN)
    .values(
        refusal=bindparam("text"),
        update_time=bindparam("now", type_=TABLE.c.update_time.type),
        version=TABLE.c.version + 1,
    )
)
_SIGN = (
    update(DOCUMENTS)
    .where(DOCUMENTS.c.name == bindparam("at"))
    .values(proofs=bindparam("made", type_=DOCUMENTS.c.proofs.type))
)
_ISSUE = (
    update(TABLE)
    .where(TABLE.c.name == bindparam("at"))
    .values(
        state=State.ISSUED,
        rdf_sha256=bindparam("digest"),
        log_position=bindparam("position"),
        update_time=bindparam("now", type_=TABLE.c.update_time.type),
        version=TABLE.c.version + 1,
    )
)


_SIGNED = select(
    TABLE.c.name, DOCUMENTS.c.document, DOCUMENTS.c.proofs, TABLE.c.log_position, DOCUMENTS.c.nonce
).select_from(BOTH)


async def signed_document(tx: Transaction, name: str) -> bytes:
    """Return the signed document of a certificate that exists; raises NOT_SIGNED_YET."""
    found = Signed._make((await tx.execute(_SIGNED.where(TABLE.c.name == name))).one())
    if not found.proofs:
        raise precondition(Reason.NOT_SIGNED_YET, f"{name} carries no signature.", name=name)
    return found.content


async def signed(tx: Transaction, after: str, limit: int, **filters: Any) -> list[Signed]:
    """Return documents with their proofs, in the order of names; those without a proof have none.

    Only certificates whose columns equal `filters` are looked at; "" and None leave one out.
    """
    equal = [TABLE.c[column] == value for column, value in filters.items() if value]
    found = _SIGNED.where(*equal, TABLE.c.state != State.INTENT, TABLE.c.name > after)
    return [Signed._make(row) for row in await tx.execute(found.order_by(TABLE.c.name).limit(limit))]
