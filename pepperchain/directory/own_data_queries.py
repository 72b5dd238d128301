"""What is kept of a person, declared table by table: for their own copy of it, and so that nothing is forgotten.

Each room declares every table of its own that holds or refers to somebody: what of it goes into the copy, or why it does not.
`tests/test_schema.py` holds these declarations against the migrated schema.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.audit.queries import ACTOR_NAME
from pepperchain.core import db
from pepperchain.core.words import N_
from pepperchain.directory.models import COOPERATIVE

ROWS_MAX = 20_000


class Telling(StrEnum):
    """How a value is told. Those named like a table of the configuration are its codes."""

    TEXT = "text"
    COUNT = "count"
    FLAG = "flag"
    DAY = "day"
    MOMENT = "moment"
    WEIGHT = "weight"
    PRICE = "price"
    MONEY = "money"
    MU = "mu"
    CODE = "code"
    PLACE = "place"
    ACT = "act"
    FACTS = "facts"
    FORM = "forms"
    GRADE = "grades"
    CULTIVAR = "cultivars"
    PRACTICE = "practices"
    PURPOSE = "consent_purposes"


@dataclass(frozen=True, slots=True)
class Told:
    """A column that goes into the copy: its words (a message id), how it is told, and what is read where the column holds an id."""

    column: str
    words: str
    telling: Telling = Telling.TEXT
    sql: str | None = None


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table with rows about somebody. `where` finds them by :person, :household and :user (who signs in as them, 0 for nobody).

    `left_out` names every other column, with the reason. `organization` is the column that says whose cooperative's row it is: a
    cooperative that asks on behalf of a member is told its own rows and those of nobody, the person all of them.
    """

    table: str
    words: str
    where: str
    columns: tuple[Told, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    organization: str | None = None


@dataclass(frozen=True, slots=True)
class OwnData:
    """What a room keeps of people; `excepted` gives the reason for each table that tells nothing of a grower."""

    words: str
    tables: tuple[OwnTable, ...] = ()
    excepted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Whose:
    """Of whom: the person, their household, and the account that signs in as them, if there is one."""

    person_id: int
    household_id: int
    user_id: int | None


async def whose(person_id: int, household_id: int) -> Whose:
    """A person with the account that carries their phone."""
    user = await db.scalar(
        "SELECT u.id FROM accounts_user u JOIN directory_person p ON p.phone = u.phone AND p.household_id = u.household_id"
        " WHERE p.id = :person ORDER BY u.id LIMIT 1",
        person=person_id,
    )
    return Whose(person_id, household_id, None if user is None else int(user))


async def rows_of(actor: Actor, table: OwnTable, of: Whose) -> Sequence[tuple[Any, ...]]:
    """The rows of one table about somebody, in the order of its columns."""
    shown = ", ".join(each.sql or f"t.{each.column}" for each in table.columns)
    params: dict[str, Any] = {"person": of.person_id, "household": of.household_id, "user": of.user_id or 0}
    params |= {"person_text": str(of.person_id), "household_text": str(of.household_id)}
    narrowed = ""
    if table.organization is not None and actor.role in COOPERATIVE:
        narrowed = f" AND (t.{table.organization} = :scope_org OR t.{table.organization} IS NULL)"
        params["scope_org"] = actor.organization_id
    used = {name: value for name, value in params.items() if f":{name}" in table.where + narrowed}
    return await db.tuples(
        f"SELECT {shown} FROM {table.table} t WHERE ({table.where}){narrowed} ORDER BY 1 LIMIT :most",
        most=ROWS_MAX,
        **used,
    )


INNER = "numbers by which the programs find the row"
WHERE_SEEN = "who may see the row; told by the household and the cooperative"
SEALED = "sealed: the person knows it, its end is told, and whoever is to see it looks it up with a reason"
DERIVED = "made out of the name, for searching"

PLACE_NAME = "(SELECT a.name || '|' || a.name_en FROM directory_area a WHERE a.id = t.{0})"
VILLAGE = PLACE_NAME.format("village_id")
COOPERATIVE_NAME = "(SELECT o.name FROM directory_organization o WHERE o.id = t.{0})"
PERSON_NAME = "(SELECT p.name FROM directory_person p WHERE p.id = t.{0})"

_ROW = {"id": INNER, "request_id": INNER, "version": INNER, "township_id": WHERE_SEEN}

OWN = OwnData(
    N_("Registry"),
    (
        OwnTable(
            "directory_person", N_("Particulars"), "t.id = :person OR t.merged_into_id = :person",
            (
                Told("name", N_("Name")), Told("sex", N_("Sex"), Telling.CODE), Told("born_on", N_("Born on"), Telling.DAY),
                Told("phone", N_("Mobile number")), Told("is_head", N_("Head"), Telling.FLAG),
                Told("has_smartphone", N_("Smartphone"), Telling.FLAG), Told("id_number_hint", N_("ID number")),
                Told("bank_card_hint", N_("Bank card")), Told("created_at", N_("Entered"), Telling.MOMENT),
                Told("left_on", N_("Left"), Telling.DAY),
            ),
            {
                **_ROW, "household_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN, "pinyin": DERIVED, "initials": DERIVED,
                "merged_into_id": INNER, "erased_at": "when the rest was erased",
                "id_number_sealed": SEALED, "id_number_hash": SEALED, "bank_card_sealed": SEALED, "bank_card_hash": SEALED,
            },
        ),
        OwnTable(
            "directory_household", N_("Household"), "t.id = :household OR t.merged_into_id = :household",
            (
                Told("card_number", N_("Card")), Told("head_id", N_("Head"), sql=PERSON_NAME.format("head_id")),
                Told("contact_person_id", N_("Contact"), sql=PERSON_NAME.format("contact_person_id")),
                Told("village_id", N_("Village"), Telling.PLACE, VILLAGE), Told("group_number", N_("Village group"), Telling.COUNT),
                Told("address", N_("Address")), Told("note", N_("Note")), Told("people", N_("People"), Telling.COUNT),
                Told("plots", N_("Plots"), Telling.COUNT), Told("area_centimu", N_("Size of the orchard"), Telling.MU),
                Told("cooperative_id", N_("Cooperative"), sql=COOPERATIVE_NAME.format("cooperative_id")),
                Told("created_at", N_("Entered"), Telling.MOMENT), Told("ended_on", N_("Last day"), Telling.DAY),
            ),
            {**_ROW, "has_phone": "told by the phones", "merged_into_id": INNER},
        ),
        OwnTable(
            "directory_membership", N_("Membership"), "t.household_id = :household",
            (
                Told("started_on", N_("First day"), Telling.DAY), Told("ended_on", N_("Last day"), Telling.DAY),
                Told("organization_id", N_("Cooperative"), sql=COOPERATIVE_NAME.format("organization_id")),
                Told("created_at", N_("Entered"), Telling.MOMENT),
            ),
            {**_ROW, "household_id": WHERE_SEEN},
        ),
        OwnTable(
            "directory_card", N_("Cards"),
            "t.household_id IN (SELECT h.id FROM directory_household h WHERE h.id = :household OR h.merged_into_id = :household)",
            (
                Told("issued_at", N_("Issued"), Telling.MOMENT), Told("number", N_("Card")),
                Told("lost_at", N_("Reported lost"), Telling.MOMENT),
            ),
            {"id": INNER, "serial": INNER, "township_id": WHERE_SEEN, "household_id": WHERE_SEEN, "state": "told by the days"},
        ),
        OwnTable(
            "directory_head_change", N_("Changes of head"), "t.household_id = :household",
            (
                Told("changed_on", N_("Day"), Telling.DAY), Told("former_id", N_("Former head"), sql=PERSON_NAME.format("former_id")),
                Told("head_id", N_("Head"), sql=PERSON_NAME.format("head_id")), Told("reason", N_("Reason"), Telling.CODE),
                Told("actor_name", N_("Noted by")), Told("created_at", N_("Entered"), Telling.MOMENT),
                Told("taken_back_at", N_("Taken back"), Telling.MOMENT), Told("taken_back_by", N_("Taken back by")),
                Told("taken_back_reason", N_("Why it was taken back")),
            ),
            {
                "id": INNER, "request_id": INNER, "household_id": WHERE_SEEN, "township_id": WHERE_SEEN,
                "former_left": "told by their own row",
            },
        ),
        OwnTable(
            "directory_move", N_("Moves"), "t.household_id = :household",
            (
                Told("moved_on", N_("Day"), Telling.DAY),
                Told("from_village_id", N_("From village"), Telling.PLACE, PLACE_NAME.format("from_village_id")),
                Told("from_group", N_("Group before"), Telling.COUNT), Told("from_address", N_("Address before")),
                Told("to_village_id", N_("To village"), Telling.PLACE, PLACE_NAME.format("to_village_id")),
                Told("to_group", N_("Village group"), Telling.COUNT),
                Told("to_address", N_("Address")), Told("keeps_membership", N_("Membership goes on"), Telling.FLAG),
                Told("state", N_("State"), Telling.CODE), Told("actor_name", N_("Noted by")),
                Told("created_at", N_("Entered"), Telling.MOMENT), Told("ended_at", N_("Taken back"), Telling.MOMENT),
                Told("ended_reason", N_("Why it was taken back")),
            ),
            {
                "id": INNER, "request_id": INNER, "household_id": WHERE_SEEN, "township_id": WHERE_SEEN,
                "membership_id": "told by the membership's own row",
            },
        ),
        OwnTable(
            "directory_person_move", N_("People who changed households"),
            "t.person_id = :person OR t.from_household_id = :household OR t.to_household_id = :household",
            (
                Told("moved_on", N_("Day"), Telling.DAY), Told("person_id", N_("Who"), sql=PERSON_NAME.format("person_id")),
                Told("reason", N_("Reason"), Telling.CODE), Told("actor_name", N_("Noted by")),
                Told("created_at", N_("Entered"), Telling.MOMENT),
            ),
            {
                "id": INNER, "request_id": INNER, "township_id": WHERE_SEEN, "from_household_id": WHERE_SEEN,
                "to_household_id": WHERE_SEEN,
            },
        ),
        OwnTable(
            "directory_proxy", N_("Proxies"), "t.household_id = :household OR t.person_id = :person",
            (
                Told("from_on", N_("First day"), Telling.DAY), Told("until_on", N_("Last day"), Telling.DAY),
                Told("person_id", N_("Who"), sql=PERSON_NAME.format("person_id")),
                Told("given_by_id", N_("Given by"), sql=PERSON_NAME.format("given_by_id")),
                Told("may_deliver", N_("May deliver"), Telling.FLAG), Told("may_sign", N_("May sign"), Telling.FLAG),
                Told("witness", N_("Witness")), Told("actor_name", N_("Noted by")), Told("created_at", N_("Entered"), Telling.MOMENT),
                Told("revoked_on", N_("Revoked"), Telling.DAY), Told("revoked_by", N_("Revoked by")),
                Told("revoked_reason", N_("Why it was revoked")),
            ),
            {
                **_ROW, "household_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN,
                "photo_token": "the file's name; the signature is handed over on demand",
            },
            organization="cooperative_id",
        ),
        OwnTable(
            "directory_plot", N_("Plots"), "t.household_id = :household",
            (
                Told("name", N_("Name")), Told("village_id", N_("Village"), Telling.PLACE, VILLAGE),
                Told("area_centimu", N_("Size of the plot"), Telling.MU), Told("cultivar", N_("Cultivar"), Telling.CULTIVAR),
                Told("planted_year", N_("Planted")), Told("tree_count", N_("Trees"), Telling.COUNT),
                Told("altitude_m", N_("Altitude"), Telling.COUNT), Told("slope", N_("Slope"), Telling.CODE),
                Told("created_at", N_("Entered"), Telling.MOMENT), Told("ended_on", N_("Last day"), Telling.DAY),
            ),
            {**_ROW, "household_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN},
        ),
        OwnTable(
            "directory_plot_practice", N_("Practices"),
            "t.plot_id IN (SELECT f.id FROM directory_plot f WHERE f.household_id = :household)",
            (
                Told("season", N_("Season")), Told("practice", N_("Practice"), Telling.PRACTICE),
                Told("plot_id", N_("Plot"), sql="(SELECT f.name FROM directory_plot f WHERE f.id = t.plot_id)"),
            ),
        ),
        OwnTable(
            "directory_duplicate", N_("Might be entered twice"), "t.person_id = :person OR t.other_person_id = :person",
            (
                Told("found_at", N_("Found"), Telling.MOMENT), Told("seen_at", N_("Seen last"), Telling.MOMENT),
                Told("points", N_("Points"), Telling.COUNT), Told("decided_at", N_("Decided"), Telling.MOMENT),
                Told("decided_by_name", N_("Decided by")),
            ),
            {
                "id": INNER, "version": INNER, "township_id": WHERE_SEEN, "village_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN,
                "household_id": "somebody else's data too", "other_id": "somebody else's data too",
                "person_id": "somebody else's data too", "other_person_id": "somebody else's data too",
                "evidence": "tells of the other household", "people": "tells of the other household", "state": "told by the decision",
                "decided_by": INNER,
            },
            organization="cooperative_id",
        ),
        OwnTable(
            "directory_merge", N_("Merges"), "t.household_id = :household OR t.loser_household_id = :household",
            (
                Told("made_at", N_("When"), Telling.MOMENT), Told("made_by_name", N_("Who")), Told("reason", N_("Reason")),
                Told("undone_at", N_("Taken back"), Telling.MOMENT), Told("undone_by_name", N_("Taken back by")),
            ),
            {
                "id": INNER, "request_id": INNER, "kind": INNER, "household_id": INNER, "loser_household_id": INNER, "person_id": INNER,
                "loser_person_id": INNER, "township_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN, "moved": "counts of rows told here",
                "decided": "told by the memberships and cards", "made_by": INNER, "proposed_by": INNER, "state": "told by the moments",
                "undone_by": INNER, "kept": "names of columns",
            },
            organization="cooperative_id",
        ),
        OwnTable(
            "audit_entry", N_("Who did what"),
            "(t.subject = 'person' AND t.subject_id = :person_text) OR (t.subject = 'household' AND t.subject_id = :household_text)"
            " OR (t.actor_id = :user AND :user > 0)",
            (
                Told("at", N_("When"), Telling.MOMENT), Told("verb", N_("What"), Telling.ACT),
                Told("actor_name", N_("Who"), sql=ACTOR_NAME.format("t")),
                Told("facts", N_("In detail"), Telling.FACTS),
            ),
            {
                "id": INNER, "xact": INNER, "actor_id": INNER, "role": "the role of who did it", "subject": INNER, "subject_id": INNER,
                "township_id": WHERE_SEEN, "organization_id": WHERE_SEEN,
            },
            organization="organization_id",
        ),
    ),
    {
        "directory_term": "the search index: what the name, the phone and the card say already",
        "directory_organization": "organizations; their contact is there for the organization",
        "directory_merge_change": "where rows stood before a merge, so that it can be undone; the rows themselves are told",
        "directory_site": "places; whoever runs one is an organization",
        "directory_area": "places",
        "core_lease": "which process works",
        "audit_seal": "hashes over the trail",
        "audit_key": "keys of what the trail tells; that is told opened",
    },
)  # fmt: skip
