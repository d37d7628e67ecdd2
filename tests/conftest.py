"""Fixtures of every test; they live in tests/support."""

from hypothesis import settings

pytest_plugins = ["tests.support.databases", "tests.support.nats", "tests.support.services"]

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")
