"""Structured logs: one JSON line an event on standard error; the names of the events are constants.

Personal numbers never reach a line: whatever looks like one is masked before it is written.
"""

import logging
import re
import sys
from typing import Any

import orjson
import structlog

from services.kit.clock import SystemClock

CALL_SERVED = "call_served"
CALL_FAILED = "call_failed"
SERVICE_READY = "service_ready"
SERVICE_STOPPING = "service_stopping"
SERVICE_STOPPED = "service_stopped"
EVENT_PARKED = "event_parked"
EVENT_RETRIED = "event_retried"
RELAY_WAITING = "relay_waiting"
CONSUMER_WAITING = "consumer_waiting"
BROKER_STARTED = "broker_started"
TASK_FAILED = "task_failed"
JOB_WAITS = "job_waits"
JOB_LOST = "job_lost"
JOB_FAILED = "job_failed"
WORKER_STARTED = "worker_started"
WORKER_DIED = "worker_died"

ID_NUMBER = re.compile(r"(?<!\d)([1-9]\d{5})(?:18|19|20)\d{2}(?:0\d|1[0-2])\d{2}(\d{3}[\dXx])(?!\d)")
_access: Any = None
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(level: str = "info", *, service: str = "", stream: Any = None) -> None:
    """Set up logging for the process; `level` is debug, info, warning or error."""
    global _access
    target = stream or sys.stderr.buffer
    _access = target if LEVELS[level] <= LEVELS["info"] else None
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_serialize),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    if service:
        structlog.contextvars.bind_contextvars(service=service)
    logging.getLogger("nats").setLevel(logging.CRITICAL)


def access_line(
    method: str, code: str, reason: str, request_id: str, subject: str, milliseconds: float
) -> None:
    """Write the line of one call; straight to the stream, because every call pays for it."""
    if _access is None:
        return
    line = {
        "event": CALL_SERVED, "method": method, "code": code, "reason": reason, "request_id": request_id,
        "subject": subject, "ms": round(milliseconds, 2), "timestamp": SystemClock().now(),
    }  # fmt: skip
    _access.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    _access.flush()


def logger(area: str) -> Any:
    """Return the logger of one area of the code."""
    return structlog.get_logger(area=area)


def mask(text: str) -> str:
    """Return `text` with everything that looks like a personal number masked."""
    return ID_NUMBER.sub(r"\1********\2", text)


def _serialize(event: dict[str, Any], **_options: Any) -> bytes:
    line = orjson.dumps(event, default=str)
    if ID_NUMBER.search(line.decode()):
        line = mask(line.decode()).encode()
    return line
