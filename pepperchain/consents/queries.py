"""How people stand to the purposes: the one question that others ask before they use data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pepperchain.access.actor import Actor
from pepperchain.consents.models import Consent
from pepperchain.consents.rules import State, purposes
from pepperchain.core import db
from pepperchain.core.errors import Missing


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to a purpose, by their latest answer."""

    purpose: str
    state: State
    consent_id: int | None = None
    version: int | None = None
    how: str | None = None
    witness: str | None = None
    has_photo: bool = False
    user_name: str | None = None
    at: int | None = None

    @property
    def holds(self) -> bool:
        """Whether the data may be used for this."""
        return self.state is State.GIVEN


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer as it was given."""

    id: int
    purpose: str
    version: int
    is_given: bool
    how: str
    witness: str | None
    photo_token: str | None
    user_name: str
    at: int
    is_elsewhere: bool


_ANSWER = (
    "SELECT c.id, c.purpose, c.text_version, c.is_given, c.how, c.witness, c.photo_token, c.user_name, c.at,"
    " COALESCE(c.cooperative_id, 0) <> COALESCE(p.cooperative_id, 0)"
    " FROM consents_consent c JOIN directory_person p ON p.id = c.person_id"
)


async def standing(person_id: int, purpose: str) -> Standing:
    """How a person stands to a purpose now. Asked anew at each turn of a job: an answer can change in between."""
    row = await db.fetch_one(
        AnswerRow,
        f"{_ANSWER} WHERE c.person_id = :person AND c.purpose = :purpose ORDER BY c.id DESC LIMIT 1",
        person=person_id,
        purpose=purpose,
    )
    return _standing(purpose, row)


async def standings(person_id: int) -> Mapping[str, Standing]:
    """How a person stands to every purpose, by its code, in their order."""
    rows = await db.fetch(
        AnswerRow,
        f"{_ANSWER} WHERE c.person_id = :person AND c.id IN (SELECT MAX(l.id) FROM consents_consent l"
        " WHERE l.person_id = :person GROUP BY l.purpose)",
        person=person_id,
    )
    latest = {row.purpose: row for row in rows}
    return {code: _standing(code, latest.get(code)) for code in purposes()}


async def answers_of(actor: Actor, person_id: int, *, limit: int) -> list[AnswerRow]:
    """What a person answered, as far as the actor may know of it, the latest first."""
    scope = Consent.visible_to(actor, "c")
    return await db.fetch(
        AnswerRow,
        f"{_ANSWER} WHERE c.person_id = :person AND {scope.sql} ORDER BY c.id DESC LIMIT :limit",
        person=person_id,
        limit=limit,
        **scope.params,
    )


async def photo_token_of(actor: Actor, person_id: int, consent_id: int) -> str:
    """The name of the signature's photo. Raises Missing for those that the actor does not see."""
    scope = Consent.visible_to(actor, "c")
    found = await db.scalar(
        f"SELECT c.photo_token FROM consents_consent c WHERE c.id = :id AND c.person_id = :person AND {scope.sql}",
        id=consent_id,
        person=person_id,
        **scope.params,
    )
    if found is None:
        raise Missing()
    return str(found)


def _standing(purpose: str, row: AnswerRow | None) -> Standing:
    if row is None:
        return Standing(purpose, State.NEVER)
    if not row.is_given:
        state = State.REFUSED
    elif row.is_elsewhere:
        state = State.ELSEWHERE
    elif purpose not in purposes() or row.version != purposes()[purpose].version:
        state = State.OUTDATED
    else:
        state = State.GIVEN
    return Standing(
        purpose,
        state,
        row.id,
        row.version,
        row.how,
        row.witness,
        row.photo_token is not None,
        row.user_name,
        row.at,
    )


async def known_signatures(tokens: Sequence[str]) -> set[str]:
    """Which of these files of signatures belong to an answer."""
    rows = await db.tuples(
        "SELECT c.photo_token FROM consents_consent c WHERE c.photo_token IN :some", some=list(tokens)
    )
    return {str(token) for (token,) in rows}


async def refused(household_ids: Sequence[int], purpose: str) -> set[int]:
    """Of some households those whose contact (the head, unless somebody else is) said no to a purpose with their latest answer."""
    rows = await db.tuples(
        "SELECT h.id FROM directory_household h JOIN consents_consent c ON c.id = (SELECT MAX(l.id) FROM consents_consent l"
        " WHERE l.person_id = COALESCE(h.contact_person_id, h.head_id) AND l.purpose = :purpose)"
        " WHERE h.id IN :ids AND NOT c.is_given",
        purpose=purpose,
        ids=list(household_ids) or [0],
    )
    return {int(id) for (id,) in rows}
