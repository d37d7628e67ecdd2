"""The programs beside this file have no network: each way to it is refused, and told."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOCK = Path(__file__).with_name("package-lock.json")


def test_every_way_to_the_network_is_closed(judge):
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        address = f"127.0.0.1:{server.server_port}"
        ways = ("fetch", "http", "https", "socket")
        answers = judge("reach", *({"way": way, "url": f"http://{address}/"} for way in ways))
    for way, said in zip(ways, answers, strict=True):
        assert "arrived" not in said, way
        assert len(said["reached"]) == 1 and address in said["reached"][0], way


def test_the_lock_pins_every_package_and_names_no_host():
    packages = json.loads(LOCK.read_text("utf-8"))["packages"]
    wanted = packages.pop("")["dependencies"]
    assert packages and all(f"node_modules/{name}" in packages for name in wanted)
    assert not [name for name, about in packages.items() if "resolved" in about or "integrity" not in about]
