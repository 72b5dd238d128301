"""What the village has too little of: in both cooperatives a row of everything that a door leads to.

A new room adds a line to `ROWS` for each of its tables that the village leaves empty.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from PIL import Image

from pepperchain.access.actor import Actor
from pepperchain.consents import copies
from pepperchain.consents.rules import SIGNATURES
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.directory.relation_rules import PAPERS
from pepperchain.documents import photos
from pepperchain.exports import folder
from pepperchain.exports.rules import scope_of
from pepperchain.imports import uploads
from pepperchain.seeds import cooling
from pepperchain.storage import consignments, rooms, samples
from pepperchain.storage.consignment_rules import Vehicle
from pepperchain.storage.consignments import Journey, Load
from pepperchain.storage.quality_rules import Item
from pepperchain.storage.rooms import RoomFacts
from pepperchain.storage.rules import Purpose, RoomKind
from tests.doors import vaults
from tests.harness import cast

Row = Mapping[str, Any]

PROBLEMS = '[["phone", "B", "phone", "This is no phone number.", {}]]'
"""What the check of a sheet found: the cell that is wrong, and why."""

EVERYONE = '{"match":"all","groups":[]}'
"""The conditions of a segment that has none."""


async def furnish() -> None:
    """Puts them there, in the open database of the village."""
    photo = await photos.keep(_picture())
    sheet = await uploads.keep(_sheet())
    await cooling.load(now=clock.now(), days=1)
    await _furnish(photo, sheet)
    for leader in (cast.LEADER_A, cast.LEADER_B):
        await _send_off(await cast.actor(leader))
        await _build(await cast.actor(leader))
        await vaults.deposit(await cast.actor(leader))


async def _build(leader: Actor) -> None:
    """A room in which nothing lies."""
    site = await db.scalar(
        "SELECT MIN(site_id) FROM storage_room WHERE operator_id = :of", of=leader.organization_id
    )
    facts = RoomFacts(
        name="The new loft", purpose=Purpose.COMMERCIAL, kind=RoomKind.AMBIENT, forms=("dry",), capacity=Grams(5_000_000)
    )  # fmt: skip
    await rooms.enter(leader, id=new_id(), site_id=site, facts=facts, now=clock.now())


async def _send_off(leader: Actor) -> None:
    """Two samples, one of them tested, and a lorry on the road with part of the lot that they were taken of."""
    lot = await db.scalar(
        "SELECT l.id FROM storage_lot l JOIN storage_room r ON r.id = l.room_id WHERE l.cooperative_id = :of AND l.operator_id = :of"
        " AND l.form = 'fresh' AND l.free_grams > 10000 AND l.is_open ORDER BY l.id LIMIT 1",
        of=leader.organization_id,
    )
    room = await db.scalar(
        "SELECT r.id FROM storage_room r JOIN accounts_user u ON u.organization_id = r.operator_id"
        " WHERE u.phone = :phone AND r.kind = 'chilled' ORDER BY r.id LIMIT 1",
        phone=cast.STOREKEEPER,
    )
    now, tested = clock.now(), new_id()
    for id in (tested, new_id()):
        await samples.take(leader, id=id, lot_id=lot, grams=Grams(0), note="From three sacks", now=now)
    await samples.note_test(
        leader, id=new_id(), sample_id=tested, laboratory="The district's", tested_on=clock.local_day(now), results={Item.MOISTURE: 95},
        block_reason="-", certificate="C-7", remark="Smells well", now=now,
    )  # fmt: skip
    journey = Journey(
        to_room_id=room, plate="渝C12345", vehicle=Vehicle.CHILLED, expected_at=now + timedelta(hours=2), driver_name="Shi",
        driver_phone="13900005555", note="By the lower road",
    )  # fmt: skip
    await consignments.send(leader, id=new_id(), loads=[Load(lot, Grams(1_000))], journey=journey, now=now)


@db.unit_of_work
async def _furnish(photo: photos.Kept, sheet: uploads.Kept) -> None:
    for leader in (cast.LEADER_A, cast.LEADER_B):
        for table, row in await _rows(leader, photo, sheet):
            await db.insert(table, **row)


async def _sheet() -> AsyncIterator[bytes]:
    """A sheet of households with a mistake in it."""
    buffer = BytesIO()
    book = Workbook()
    book.active.append(["户主", "手机", "镇街", "村"])
    book.active.append(["林三妹", "not a phone", "先锋镇", "nowhere"])
    book.save(buffer)
    yield buffer.getvalue()


def _picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "green").save(buffer, "JPEG")
    return buffer.getvalue()


async def _rows(leader: str, photo: photos.Kept, sheet: uploads.Kept) -> list[tuple[str, Row]]:
    """In the order in which they refer to each other."""
    now = clock.now()
    today = clock.local_day(now)
    user, name, org = await _one(
        "SELECT id, name, organization_id FROM accounts_user WHERE phone = :phone", phone=leader
    )
    households = await db.tuples(
        "SELECT id, head_id, village_id, township_id, card_number FROM directory_household"
        " WHERE cooperative_id = :org AND ended_on IS NULL AND people > 1 ORDER BY id LIMIT 3",
        org=org,
    )
    (one, head, village, township, card), (other, other_head, *_), (merged, *_) = households
    (visit,) = await _one(
        "SELECT id FROM visits_visit WHERE cooperative_id = :org AND household_id IS NOT NULL ORDER BY id LIMIT 1",
        org=org,
    )
    room, site = await _one(
        "SELECT id, site_id FROM storage_room WHERE operator_id = :org ORDER BY id LIMIT 1", org=org
    )
    token = photo.token if leader == cast.LEADER_A else photo.token[::-1]
    if token != photo.token:
        photos.path_of(token).write_bytes(photos.path_of(photo.token).read_bytes())
    (second,) = await _one(
        "SELECT MIN(id) FROM directory_person WHERE household_id = :household AND id <> :head AND left_on IS NULL",
        household=one,
        head=head,
    )
    (elsewhere,) = await _one(
        "SELECT MIN(id) FROM directory_area WHERE kind = 'village' AND id <> :village", village=village
    )
    for papers in (SIGNATURES, PAPERS):
        signature = photos.path_of(token, folder=papers)
        signature.parent.mkdir(parents=True, exist_ok=True)
        signature.write_bytes(photos.path_of(token).read_bytes())
    admin = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=cast.ADMIN)
    lot, from_room, from_site = await _one(
        "SELECT id, room_id, site_id FROM storage_lot WHERE cooperative_id = :org AND operator_id = :org AND is_open ORDER BY id LIMIT 1",
        org=org,
    )
    (receipt,) = await _one(
        "SELECT id FROM storage_movement WHERE lot_id = :lot ORDER BY seq LIMIT 1", lot=lot
    )
    (grower,) = await _one("SELECT id FROM accounts_user WHERE household_id = :household", household=one)
    batch, booking, reveal, copy, own_copy, export = (new_id() for _ in range(6))
    for path in (copies.path_of(copy.hex), copies.path_of(own_copy.hex), folder.path_of(export.hex)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(uploads.path_of(sheet.token).read_bytes())
    about = {"person_id": head, "household_id": one, "township_id": township, "cooperative_id": org}
    return [
        ("directory_duplicate", _row(
            household_id=one, other_id=other, person_id=head, other_person_id=other_head, village_id=village, township_id=township,
            cooperative_id=org, points=80, evidence="name village", people=1, state="open", found_at=now, seen_at=now)),
        ("directory_merge", _row(
            request_id=new_id(), kind="household", household_id=one, loser_household_id=merged, township_id=township, cooperative_id=org,
            reason="Two cards of one household", moved="{}", decided="[]", made_at=now, made_by=user, made_by_name=name)),
        ("directory_head_change", _row(
            household_id=one, township_id=township, former_id=second, head_id=head, changed_on=today, reason="age", former_left=False,
            actor_name=name, created_at=now)),
        ("directory_move", _row(
            household_id=one, township_id=township, from_village_id=elsewhere, to_village_id=village, moved_on=today, state="done",
            keeps_membership=True, actor_name=name, created_at=now)),
        ("directory_person_move", _row(
            person_id=second, from_household_id=other, to_household_id=one, township_id=township, moved_on=today, reason="marriage",
            actor_name=name, created_at=now)),
        ("directory_proxy", _row(
            household_id=one, township_id=township, cooperative_id=org, person_id=second, given_by_id=head, may_deliver=True,
            may_sign=False, from_on=today, until_on=today + timedelta(days=9), witness="A neighbour", photo_token=token,
            actor_name=name, created_at=now)),
        ("directory_card", _row(
            household_id=one, township_id=township, serial=1, number=card, state="active", issued_at=now)),
        ("visits_note", _row(
            request_id=new_id(), household_id=one, person_id=head, township_id=township, cooperative_id=org, text="Called twice.",
            user_id=user, user_name=name, created_at=now)),
        ("visits_photo", _row(
            visit_id=visit, township_id=township, token=token, bytes=photo.bytes, width=40, height=30, created_at=now)),
        ("storage_booking", _row(
            id=booking, room_id=room, organization_id=org, township_id=township, form="dry", grams=1000, used_grams=0, from_on=today,
            to_on=today + timedelta(days=3), placed_at=now, placed_by=user, content_hash=booking.hex)),
        ("storage_booking_version", _row(
            id=new_id(), booking_id=booking, township_id=township, version=2, grams=1000, from_on=today, to_on=today, was_grams=500,
            was_from_on=today, was_to_on=today, made_at=now, made_by=user, made_by_name=name, content_hash=booking.hex)),
        ("storage_maintenance", _row(
            id=new_id(), room_id=room, operator_id=org, township_id=township, from_on=today, to_on=today, reason="New seals",
            planned_at=now, planned_by=user, planned_by_name=name, content_hash=booking.hex)),
        ("storage_wait", _row(
            id=new_id(), organization_id=org, township_id=township, room_id=room, form="dry", grams=1000, from_on=today, to_on=today,
            asked_at=now, asked_by=user, asked_by_name=name, content_hash=booking.hex)),
        ("imports_batch", _row(
            id=batch, kind="households", state="checked", file_name="members.xlsx", file_token=sheet.token, file_hash=batch.hex,
            file_bytes=sheet.size, language="zh",
            organization_id=org, uploaded_by=user, uploaded_by_name=name, created_at=now, checked_at=now, total_rows=1, wrong=1,
            problems=1, notes="{}", message="What was found")),
        ("imports_row", _row(
            batch_id=batch, position=1, sheet="Members", row_number=2, verdict="wrong", title="A household of the sheet",
            problems=PROBLEMS)),
        ("accounts_invitation", _row(
            request_id=new_id(), secret_hash=batch.hex, inviter_id=user, cooperative_id=org, phone=f"1390000{org:04}", role="coop_clerk",
            organization_id=org, created_at=now, expires_at=now + timedelta(days=3))),
        ("accounts_approval", _row(
            request_id=new_id(), what="role", subject="user", subject_id=str(user), needs="account:administer", payload="{}", maker_id=user,
            made_at=now)),
        ("accounts_token", _row(
            request_id=new_id(), token_hash=booking.hex, user_id=user, label="The scale in the yard", scopes="harvest:read", created_at=now,
            expires_at=now + timedelta(days=3))),
        ("consents_consent", _row(
            request_id=new_id(), **about, purpose="messages", text_version=1, is_given=True, how="signed", photo_token=token, user_id=user,
            user_name=name, at=now)),
        ("consents_reveal", _row(
            id=reveal, **about, number="bank_card", reason="payment", words="For the June money", user_id=user, user_name=name,
            organization_id=org, at=now)),
        ("consents_reveal_leave", _row(
            person_id=head, number="bank_card", user_id=user, given_by=admin, given_at=now, expires_at=now + timedelta(hours=1))),
        ("consents_copy", _row(
            id=copy, **about, reason="Asked for at the counter", user_id=user, user_name=name, language="zh", made_at=now, rows_told=3,
            token=copy.hex, bytes=sheet.size, expires_at=now + timedelta(days=3))),
        ("consents_copy", _row(
            id=own_copy, **about, user_id=grower, user_name="Their own", language="zh", made_at=now, rows_told=3, token=own_copy.hex,
            bytes=sheet.size, expires_at=now + timedelta(days=3))),
        ("consents_correction", _row(
            request_id=new_id(), **about, what="phone", proposed="13900006666", words="The number changed", user_id=user, user_name=name,
            asked_at=now, due_on=today + timedelta(days=9))),
        ("consents_erasure", _row(
            request_id=new_id(), **about, words="Wants to be forgotten", asked_by=user, asked_by_name=name, asked_at=now,
            due_on=today + timedelta(days=9), state="asked")),
        ("exports_export", _row(
            id=export, kind="people", format="xlsx", choices="", reason="For the meeting", is_personal=True, state="ready", language="zh",
            user_id=user, scope=scope_of(await cast.actor(leader)), asked_at=now, made_at=now, total_rows=3, done_rows=3, people=3,
            file_token=export.hex, file_bytes=sheet.size, message="Made")),
        ("climate_equipment", _row(
            id=new_id(), site_id=site, room_id=room, operator_id=org, township_id=township, kind="service", from_at=now, until_at=now,
            note="The fan was loud", recorded_at=now, recorded_by=name, content_hash=batch.hex)),
        ("climate_meter", _row(
            id=new_id(), site_id=site, operator_id=org, township_id=township, read_on=today, tenths_kwh=123_456, is_new=False,
            recorded_at=now, recorded_by=name, content_hash=export.hex)),
        ("storage_opening", _row(
            movement_id=receipt, lot_id=lot, room_id=from_room, operator_id=org, township_id=township, label="Pile seven", picked_on=today,
            grams=1000)),
        ("storage_loss_policy", _row(
            id=new_id(), operator_id=org, form="dry", kind="dry", ppm_per_day=50, tolerance_ppm=500, valid_from_on=today,
            reason="Measured last year", set_at=now, set_by=user, set_by_name=name, content_hash=booking.hex)),
        ("storage_allowance", _row(lot_id=lot, township_id=township, through_on=today, accrued_ppm=5, used_grams=0)),
        ("storage_found_loss", _row(
            movement_id=receipt, lot_id=lot, site_id=from_site, room_id=from_room, operator_id=org, cooperative_id=org,
            township_id=township, form="dry", found_on=today, book_grams=1000, allowed_grams=5, natural_grams=5, excess_grams=95,
            state="open", explanation="A sack was torn", explained_by_name=name)),
        ("storage_week", _row(
            season=2000, room_id=from_room, week_on=date(2000, 1, 3), form="dry", cooperative_id=org, site_id=from_site,
            township_id=township, operator_id=org, stock_grams=1000, gram_days=7000, in_grams=1000, out_grams=0, missing_grams=0,
            found_grams=0, as_of=now)),
        ("storage_age", _row(
            room_id=from_room, form="fresh", cooperative_id=org, band="planted", site_id=from_site, township_id=township, operator_id=org,
            lots=1, grams=1000, as_of=now)),
        ("stocktakes_stocktake", _row(
            id=900_000 + org, request_id=new_id(), site_id=from_site, room_id=from_room, operator_id=org, township_id=township,
            note="Before the new season", cut_off_at=now, opened_by=user, opened_by_name=name, state="counting", lines=1, book_grams=1000,
            reason="Asked by the auditor")),
        ("stocktakes_room", _row(stocktake_id=900_000 + org, room_id=from_room, is_open=True)),
        ("stocktakes_line", _row(
            id=900_000 + org, stocktake_id=900_000 + org, position=1, room_id=from_room, lot_id=lot, book_grams=1000, counts=0,
            counted_by_name=name)),
        ("stocktakes_count", _row(
            id=new_id(), stocktake_id=900_000 + org, line_id=900_000 + org, counted_grams=900, expected_grams=1000, at=now, actor_id=user,
            actor_name=name, content_hash=batch.hex)),
        ("stocktakes_extra", _row(
            id=new_id(), stocktake_id=900_000 + org, room_id=from_room, words="Two sacks behind the door", grams=500, at=now,
            actor_id=user, actor_name=name, content_hash=booking.hex)),
        ("stocktakes_check", _row(room_id=from_room, checked_at=now, differences=1)),
        ("stocktakes_case", _row(
            id=900_000 + org, room_id=from_room, operator_id=org, township_id=township, kind="ledger", lot_id=lot, said_grams=1000,
            other_grams=900, state="taken", found_at=now, seen_at=now, taken_at=now, taken_by_name=name, note="The scale was off")),
        ("segments_tag", _row(
            id=900_000 + org, request_id=new_id(), organization_id=org, name="Grows seedlings", user_id=user, user_name=name,
            created_at=now)),
        ("segments_tagging", _row(
            tag_id=900_000 + org, household_id=one, township_id=township, organization_id=org, user_id=user, user_name=name, at=now,
            run_id=batch)),
        ("segments_segment", _row(
            id=900_000 + org, request_id=new_id(), organization_id=org, owner_id=user, owner_name=name, is_shared=True,
            name="Those of the upper village", criteria=EVERYONE, created_at=now, changed_at=now)),
        ("segments_run", _row(
            id=batch, segment_id=900_000 + org, segment_version=1, action="tag", parameters=f'{{"tag": {900_000 + org}}}',
            criteria=EVERYONE, organization_id=org, user_id=user, user_name=name, acting_id=user, language="zh", state="done", total=1,
            looked=1, found=1, changed=1, created_at=now, finished_at=now, message="What came of it")),
        ("segments_change", _row(run_id=batch, household_id=one, thing="What it was", before='{"was": "nothing"}')),
        ("accounts_session", _row(
            id=new_id(), token_hash=f"s{batch.hex}", user_id=user, created_at=now, seen_at=now, expires_at=now + timedelta(hours=1),
            address="192.0.2.77", agent="The browser in the yard")),
        ("accounts_half_session", _row(
            id=new_id(), token_hash=f"h{batch.hex}", user_id=user, created_at=now, expires_at=now + timedelta(hours=1))),
        ("accounts_sign_in_code", _row(
            user_id=user, code_hash=f"c{batch.hex}", created_at=now, expires_at=now + timedelta(hours=1))),
        ("accounts_recovery_code", _row(user_id=user, code_hash=f"r{batch.hex}")),
    ]  # fmt: skip


def _row(**columns: Any) -> Row:
    return columns


async def _one(sql: str, **params: Any) -> tuple[Any, ...]:
    rows = await db.tuples(sql, **params)
    assert rows, sql
    return rows[0]
