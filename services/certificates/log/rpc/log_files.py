"""LogService: the published files of the transparency log."""

from collections.abc import AsyncIterator
from typing import Any

from shuzheng.certificates.v1 import log_service_pb2 as messages
from shuzheng.certificates.v1 import log_service_pb2_grpc as services

from services.certificates.log.usecases.log_files import LogFiles


class LogService(services.LogServiceServicer):
    """Answers anyone."""

    def __init__(self, files: LogFiles) -> None:
        self.files = files

    async def GetLogFile(self, request: messages.GetLogFileRequest, context: Any) -> messages.LogFile:
        """Read one file."""
        return messages.LogFile(**(await self.files.get(request.path))._asdict())

    async def ExportLog(
        self, request: messages.ExportLogRequest, context: Any
    ) -> AsyncIterator[messages.ExportLogResponse]:
        """Stream every file."""
        async for some in self.files.export():
            yield messages.ExportLogResponse(files=[messages.LogFile(**file._asdict()) for file in some])
