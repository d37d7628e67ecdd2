"""RDF canonical forms: equal to another implementation's, and the same with whole and with cut contexts."""

import json
import random
import string

import pytest
from openbadgeslib.ob3.contexts import document_loader
from pyld import jsonld
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from services.certificates.document.domain.document import faults
from services.certificates.proofs.signing import proof, rdf
from services.certificates.proofs.signing.suites import RDFC
from tests.support.documents import KEY_ID, START, documents

LETTERS = string.ascii_letters + string.digits + " .,:;-_'\"\\<>{}|^`#%&()中文古丽·买买提é𠮷𬭳\u200b"


def by_pyld(document):
    """The canonical form as PyLD makes it, with the contexts that openbadgeslib ships."""
    wanted = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": document_loader()}
    return jsonld.normalize(document, wanted).encode()


def with_whole_contexts(document):
    whole = [rdf.CONTEXTS[address] for address in document["@context"]]
    dataset = Dataset(parse(json.dumps(document | {"@context": whole}).encode(), format=RdfFormat.JSON_LD))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


def scrambled(value, chance, name=""):
    """The same shape with random text, except where the text is a keyword, a type or an address."""
    if isinstance(value, dict):
        members = [(key, scrambled(member, chance, key)) for key, member in value.items()]
        chance.shuffle(members)
        return dict(members)
    if isinstance(value, list):
        return [scrambled(member, chance, name) for member in value]
    if not isinstance(value, str) or name in {"type", "@context"} or ":" in value:
        return value
    return "".join(chance.choice(LETTERS) for _ in range(chance.randrange(1, 30)))


@pytest.mark.parametrize("shape", documents())
def test_every_shape_has_the_form_that_pyld_finds(shape):
    document = documents()[shape]
    assert rdf.canonical(document) == by_pyld(document) == with_whole_contexts(document)


def test_random_documents_have_the_form_that_pyld_finds():
    chance, shapes = random.Random(7), list(documents().values())
    for _ in range(60):
        document = scrambled(chance.choice(shapes), chance)
        assert rdf.canonical(document) == by_pyld(document)


def test_cutting_the_contexts_changes_nothing():
    chance, shapes = random.Random(8), list(documents().values())
    for _ in range(100):
        document = scrambled(chance.choice(shapes), chance)
        assert rdf.canonical(document) == with_whole_contexts(document)


def test_terms_beyond_our_profile_are_not_cut():
    document = documents()["grade"] | {
        "evidence": [{"id": "urn:x:1", "type": ["Evidence"], "name": "e", "genre": "g"}],
        "relatedResource": [{"id": "https://x.example/r", "digestSRI": "sha384-x"}],
    }
    assert rdf.canonical(document) == with_whole_contexts(document) == by_pyld(document)


def test_the_options_have_the_form_that_pyld_finds():
    document = documents()["grade"]
    options = proof.options(document, KEY_ID, START, RDFC)
    assert "@context" not in options
    assert rdf.canonical_options(options) == by_pyld({"@context": document["@context"], **options})


@pytest.mark.parametrize(
    "change",
    [
        {"created": "2026-05-20"},
        {"created": '2026-05-20T01:02:03Z"'},
        {"verificationMethod": "did:web:x> <y"},
    ],
    ids=str,
)
def test_options_of_another_shape_have_no_form(change):
    options = proof.options(documents()["grade"], KEY_ID, START, RDFC)
    with pytest.raises(rdf.UncanonicalError):
        rdf.canonical_options(options | change)


@pytest.mark.parametrize(
    "context",
    [[], None, "https://www.w3.org/ns/credentials/v2", ["https://example.org/c"], [{"a": "urn:a"}], [[]]],
    ids=str,
)
def test_no_other_context_is_read(context):
    with pytest.raises(rdf.UncanonicalError):
        rdf.canonical(documents()["grade"] | {"@context": context})


@pytest.mark.parametrize("letter", [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))], ids=ascii)
def test_control_characters_are_refused_before_any_form_is_made(letter):
    assert list(faults({"name": f"a{letter}b"})) == ["$.name holds a control character"]


def test_nothing_is_fetched(monkeypatch):
    monkeypatch.setattr("socket.socket", None)
    assert rdf.canonical(documents()["grade"])
