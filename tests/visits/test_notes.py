"""Notes: by those who keep the particulars, once for a form sent twice, withdrawn and not erased."""

import pytest

from pepperchain.core.errors import Missing, NotYours
from pepperchain.core.ids import new_id
from pepperchain.visits import notes, queries
from tests.harness import cast
from tests.harness.trails import told
from tests.visits.dealing import NOW, home_of, organization


async def test_a_note_sent_twice_is_one_note(village: str) -> None:
    clerk, home, form = await cast.actor(cast.CLERK_A), await home_of("罗大山"), new_id()
    made = [await notes.write(clerk, id=form, text="晚上在家", household_id=home, now=NOW) for _ in range(2)]
    assert made[0].id == made[1].id
    assert [row.text for row in await queries.notes_by_id(clerk, [made[0].id])] == ["晚上在家"]


async def test_only_those_who_may_edit_write(village: str) -> None:
    home, firm = await home_of("罗大山"), await organization("青麻叙食品")
    for phone in (cast.TECHNICIAN, cast.COMMITTEE, cast.BUYER_P, cast.GROWER_A):
        with pytest.raises(NotYours):
            await notes.write(await cast.actor(phone), id=new_id(), text="不行", household_id=home, now=NOW)
    with pytest.raises(Missing):
        await notes.write(
            await cast.actor(cast.LEADER_B), id=new_id(), text="不行", household_id=home, now=NOW
        )
    with pytest.raises(NotYours):
        await notes.write(
            await cast.actor(cast.LEADER_A), id=new_id(), text="不行", organization_id=firm, now=NOW
        )
    admin = await cast.actor(cast.ADMIN)
    assert (await notes.write(admin, id=new_id(), text="可以", organization_id=firm, now=NOW)).id


async def test_a_withdrawn_note_stays_in_the_trail_alone(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    made = await notes.write(clerk, id=new_id(), text="写错了户", household_id=home, now=NOW)
    with pytest.raises(Missing):
        await notes.withdraw(await cast.actor(cast.LEADER_B), id=made.id, now=NOW)
    with pytest.raises(NotYours):
        await notes.withdraw(await cast.actor(cast.COMMITTEE), id=made.id, now=NOW)
    for _ in range(2):
        await notes.withdraw(clerk, id=made.id, now=NOW)
    assert await told("note.withdrawn", made.id) == [{"text": "写错了户"}]
