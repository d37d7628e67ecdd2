"""Many documents at once are examined by workers, and here where these do not answer."""

from services.certificates.proofs.signing.lint import lint
from services.certificates.proofs.signing.workshop import Workshop
from tests.support.documents import candidate, documents

GOOD = [candidate(document) for document in documents().values()]
BAD = GOOD[0]._replace(document_sha256="0" * 64)
ALL = [*GOOD, BAD]


async def test_workers_find_what_is_found_here():
    workshop = Workshop(few=0)
    try:
        assert await workshop.lint(ALL) == [lint(one) for one in ALL]
        assert workshop.pool is not None
    finally:
        workshop.close()


async def test_workers_that_do_not_answer_are_given_up(log):
    workshop = Workshop(few=0, patience=0.01)
    assert await workshop.lint(ALL) == [lint(one) for one in ALL]
    assert workshop.pool is None
    assert [line["reason"] for line in log.lines("workers_lost")] == ["TimeoutError"]
