"""Machine reasons of refusals; equal to shuzheng.certificates.v1.ErrorReason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why certificates refuses something."""

    NOT_SIGNED_YET = "NOT_SIGNED_YET"
    NAME_UNCHANGED = "NAME_UNCHANGED"
    TEXT_NOT_PRINTABLE = "TEXT_NOT_PRINTABLE"
    UNKNOWN_QUALIFICATION = "UNKNOWN_QUALIFICATION"
    BODY_WITHOUT_CODE = "BODY_WITHOUT_CODE"
    NUMBERS_USED_UP = "NUMBERS_USED_UP"
    ISSUER_LOCKED = "ISSUER_LOCKED"
    GLYPH_MISSING = "GLYPH_MISSING"
    PAPER_NOT_INSTALLED = "PAPER_NOT_INSTALLED"
    PAPER_KEY_MISSING = "PAPER_KEY_MISSING"
