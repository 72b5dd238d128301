"""What people's sheets look like, and what each kind makes of them."""

import csv
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pepperchain.core import clock, db
from pepperchain.directory import cards
from pepperchain.excel.judging import Verdict
from pepperchain.imports import batches, files, queries
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import State
from pepperchain.ledger import books
from tests.exports.taking import take
from tests.harness import cast
from tests.imports.files import (
    HOUSEHOLDS,
    NOW,
    REGISTRY,
    SLIPS,
    checked,
    committed,
    dump,
    rows,
    undone,
    workbook,
)  # fmt: skip
from tests.imports.test_checking import MEMBER, member

FIXTURES = Path(__file__).parents[2] / "fixtures" / "excel"
ID_NUMBER = "110100197503250056"
TODAY = clock.local_day(NOW).isoformat()


async def problems(batch: BatchRow) -> set[tuple[int, str, str]]:
    told = await queries.mistakes(batch.id, limit=1_000)
    return {(each.row_number, each.problem.letter, each.problem.code) for each in told}


async def test_a_list_of_members_as_cooperatives_keep_it(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    headings = ["姓名", "联系电话", "村名", "社", "亩数（亩）", "花椒品种", "株数(株)", "栽植年份"]
    lines = [
        ["　周新芽 ", "１９９０００９０００１", "保坪", "三社", "２.５亩", "九叶青", 275, 2018],
        ["周新苗", "199-0009-0002", "麻柳村", "第十二村民小组", 1.2, "", "", ""],
    ]
    batch = await committed(leader, "households", workbook(tmp_path / "m.xlsx", headings, lines))
    assert (batch.creates, batch.wrong) == (2, 0)
    found = await db.tuples(
        "SELECT p.name, p.phone, h.group_number, f.area_centimu, f.tree_count FROM directory_person p JOIN directory_household h"
        " ON h.head_id = p.id JOIN directory_plot f ON f.household_id = h.id WHERE p.phone LIKE '1990009%' ORDER BY p.phone"
    )
    assert found == [("周新芽", "19900090001", 3, 250, 275), ("周新苗", "19900090002", 12, 120, None)]


async def test_several_rows_of_a_household_are_its_plots(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    second = [*MEMBER[:6], "河坝", "1.1", "藤椒", None]
    batch = await committed(leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER, second]))
    plots = await db.tuples(
        "SELECT h.plots, h.area_centimu FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
        " WHERE p.phone = '19900090001'"
    )
    assert plots == [(2, 360)]
    twice = await checked(
        leader, "households", workbook(tmp_path / "n.xlsx", HOUSEHOLDS, [member(3), member(3)])
    )
    assert await problems(twice) == {(3, "G", "form")}
    assert (await undone(leader, batch)).state is State.UNDONE


async def test_a_household_is_known_by_its_id_number_whatever_its_phone(village: str, tmp_path: Path) -> None:
    leader, stranger = await cast.actor(cast.LEADER_A), await cast.actor(cast.LEADER_B)
    await committed(
        leader, "households", workbook(tmp_path / "1.xlsx", HOUSEHOLDS, [member(1, 身份证号=ID_NUMBER)])
    )
    moved = member(1, 身份证号=ID_NUMBER, 手机="19900098888")
    batch = await checked(leader, "households", workbook(tmp_path / "2.xlsx", HOUSEHOLDS, [moved]))
    (row,) = await rows(batch, Verdict.UPDATE)
    assert [change.key for change in row.changes] == ["phone"]
    theirs = await checked(stranger, "households", workbook(tmp_path / "3.xlsx", HOUSEHOLDS, [moved]))
    assert await problems(theirs) == {(2, "C", "form")}
    assert "周" not in json.dumps([each.problem.facts for each in await queries.mistakes(theirs.id, limit=9)])


async def test_staged_id_numbers_are_sealed_and_gone_when_a_file_is_settled(
    village: str, tmp_path: Path
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [member(1, 身份证号=ID_NUMBER)])
    batch = await checked(leader, "households", path)
    staged = await db.tuples(
        "SELECT ready, secrets, changes, problems, title FROM imports_row WHERE batch_id = :id", id=batch.id
    )
    assert staged[0][1] is not None
    assert ID_NUMBER not in str(staged)
    await batches.discard(leader, id=UUID(batch.id), now=NOW)
    assert await db.scalar("SELECT COUNT(*) FROM imports_row WHERE batch_id = :id", id=batch.id) == 0
    done = await committed(leader, "households", path)
    assert (
        await db.scalar(
            "SELECT COUNT(*) FROM imports_row WHERE batch_id = :id AND secrets IS NOT NULL", id=done.id
        )
        == 0
    )


async def test_a_change_since_stops_the_whole_undo_and_is_named(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await committed(
        leader, "households", workbook(tmp_path / "1.xlsx", HOUSEHOLDS, [MEMBER, member(5)])
    )
    changed = [*MEMBER[:9], "后来改的"]
    second = await committed(leader, "households", workbook(tmp_path / "2.xlsx", HOUSEHOLDS, [changed]))
    before = await dump(*REGISTRY)
    refused = await undone(leader, batch)
    assert (refused.state, refused.conflicts) == (State.COMMITTED, 1)
    (row,) = await queries.preview(batch.id, conflicts=True, limit=5)
    assert row.row_number == 2
    assert await dump(*REGISTRY) == before
    assert (await undone(leader, second)).state is State.UNDONE
    # What was changed and put back counts as changed: versions only rise.
    assert (await undone(leader, batch)).state is State.COMMITTED


async def test_slips_that_were_undone_can_be_brought_again(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    line = ["0001", "保坪", TODAY, "00:05", "罗大山", "19900000010", "鲜", "一级", "104.6斤", "2.1", "8.5"]
    path = workbook(tmp_path / "s.xlsx", SLIPS, [line])
    first = await committed(leader, "weighins", path)
    assert (await checked(leader, "weighins", path)).unchanged == 1
    assert (await undone(leader, first)).state is State.UNDONE
    again = await committed(leader, "weighins", path)
    assert (again.state, again.creates) == (State.COMMITTED, 1)
    standing = await db.tuples(
        "SELECT w.gross_grams FROM harvest_weighin w WHERE w.voided_at IS NULL AND CAST(w.id AS VARCHAR(36)) IN"
        " (SELECT r.target_id FROM imports_row r)"
    )
    assert standing == [(52_300,)]
    assert await books.findings() == []


@pytest.mark.parametrize(
    ("cells", "letter"),
    [
        ({"毛重(公斤)": "2.0", "皮重": "52.3"}, "J"), ({"毛重(公斤)": "0"}, "I"), ({"毛重(公斤)": "-3"}, "I"),
        ({"毛重(公斤)": "99999999"}, "I"), ({"日期": "2999-01-01"}, "C"), ({"等级": "统货"}, "H"), ({"站点": "沙埂"}, "B"),
        ({"户主": "邓九叶", "电话": None}, "E"), ({"单价(元/公斤)": "0"}, "K"), ({"电话": "1.38E+10"}, "F"),
    ],
)  # fmt: skip
async def test_a_slip_that_cannot_be_is_told_at_its_cell(
    village: str, tmp_path: Path, cells: dict[str, Any], letter: str
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    line: list[Any] = [
        "0001",
        "保坪",
        TODAY,
        "00:05",
        "罗大山",
        "19900000010",
        "鲜",
        "一级",
        "52.3",
        "2.1",
        "8.5",
    ]
    for name, value in cells.items():
        line[SLIPS.index(name)] = value
    batch = await checked(leader, "weighins", workbook(tmp_path / "s.xlsx", SLIPS, [line]))
    assert {told[1] for told in await problems(batch)} == {letter}


async def test_a_lost_card_is_refused_in_every_sheet_and_left_out_of_our_own(
    village: str, tmp_path: Path
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    home, card = (
        await db.tuples(
            "SELECT h.id, h.card_number FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
            " WHERE p.name = '罗大山'"
        )
    )[0]
    await cards.report_lost(leader, household_id=home, number=card, now=NOW)
    line = ["L1", "保坪", TODAY, "00:05", "罗大山", None, "鲜", "一级", "52.3", "2.1", "8.5", card]
    path = workbook(tmp_path / "s.xlsx", [*SLIPS, "卡号"], [line])
    assert {letter for _, letter, _ in await problems(await checked(leader, "weighins", path))} == {"L"}
    member = workbook(tmp_path / "h.xlsx", ["椒农卡号", "备注"], [[card, "新"]])
    assert {letter for _, letter, _ in await problems(await checked(leader, "households", member))} == {"A"}
    exported = tmp_path / "all.csv"
    await take(leader, "households", exported, now=NOW)
    text = exported.read_text(encoding="utf-8-sig")
    assert "罗大山" in text
    assert card not in text


async def test_our_own_export_of_slips_is_recognised(village: str, tmp_path: Path) -> None:
    """Slips weighed on a phone come back from an export under the numbers we gave: nothing is weighed twice."""
    leader = await cast.actor(cast.LEADER_A)
    path = tmp_path / "all.csv"
    count = await take(leader, "weighins", path, now=NOW)
    outcome = await files.run(leader, "weighins", path, dry_run=True, now=NOW)
    assert (outcome.batch.unchanged, outcome.batch.creates) == (count, 0), outcome.mistakes[:3]
    text = path.read_text(encoding="utf-8-sig").splitlines()
    first = next(csv.reader(text[-1:]))
    gross = next(csv.reader(text[:1])).index("毛重(公斤)")
    net = next(csv.reader(text[:1])).index("净重(公斤)")
    for place in (gross, net):
        first[place] = str(Decimal(first[place]) + 1)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([next(csv.reader(text[:1])), first])
    changed = await files.run(leader, "weighins", path, dry_run=True, now=NOW)
    assert [(each.row_number, each.problem.letter) for each in changed.mistakes] == [(2, "A")]


async def test_rooms_and_organizations_come_change_and_go(village: str, tmp_path: Path) -> None:
    keeper, admin = await cast.actor(cast.STOREKEEPER), await cast.actor(cast.ADMIN)
    before = await dump(*REGISTRY)
    name = await db.scalar(
        "SELECT r.name FROM storage_room r WHERE r.operator_id = :id ORDER BY r.id LIMIT 1",
        id=keeper.organization_id,
    )
    site = await db.scalar(
        "SELECT s.name FROM storage_room r JOIN directory_site s ON s.id = r.site_id WHERE r.name = :name AND r.operator_id = :id",
        name=name, id=keeper.organization_id,
    )  # fmt: skip
    headings = ["冷库", "库房", "用途", "类型", "可存品类", "设定温度(℃)", "容量（吨）"]
    room = [site, "9 号库", "公益", "冷藏", "鲜、保鲜", "4", "120"]
    rooms = await committed(
        keeper, "rooms", workbook(tmp_path / "r.xlsx", headings, [room, [site, name, "", "", "", "", "9999"]])
    )
    assert (rooms.creates, rooms.updates) == (1, 1)
    firm = ["合作社", "江津区新芽花椒专业合作社", "新芽合作社", "先锋镇", "19900090777"]
    firms = await committed(
        admin, "organizations", workbook(tmp_path / "o.xlsx", ["类型", "名称", "简称", "镇", "电话"], [firm])
    )
    assert firms.creates == 1
    assert (await undone(keeper, rooms)).state is State.UNDONE
    assert (await undone(admin, firms)).state is State.UNDONE
    assert await dump(*REGISTRY) == before


async def test_sites_come_change_and_go_and_are_told_what_is_wrong(village: str, tmp_path: Path) -> None:
    keeper = await cast.actor(cast.STOREKEEPER)
    before = await dump(*REGISTRY)
    name = await db.scalar(
        "SELECT name FROM directory_site WHERE operator_id = :id ORDER BY id LIMIT 1",
        id=keeper.organization_id,
    )
    headings = ["站点", "类型", "镇", "村", "地址", "公益", "单号前缀"]
    rows = [
        ["新仓", "冷库", "先锋镇", "", "工业路 9 号", "是", "xc"],
        [name, "", "", "", "新地址 1 号", "", ""],
    ]
    sites = await committed(keeper, "sites", workbook(tmp_path / "s.xlsx", headings, rows))
    assert (sites.creates, sites.updates) == (1, 1)
    made = await db.tuples(
        "SELECT slip_prefix, public_benefit, address FROM directory_site WHERE name = '新仓'"
    )
    assert [tuple(row) for row in made] == [("XC", True, "工业路 9 号")]
    again = await checked(keeper, "sites", workbook(tmp_path / "t.xlsx", headings, rows))
    assert (again.unchanged, again.wrong) == (2, 0)
    assert (await undone(keeper, sites)).state is State.UNDONE
    assert await dump(*REGISTRY) == before
    wrong = [
        ["甲仓", "冷库", "没有的镇", "", "", "", "JC"],
        ["乙仓", "冷库", "先锋镇", "", "", "", "太长的字母"],
        [name, "", "", "", "", "", "QQ"],
        ["丙仓", "冷库", "先锋镇", "", "", "", "BP"],
    ]
    judged = await checked(keeper, "sites", workbook(tmp_path / "w.xlsx", headings, wrong))
    assert judged.wrong == 4
    assert {(row, letter) for row, letter, _ in await problems(judged)} == {
        (2, "C"),
        (3, "G"),
        (4, "G"),
        (5, "G"),
    }


async def test_a_sheet_that_libreoffice_wrote_is_read_with_its_mistakes(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    slips = await checked(leader, "weighins", FIXTURES / "tickets_libreoffice.xlsx")
    assert slips.state is State.FAILED
    assert "品类 / Form" in str(slips.facts)
    members = await checked(leader, "households", FIXTURES / "tickets_libreoffice.xlsx")
    assert (members.state, members.total_rows, members.wrong) == (State.CHECKED, 4, 4)
    assert (8, "D", "rounded") in await problems(members)
    wps = await checked(leader, "households", FIXTURES / "tickets_wps.xlsx")
    assert (wps.total_rows, wps.wrong) == (2, 2)
    for refused in ("tickets_libreoffice.xls", "tickets_libreoffice.ods"):
        assert (await checked(leader, "households", FIXTURES / refused)).state is State.FAILED


async def test_a_bomb_is_refused_in_words(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [MEMBER])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"0" * 150_000_000)
    batch = await checked(leader, "households", path)
    assert batch.state is State.FAILED
    assert batch.message
