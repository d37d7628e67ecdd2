"""Generate gen/ from protos/: Python modules, type stubs and gRPC code.

Works offline: google/api and google/rpc come from googleapis-common-protos, buf/validate from
the descriptor inside the protovalidate wheel. `--check` generates beside gen/ and compares;
`--lint` runs buf over the descriptors.
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
BIN = Path(sys.executable).parent
DESCRIPTORS = "descriptors.binpb"
# Where google/api and google/rpc lie.
PACKAGES = Path(next(iter(find_spec("google.api").submodule_search_locations))).parent.parent


def well_known(target: Path) -> None:
    """Write validate.proto and what it imports as a descriptor set."""
    from google.protobuf import descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2
    from protovalidate._gen.buf.validate import validate_pb

    files = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2):
        module.DESCRIPTOR.CopyToProto(files.file.add())
    files.file.add().ParseFromString(validate_pb.desc().proto.to_binary())
    target.write_bytes(files.SerializeToString())


def protoc(*outputs: str) -> None:
    """Run protoc over every file of protos/ with these output options."""
    import grpc_tools

    builtin = Path(grpc_tools.__file__).parent / "_proto"
    ours = sorted(str(p.relative_to(PROTOS)) for p in PROTOS.rglob("*.proto"))
    with tempfile.TemporaryDirectory() as scratch:
        known = Path(scratch) / "known.binpb"
        well_known(known)
        folders = [f"-I{PROTOS}", f"-I{PACKAGES}", f"-I{builtin}", f"--descriptor_set_in={known}"]
        subprocess.run(
            [
                sys.executable,
                "-m",
                "grpc_tools.protoc",
                *folders,
                *outputs,
                *ours,
                "buf/validate/validate.proto",
            ],
            check=True,
            env=os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"},
        )


def describe(target: Path) -> None:
    """Write every message and service, with comments, as one descriptor set."""
    protoc(f"--descriptor_set_out={target}", "--include_imports", "--include_source_info")


def generate(out: Path) -> None:
    """Write Python modules, stubs and gRPC code into the folder `out`."""
    protoc(
        f"--python_out={out}",
        f"--mypy_out=quiet:{out}",
        f"--grpc_python_out={out}",
        f"--mypy_grpc_out=quiet,only_async:{out}",
    )
    drop_empty_services(out)


def drop_empty_services(out: Path) -> None:
    """Remove the gRPC modules of files that declare no service."""
    for module in out.rglob("*_pb2_grpc.py"):
        if "class " not in module.read_text("utf-8"):
            module.unlink()
            module.with_suffix(".pyi").unlink(missing_ok=True)


def contents(root: Path) -> set[str]:
    """Name the generated files below `root`."""
    return {str(p.relative_to(root)) for p in root.rglob("*") if p.suffix in {".py", ".pyi"}}


def differences(left: Path, right: Path) -> list[str]:
    """Name the files in which two generated trees differ."""
    names = contents(left) | contents(right)
    same, _, _ = filecmp.cmpfiles(left, right, names, shallow=False)
    return sorted(names - set(same))


def check() -> int:
    """Compare gen/ with what protos/ would generate now."""
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch))
        stale = differences(Path(scratch), GEN)
    print("\n".join(f"stale: gen/{name} (make gen)" for name in stale) or "gen/ is fresh")
    return 1 if stale else 0


def lint() -> int:
    """Run buf over the descriptors of protos/ with the rules of buf.yaml."""
    with tempfile.TemporaryDirectory() as scratch:
        image = Path(scratch) / DESCRIPTORS
        describe(image)
        return subprocess.run([BIN / "buf", "lint", image, "--config", ROOT / "buf.yaml"]).returncode


def rebuild() -> int:
    """Bring gen/ up to date, file by file; it stays as it is when protoc fails."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        generate(fresh)
        for name in differences(fresh, GEN):
            (GEN / name).unlink(missing_ok=True)
            if (fresh / name).is_file():
                (GEN / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(fresh / name, GEN / name)
        describe(GEN / DESCRIPTORS)
    return 0


def main() -> int:
    """Run the action that the command line names."""
    actions = {"--check": check, "--lint": lint}
    return actions.get("".join(sys.argv[1:]), rebuild)()


if __name__ == "__main__":
    sys.exit(main())
