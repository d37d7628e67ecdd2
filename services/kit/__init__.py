"""Machinery of every service, without a noun of the domain."""

import os

# gRPC's fork handlers must be off before it is loaded: we fork only to run other programs (the embedded broker), and
# the handlers can stop a child before it gets there.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
