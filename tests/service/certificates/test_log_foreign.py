"""The log before other people's code: aics-tlog reads every tile and proof, aics-witness cosigns.

They need Python 3.12: SHUZHENG_TLOG_PYTHON names an interpreter that has both (docs/log.md); skipped without.
"""

import os
import subprocess
import time
from pathlib import Path

import pytest

from services.certificates.log.policy import policy_from
from services.certificates.log.proving import Position, Trust
from tests.support import transparency
from tests.support.databases import Databases
from tests.support.log_worlds import ORIGIN, LogWorld, append
from tests.support.postgres import free_port

FOREIGN = os.environ.get("SHUZHENG_TLOG_PYTHON", "")
pytestmark = pytest.mark.skipif(not FOREIGN, reason="SHUZHENG_TLOG_PYTHON is not set")
SIZES = (1, 3, 256, 257, 66_000)

READER = """
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


@pytest.fixture
async def world(sqlite_databases: Databases, tmp_path: Path) -> LogWorld:
    return await LogWorld(sqlite_databases.empty(), tmp_path).make_tables()


async def test_another_implementation_agrees_on_everything(world: LogWorld):
    async with world.open() as log:
        for old, new in zip((0, *SIZES), SIZES, strict=False):
            await append(log, *range(old, new))
            await log.sequencer.publish()
            (world.folder / f"checkpoint.{new}").write_text(await log.checkpoint(), "utf-8")
        for index in (0, 255, 256, 65_535, 65_536, 65_999):
            found = await log.inclusion(Position(ORIGIN, index))
            (world.folder / f"{index}.tlog-proof").write_text(found.proof, "utf-8")
            (world.folder / f"{index}.leaf").write_bytes(found.leaf)
    done = subprocess.run([FOREIGN, "-c", READER, world.folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "bundles=258" in done.stdout


async def test_another_implementation_cosigns(world: LogWorld, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(world.folder)  # where the witness keeps its files
    program, port = Path(FOREIGN).with_name("aics-witness"), free_port()
    async with world.open() as log:
        made = subprocess.run(
            [program, "init", "--name", "w.example/w1"], capture_output=True, text=True, check=True
        )
        known = [program, "add-log", "--origin", ORIGIN, "--vkey", log.vkeys()[0]]
        subprocess.run(known, capture_output=True, check=True)
    (vkey,) = [word for word in made.stdout.split() if word.startswith("w.example/w1+")]
    world.policy = policy_from(f"witness W {vkey} http://127.0.0.1:{port}\nquorum W\n")
    serve = [program, "serve", "--listen", f"127.0.0.1:{port}"]
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
