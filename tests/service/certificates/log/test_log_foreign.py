"""The log before other people's code: aics-tlog and tlog-scales read every tile and proof, aics-witness cosigns.

They stand in a folder of their own (tests/foreign/requirements.txt), and run in processes of their own.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.certificates.log.ledger.policy import policy_from
from services.certificates.log.ledger.proving import Position, Trust
from tests.support import transparency
from tests.support.databases import Databases
from tests.support.log_worlds import ORIGIN, LogWorld, append
from tests.support.postgres import free_port

FOREIGN = Path(__file__).parents[3] / "foreign" / ".python"
SIZES = (1, 3, 256, 257, 66_000)
LEAVES = (0, 255, 256, 65_535, 65_536, 65_999)

AICS_TLOG = """
import base64, sys
from pathlib import Path
import aics_tlog as tlog

folder = Path(sys.argv[1])
shard = folder / "log" / "2026"
key = tlog.parse_vkey((shard / "vkeys").read_text().split()[0])
heads = {}
for path in folder.glob("checkpoint.*"):
    note = tlog.parse_note(path.read_bytes())
    assert tlog.verify_checkpoint(note, key, [], quorum=0).ok
    head = tlog.parse_checkpoint(note.text)
    heads[head.size] = head
reader = tlog.FileSystemTileReader(shard)
for size, head in heads.items():
    assert tlog.tree_root_from_tiles(reader, size) == head.root
    for old in heads:
        if old <= size:
            proof = tlog.consistency_proof_from_tiles(reader, old, size)
            assert tlog.verify_consistency(old, size, heads[old].root, head.root, proof)
last = heads[max(heads)]
print(tlog.audit_tiles(reader, last.size, last.root))
for path in folder.glob("*.tlog-proof"):
    index = int(path.stem)
    lines = [base64.b64decode(line) for line in path.read_text().split("\\n\\n")[0].split("\\n")[2:]]
    leaf = path.with_suffix(".leaf").read_bytes()
    assert tlog.verify_leaf_inclusion(leaf, index, last.size, lines, last.root)
"""


TLOG_SCALES = """
import base64, sys
from pathlib import Path
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint, InclusionProof

folder = Path(sys.argv[1])
shard = folder / "log" / "2026"
keys = [Vkey.from_string(line) for line in (shard / "vkeys").read_text().split()]
assert sorted(key.sig_type for key in keys) == [1, 6], keys
heads = {}
for path in folder.glob("checkpoint.*"):
    head = Checkpoint.from_text(path.read_text())
    for key in keys:
        head.verify(key)
    heads[head.size] = head.root_hash
reader = TilesReader(LocalBackend(shard))
reader.set_size(max(heads))
for size, root in heads.items():
    assert reader.mth(0, size) == root
    for old in heads:
        if old <= size:
            reader.get_consistency_proof(old, size).check(heads[old], root)
for path in folder.glob("*.tlog-proof"):
    index = int(path.stem)
    lines = [base64.b64decode(line) for line in path.read_text().split("\\n\\n")[0].split("\\n")[2:]]
    leaf = path.with_suffix(".leaf").read_bytes()
    assert reader.get_entry(index) == leaf
    InclusionProof(index, max(heads), lines).check(leaf_hash(leaf), heads[max(heads)])
print("sizes", len(heads))
"""


READERS = {"aics-tlog": (AICS_TLOG, "bundles=258"), "tlog-scales": (TLOG_SCALES, "sizes 5")}


def foreign(*command: str | Path) -> list[str]:
    """The command for a process that imports the foreign packages and nothing of ours."""
    assert FOREIGN.exists(), "other people's readers are not installed: run `make foreign`"
    return ["env", f"PYTHONPATH={FOREIGN}", sys.executable, "-P", *map(str, command)]


def read(reader: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Let another implementation read everything in a folder; it fails where something is wrong."""
    return subprocess.run(foreign("-c", READERS[reader][0], folder), capture_output=True, text=True)


@pytest.fixture(scope="module")
def published(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that grew in steps, with its checkpoint at each and proofs of some leaves."""
    world = LogWorld(sqlite_databases.empty(), tmp_path_factory.mktemp("log"))
    asyncio.run(grow(world))
    return world.folder


async def grow(world: LogWorld) -> None:
    await world.make_tables()
    async with world.open() as log:
        for old, new in zip((0, *SIZES), SIZES, strict=False):
            await append(log, *range(old, new))
            await log.sequencer.publish()
            (world.folder / f"checkpoint.{new}").write_text(await log.checkpoint(), "utf-8")
        for index in LEAVES:
            found = await log.inclusion(Position(ORIGIN, index))
            (world.folder / f"{index}.tlog-proof").write_text(found.proof, "utf-8")
            (world.folder / f"{index}.leaf").write_bytes(found.leaf)


@pytest.mark.parametrize("reader", READERS)
def test_another_implementation_agrees_on_everything(published: Path, reader: str):
    done = read(reader, published)
    assert done.returncode == 0, done.stderr
    assert READERS[reader][1] in done.stdout


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "file",
    ["log/2026/tile/1/000", "log/2026/vkeys", "checkpoint.257", "65536.leaf", "255.tlog-proof"],
)
def test_another_implementation_refuses_a_changed_file(
    published: Path, tmp_path: Path, reader: str, file: str
):
    folder = shutil.copytree(published, tmp_path / "changed", copy_function=os.link)
    content = bytearray((folder / file).read_bytes())
    content[45] ^= 1  # a hash, the Ed25519 key, the root, the commitment, a hash
    (folder / file).unlink()
    (folder / file).write_bytes(content)
    done = read(reader, folder)
    assert done.returncode == 1
    assert "Traceback" in done.stderr


@pytest.fixture
async def world(sqlite_databases: Databases, tmp_path: Path) -> LogWorld:
    return await LogWorld(sqlite_databases.empty(), tmp_path).make_tables()


async def test_another_implementation_cosigns(world: LogWorld, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(world.folder)  # where the witness keeps its files
    program, port = foreign("-m", "aics_witness"), free_port()
    async with world.open() as log:
        made = subprocess.run(
            [*program, "init", "--name", "w.example/w1"], capture_output=True, text=True, check=True
        )
        known = [*program, "add-log", "--origin", ORIGIN, "--vkey", log.vkeys()[0]]
        subprocess.run(known, capture_output=True, check=True)
    (vkey,) = [word for word in made.stdout.split() if word.startswith("w.example/w1+")]
    world.policy = policy_from(f"witness W {vkey} http://127.0.0.1:{port}\nquorum W\n")
    serve = [*program, "serve", "--listen", f"127.0.0.1:{port}"]
    with subprocess.Popen(serve, stderr=subprocess.DEVNULL) as served:
        try:
            await cosigned(world, vkey)
        finally:
            served.terminate()


async def cosigned(world: LogWorld, vkey: str) -> None:
    for start in (0, 300, 301):
        async with world.open() as log:
            await append(log, *range(start, start + 5))
            await log.sequencer.publish()
            deadline = time.monotonic() + 10
            while await log.cosign() is Trust.UNWITNESSED:
                assert time.monotonic() < deadline, await log.status()
                time.sleep(0.1)
            assert transparency.signed_by(await log.checkpoint(), vkey)
