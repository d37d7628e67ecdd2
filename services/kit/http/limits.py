"""What HTTP clients may ask for, one by one and together, and by which name one of them is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from services.kit.config import Web
from services.kit.config.parts import Network, networks

ONE_CLIENT = 64  # bits of an IPv6 address that a network gives to one customer


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, seconds and counts; `Web` says what each is for, and `body_bytes` is the application's to say."""

    connections: int = 1000
    connections_per_address: int = 100
    rate: float = 0
    proxies: tuple[Network, ...] = ()
    head_bytes: int = 16 * 2**10
    body_bytes: int = 2**16
    idle: float = 15
    patience: float = 10
    slowest: int = 1024

    @classmethod
    def of(cls, config: Web, body_bytes: int) -> "Limits":
        """Return what a process is set up for."""
        return cls(
            connections=config.http_connections,
            connections_per_address=config.http_connections_per_address,
            rate=config.http_rate,
            proxies=networks(config.http_proxies),
            head_bytes=config.http_head_bytes,
            body_bytes=body_bytes,
            idle=config.http_idle,
            patience=config.http_patience,
            slowest=config.http_slowest,
        )

    def proxied(self, address: str) -> bool:
        """Tell whether a proxy in front speaks from this address."""
        return bool(self.proxies) and within(address, self.proxies)


def within(address: str, inside: Sequence[Network]) -> bool:
    """Tell whether an address lies in one of these networks."""
    found = _plain(address)
    return any(found in network for network in inside)


def client(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 one, which its owner has whole."""
    try:
        found = _plain(address)
    except ValueError:
        return address  # a proxy gave it a name of its own
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, ONE_CLIENT), strict=False))
    return str(found)


def _plain(address: str) -> IPv4Address | IPv6Address:
    """Read an address; an IPv4 one may come in the form that a socket for both gives it."""
    found = ip_address(address)
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
