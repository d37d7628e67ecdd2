"""What an institution may be listed for; the life of a listing is that of `vocabulary.listing`."""

from enum import StrEnum


class ListingRole(StrEnum):
    """What an institution may be listed for."""

    TRAINING = "TRAINING"
    TEACHER_TRAINING = "TEACHER_TRAINING"
