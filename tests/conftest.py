"""Fixtures of every test; they live in tests/support."""

import os

from hypothesis import settings

os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"  # its handlers break children between fork and exec

pytest_plugins = [
    "tests.support.databases",
    "tests.support.logs",
    "tests.support.nats",
    "tests.support.services",
    "tests.support.system",
]

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")
