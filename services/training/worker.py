"""`python -m services.training.worker`: does the long work of training, as many processes as there is to do."""

from services.kit.runtime import run
from services.kit.work.child import be_a_child
from services.training.config import TrainingConfig
from services.training.wiring import open_worker as open

if __name__ == "__main__":
    be_a_child()
    run(open, TrainingConfig.load())
