"""Rules are all evaluated, so that a caller learns every reason at once."""

from services.kit.errors import Unmet
from services.kit.values.rules import Rule, unmet

RULES = (
    Rule[int]("POSITIVE", "must be positive", lambda n: n > 0),
    Rule[int]("EVEN", lambda n: f"{n} is odd", lambda n: n % 2 == 0),
    Rule[int]("SMALL", "must be below 100", lambda n: n < 100),
)


def test_every_unmet_rule_is_told_in_order():
    assert unmet(RULES, -3, "numbers/x") == [
        Unmet("POSITIVE", "must be positive", "numbers/x"),
        Unmet("EVEN", "-3 is odd", "numbers/x"),
    ]


def test_nothing_is_told_when_all_rules_hold():
    assert unmet(RULES, 42) == []
