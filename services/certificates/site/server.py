"""The process that serves the public files of one issuer over HTTP.

It only reads the folders that the certificates service writes (a copy of them will do), and has neither a
database nor a key. Any number of them may run.
"""

from services.certificates.config import SiteConfig
from services.certificates.site.addresses import Addresses, Folders
from services.certificates.site.application import files
from services.kit.http.limits import Limits
from services.kit.http.server import HttpServer


async def open(config: SiteConfig) -> HttpServer:
    """Start to serve; `stop()` it when done."""
    limits = Limits.of(config, body_bytes=0)  # nothing is sent here
    application = files(Addresses(config.public_url, Folders(*config.folders)), limits)
    return HttpServer("certificates.site", config.files_listen, application, limits, config)
