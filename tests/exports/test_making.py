"""What is in a file: rows as the list has them, safe to open, in as many sheets as it takes; and what breaks it off."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.bank import payouts
from pepperchain.core import clock, db
from pepperchain.core.clock import Stopwatch
from pepperchain.core.errors import NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.directory import cards, households
from pepperchain.directory.people import Particulars
from pepperchain.excel import export_process
from pepperchain.excel.columns import Column, Kind, Words
from pepperchain.excel.exporting import Chunks, Exportable, Row
from pepperchain.exportables import EXPORTABLES
from pepperchain.exports import files, folder, making, queries, turns
from pepperchain.exports.turns import Lost, Turn
from pepperchain.imports import files as import_files
from tests.exports.taking import NOW, quickly, read_csv, read_xlsx, take
from tests.harness import cast

NASTY = (
    "=1+1",
    "+49",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "＝cmd|' /C calc'!A0",
    "－1",
    "'=1",
    "https://example.invalid",
)


def many(rows: int) -> Exportable:
    """A list of so many rows, for whoever asks."""

    async def chunks(_actor: Actor, _chosen: Any, _now: datetime) -> Chunks:
        for start in range(0, rows, 200):
            yield [{"name": f"r{at}", "grams": Grams(at)} for at in range(start, min(start + 200, rows))]

    columns = (Column("name", Words("名", "Name")), Column("grams", Words("重", "Weight"), Kind.WEIGHT))
    return replace(EXPORTABLES["sites"], code="many", columns=columns, chunks=chunks)


async def in_chunks(rows: Sequence[Row]) -> AsyncIterator[Sequence[Row]]:
    yield rows


async def begun(actor: Actor, exportable: Exportable) -> tuple[queries.ExportRow, Turn]:
    export = await files.ask(actor, exportable, id=new_id(), format="csv", reason="test", now=NOW)
    assert await turns.claim(export.id, now=NOW)
    return export, Turn(export.id, Stopwatch(NOW))


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
async def test_nothing_in_a_cell_is_ever_run(tmp_path: Path, ending: export_process.Format) -> None:
    columns = (Column("text", Words("文", "Text")), Column("grams", Words("重", "Weight"), Kind.WEIGHT))
    exportable = replace(EXPORTABLES["sites"], columns=columns)
    rows = [{"text": text, "grams": Grams(-1_500)} for text in NASTY]
    path = tmp_path / f"a.{ending}"
    await export_process.write(path, exportable, in_chunks(rows), format=ending, language="en")
    if ending == "csv":
        for row in read_csv(path.read_bytes()):
            assert row["Text"][0] in "'h"
            assert row["Weight(kg)"] == "-1.5"
    else:
        [sheet] = read_xlsx(path.read_bytes())
        assert [row[0] for row in sheet[1:]] == list(NASTY)
        assert {row[1] for row in sheet[1:]} == {-1.5}
        assert b"<f>" not in path.read_bytes()


async def test_a_name_that_is_a_formula_comes_out_as_a_name(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    place = await db.scalar(
        "SELECT village_id FROM directory_household WHERE cooperative_id = :org", org=leader.organization_id
    )
    await households.enter(
        leader, id=new_id(), village_id=place, head=Particulars(name="罗大山"), address="=HYPERLINK(1)", confirmed=True, now=NOW
    )  # fmt: skip
    await take(leader, "households", tmp_path / "a.csv")
    assert "'=HYPERLINK(1)" in {row["地址"] for row in read_csv((tmp_path / "a.csv").read_bytes())}


async def test_more_rows_than_a_sheet_has_go_on_in_the_next(tmp_path: Path) -> None:
    listed = many(1_000)
    chunks = listed.chunks(SYSTEM, None, NOW)
    await export_process.write(
        tmp_path / "a.xlsx", listed, chunks, format="xlsx", language="zh", sheet_rows=400
    )
    sheets = read_xlsx((tmp_path / "a.xlsx").read_bytes())
    assert [len(sheet) for sheet in sheets] == [400, 400, 203]
    assert len({sheet[0] for sheet in sheets}) == 1
    assert len({row for sheet in sheets for row in sheet[1:]}) == 1_000
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


async def test_a_long_list_is_left_to_the_timer_and_made_by_it(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    listed = many(2_000)
    export = await files.ask(leader, listed, id=new_id(), format="csv", now=NOW)
    assert not await making.at_once(listed, export, now=NOW)
    assert await turns.claim(export.id, now=NOW)
    assert await making.make(listed, export, Turn(export.id, Stopwatch(NOW)))
    done = await queries.export(leader, export.id)
    assert done.total_rows == 2_000
    assert len(read_csv(folder.path_of(done.file_token or "").read_bytes())) == 2_000


async def test_rights_lost_on_the_way_end_it_and_leave_nothing(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    listed = many(20_000)

    async def chunks(actor: Actor, chosen: Any, now: datetime) -> Chunks:
        async for chunk in listed.chunks(actor, chosen, now):
            if chunk[0]["name"] == "r400":
                await disabled(leader)
            yield chunk

    export, turn = await begun(leader, replace(listed, chunks=chunks))
    with pytest.raises(NotYours):
        await making.make(replace(listed, chunks=chunks), export, turn)
    assert turn.done < 20_000
    assert not list(folder.folder().glob(f"{export.id}*"))


@db.unit_of_work
async def disabled(actor: Actor) -> None:
    await db.execute("UPDATE accounts_user SET disabled_at = 1 WHERE id = :id", id=actor.user_id)


async def test_dropped_on_the_way_it_is_not_kept(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    listed = many(400)
    export, turn = await begun(leader, listed)
    await files.drop(leader, id=UUID(export.id), now=NOW)
    with pytest.raises(Lost):
        await making.make(listed, export, turn)
    assert (await queries.export(leader, export.id)).file_token is None
    assert not list(folder.folder().glob(f"{export.id}*"))


async def test_a_full_disk_is_said_in_words(village: str, tmp_path: Path) -> None:
    listed = many(50_000)
    endings: tuple[export_process.Format, ...] = ("csv", "xlsx")
    for ending in endings:
        with pytest.raises(Refused, match="disk is full"):
            await export_process.write(
                Path("/dev/full"), listed, listed.chunks(SYSTEM, None, NOW), format=ending, language="zh"
            )  # fmt: skip


@pytest.mark.parametrize("kind", ["households", "weighins"])
async def test_a_lost_card_is_left_out_so_that_the_file_comes_back(
    village: str, tmp_path: Path, kind: str
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    home, card = (
        await db.tuples(
            "SELECT h.id, h.card_number FROM directory_household h JOIN directory_person p ON p.id = h.head_id WHERE p.name = '罗大山'"
        )
    )[0]
    await cards.report_lost(leader, household_id=home, number=card, now=NOW)
    path = tmp_path / "a.csv"
    count = await take(leader, kind, path)
    text = path.read_text("utf-8-sig")
    assert "罗大山" in text
    assert card not in text
    outcome = await import_files.run(leader, kind, path, dry_run=True, now=NOW)
    assert (outcome.batch.unchanged, outcome.batch.wrong) == (count, 0), outcome.mistakes[:3]


async def _payment_list(leader: Actor) -> UUID:
    """What the village's growers have coming for what was sold of theirs."""
    site, id = await db.scalar("SELECT site_id FROM bank_settlement WHERE state = 'due' LIMIT 1"), new_id()
    await payouts.list_due(leader, id=id, site_id=site, now=clock.now())
    return id


async def test_every_list_comes_out_in_both_languages(village: str, tmp_path: Path) -> None:
    room = await db.scalar("SELECT room_id FROM storage_lot LIMIT 1")
    admin, leader = await cast.actor(cast.ADMIN), await cast.actor(cast.LEADER_A)
    payment = await _payment_list(leader)
    for kind, exportable in EXPORTABLES.items():
        choices = (
            (f"payment_id={payment}" if kind == "bank_payment" else f"room_id={room}")
            if exportable.needs_choice
            else ""
        )
        who = admin if admin.may(exportable.capability) else leader
        counts = []
        for language in ("zh", "en"):
            path = tmp_path / f"{kind}.{language}.csv"
            counts.append(await quickly(replace(who, language=language), kind, path, choices=choices))
            assert len(read_csv(path.read_bytes())) == counts[-1], kind
        assert counts[0] == counts[1], kind


async def test_names_and_phones_of_cooperative_b_come_into_no_file_of_a(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    canaries = await names_of(cast.LEADER_B) - await names_of(cast.LEADER_A)
    assert len(canaries) > 10
    for kind in files.exportables_of(leader, EXPORTABLES):
        if not kind.needs_choice:
            path = tmp_path / f"{kind.code}.csv"
            await quickly(leader, kind.code, path)
            text = path.read_text("utf-8-sig")
            assert not [canary for canary in canaries if canary in text], kind.code


async def names_of(leader: str) -> set[str]:
    """Names and phones of a cooperative's people."""
    rows = await db.tuples(
        "SELECT p.name, p.phone FROM directory_person p JOIN accounts_user u ON u.organization_id = p.cooperative_id"
        " WHERE u.phone = :phone",
        phone=leader,
    )
    return {value for row in rows for value in row if value}
