"""Policies: what they say, and what is refused."""

from itertools import combinations, count

import pytest

from services.certificates.log.ledger.checkpoint import Checkpoint
from services.certificates.log.ledger.errors import MalformedError, UnverifiedError
from services.certificates.log.ledger.note import Note, parse
from services.certificates.log.ledger.policy import policy_from
from tests.support import transparency
from tests.unit.certificates.log.test_note import ORIGIN, PLAIN, QUANTUM_SAFE

NAMES = ("X1", "X2", "X3", "Y1", "Y2")
WITNESSES = {name: transparency.Witness(f"{name.lower()}.example", {}) for name in NAMES}
LOG = f"log {PLAIN.key.vkey} https://{ORIGIN}\nlog {QUANTUM_SAFE.key.vkey}\n"
LINES = "".join(f"witness {name} {witness.vkey}\n" for name, witness in WITNESSES.items())
GROUPS = "group X 2 X1 X2 X3\ngroup Y any Y1 Y2\ngroup both all X Y\nquorum both\n"
HEAD = Checkpoint(ORIGIN, 3, bytes(32))
SIGNED = str(Note(HEAD.text, (PLAIN.sign(HEAD.text, 1), QUANTUM_SAFE.sign(HEAD.text, 1))))


def test_a_quorum_of_groups_is_counted():
    policy = policy_from(f"# who we trust\n\n{LOG}{LINES}\t {GROUPS}")
    for size in range(6):
        for names in combinations(NAMES, size):
            wanted = sum(name[0] == "X" for name in names) >= 2 and any(name[0] == "Y" for name in names)
            assert policy.satisfied_by(names) is wanted


def test_a_checkpoint_needs_its_quorum():
    policy = policy_from(LOG + LINES + GROUPS)
    cosigned = SIGNED + "".join(WITNESSES[name].cosign(HEAD.text) for name in ("X1", "X3", "Y2"))
    assert policy.verify(parse(cosigned), ORIGIN) == ["X1", "X3", "Y2"]
    with pytest.raises(UnverifiedError, match="too few"):
        policy.verify(parse(SIGNED), ORIGIN)


def test_no_witness_is_needed_where_the_policy_says_none():
    assert policy_from(LOG + "quorum none\n").verify(parse(SIGNED), ORIGIN) == []


def test_every_key_of_the_log_must_have_signed():
    policy = policy_from(LOG + "quorum none\n")
    for signer in (PLAIN, QUANTUM_SAFE):
        with pytest.raises(UnverifiedError, match="lacks a signature"):
            policy.verify(Note(HEAD.text, (signer.sign(HEAD.text, 1),)), ORIGIN)


def test_a_log_that_is_not_named_is_not_believed():
    policy = policy_from(LOG + "quorum none\n")
    with pytest.raises(UnverifiedError):
        policy.verify(parse(SIGNED), "other.example/log/2026")
    with pytest.raises(UnverifiedError):
        policy_from("quorum none\n").verify(parse(SIGNED), ORIGIN)


W1 = LINES.split("\n", 1)[0] + "\n"


@pytest.mark.parametrize("text", [
    "", LOG, "quorum X1\n", "quorum none\nquorum none\n", "quorum\n", "party none\n", f"{LOG}{LOG}quorum none\n",
    f"{W1}{W1}quorum X1\n", f"{W1}{W1.replace('X1', 'X9')}quorum X1\n", W1.replace("X1", "none") + "quorum none\n",
    f"{W1}group G 2 X1\nquorum G\n", f"{W1}group G 0 X1\nquorum G\n", f"{W1}group G any\nquorum G\n",
    f"{W1}group G any X1 X1\nquorum G\n", f"{W1}group G any H\nquorum G\n", f"{W1}group X1 any X1\nquorum X1\n",
    f"{W1}group G any X1\ngroup H any X1\nquorum H\n", f"{W1}group G some X1\nquorum G\n",
    f"log {WITNESSES['X1'].vkey}\nquorum none\n", f"witness L {PLAIN.key.vkey}\nquorum L\n", "log x\nquorum none\n",
], ids=count())  # fmt: skip
def test_a_policy_that_says_nothing_certain_is_refused(text: str):
    with pytest.raises(MalformedError, match="policy"):
        policy_from(text)
