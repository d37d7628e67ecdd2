"""The log put together: its published files, and what keeps it published and its keys declared."""

from pathlib import Path

from shuzheng.certificates.v1.log_service_pb2_grpc import add_LogServiceServicer_to_server

from services.certificates.log.ledger.log import Log
from services.certificates.log.rpc.log_files import LogService
from services.certificates.log.usecases.declarations import Declarations
from services.certificates.log.usecases.log_files import LogFiles
from services.kit.area import Area, served


def log(ledger: Log, folder: Path, declarations: Declarations) -> Area:
    """Return the area; `folder` is what the ledger publishes to."""
    return Area(
        (served(add_LogServiceServicer_to_server, LogService(LogFiles(folder, ledger))),),
        background=(ledger.run, declarations.run),
    )
