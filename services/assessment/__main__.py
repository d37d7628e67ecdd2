"""`python -m services.assessment`: the assessment service as a process."""

from services.assessment.config import AssessmentConfig
from services.assessment.wiring import open as open_service
from services.kit.runtime import run

if __name__ == "__main__":
    run(open_service, AssessmentConfig.load())
