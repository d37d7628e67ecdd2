"""`python -m services.training.worker`: does the long work of training, as many processes as there is to do."""

from services.kit.runtime import run
from services.kit.work.child import end_with_parent
from services.training.config import TrainingConfig
from services.training.wiring import open_worker as open

if __name__ == "__main__":
    end_with_parent()
    run(open, TrainingConfig.load())
