"""Hashes and proofs against the recursive definitions of RFC 6962, and against known trees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.log.ledger.errors import MalformedError
from services.certificates.log.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_holds,
    consistency_proof,
    inclusion_holds,
    inclusion_proof,
    leaf_hash,
    node_hash,
    subtree_root,
)
from tests.support import transparency

# The eight leaves and the roots of the tests of Certificate Transparency's reference implementation.
LEAVES = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 600
DATA = [b"leaf %d" % index for index in range(LARGEST)]
HASHES = [leaf_hash(leaf) for leaf in DATA]
SIZES = st.integers(1, LARGEST)


def node(level: int, number: int) -> bytes:
    if level == 0:
        return HASHES[number]
    return node_hash(node(level - 1, 2 * number), node(level - 1, 2 * number + 1))


def root_of(size: int) -> bytes:
    return subtree_root(0, size, node)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int]:
    new = draw(SIZES)
    return draw(st.integers(1, new)), new


@st.composite
def places(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(SIZES)
    return draw(st.integers(0, size - 1)), size


def test_the_roots_of_the_reference_tree_are_reached():
    frontier = Frontier()
    found = []
    for leaf in LEAVES:
        frontier.append(leaf_hash(leaf))
        found.append(frontier.root().hex())
    assert found == ROOTS


def test_the_empty_tree_has_the_hash_of_nothing():
    assert Frontier().root() == EMPTY_ROOT == transparency.mth([])


@given(SIZES)
def test_a_frontier_reaches_the_defined_root_and_survives_storage(size: int):
    frontier = Frontier()
    frontier.extend(HASHES[:size])
    again = Frontier(size, frontier.encode())
    assert frontier.root() == again.root() == root_of(size) == transparency.mth(DATA[:size])


def test_a_frontier_of_another_size_is_refused():
    with pytest.raises(MalformedError):
        Frontier(3, bytes(32))


@given(places())
def test_every_inclusion_proof_is_the_defined_one_and_holds(place: tuple[int, int]):
    index, size = place
    proof = inclusion_proof(index, size, node)
    assert proof == transparency.audit_path(index, DATA[:size])
    assert inclusion_holds(HASHES[index], index, size, proof, root_of(size))


@given(pairs())
def test_every_consistency_proof_is_the_defined_one_and_holds(pair: tuple[int, int]):
    old, new = pair
    proof = consistency_proof(old, new, node)
    assert proof == transparency.consistency(old, DATA[:new])
    assert consistency_holds(old, new, root_of(old), root_of(new), proof)


def test_all_pairs_of_small_trees_are_consistent_and_no_others():
    for new in range(1, 24):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, node)
            assert consistency_holds(old, new, root_of(old), root_of(new), proof)
            assert not consistency_holds(old, new, bytes(32), root_of(new), proof)
            assert not consistency_holds(old, new, root_of(old), bytes(32), proof)


def test_every_index_of_small_trees_is_proven_at_its_place_only():
    for size in range(1, 24):
        for index in range(size):
            proof = inclusion_proof(index, size, node)
            held = [
                at for at in range(size) if inclusion_holds(HASHES[index], at, size, proof, root_of(size))
            ]
            assert held == [index]


@given(places(), st.data())
def test_an_inclusion_proof_with_any_changed_byte_fails(place: tuple[int, int], data: st.DataObject):
    index, size = place
    leaf, root, proof = HASHES[index], root_of(size), inclusion_proof(index, size, node)
    parts = [leaf, root, *proof]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = changed(parts[which], data)
    assert not inclusion_holds(parts[0], index, size, parts[2:], parts[1])


@given(pairs(), st.data())
def test_a_consistency_proof_with_any_changed_byte_fails(pair: tuple[int, int], data: st.DataObject):
    old, new = pair
    parts = [root_of(old), root_of(new), *consistency_proof(old, new, node)]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = changed(parts[which], data)
    assert not consistency_holds(old, new, parts[0], parts[1], parts[2:])


@given(places())
def test_a_proof_with_a_part_too_many_or_too_few_fails(place: tuple[int, int]):
    index, size = place
    proof = inclusion_proof(index, size, node)
    assert not inclusion_holds(HASHES[index], index, size, [*proof, bytes(32)], root_of(size))
    if proof:
        assert not inclusion_holds(HASHES[index], index, size, proof[:-1], root_of(size))


@given(pairs())
def test_a_consistency_proof_with_a_part_too_many_or_too_few_fails(pair: tuple[int, int]):
    old, new = pair
    proof = consistency_proof(old, new, node)
    assert not consistency_holds(old, new, root_of(old), root_of(new), [*proof, bytes(32)])
    if proof:
        assert not consistency_holds(old, new, root_of(old), root_of(new), proof[:-1])


def test_everything_follows_the_empty_tree():
    assert consistency_proof(0, 5, node) == []
    assert consistency_holds(0, 5, EMPTY_ROOT, root_of(5), [])
    assert not consistency_holds(0, 5, bytes(32), root_of(5), [])
    assert not consistency_holds(5, 4, root_of(5), root_of(4), [bytes(32)])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int):
    assert not inclusion_holds(HASHES[0], index, size, [], root_of(1))
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(index, size, node)


def test_a_larger_tree_is_no_beginning_of_a_smaller_one():
    with pytest.raises(ValueError, match="does not come before"):
        consistency_proof(4, 3, node)


def changed(part: bytes, data: st.DataObject) -> bytes:
    at, mask = data.draw(st.integers(0, len(part) - 1)), data.draw(st.integers(1, 255))
    return part[:at] + bytes([part[at] ^ mask]) + part[at + 1 :]
