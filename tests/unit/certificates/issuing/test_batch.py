"""The rules of a batch: its digest, its size, and that two persons are two."""

from hashlib import sha256

import pytest

from services.certificates.issuing.domain.batch import (
    LARGEST,
    digest_of,
    require_digest,
    require_second_person,
    require_size,
)
from services.kit.errors import AppError

A, B = "a" * 64, "b" * 64


def test_the_digest_is_that_of_the_sorted_lines():
    assert digest_of([B, A]) == digest_of([A, B]) == sha256(f"{A}\n{B}\n".encode()).hexdigest()


@pytest.mark.parametrize("others", [[], [A], [A, A], [A, "c" * 64], [A, B, B]])
def test_the_digest_differs_with_the_content(others):
    assert digest_of(others) != digest_of([A, B])


@pytest.mark.parametrize(("count", "reason"), [(0, "NOTHING_WAITS"), (LARGEST + 1, "BATCH_TOO_LARGE")])
def test_a_batch_has_some_certificates_but_not_too_many(count, reason):
    require_size(1)
    require_size(LARGEST)
    with pytest.raises(AppError) as refused:
        require_size(count)
    assert refused.value.reason == reason


def test_the_second_person_is_another_one():
    require_second_person("batches/1", "one", "another")
    with pytest.raises(AppError, match="another person"):
        require_second_person("batches/1", "one", "one")


@pytest.mark.parametrize(("seen", "found"), [(B, A), (A, B), (B, B)])
def test_the_digest_that_was_seen_must_be_kept_and_true(seen, found):
    require_digest("batches/1", A, A, A)
    with pytest.raises(AppError, match="look at it again"):
        require_digest("batches/1", A, seen, found)
