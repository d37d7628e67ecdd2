"""Enums and words: each value has one word."""

import pytest
from shuzheng.training.v1.cohort_pb2 import CohortState
from shuzheng.training.v1.completion_pb2 import CompletionState

from services.kit.rpc import enums


@pytest.mark.parametrize("enum", [CohortState, CompletionState])
def test_every_value_has_a_word_that_leads_back(enum):
    assert [enums.number(enum, enums.word(enum, number)) for number in enum.values()] == enum.values()


def test_words_are_the_suffixes_and_nothing_is_unspecified():
    assert enums.word(CohortState, CohortState.COHORT_STATE_COMPLETION_EXAM) == "COMPLETION_EXAM"
    assert enums.number(CohortState, "") == CohortState.COHORT_STATE_UNSPECIFIED
    assert enums.word(CohortState, CohortState.COHORT_STATE_UNSPECIFIED) == ""


@pytest.mark.parametrize("word", ["UNSPECIFIED", "planned", "COHORT_STATE_PLANNED"])
def test_what_is_no_word_is_refused(word):
    with pytest.raises(KeyError):
        enums.number(CohortState, word)


def test_what_is_no_value_is_refused():
    with pytest.raises(KeyError):
        enums.word(CohortState, 99)
