"""What accounts let segments ask: whether somebody of a household can sign in."""

from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.criteria_queries import PEOPLE
from pepperchain.directory.criterion_rules import Criterion, Values


def _account(_actor: Actor, _values: Values, _today: date) -> Clause:
    return Clause(
        "EXISTS (SELECT 1 FROM accounts_user u WHERE u.household_id = h.id AND u.disabled_at IS NULL)"
    )


CRITERIA = (
    Criterion(
        "account", PEOPLE, N_("Account"), N_("has an account to sign in with"), N_("has no account to sign in with"), _account
    ),
)  # fmt: skip
