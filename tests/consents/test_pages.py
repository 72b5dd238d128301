"""The pages of consents and looks: they work, once for a form sent twice, and for nobody outside the scope."""

import re
from typing import Any

import httpx2
import pytest

from pepperchain.consents.rules import purposes
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.settings import settings
from tests.consents.dealing import ID_NUMBER, home_of, person
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.visits.dealing import picture

SHOWN = f"{ID_NUMBER[:6]} {ID_NUMBER[6:14]} {ID_NUMBER[14:]}"


async def place(name: str) -> str:
    whose = await person(name)
    return f"/growers/{await home_of(whose)}/people/{whose}"


def looking(**more: str) -> dict[str, str]:
    return {"id": str(new_id()), "number": "id_number", "reason": "payment", "words": "转六月货款"} | more


def answering(**more: str) -> dict[str, str]:
    """Yes to messages, no to photos, on paper."""
    versions = {f"version_{code}": str(each.version) for code, each in purposes().items()}
    said = {"answer_messages": "yes", "answer_photos": "no"}
    return {"request_id": str(new_id()), "how": "paper"} | versions | said | more


def _files() -> set[str]:
    return {path.name for path in (settings().data_dir / "signatures").glob("*")}


async def test_a_clerk_looks_and_the_grower_reads_who_and_why(client: SignIn) -> None:
    clerk, grower = await client(cast.CLERK_A), await client(cast.GROWER_A)
    home = await place("罗大山")
    assert SHOWN not in (await clerk.get(f"{home}/rights")).text
    assert (await clerk.get(f"{home}/reveals/new")).status_code == 200
    sent = looking()
    for _ in range(2):
        answer = await clerk.post(f"{home}/reveals", data=sent)
        assert answer.status_code == 200
        assert SHOWN in answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert await db.scalar("SELECT COUNT(*) FROM consents_reveal") == 1
    for page in (await grower.get("/consents"), await clerk.get(f"{home}/rights")):
        assert page.text.count("转六月货款") == 1
        assert SHOWN not in page.text
    assert "转六月货款" in (await clerk.get(f"{home}/timeline")).text


@pytest.mark.parametrize(
    "wrong",
    [{"reason": "curiosity"}, {"number": "shoe_size"}, {"words": ""}, {"words": "x" * 500}, {"id": "1"}],
    ids=["no such reason", "no such number", "no words", "long words", "no id"],
)
async def test_a_look_without_a_proper_reason_shows_nothing(client: SignIn, wrong: dict[str, str]) -> None:
    clerk, home = await client(cast.CLERK_A), await place("罗大山")
    answer = await clerk.post(f"{home}/reveals", data=looking(**wrong))
    assert answer.status_code == 422
    assert SHOWN not in answer.text
    assert await db.scalar("SELECT COUNT(*) FROM consents_reveal") == 0


async def test_who_opens_which_page(client: SignIn) -> None:
    home = await place("罗大山")
    for phone, rights, notes, looks in (
        (cast.LEADER_A, 200, 200, 200), (cast.CLERK_A, 200, 200, 200), (cast.LEADER_B, 404, 404, 404), (cast.COMMITTEE, 200, 403, 200),
        (cast.ADMIN, 200, 403, 403), (cast.TECHNICIAN, 403, 403, 403), (cast.GROWER_A, 403, 403, 403), (cast.BUYER_P, 403, 403, 403),
    ):  # fmt: skip
        browser = await client(phone)
        assert (await browser.get(f"{home}/rights")).status_code == rights, phone
        assert (await browser.get(f"{home}/consents/new")).status_code == notes, phone
        assert (await browser.get(f"{home}/reveals/new")).status_code == looks, phone
        answer = await browser.post(f"{home}/consents", data=answering())
        assert answer.status_code == (303 if notes == 200 else notes), phone
        answer = await browser.post(f"{home}/reveals", data=looking())
        assert answer.status_code == (303 if phone == cast.COMMITTEE else looks), phone
    stranger = await client()
    assert (await stranger.get(f"{home}/rights")).headers["location"].startswith("/login?next=")
    leader = await client(cast.LEADER_A)
    other = (await place("单正茂")).rpartition("/people/")[0]
    assert (await leader.get(f"{other}/people/{await person('罗大山')}/rights")).status_code == 404
    for path in ("consents", "reveals"):
        assert (await leader.get(f"{home}/{path}")).status_code == 405


async def test_an_officer_asks_and_the_second_person_reads_what_for(client: SignIn) -> None:
    officer, admin, home = await client(cast.COMMITTEE), await client(cast.ADMIN), await place("罗大山")
    assert (await officer.post(f"{home}/reveals", data=looking())).headers["location"] == f"{home}/rights"
    page = (await admin.get("/approvals")).text
    assert "查看完整号码" in page
    assert "身份证号" in page
    assert "转六月货款" in page
    address = re.search(r"/approvals/\d+/approval", page)
    assert address
    assert (await officer.post(address[0])).status_code == 422
    assert (await admin.post(address[0])).status_code == 303
    assert SHOWN in (await officer.post(f"{home}/reveals", data=looking())).text


async def test_answers_are_noted_with_the_signature_once(client: SignIn) -> None:
    clerk, home = await client(cast.CLERK_A), await place("罗大山")
    before, data = _files(), answering(how="signed")
    files = [("photos", ("a.php", picture(size=(300, 200)), "text/html"))]
    for _ in range(2):
        answer = await clerk.post(f"{home}/consents", data=data, files=files)
        assert answer.status_code == 303, answer.text
    assert len(_files() - before) == 1
    page = (await clerk.get(f"{home}/rights")).text
    address = re.search(rf"{home}/consents/\d+/photo", page)
    assert address
    photo = await clerk.get(address[0])
    assert photo.headers["content-type"] == "image/jpeg"
    assert photo.headers["content-disposition"].startswith("attachment")
    for phone, status in ((cast.LEADER_A, 200), (cast.LEADER_B, 404), (cast.TECHNICIAN, 403)):
        assert (await (await client(phone)).get(address[0])).status_code == status, phone
    assert (await clerk.get(f"{home}/consents/999999/photo")).status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?php echo 1;",
        picture() + b"<script>1</script>",
        b"\x89PNG\r\n\x1a\n" + b"0" * 90,
    ],
    ids=["svg", "php", "polyglot", "broken png"],
)
async def test_a_signature_that_is_no_photo_is_refused(client: SignIn, data: bytes) -> None:
    clerk, home, before = await client(cast.CLERK_A), await place("罗大山"), _files()
    answer = await clerk.post(
        f"{home}/consents", data=answering(how="signed"), files=[("photos", ("a.jpg", data, "image/jpeg"))]
    )
    assert answer.status_code == 422
    assert 'id="e-photos"' in answer.text
    assert 'value="yes" checked' in answer.text
    assert _files() == before


async def test_a_photo_goes_again_when_its_answer_is_refused(client: SignIn) -> None:
    clerk, home, before = await client(cast.CLERK_A), await place("罗大山"), _files()
    data = answering(how="signed") | {"version_messages": "7"}
    answer = await clerk.post(
        f"{home}/consents", data=data, files=[("photos", ("a.jpg", picture(), "image/jpeg"))]
    )
    assert answer.status_code == 409
    assert _files() == before


@pytest.mark.parametrize(
    "wrong", [{"answer_messages": "perhaps"}, {"version_messages": "x"}, {"how": "own"}, {"how": "spoken"}]
)
async def test_answers_that_are_none_are_refused(client: SignIn, wrong: dict[str, str]) -> None:
    clerk, home = await client(cast.CLERK_A), await place("罗大山")
    assert (await clerk.post(f"{home}/consents", data=answering(**wrong))).status_code == 422
    assert await db.scalar("SELECT COUNT(*) FROM consents_consent") == 0


async def test_a_grower_decides_and_sees_the_family(client: SignIn) -> None:
    grower = await client(cast.GROWER_A)
    page = (await grower.get("/consents")).text
    assert "我的授权" in page
    sent: dict[str, Any] = answering()
    for _ in range(2):
        assert (await grower.post("/consents/answers", data=sent)).headers["location"] == "/consents"
    assert await db.scalar("SELECT COUNT(*) FROM consents_consent WHERE how = 'own'") == 2
    family = re.findall(r"/consents\?person=(\d+)", page)
    others = [id for id in family if int(id) != await person("罗大山")]
    assert others
    assert "我的授权" not in (await grower.get(f"/consents?person={others[0]}")).text
    assert (await grower.get(f"/consents?person={await person('单正茂')}")).status_code == 404
    assert (await grower.get("/consents?cursor=WzFd")).status_code == 422
    assert (
        await grower.post(
            "/consents/answers", data=sent | {"request_id": str(new_id()), "version_photos": "9"}
        )
    ).status_code == 409
    for phone in (cast.CLERK_A, cast.ADMIN, cast.TECHNICIAN):
        browser: httpx2.AsyncClient = await client(phone)
        assert (await browser.get("/consents")).status_code == 403
        assert (await browser.post("/consents/answers", data=sent)).status_code == 403


async def test_a_copy_is_made_read_and_taken(client: SignIn) -> None:
    grower, clerk, home = await client(cast.GROWER_A), await client(cast.CLERK_A), await place("罗大山")
    sent = {"request_id": str(new_id())}
    places = [(await grower.post("/consents/copies", data=sent)).headers["location"] for _ in range(2)]
    assert places[0] == places[1]
    assert "先锋" in (await grower.get(places[0])).text or "保坪" in (await grower.get(places[0])).text
    taken = await grower.get(f"{places[0]}/file")
    assert taken.content.startswith(b"PK")
    assert taken.headers["content-disposition"].startswith("attachment")
    assert (await clerk.post(f"{home}/copies", data={"request_id": str(new_id())})).status_code == 422
    made = await clerk.post(f"{home}/copies", data={"request_id": str(new_id()), "reason": "本人要求"})
    theirs = made.headers["location"]
    assert (await clerk.get(theirs)).status_code == 200
    assert (await clerk.get(f"{theirs}/file")).status_code == 200
    id = theirs.rpartition("/")[2]
    assert (await grower.get(f"/consents/copies/{id}/file")).status_code == 404
    for phone, status in (
        (cast.LEADER_A, 404),
        (cast.LEADER_B, 404),
        (cast.ADMIN, 403),
        (cast.TECHNICIAN, 403),
    ):
        browser = await client(phone)
        for address in (theirs, f"{theirs}/file"):
            assert (await browser.get(address)).status_code == status, (phone, address)
    stranger, asked = await client(cast.LEADER_B), {"request_id": str(new_id()), "reason": "x"}
    assert (await stranger.post(f"{home}/copies", data=asked)).status_code == 404
    assert (await clerk.post(theirs)).status_code == 405
    assert (await clerk.get(f"{home}/copies/{new_id()}/file")).status_code == 404


async def test_a_correction_is_asked_for_listed_and_answered(client: SignIn) -> None:
    grower, clerk, home = await client(cast.GROWER_A), await client(cast.CLERK_A), await place("罗大山")
    whose = await person("罗大山")
    sent = {"request_id": str(new_id()), "what": "phone", "proposed": "199 0001 0199", "words": "换了号"}
    address = f"/consents/people/{whose}/corrections"
    for _ in range(2):
        assert (await grower.post(address, data=sent)).status_code == 303
    assert (
        await grower.post(address, data=sent | {"request_id": str(new_id()), "proposed": "12"})
    ).status_code == 422
    assert (
        await grower.post(address, data=sent | {"request_id": str(new_id()), "what": "soul"})
    ).status_code == 422
    other = await person("单正茂")
    assert (await grower.post(f"/consents/people/{other}/corrections", data=sent)).status_code == 404
    assert (await clerk.post(address, data=sent)).status_code == 403
    assert "1条更正申请等待答复" in (await clerk.get("/")).text
    listed = (await clerk.get("/consents/corrections")).text
    found = re.search(r"/consents/corrections/\d+", listed)
    assert found
    assert listed.count("换了号") == 1
    assert "19900010199" in (await clerk.get(found[0])).text
    for phone, status in (
        (cast.LEADER_B, 404),
        (cast.TECHNICIAN, 403),
        (cast.GROWER_A, 403),
        (cast.COMMITTEE, 200),
    ):
        assert (await (await client(phone)).get(found[0])).status_code == status, phone
    assert (await (await client(cast.LEADER_B)).post(f"{found[0]}/acceptance")).status_code == 404
    assert (await (await client(cast.COMMITTEE)).post(f"{found[0]}/acceptance")).status_code == 403
    assert (await clerk.post(f"{found[0]}/refusal")).status_code == 422
    assert (await clerk.get(f"{found[0]}/refusal")).status_code == 405
    for _ in range(2):
        assert (await clerk.post(f"{found[0]}/acceptance", data={"answer": "已改"})).status_code == 303
    assert (await clerk.post(f"{found[0]}/refusal", data={"answer": "不"})).status_code == 409
    assert "已改" in (await grower.get(f"/consents?person={whose}")).text
    assert "换了号" in (await clerk.get("/consents/corrections?state=decided")).text
    assert (await clerk.get("/consents/corrections?cursor=WzFd")).status_code == 422
    sent = {"request_id": str(new_id()), "what": "plots", "words": "少了一块"}
    assert (await clerk.post(f"{home}/corrections", data=sent)).headers["location"] == f"{home}/rights"
    assert "少了一块" in (await clerk.get(f"{home}/rights")).text
