"""Rooms, lots, movements, bookings and what waits on the floor as files. Rooms come in the columns of the sheet that brings them in."""

from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.units import Grams
from pepperchain.directory.queries import sites_of
from pepperchain.excel.columns import Choice, Column, Kind, Words
from pepperchain.excel.exporting import ROWS_A_READ, Chunks, Exportable, at_once, steps
from pepperchain.harvest import rules as harvest
from pepperchain.storage import (
    booking_queries,
    lot_queries,
    opening_queries,
    queries,
    receipt_queries,
    report_queries,
)
from pepperchain.storage.forms import LotSearch, ReceiptStart, ReportSearch, RoomChoice
from pepperchain.storage.opening_sheets import SPEC as OPENING_SPEC
from pepperchain.storage.rules import MovementKind
from pepperchain.storage.sheets import SPEC, as_in_sheet
from pepperchain.web.forms import Form
from pepperchain.web.i18n import gettext

BOOKINGS_MAX = 1_000


class NoChoices(Form):
    """A list that nothing narrows."""


async def _rooms(actor: Actor, _chosen: NoChoices, _now: datetime) -> Chunks:
    sites = await sites_of(actor, closed=True)
    names = {site.id: site.name for site in sites}
    rooms = await queries.rooms_of_sites(actor, list(names)) if names else []
    found = [
        {
            **as_in_sheet(room), "site": names[room.site_id], "operator": room.operator, "stock": room.stock_grams,
            "free": room.free_grams,
        }
        for room in rooms
        if room.closed_on is None
    ]  # fmt: skip
    async for chunk in at_once(found):
        yield chunk


async def _lots(actor: Actor, chosen: LotSearch, _now: datetime) -> Chunks:
    cursor: str | None = None
    while True:
        found = await lot_queries.lots(actor, chosen.wanted(), cursor=cursor, limit=ROWS_A_READ)
        if found.rows:
            yield [_lot(actor, lot) for lot in found.rows]
        cursor = found.next
        if cursor is None:
            return


def _lot(actor: Actor, lot: lot_queries.LotRow) -> dict[str, Any]:
    english = actor.language == "en"
    same = ("code", "form", "grade", "cultivar", "season", "site", "room", "operator", "cooperative", "slips")
    return {
        **{key: getattr(lot, key) for key in same},
        "township": lot.township_en if english else lot.township,
        "origin": lot.origin_township_en if english else lot.origin_township,
        "picked_at": lot.picked_at,
        "received_at": lot.received_at,
        "fresh_until": lot.fresh_until,
        "on_hand": lot.on_hand_grams,
        "held": lot.held_grams,
        "free": lot.free_grams,
        "price": lot.asking_fen_per_kg,
    }


async def _movements(actor: Actor, chosen: RoomChoice, _now: datetime) -> Chunks:
    room = await queries.room(actor, chosen.room_id)
    cursor: str | None = None
    while True:
        found = await lot_queries.movements_of_room(actor, room.id, cursor=cursor, limit=ROWS_A_READ)
        if found.rows:
            yield [_movement(row) for row in found.rows]
        cursor = found.next
        if cursor is None:
            return


def _movement(row: lot_queries.MovementRow) -> dict[str, Any]:
    return {
        "at": clock.from_ms(row.at), "kind": gettext(MovementKind(row.kind).label), "code": row.code, "form": row.form, "grade": row.grade,
        "from_room": row.from_room, "to_room": row.to_room, "grams": row.grams, "actor": row.actor_name, "reason": row.reason,
        "taken_back": row.reversed_id is not None,
    }  # fmt: skip


async def _bookings(actor: Actor, chosen: RoomChoice, now: datetime) -> Chunks:
    room = await queries.room(actor, chosen.room_id)
    rows = await booking_queries.bookings(actor, room.id, on=clock.local_day(now), limit=BOOKINGS_MAX)
    found = [
        {
            "room": room.full_name, "organization": row.organization, "form": row.form, "from_on": row.first, "to_on": row.last,
            "grams": row.grams, "used": row.used_grams,
        }
        for row in rows
    ]  # fmt: skip
    async for chunk in at_once(found):
        yield chunk


async def _heaps(actor: Actor, chosen: ReceiptStart, _now: datetime) -> Chunks:
    heaps = await receipt_queries.heaps(actor, site_id=chosen.site_id)
    found = [
        {
            "site": heap.site.name, "form": heap.form, "grade": heap.grade, "cultivar": heap.cultivar, "season": heap.season,
            "slips": heap.slips, "grams": Grams(heap.grams), "picked_at": heap.picked_at,
        }
        for heap in heaps
    ]  # fmt: skip
    async for chunk in at_once(found):
        yield chunk


async def _opening(actor: Actor, _chosen: NoChoices, _now: datetime) -> Chunks:
    async for rows in steps(
        lambda after, most: opening_queries.openings(actor, after=after, limit=most),
        lambda row: row.lot_id,
    ):
        yield [{column.key: getattr(row, column.key) for column in OPENING_SPEC.columns} for row in rows]


async def _weeks(actor: Actor, chosen: ReportSearch, now: datetime) -> Chunks:
    wanted = chosen.wanted(harvest.season_of(clock.local_day(now)))
    async for rows in steps(
        lambda after, most: report_queries.rooms(actor, wanted, after=after, limit=most),
        lambda row: row.key,
    ):
        yield [_week(actor, row) for row in rows]


def _week(actor: Actor, row: report_queries.RoomWeek) -> dict[str, Any]:
    return {
        "season": row.season, "week_on": row.week_on, "site": row.site, "room": row.room,
        "township": row.township_en if actor.language == "en" else row.township, "form": row.form, "owner": row.owner,
        "stock": row.stock_grams, "came": row.in_grams, "went": row.out_grams, "missing": row.missing_grams, "found": row.found_grams,
    }  # fmt: skip


_FORM = Column("form", Words("品类", "Form"), Kind.CHOICE,
               choices=tuple(Choice(code, Words(term.zh, term.en)) for code, term in harvest.forms().items()))  # fmt: skip
_GRADE = Column("grade", Words("等级", "Grade"), Kind.CHOICE,
                choices=tuple(Choice(code, Words(term.zh, term.en)) for code, term in harvest.grades().items()))  # fmt: skip
_CULTIVAR = Column("cultivar", Words("品种", "Cultivar"), Kind.CHOICE,
                   choices=tuple(Choice(code, Words(term.zh, term.en)) for code, term in harvest.cultivars().items()))  # fmt: skip
_SEASON = Column("season", Words("年份", "Season"), Kind.INTEGER)
_SLIPS = Column("slips", Words("单数", "Slips"), Kind.INTEGER)
_SITE = Column("site", Words("站点", "Site"))
_CODE = Column("code", Words("批次号", "Lot"), width=32)
_PICKED = Column("picked_at", Words("最早采摘", "Picked from"), Kind.MOMENT)

ROOMS = Exportable(
    code="rooms", words=Words("库间", "Rooms"), capability=Capability.STORAGE_READ, at="/storage/sites", form=NoChoices,
    columns=(
        *SPEC.columns, Column("operator", Words("经营者", "Run by")),
        Column("stock", Words("现存", "In stock"), Kind.WEIGHT, unit=Words("吨", "t")),
        Column("free", Words("空余", "Not filled"), Kind.WEIGHT, unit=Words("吨", "t")),
    ),
    chunks=_rooms,
)  # fmt: skip

LOTS = Exportable(
    code="lots", words=Words("批次库存", "Lots in stock"), capability=Capability.STORAGE_READ, at="/storage/lots", form=LotSearch,
    columns=(
        _CODE, _FORM, _GRADE, _CULTIVAR, _SEASON, _SITE, Column("room", Words("库间", "Room")), Column("township", Words("所在镇街",
        "Township")),
        Column("operator", Words("保管方", "Kept by")), Column("cooperative", Words("货主", "Owner")), Column("origin", Words("产地",
        "Grown in")),
        _PICKED, Column("received_at", Words("入库时间", "Received"), Kind.MOMENT),
        Column("fresh_until", Words("保鲜至", "Fresh until"), Kind.MOMENT), _SLIPS,
        Column("on_hand", Words("在库", "On hand"), Kind.WEIGHT), Column("held", Words("已预留", "Held"), Kind.WEIGHT),
        Column("free", Words("可用", "Free"), Kind.WEIGHT), Column("price", Words("要价", "Asking price"), Kind.PRICE),
    ),
    chunks=_lots,
)  # fmt: skip

MOVEMENTS = Exportable(
    code="movements", words=Words("出入库记录", "Movements of a room"), capability=Capability.STORAGE_READ, at="/storage", form=RoomChoice,
    columns=(
        Column("at", Words("时间", "When"), Kind.MOMENT), Column("kind", Words("事项", "What")), _CODE, _FORM, _GRADE,
        Column("from_room", Words("从", "From")), Column("to_room", Words("到", "To")), Column("grams", Words("重量",
        "Weight"), Kind.WEIGHT),
        Column("actor", Words("经手人", "By")), Column("reason", Words("原因", "Reason")),
        Column("taken_back", Words("已撤销", "Taken back"), Kind.YES_NO),
    ),
    chunks=_movements,
    needs_choice=True,
)  # fmt: skip

BOOKINGS = Exportable(
    code="bookings", words=Words("库容预约", "Bookings of a room"), capability=Capability.STORAGE_READ, at="/storage", form=RoomChoice,
    columns=(
        Column("room", Words("库间", "Room")), Column("organization", Words("预约方", "Booked by")), _FORM,
        Column("from_on", Words("从", "From"), Kind.DAY), Column("to_on", Words("到", "Through"), Kind.DAY),
        Column("grams", Words("预约", "Booked"), Kind.WEIGHT), Column("used", Words("已用", "Used"), Kind.WEIGHT),
    ),
    chunks=_bookings,
    needs_choice=True,
)  # fmt: skip

HEAPS = Exportable(
    code="heaps", words=Words("待入库", "Waiting to be put away"), capability=Capability.STORAGE_MOVE, at="/storage/receipts/new",
    form=ReceiptStart,
    columns=(_SITE, _FORM, _GRADE, _CULTIVAR, _SEASON, _SLIPS, Column("grams", Words("重量", "Weight"), Kind.WEIGHT), _PICKED),
    chunks=_heaps,
)  # fmt: skip

OPENING = Exportable(
    code="opening", words=Words("期初库存", "Opening stock"), capability=Capability.STORAGE_ADJUST, at="/storage/sites", form=NoChoices,
    columns=OPENING_SPEC.columns, chunks=_opening,
)  # fmt: skip

WEEKS = Exportable(
    code="storageweeks", words=Words("库存周报", "Storage by week"), capability=Capability.STORAGE_READ, at="/storage/reports",
    form=ReportSearch,
    columns=(
        _SEASON, Column("week_on", Words("周起", "Week from"), Kind.DAY), _SITE, Column("room", Words("库间", "Room")),
        Column("township", Words("所在镇街", "Township")), _FORM, Column("owner", Words("货主", "Owner")),
        Column("stock", Words("周末在库", "At its end"), Kind.WEIGHT), Column("came", Words("入库", "Came in"), Kind.WEIGHT),
        Column("went", Words("出库", "Left"), Kind.WEIGHT), Column("missing", Words("盘亏", "Missing at counts"), Kind.WEIGHT),
        Column("found", Words("盘盈", "Found at counts"), Kind.WEIGHT),
    ),
    chunks=_weeks,
)  # fmt: skip

EXPORTABLES = (LOTS, ROOMS, MOVEMENTS, BOOKINGS, HEAPS, OPENING, WEEKS)
