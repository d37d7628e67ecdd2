"""Tiles as files, read back by a reader that was written from the specification alone."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.certificates.log.ledger.errors import MalformedError, RefusedError
from services.certificates.log.ledger.merkle import Frontier, consistency_holds, inclusion_holds, leaf_hash
from services.certificates.log.ledger.static import resource
from services.certificates.log.ledger.tiles import ENTRIES, TileStore, bundle, tile_path, unbundle
from services.certificates.log.ledger.tree import Edge, Tree
from tests.support import transparency

SIZES = [1, 2, 255, 256, 257]
LARGE = [65_536, 65_537]


def leaves(size: int) -> list[bytes]:
    return [b'{"t":"issue","n":"%d"}' % index for index in range(size)]


def written(folder: Path, size: int, step: int) -> TileStore:
    """A log of `size` leaves, published `step` leaves at a time."""
    store, edge, entries = TileStore(folder), Edge(0, [[]], []), leaves(size)
    for start in range(0, size, step):
        tiles = edge.grow(entries[start : start + step])
        store.write(tiles)
        store.drop_partials(tiles)
    frontier = Frontier()
    frontier.extend(map(leaf_hash, entries))
    assert edge.root() == frontier.root()
    return store


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [7, 256, 1000])
def test_another_reader_finds_the_same_tree(size: int, step: int, tmp_path: Path):
    store = written(tmp_path, size, step)
    assert transparency.leaves_in(tmp_path, size) == leaves(size)
    transparency.check_upper_tiles(tmp_path, leaves(size))
    assert Tree(store, size).root() == transparency.mth(leaves(size))
    assert Edge.read(store, size).root() == transparency.mth(leaves(size))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> TileStore:
    folder = tmp_path_factory.mktemp("large")
    store, edge = TileStore(folder), Edge(0, [[]], [])
    for part in (slice(0, LARGE[0]), slice(LARGE[0], LARGE[1])):
        store.write(edge.grow(leaves(LARGE[1])[part]))
    return store


@pytest.mark.parametrize("size", LARGE)
def test_another_reader_finds_the_same_large_tree(size: int, large: TileStore):
    found = transparency.leaves_in(large.folder, size)
    assert found == leaves(size)
    assert transparency.check_upper_tiles(large.folder, found) == 256 + 1
    assert Tree(large, size).root() == Edge.read(large, size).root() == transparency.mth(found)


@pytest.mark.parametrize("size", LARGE)
@settings(max_examples=40)
@given(data=st.data())
def test_proofs_from_a_large_tree_hold(size: int, large: TileStore, data: st.DataObject):
    tree, old = Tree(large, size), data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, size - 1))
    leaf = leaf_hash(tree.entry(index))
    assert inclusion_holds(leaf, index, size, tree.inclusion(index), tree.root())
    assert consistency_holds(old, size, Tree(large, old).root(), tree.root(), tree.consistency(old))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_published_tree_proves_every_earlier_one(data: st.DataObject, tmp_path: Path):
    size = data.draw(st.integers(1, 700))
    store = written(tmp_path / f"log{data.draw(st.integers(0, 10**9))}-{size}", size, 256)
    old = data.draw(st.integers(1, size))
    assert Tree(store, size).consistency(old) == transparency.consistency(old, leaves(size))


def test_a_tree_of_70_000_leaves_has_the_tiles_of_the_specification():
    edge = Edge(0, [[]], [])
    tiles = edge.grow([b""] * 70_000)
    full = [tile for tile in tiles if tile.width == 256]
    partial = {(tile.level, tile.width) for tile in tiles if tile.width < 256}
    assert [sum(tile.level == level for tile in full) for level in (0, 1, 2)] == [273, 1, 0]
    assert partial == {(ENTRIES, 112), (0, 112), (1, 17), (2, 1)}


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (0, 0, 256, "tile/0/000"),
        (1, 999, 3, "tile/1/999.p/3"),
        (2, 1000, 255, "tile/2/x001/000.p/255"),
        (ENTRIES, 273, 112, "tile/entries/273.p/112"),
    ],
)
def test_paths_are_written_as_specified(level: int, index: int, width: int, path: str):
    assert tile_path(level, index, width) == path
    kind = "entries" if level == ENTRIES else str(level)
    assert transparency.path_of(kind, index, width) == path


def test_a_published_tile_is_never_changed(tmp_path: Path):
    store = TileStore(tmp_path)
    store.write(Edge(0, [[]], []).grow([b"one"]))
    store.write(Edge(0, [[]], []).grow([b"one"]))
    with pytest.raises(RefusedError, match="other bytes"):
        store.write(Edge(0, [[]], []).grow([b"two"]))


def test_a_partial_tile_that_was_replaced_is_read_from_the_full_one(tmp_path: Path):
    store = written(tmp_path, 300, 100)
    assert not (tmp_path / "tile/0/000.p").exists()
    assert Tree(store, 200).root() == transparency.mth(leaves(200))


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: data + b"x"])
def test_a_cut_tile_is_refused(damage, tmp_path: Path):
    store = written(tmp_path, 10, 10)
    path = tmp_path / "tile/0/000.p/10"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RefusedError):
        Tree(store, 10).root()


def test_a_missing_tile_is_named(tmp_path: Path):
    with pytest.raises(RefusedError, match="tile/0/000 is missing"):
        Tree(TileStore(tmp_path), 10).root()


def test_entries_and_hashes_that_differ_are_refused(tmp_path: Path):
    store = written(tmp_path, 3, 3)
    (tmp_path / "tile/entries/000.p/3").write_bytes(bundle([b"a", b"b", b"c"]))
    with pytest.raises(RefusedError, match="last entries"):
        Edge.read(store, 3)


@given(st.lists(st.binary(max_size=400)))
def test_bundles_keep_their_entries(entries: list[bytes]):
    assert unbundle(bundle(entries)) == entries


@pytest.mark.parametrize("data", [b"\0", b"\0\2a", b"\0\1ab"])
def test_a_bundle_that_ends_early_is_refused(data: bytes):
    with pytest.raises(MalformedError):
        unbundle(data)


def test_only_one_process_writes(tmp_path: Path):
    first, second = TileStore(tmp_path), TileStore(tmp_path)
    assert first.lock()
    assert first.lock()
    assert not second.lock()
    first.unlock()
    assert second.lock()
    second.unlock()


def test_everything_published_is_served_with_the_right_headers(tmp_path: Path):
    store = written(tmp_path / "2026", 300, 300)
    store.write_text("checkpoint", "x")
    files = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    found = {path: resource(tmp_path, path) for path in files}
    assert len(found) == 6
    for path, served in found.items():
        assert served is not None, path
        assert served.path.is_file()
        assert ("immutable" in served.cache_control) == ("tile" in path and ".p/" not in path)
        assert served.content_type.startswith(
            "application" if "tile" in path else "text/plain; charset=utf-8"
        )


@pytest.mark.parametrize("path", [
    "2026/.lock", "2026/../keys/2026-ed25519.pem", "2026/tile/64/000", "2026/tile/0/00", "2026/tile/0/1000",
    "2026/tile/0/000.p/0", "2026/tile/0/000.p/256", "2026/tile/0/000.p/01", "2026/checkpoint.new", "checkpoint",
    "2026/tile/00/000", "2026/tile/entries/x001/../000", "2026/tile/0/000\n", "",
])  # fmt: skip
def test_nothing_else_is_served(path: str, tmp_path: Path):
    assert resource(tmp_path, path) is None
