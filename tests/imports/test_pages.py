"""The pages of imports: upload, watch, look, decide, take back; for the own organization alone."""

from pathlib import Path

import httpx2
import pytest

from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.imports import working
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.imports.files import HOUSEHOLDS, NOW, workbook
from tests.imports.test_checking import MEMBER, member

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FRAGMENT = {"HX-Request": "true"}


async def upload(
    person: httpx2.AsyncClient, path: Path, *, kind: str = "households", id: str | None = None
) -> httpx2.Response:
    return await person.post(
        f"/imports/new/{kind}",
        data={"id": id or str(new_id())},
        files={"file": (path.name, path.read_bytes(), SHEET)},
    )


async def test_a_file_goes_its_whole_way(client: SignIn, tmp_path: Path) -> None:
    leader = await client(cast.LEADER_A)
    brought = await upload(leader, workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))
    assert brought.status_code == 303
    page = brought.headers["location"]
    assert "hx-trigger" in (await leader.get(page)).text
    await working.work(now=NOW)
    shown = (await leader.get(page)).text
    assert "周新芽" in shown
    assert "hx-trigger" not in shown
    assert (await leader.post(f"{page}/approval")).status_code == 303
    await working.work(now=NOW)
    assert f"{page}/reversal" in (await leader.get(page)).text
    assert "周新芽" in (await leader.get("/growers?q=周新芽")).text
    assert (await leader.post(f"{page}/reversal")).status_code == 303
    await working.work(now=NOW)
    assert f"{page}/reversal" not in (await leader.get(page)).text
    found = await db.scalar("SELECT COUNT(*) FROM directory_person WHERE name = '周新芽'")
    assert found == 0


async def test_the_progress_alone_is_what_htmx_asks_for(client: SignIn, tmp_path: Path) -> None:
    leader = await client(cast.LEADER_A)
    page = (await upload(leader, workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))).headers["location"]
    part = (await leader.get(page, headers=FRAGMENT)).text
    assert part.lstrip().startswith('<section id="batch"')
    assert "<html" not in part
    assert "<progress" in part


async def test_a_change_shows_old_and_new(client: SignIn, tmp_path: Path) -> None:
    leader = await client(cast.LEADER_A)
    line = ["罗大山", "19900000010", None, None, "保坪村", "3", "屋后坡", "4", None, None]
    page = (await upload(leader, workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [line]))).headers["location"]
    await working.work(now=NOW)
    assert "<del>3.2 亩</del> → <b>4 亩</b>" in (await leader.get(page)).text
    assert "<del>3.2 mu</del> → <b>4 mu</b>" in (await leader.get(f"{page}?lang=en")).text


async def test_a_wrong_file_shows_its_mistakes_and_gives_them_back_marked(
    client: SignIn, tmp_path: Path
) -> None:
    leader = await client(cast.LEADER_A)
    wrong = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [member(1, 手机="12"), member(2)])
    page = (await upload(leader, wrong)).headers["location"]
    await working.work(now=NOW)
    text = (await leader.get(page)).text
    assert "<b>B2</b> 手机" in text
    assert f"{page}/approval" not in text
    marked = await leader.get(f"{page}/mistakes")
    assert marked.headers["content-type"] == SHEET
    assert marked.content[:2] == b"PK"
    refused = await leader.post(f"{page}/approval")
    assert refused.status_code == 422
    assert "要么全部导入" in refused.text


async def test_templates_come_in_the_readers_language(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    for language in ("zh", "en"):
        answer = await leader.get(f"/imports/templates/households?lang={language}")
        assert (answer.status_code, answer.content[:2]) == (200, b"PK")


async def test_a_form_without_a_file_is_shown_again(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    answer = await leader.post("/imports/new/households", data={"id": str(new_id())})
    assert answer.status_code == 422
    assert "请先选择文件" in answer.text


async def test_sent_twice_it_is_one_batch(client: SignIn, tmp_path: Path) -> None:
    leader, id = await client(cast.LEADER_A), str(new_id())
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER])
    first, second = await upload(leader, path, id=id), await upload(leader, path, id=id)
    assert first.headers["location"] == second.headers["location"]
    other = workbook(tmp_path / "n.xlsx", HOUSEHOLDS, [member(2)])
    assert (await upload(leader, other, id=id)).status_code == 409
    assert await db.scalar("SELECT COUNT(*) FROM imports_batch") == 1
    await working.work(now=NOW)
    page = first.headers["location"]
    assert [(await leader.post(f"{page}/approval")).status_code for _ in range(2)] == [303, 303]


async def test_a_teammate_decides_too_and_a_stranger_finds_nothing(client: SignIn, tmp_path: Path) -> None:
    leader, clerk, stranger = (
        await client(cast.LEADER_A),
        await client(cast.CLERK_A),
        await client(cast.LEADER_B),
    )
    page = (await upload(leader, workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER]))).headers["location"]
    await working.work(now=NOW)
    assert (await clerk.get(page)).status_code == 200
    for address in (page, f"{page}/mistakes"):
        assert (await stranger.get(address)).status_code == 404
    for act in ("approval", "reversal", "disposal"):
        assert (await stranger.post(f"{page}/{act}")).status_code == 404
        assert (await leader.get(f"{page}/{act}")).status_code == 405
    assert "m.xlsx" in (await clerk.get("/imports")).text
    assert "m.xlsx" not in (await stranger.get("/imports")).text
    assert (await clerk.post(f"{page}/approval")).status_code == 303


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        (cast.LEADER_A, "organizations"), (cast.STOREKEEPER, "households"), (cast.STOREKEEPER, "weighins"),
        (cast.ADMIN, "weighins"), (cast.LEADER_A, "trees"),
    ],
)  # fmt: skip
async def test_kinds_are_for_those_whose_work_they_are(client: SignIn, who: str, kind: str) -> None:
    person = await client(who)
    assert (await person.get(f"/imports/new/{kind}")).status_code == 404
    assert (await person.get(f"/imports/templates/{kind}")).status_code == 404


async def test_growers_and_buyers_bring_nothing(client: SignIn) -> None:
    for who in (cast.GROWER_A, cast.BUYER_P, cast.COMMITTEE):
        assert (await (await client(who)).get("/imports")).status_code == 403


async def test_a_file_past_the_limit_is_refused(client: SignIn, tmp_path: Path) -> None:
    leader = await client(cast.LEADER_A)
    path = tmp_path / "huge.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"0" * 21_000_000)
    assert (await upload(leader, path)).status_code == 413
    assert await db.scalar("SELECT COUNT(*) FROM imports_batch") == 0


async def test_a_name_of_a_file_is_only_a_name(client: SignIn, tmp_path: Path) -> None:
    leader = await client(cast.LEADER_A)
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER])
    answer = await leader.post(
        "/imports/new/households",
        data={"id": str(new_id())},
        files={"file": ("../../<img src=x onerror=alert(1)>.xlsx", path.read_bytes(), SHEET)},
    )
    shown = (await leader.get(answer.headers["location"])).text
    assert "<img src=x" not in shown
    assert "../" not in shown
