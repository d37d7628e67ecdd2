"""Reason codes about shared words; the same names as `shuzheng.type.v1.ErrorReason` in the contract."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a word that every service knows is refused; the contract's error_reason.proto says what each means."""

    INVALID_NATIONAL_ID = "INVALID_NATIONAL_ID"
    INVALID_PERIOD = "INVALID_PERIOD"
    LISTING_STILL_VALID = "LISTING_STILL_VALID"
    NO_POLICY = "NO_POLICY"
    NOT_LISTED = "NOT_LISTED"
    UNKNOWN_QUALIFICATION = "UNKNOWN_QUALIFICATION"
