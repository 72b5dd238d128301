"""Sealed numbers and the consent to them: both or neither, and where an installation wants it by no other way."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.accounts.second_steps import Given
from pepperchain.consents import numbers, queries
from pepperchain.consents.consents import Proof
from pepperchain.consents.rules import How, Number, purposes
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import people
from pepperchain.directory.people import Particulars
from pepperchain.settings import settings
from tests.accounts import apps
from tests.consents.dealing import ADDRESS, BANK_CARD, ID_NUMBER, NOW, home_of, look, person
from tests.harness import cast
from tests.harness.clients import SignIn

pytestmark = pytest.mark.usefixtures("village")
NEW_CARD = "6200000000000000034"


@pytest.fixture
def apart(village: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The installation takes numbers with consent alone."""
    monkeypatch.setenv("PEPPERCHAIN_NUMBERS__BY_CONSENT", "true")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def keep(actor: Actor, person_id: int, kept: dict[Number, str], **more: Any) -> bool:
    version = await db.scalar("SELECT version FROM directory_person WHERE id = :id", id=person_id)
    facts: dict[str, Any] = {
        "id": new_id(),
        "version": int(version),
        "texts": {number: purposes()[number.value].version for number in Number},
        "proof": Proof(How.PAPER),
        "now": NOW,
    }
    return await numbers.keep(actor, person_id=person_id, numbers=kept, **{**facts, **more})


async def test_number_and_consent_come_together_once() -> None:
    clerk, whose, form = await cast.actor(cast.CLERK_A), await person("单正茂"), new_id()
    assert await keep(clerk, whose, {Number.BANK_CARD: NEW_CARD}, id=form)
    assert not await keep(clerk, whose, {Number.BANK_CARD: BANK_CARD}, id=form)
    assert (await queries.standing(whose, "bank_card")).holds
    assert not (await queries.standing(whose, "id_number")).holds
    assert (await look(clerk, whose, number=Number.BANK_CARD)).value == NEW_CARD


async def test_a_number_that_cannot_be_leaves_no_consent_behind() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("单正茂")
    for wrong in ({Number.ID_NUMBER: "110100197102110053"}, {Number.BANK_CARD: "12"}, {}):
        with pytest.raises(Refused):
            await keep(clerk, whose, wrong)
    with pytest.raises(Refused) as refused:
        await keep(clerk, await person("李国强"), {Number.ID_NUMBER: ID_NUMBER})
    assert "罗大山" not in str(refused.value)
    with pytest.raises(Conflict):
        await keep(clerk, whose, {Number.BANK_CARD: NEW_CARD}, version=99)
    assert await db.scalar("SELECT COUNT(*) FROM consents_consent") == 0


async def test_nobody_else_brings_numbers_in() -> None:
    whose = await person("单正茂")
    for phone, error in ((cast.LEADER_B, Missing), (cast.COMMITTEE, NotYours), (cast.GROWER_A, NotYours)):
        with pytest.raises(error):
            await keep(await cast.actor(phone), whose, {Number.BANK_CARD: NEW_CARD})


@pytest.mark.usefixtures("apart")
async def test_where_consent_is_asked_for_no_number_comes_without_it() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("单正茂")
    home = await home_of(whose)
    for newcomer, field in (
        (Particulars("新人", id_number="11010119900307002X"), "id_number"),
        (Particulars("新人", bank_card=NEW_CARD), "bank_card"),
    ):
        with pytest.raises(Refused) as refused:
            await people.enter(
                clerk, id=new_id(), household_id=home, person=newcomer, confirmed=True, now=NOW
            )
        assert refused.value.field == field
    await people.enter(
        clerk, id=new_id(), household_id=home, person=Particulars("新人"), confirmed=True, now=NOW
    )
    assert await keep(clerk, whose, {Number.BANK_CARD: NEW_CARD})


@pytest.mark.usefixtures("apart")
async def test_pages_ask_for_numbers_with_consent_alone(client: SignIn) -> None:
    clerk, whose = await client(cast.CLERK_A), await person("单正茂")
    home = await home_of(whose)
    for address in (f"/growers/{home}/people/new", f"/growers/{home}/people/{whose}", "/growers/new"):
        assert 'name="id_number"' not in (await clerk.get(address)).text, address
    base = f"/growers/{home}/people/{whose}"
    page = await clerk.get(f"{base}/numbers/new")
    assert 'name="id_number"' in page.text
    version = await db.scalar("SELECT version FROM directory_person WHERE id = :id", id=whose)
    sent = {
        "request_id": str(new_id()), "version": str(version), "bank_card": NEW_CARD, "version_id_number": "1", "version_bank_card": "1",
        "how": "spoken",
    }  # fmt: skip
    assert (await clerk.post(f"{base}/numbers", data=sent)).status_code == 422
    for _ in range(2):
        answer = await clerk.post(f"{base}/numbers", data=sent | {"witness": "组长老周"})
        assert answer.headers["location"] == f"{base}/rights"
    assert (await clerk.get(f"{base}/numbers")).status_code == 405
    assert (await (await client(cast.LEADER_B)).post(f"{base}/numbers", data=sent)).status_code == 404
    assert (await (await client(cast.COMMITTEE)).get(f"{base}/numbers/new")).status_code == 403


async def test_who_has_a_second_step_gives_a_code_of_it_for_a_bank_card_alone() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    assert clerk.user_id is not None
    await apps.enrol(clerk.user_id, at=NOW - timedelta(minutes=10))
    code, form, card = await apps.shown(clerk.user_id, at=NOW), new_id(), {Number.BANK_CARD: NEW_CARD}
    for wrong in (None, "000000"):
        with pytest.raises(Refused) as refused:
            await keep(clerk, whose, card, given=Given(wrong, ADDRESS))
        assert refused.value.field == "code"
    assert await db.scalar("SELECT COUNT(*) FROM consents_consent") == 0
    assert await keep(clerk, whose, card, id=form, given=Given(code, ADDRESS))
    assert not await keep(clerk, whose, card, id=form, given=Given(code, ADDRESS))
    with pytest.raises(Refused):
        await keep(clerk, whose, card, given=Given(code, ADDRESS))
    assert await keep(clerk, whose, {Number.ID_NUMBER: ID_NUMBER})
