"""The pages of segments and tags: they work, once for a form sent twice, for teammates, and for nobody else."""

import re
from html import unescape
from typing import Any

import httpx2

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.criteria import REPERTOIRE
from pepperchain.segments import segments, working
from tests.exports.taking import ask, page_of, rows_of
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.segments.finding import (
    NOW,
    all_of,
    asking,
    begun,
    found,
    home_of,
    kept,
    seen,
    tag,
    tagged,
    today,
    unlike,
)

HTMX = {"HX-Request": "true"}
EDITOR = {"groups": "1", "c0_key": "area", "c0_group": "0", "c0_area": "1.5"}


def form(**more: Any) -> dict[str, Any]:
    return {"request_id": str(new_id()), "name": "一亩半以上", **EDITOR, **more}


async def made(browser: httpx2.AsyncClient, **more: Any) -> str:
    """The address of a new segment."""
    answer = await browser.post("/segments", data=form(**more))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def work() -> None:
    await working.work(REPERTOIRE, now=clock.now())


async def test_a_segment_is_written_and_kept_without_a_script(client: SignIn) -> None:
    browser = await client(cast.CLERK_A)
    assert "还没有分组" in (await browser.get("/segments")).text
    page = (await browser.get("/segments/new")).text
    assert "没有条件就是所有人" in page
    page = (await browser.get("/segments/new", params={"groups": "1", "g0_new": "area", "do": "add-0"})).text
    assert 'name="c0_area_to"' in page
    assert "把每个条件填好" in page
    page = (await browser.get("/segments/new", params={**EDITOR, "do": "group"})).text
    assert "椒园面积不少于1.5" in unescape(page).replace("\u202f", "").replace("\xa0", "").replace(" ", "")
    assert 'name="g1_match"' in page
    data = form(is_shared="on")
    first, second = [await browser.post("/segments", data=data) for _ in range(2)]
    assert (first.status_code, first.headers["location"]) == (303, second.headers["location"])
    shown = await browser.get(first.headers["location"])
    number = len(await seen(await cast.actor(cast.CLERK_A)))
    assert shown.status_code == 200
    assert number > shown.text.count('href="/growers/') > 1
    assert "一亩半以上" in (await browser.get("/segments")).text


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(client: SignIn) -> None:
    browser = await client(cast.CLERK_A)
    answer = await browser.post("/segments", data=form(c0_area="viel", name=""))
    assert answer.status_code == 422
    answer = await browser.post("/segments", data=form(c0_area="viel"))
    assert answer.status_code == 422
    assert 'value="viel"' in answer.text
    assert 'id="e-c0_area"' in answer.text
    answer = await browser.get("/segments/new", params={**EDITOR, "c0_area": "viel"})
    assert answer.status_code == 200
    assert 'id="e-c0_area"' in answer.text
    assert await db.scalar("SELECT COUNT(*) FROM segments_segment") == 0


async def test_a_segment_is_changed_copied_removed_and_brought_back(client: SignIn) -> None:
    browser, leader, other = (
        await client(cast.CLERK_A),
        await client(cast.LEADER_A),
        await client(cast.LEADER_B),
    )
    url = await made(browser, is_shared="on")
    page = (await browser.get(f"{url}/conditions")).text
    assert 'value="1.5"' in page
    answer = await browser.post(f"{url}/conditions", data=form(version="1", name="两亩以上", c0_area="2"))
    assert answer.status_code == 303, answer.text
    assert (await browser.post(f"{url}/conditions", data=form(version="1", c0_area="3"))).status_code == 409
    assert (await leader.get(url)).status_code == 404  # it is shared no longer
    url = await made(browser, is_shared="on")
    assert (await leader.get(url)).status_code == 200
    assert "您自己的一份" in (await leader.get(f"{url}/conditions")).text
    assert (await leader.post(f"{url}/conditions", data=form(version="1"))).status_code == 403
    copied = await leader.get(f"/segments/new?copy_of={url.rpartition('/')[2]}")
    assert 'value="1.5"' in copied.text
    assert (await other.get(url)).status_code == 404
    assert (await other.get(f"/segments/new?copy_of={url.rpartition('/')[2]}")).status_code == 404
    assert (await browser.get(f"{url}/disposal")).status_code == 405
    for _ in range(2):
        assert (await browser.post(f"{url}/disposal")).status_code == 303
    assert (await browser.get(url)).status_code == 404
    assert (await browser.post(f"{url}/return")).headers["location"] == url
    assert (await browser.get(url)).status_code == 200


async def test_all_households_of_a_segment_are_tagged_watched_and_untagged(client: SignIn) -> None:
    browser, teammate, stranger = (
        await client(cast.CLERK_A),
        await client(cast.LEADER_A),
        await client(cast.LEADER_B),
    )
    clerk = await cast.actor(cast.CLERK_A)
    mine, url = await tag(clerk), await made(browser, is_shared="on")
    page = (await browser.get(f"{url}/runs/new?action=tag")).text
    assert "示范户" in page
    data = {"request_id": str(new_id()), "action": "tag", "tag": str(mine)}
    first, second = [await browser.post(f"{url}/runs", data=data) for _ in range(2)]
    assert (first.status_code, first.headers["location"]) == (303, second.headers["location"])
    run = first.headers["location"]
    assert 'hx-trigger="every 1s"' in (await browser.get(run)).text
    assert (await browser.get(run, headers=HTMX)).text.startswith("<section")
    await work()
    assert await tagged(mine)
    page = (await teammate.get(run)).text
    assert "打标签：示范户" in page
    assert "全部撤销" in page
    assert "打标签" in (await browser.get(url)).text
    assert (await stranger.get(run)).status_code == 404
    assert (await stranger.post(f"{run}/reversal")).status_code == 404
    for _ in range(2):
        assert (await teammate.post(f"{run}/reversal")).status_code == 303
    await work()
    assert await tagged(mine) == set()
    assert (await browser.post(f"{run}/reversal")).status_code == 303
    assert "已撤销" in (await browser.get(run)).text


async def test_a_run_lacks_what_it_needs_and_says_so(client: SignIn) -> None:
    browser = await client(cast.CLERK_A)
    url = await made(browser)
    data = {"request_id": str(new_id()), "action": "plan_visit", "kind": "call", "purpose": "crop"}
    answer = await browser.post(f"{url}/runs", data=data)
    assert answer.status_code == 422
    assert 'id="e-day"' in answer.text
    planned = await browser.post(f"{url}/runs", data={**data, "day": today()})
    assert planned.status_code == 303, planned.text
    assert (await browser.post(f"{url}/runs", data={**data, "action": "nonsense"})).status_code == 404
    assert (await browser.get(f"{url}/runs/new?action=nonsense")).status_code == 404
    assert (await browser.get(f"{url}/runs/new")).status_code == 200
    await work()
    assert await db.scalar(
        "SELECT COUNT(*) FROM visits_visit WHERE kind = 'call' AND planned_on IS NOT NULL AND happened_at IS NULL"
    )


async def test_a_counting_can_be_left_and_found_again(client: SignIn) -> None:
    browser = await client(cast.CLERK_A)
    url = await made(browser)
    run = (await browser.post(f"{url}/counts", data={"request_id": str(new_id())})).headers["location"]
    assert run in (await browser.get(url)).text
    await work()
    assert "已完成" in (await browser.get(run)).text or "完成" in (await browser.get(run)).text
    assert (await browser.post(f"{url}/counts", data={"request_id": "x"})).status_code == 422


async def test_a_segment_whose_condition_is_gone_says_so_and_does_nothing(client: SignIn) -> None:
    browser, clerk = await client(cast.CLERK_A), await cast.actor(cast.CLERK_A)
    mine = await tag(clerk)
    id = await kept(clerk, all_of(unlike("tag", tag=mine)))
    await browser.post(f"/segments/tags/{mine}/disposal")
    page = await browser.get(f"/segments/{id}")
    assert page.status_code == 200
    assert "已和设分组时不同" in page.text
    assert (await browser.get("/segments")).status_code == 200
    assert (await browser.get(f"/segments/{id}/conditions")).status_code == 200
    answer = await browser.get(f"/segments/{id}/runs/new?action=tag")
    assert answer.status_code == 422
    await _damage(id)
    for path in (f"/segments/{id}", "/segments"):
        assert "已损坏" in (await browser.get(path)).text


@db.unit_of_work
async def _damage(id: int) -> None:
    await db.execute(
        "UPDATE segments_segment SET criteria = :text WHERE id = :id", text='{"match": 7}', id=id
    )


async def test_tags_are_put_on_and_taken_off_on_the_growers_page(client: SignIn) -> None:
    browser, other, home = await client(cast.CLERK_A), await client(cast.LEADER_B), await home_of("罗大山")
    page = f"/growers/{home}"
    assert 'id="marks"' in (await browser.get(page)).text
    data = {"request_id": str(new_id()), "name": "示范户"}
    for _ in range(2):
        assert (await browser.post(f"{page}/tags", data=data)).headers["location"] == page
    answer = await browser.post(f"{page}/tags", data={"name": "老社员"}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="marks"')
    assert "老社员" in (await browser.get(page)).text
    ids = re.findall(r"/growers\?tag=(\d+)", (await browser.get("/segments/tags")).text)
    assert len(ids) == 2
    listed = (await browser.get(f"/growers?tag={ids[0]}")).text
    assert listed.count('data-card="') == 1
    assert (await browser.get(f"/growers?tag={ids[0]}&q=罗")).text.count('data-card="') == 1
    assert (await other.get(f"/growers?tag={ids[0]}")).text.count('data-card="') == 0
    assert "示范户" not in (await other.get("/growers")).text
    assert f'href="/exports/new/households?tag={ids[0]}"' in listed
    for person, heads in ((browser, {"罗大山"}), (other, set())):
        rows = await rows_of(person, page_of(await ask(person, "households", query=f"?tag={ids[0]}")))
        assert {row["户主"] for row in rows} == heads
    assert (await other.post(f"{page}/tags", data=data)).status_code == 404
    assert (await browser.post(f"{page}/tags", data={})).status_code == 422
    for _ in range(2):
        assert (await browser.post(f"{page}/tags/{ids[0]}/withdrawal")).status_code == 303
    assert (await browser.get(f"/growers?tag={ids[0]}")).text.count('data-card="') == 0
    assert (await other.get(f"/segments/tags/{ids[0]}")).status_code == 404


async def test_tags_are_made_changed_removed_and_brought_back(client: SignIn) -> None:
    browser, teammate = await client(cast.CLERK_A), await client(cast.LEADER_A)
    data = {"request_id": str(new_id()), "name": "缺肥", "colour": "soon"}
    for _ in range(2):
        assert (await browser.post("/segments/tags", data=data)).status_code == 303
    assert (
        await browser.post("/segments/tags", data={**data, "request_id": str(new_id())})
    ).status_code == 422
    (id,) = re.findall(r"/growers\?tag=(\d+)", (await teammate.get("/segments/tags")).text)
    url = f"/segments/tags/{id}"
    assert (
        await teammate.post(url, data={"version": "1", "name": "缺水", "colour": "info"})
    ).status_code == 303
    assert (await browser.post(url, data={"version": "1", "name": "缺光"})).status_code == 409
    for _ in range(2):
        assert (await browser.post(f"{url}/disposal")).status_code == 303
    assert "已删除" in (await browser.get(url)).text
    assert (await browser.post(f"{url}/return")).status_code == 303
    assert "缺水" in (await browser.get("/segments/tags")).text


async def test_the_list_of_a_segment_goes_on_with_a_cursor(client: SignIn) -> None:
    browser, clerk = await client(cast.COMMITTEE), await cast.actor(cast.COMMITTEE)
    id = await kept(clerk)
    page = (await browser.get(f"/segments/{id}")).text
    assert page.count('<a class="title" href="/growers/') == len(await seen(clerk))
    assert (await browser.get(f"/segments/{id}?cursor=eyJ")).status_code == 422
    assert (await browser.get(f"/segments/{id}", headers=HTMX)).text.lstrip().startswith("<section")


async def test_something_at_work_is_not_begun_again(client: SignIn) -> None:
    browser, clerk = await client(cast.CLERK_A), await cast.actor(cast.CLERK_A)
    id, mine = await kept(clerk), await tag(clerk)
    await begun(clerk, id, "tag", tag=mine)
    data = {"request_id": str(new_id()), "action": "untag", "tag": str(mine)}
    assert (await browser.post(f"/segments/{id}/runs", data=data)).status_code == 409
    assert (await browser.post(f"/segments/{id}/disposal")).status_code == 422
    await segments.make(clerk, REPERTOIRE, id=new_id(), name="另一个", criteria=all_of(), now=NOW)


async def test_the_list_of_a_segment_is_downloaded_by_whoever_sees_it(client: SignIn) -> None:
    leader = await cast.actor(cast.LEADER_A)
    id = await kept(leader, all_of(asking("phone")))
    people, browser = await found(leader, all_of(asking("phone"))), await client(cast.LEADER_A)
    page = (await browser.get(f"/segments/{id}")).text
    assert f'href="/exports/new/households?segment={id}"' in page
    answer = await ask(browser, "people", query=f"?segment={id}")
    rows = await rows_of(browser, page_of(answer))
    homes = await db.scalar(
        "SELECT COUNT(*) FROM directory_person WHERE household_id IN :ids AND left_on IS NULL",
        ids=sorted(people),
    )
    assert len(rows) == homes > 0
    for stranger in (cast.LEADER_B, cast.CLERK_A):  # it is not shared
        denied = await ask(await client(stranger), "households", query=f"?segment={id}")
        assert denied.status_code in (303, 404)
        if denied.status_code == 303:
            assert (await (await client(stranger)).get(f"{page_of(denied)}/file")).status_code == 404
