"""What consents let segments ask: whether the head of a household agrees to a purpose, by the latest answer, as of now."""

from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.consents.rules import purposes
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.criteria_queries import PEOPLE
from pepperchain.directory.criterion_rules import Criterion, Field, FieldKind, Values
from pepperchain.web.i18n import reader


async def _purposes(_actor: Actor) -> list[tuple[int | str, str]]:
    return [(code, purpose.names[reader().language]) for code, purpose in purposes().items()]


def _agreed(_actor: Actor, values: Values, _today: date) -> Clause:
    """As `queries.standing` has it: an answer to an older text, or to another cooperative, is none."""
    purpose = str(values["purpose"])
    return Clause(
        "EXISTS (SELECT 1 FROM consents_consent c WHERE c.id = (SELECT MAX(l.id) FROM consents_consent l"
        " WHERE l.person_id = h.head_id AND l.purpose = :purpose) AND c.is_given AND c.text_version = :version"
        " AND COALESCE(c.cooperative_id, 0) = COALESCE(h.cooperative_id, 0))",
        {"purpose": purpose, "version": purposes()[purpose].version},
    )


CRITERIA = (
    Criterion(
        "consent", PEOPLE, N_("Consent"), N_("the head agrees to: %(purpose)s"), N_("the head does not agree to: %(purpose)s"), _agreed,
        (Field("purpose", FieldKind.CODE, N_("Purpose"), _purposes),), Capability.CONSENT_READ,
    ),
)  # fmt: skip
