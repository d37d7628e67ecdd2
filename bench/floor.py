"""The floor of every ratio: a bare grpc.aio unary echo on uvloop, one process, no interceptor.

python -m bench.floor PORT
"""

import asyncio
import sys
from typing import Any

import grpc
import uvloop

SERVICE = "bench.Echo"
METHOD = f"/{SERVICE}/Echo"


async def _echo(request: bytes, context: Any) -> bytes:
    return request


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    server = grpc.aio.server()
    handlers = {"Echo": grpc.unary_unary_rpc_method_handler(_echo)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    print("echo listening", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    loop = uvloop.Loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(serve(int(sys.argv[1])))
