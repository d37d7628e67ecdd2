"""What employers may use: rows a day and a file, keys and how long they last; by date, from the policy file."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.certificates.reasons import Reason
from services.kit.errors import Violation, exhausted, invalid, precondition
from services.kit.intake.refusal import too_large
from services.vocabulary.policy import Dated


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerRule(Dated):
    """The limits from one day on."""

    rows_per_day: int
    rows_per_file: int
    valid_keys: int
    key_days: int


def end_of_key(wanted: datetime | None, now: datetime, rule: EmployerRule) -> datetime:
    """Return when a new key ends; raises API_KEY_TERM unless that is in the future and within the rule."""
    latest = now + timedelta(days=rule.key_days)
    if wanted is None:
        return latest
    if not now < wanted <= latest:
        message = f"expire_time must lie in the future, at most {rule.key_days} days ahead."
        raise invalid(
            Reason.API_KEY_TERM, message, Violation("api_key.expire_time", message, Reason.API_KEY_TERM)
        )
    return wanted


def require_room_for_key(valid: int, rule: EmployerRule) -> None:
    """Raise TOO_MANY_API_KEYS where the employer has as many valid keys as the rule allows."""
    if valid >= rule.valid_keys:
        message = f"There are {valid} valid keys already; revoke one first."
        raise precondition(Reason.TOO_MANY_API_KEYS, message, limit=str(rule.valid_keys))


def require_file_size(rows: int, rule: EmployerRule) -> None:
    """Raise FILE_TOO_LARGE where a file has more rows than the rule allows."""
    if rows > rule.rows_per_file:
        message = f"The file has {rows} rows; at most {rule.rows_per_file} are verified at once."
        raise too_large(message, limit=str(rule.rows_per_file))


def require_quota(used: int, rule: EmployerRule, remaining_day: timedelta) -> None:
    """Raise DAILY_QUOTA where `used`, with what was just asked for, exceeds the rule."""
    if used > rule.rows_per_day:
        message = f"At most {rule.rows_per_day} rows a day; this file would make it {used}."
        raise exhausted(Reason.DAILY_QUOTA, message, remaining_day, limit=str(rule.rows_per_day))
