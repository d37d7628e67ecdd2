"""Runs the training service as a process: `python -m services.training`."""

from services.kit.runtime import run
from services.training.config import TrainingConfig
from services.training.wiring import open as open_service


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    run(open_service, TrainingConfig.load())


if __name__ == "__main__":
    main()
