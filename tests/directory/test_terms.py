"""The search index holds what the rules say for everybody who can be found, and nothing else."""

from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.directory import memberships, people, rules
from pepperchain.directory.people import Particulars
from tests.directory.registry import ADMIN, NOW, TODAY, Registry, household

WANTED = (
    "SELECT p.id, p.name, p.phone, CASE WHEN p.is_head THEN h.card_number END, h.township_id, h.cooperative_id"
    " FROM directory_person p JOIN directory_household h ON h.id = p.household_id WHERE p.left_on IS NULL AND h.ended_on IS NULL"
)


async def test_terms_follow_whatever_happens_to_people(registry: Registry) -> None:
    first = await household(registry.leader_a, registry.baoping, "翟天临", "19900000010")
    second = await household(registry.leader_b, registry.shageng, "邓九叶", "19900000011")
    son = await people.enter(
        registry.leader_a, id=new_id(), household_id=first.id, person=Particulars("翟长乐"), now=NOW
    )
    await people.change(
        registry.leader_a,
        id=first.head_id,
        version=1,
        person=Particulars("翟天", phone="19900000012"),
        now=NOW,
    )
    await people.leave(registry.leader_a, id=son.id, version=1, on=TODAY, now=NOW)
    await memberships.leave(registry.leader_b, household_id=second.id, on=TODAY, now=NOW)
    await memberships.join(
        ADMIN, id=new_id(), household_id=second.id, organization_id=registry.cooperative_a, on=TODAY, now=NOW
    )
    wanted = {
        (kind, term, id, township, cooperative)
        for id, name, phone, card, township, cooperative in await db.tuples(WANTED)
        for kind, term in rules.terms(name, phone, card)
    }
    kept = await db.tuples("SELECT kind, term, person_id, township_id, cooperative_id FROM directory_term")
    assert set(kept) == wanted
    assert len(wanted) > 10
