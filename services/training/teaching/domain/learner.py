"""Learners: how a person's telephone is shown."""


def mask_phone(phone: str) -> str:
    """Return a telephone number of which the middle is hidden: 139****0000."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)
