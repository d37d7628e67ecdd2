"""Generate gen/ from protos/: Python modules, type stubs and gRPC code.

Works offline: google/api and google/rpc come from googleapis-common-protos, buf/validate from
the descriptor inside the protovalidate wheel. `--check` generates beside gen/ and compares.
"""

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
GEN = ROOT / "gen"
DESCRIPTORS = "descriptors.binpb"


def well_known(target: Path) -> None:
    """Write validate.proto and what it imports as a descriptor set."""
    from google.protobuf import descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2
    from protovalidate._gen.buf.validate import validate_pb

    files = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2):
        module.DESCRIPTOR.CopyToProto(files.file.add())
    files.file.add().ParseFromString(validate_pb.desc().proto.to_binary())
    target.write_bytes(files.SerializeToString())


def generate(out: Path) -> None:
    """Run protoc over every file of protos/ into the folder `out`."""
    import grpc_tools

    packages = Path(next(iter(find_spec("google.api").submodule_search_locations))).parent.parent
    builtin = Path(grpc_tools.__file__).parent / "_proto"
    ours = sorted(str(p.relative_to(PROTOS)) for p in PROTOS.rglob("*.proto"))
    with tempfile.TemporaryDirectory() as scratch:
        known = Path(scratch) / "known.binpb"
        well_known(known)
        subprocess.run(
            [
                sys.executable, "-m", "grpc_tools.protoc",
                f"-I{PROTOS}", f"-I{packages}", f"-I{builtin}",
                f"--descriptor_set_in={known}",
                f"--python_out={out}", f"--mypy_out=quiet:{out}",
                f"--grpc_python_out={out}", f"--mypy_grpc_out=quiet,only_async:{out}",
                f"--descriptor_set_out={out / DESCRIPTORS}", "--include_imports", "--include_source_info",
                *ours, "buf/validate/validate.proto",
            ],
            check=True,
            env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        )
    drop_empty_services(out)


def drop_empty_services(out: Path) -> None:
    """Remove the gRPC modules of files that declare no service."""
    for module in out.rglob("*_pb2_grpc.py"):
        if "class " not in module.read_text("utf-8"):
            module.unlink()
            module.with_suffix(".pyi").unlink(missing_ok=True)


def differences(left: Path, right: Path) -> list[str]:
    """Name the files in which two generated trees differ."""
    names = {
        str(path.relative_to(root))
        for root in (left, right)
        for path in root.rglob("*")
        if path.is_file() and path.suffix in {".py", ".pyi"}
    }
    same = lambda name: (  # noqa: E731
        (left / name).is_file() and (right / name).is_file() and filecmp.cmp(left / name, right / name, shallow=False)
    )
    return sorted(name for name in names if not same(name))


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "gen"
        fresh.mkdir()
        generate(fresh)
        if "--check" in sys.argv:
            stale = differences(fresh, GEN)
            print("\n".join(f"stale: gen/{name}" for name in stale) or "gen/ is fresh")
            return 1 if stale else 0
        shutil.rmtree(GEN, ignore_errors=True)
        shutil.copytree(fresh, GEN)
    return 0


if __name__ == "__main__":
    sys.exit(main())
