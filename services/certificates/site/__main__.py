"""`python -m services.certificates.site`: the public files of the issuer over HTTP, until SIGTERM.

It only reads the folders that the certificates service writes (a copy of them will do), and has neither a
database nor a key. Any number of them may run.
"""

import sys

from services.certificates.site.config import FilesConfig
from services.kit.runtime import run


def main() -> int:
    """Serve until told to stop; 78 where the settings or the extra `http` are missing."""
    config = FilesConfig.load()
    try:
        from services.certificates.site.server import open
    except ModuleNotFoundError as error:
        print(
            f"{error.name} is missing; public files are served after: pip install 'shuzheng[http]'",
            file=sys.stderr,
        )
        return 78
    run(open, config)
    return 0


if __name__ == "__main__":
    sys.exit(main())
