"""`python -m services.assessment.worker`: does the long work of assessment, as many processes as there is to do."""

from services.assessment.config import AssessmentConfig
from services.assessment.wiring import open_worker as open
from services.kit.runtime import run
from services.kit.work.child import be_a_child

if __name__ == "__main__":
    be_a_child()
    run(open, AssessmentConfig.load())
