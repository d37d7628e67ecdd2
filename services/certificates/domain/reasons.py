"""Machine reasons of refusals; equal to shuzheng.certificates.v1.ErrorReason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why certificates refuses something."""

    NOT_SIGNED_YET = "NOT_SIGNED_YET"
    NAME_UNCHANGED = "NAME_UNCHANGED"
    TEXT_NOT_PRINTABLE = "TEXT_NOT_PRINTABLE"
    UNKNOWN_QUALIFICATION = "UNKNOWN_QUALIFICATION"
    GLYPH_MISSING = "GLYPH_MISSING"
    PAPER_NOT_INSTALLED = "PAPER_NOT_INSTALLED"
    PAPER_KEY_MISSING = "PAPER_KEY_MISSING"
