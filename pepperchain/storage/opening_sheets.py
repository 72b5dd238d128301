"""The sheet of opening stock: what lies in rooms on the day when an organization begins with us."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.directory import sheet_queries as places
from pepperchain.directory.sheet_rules import spoken
from pepperchain.excel.columns import Column, Kind, SheetSpec, Words
from pepperchain.excel.judging import (
    Checker,
    Done,
    Importable,
    Judged,
    Ready,
    Undoer,
    Verdict,
    Writer,
    Written,
)
from pepperchain.excel.reader import StagedRow
from pepperchain.harvest.rules import cultivars, forms
from pepperchain.harvest.sheet_columns import SLIPS
from pepperchain.storage import movements, opening_queries, openings, sheet_queries
from pepperchain.storage.openings import Pile
from pepperchain.storage.queries import RoomRow
from pepperchain.web.i18n import Reader, gettext, reading_as

GRAMS_MAX = 10_000_000_000
UNDONE = N_("import undone")


SPEC = SheetSpec(
    "opening",
    Words("期初库存", "Opening stock"),
    (
        Column("site", Words("站点", "Site"), required=True, example="凝翠先锋冷库", aliases=("冷库", "所在站点", "冷库名称", "所属冷库")),
        Column("room", Words("库间", "Room"), required=True, example="1号库", aliases=("库房", "库间名称", "库房名称", "库号")),
        Column("owner", Words("货主", "Owner"), required=True, example="碧椒合作社", aliases=("货主合作社", "合作社", "存货方", "客户")),
        replace(SLIPS.column("form"), required=True),
        replace(SLIPS.column("grade"), required=True),
        replace(SLIPS.column("cultivar"), required=False, note=Words("空着即为九叶青。", "Left empty it is Jiuyeqing.")),
        Column("picked_on", Words("采摘日期", "Picked on"), Kind.DAY, required=True, example="2026-06-10",
               aliases=("采收日期", "采摘时间", "生产日期", "入库日期")),
        Column("origin", Words("产地镇街", "Grown in"), example="先锋镇", aliases=("产地", "镇街", "来源镇街"),
               note=Words("空着即为货主所在镇街。", "Left empty it is the owner's township.")),
        Column("grams", Words("重量", "Weight"), Kind.WEIGHT, required=True, unit=Words("公斤", "kg"), example="1250",
               aliases=("库存", "数量", "库存重量", "净重", "结存")),
        Column("label", Words("原批号", "Own number"), example="2026-17", aliases=("批号", "批次", "批次号", "备注批号"),
               note=Words("同一库间有两堆一样的，用它区分。", "Tells two piles of the same apart.")),
    ),
    note=Words("一行一堆：开始使用本系统那天库里实有的花椒。同一行再导入一次不会重复入账。",
               "A row for each pile that lies in a room on the day when you begin here. The same row again is not counted again."),
)  # fmt: skip

_TRIES = 20
"""How often the same row can be laid down and taken back."""


class _Checker(Checker):
    def __init__(self, actor: Actor, *, seed: UUID, now: datetime) -> None:
        self._actor = actor
        self._seed = seed
        self._now = now
        self._sites: dict[str, int] | None = None
        self._rooms: dict[tuple[int, str], RoomRow] = {}
        self._owners: dict[int, dict[str, tuple[int, int | None]]] = {}
        self._places = places.Places()
        self._seen: dict[str, int] = {}
        self._taken: dict[int, int] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        if self._sites is None:
            self._sites = {}
            for id, *names in await sheet_queries.own_sites(self._actor):
                self._sites |= {spoken(name): id for name in names[:2]}
            self._rooms = await sheet_queries.rooms_by_name(self._actor, sorted(set(self._sites.values())))
            for operator_id in {room.operator_id for room in self._rooms.values()}:
                self._owners[operator_id] = await opening_queries.owners([operator_id])
            self._places = await places.places(None)
        return [await self._judge(row, self._sites) for row in rows]

    async def _judge(self, row: StagedRow, sites: Mapping[str, int]) -> Judged:
        said = [row.values.get(key) for key in ("site", "room", "owner", "label")]
        title = " ".join(str(each) for each in said if each) or str(row.row_number)
        if row.problems:
            return Judged(verdict=Verdict.WRONG, title=title)
        try:
            pile, room = self._pile(row, sites)
            key = "|".join(
                str(each)
                for each in (
                    pile.room_id, pile.cooperative_id, pile.form, pile.grade, pile.cultivar, pile.picked_on, pile.label
                )
            )  # fmt: skip
            if (earlier := self._seen.setdefault(key, row.row_number)) != row.row_number:
                raise Refused(
                    N_(
                        "This pile is in row %(row)s already. Give both a number of their own if they are two."
                    ),
                    "label",
                    row=str(earlier),
                )
            id, content = await self._standing(key)
            if content == pile.content:
                return Judged(verdict=Verdict.UNCHANGED, title=title, target_id=str(id))
            if content is not None:
                raise Refused(
                    N_(
                        "This pile was brought in before with another weight or origin. Count the lot instead."
                    ),
                    "grams",
                )
            self._fit(pile, room)
        except Refused as refused:
            return Judged(verdict=Verdict.WRONG, title=title, refusals=(refused,))
        return Judged(verdict=Verdict.CREATE, title=title, ready={"id": str(id), **_plain(pile)})

    def _pile(self, row: StagedRow, sites: Mapping[str, int]) -> tuple[Pile, RoomRow]:
        values = row.values
        site_id = sites.get(spoken(str(values.get("site") or "")))
        if site_id is None:
            raise Refused(
                N_("There is no site called %(name)s among yours."), "site", name=str(values.get("site"))
            )
        room = self._rooms.get((site_id, str(values.get("room") or "")))
        if room is None:
            raise Refused(N_("This site has no room called %(name)s."), "room", name=str(values.get("room")))
        owner = self._owners[room.operator_id].get(spoken(str(values.get("owner") or "")))
        if owner is None:
            raise Refused(
                N_("%(name)s is no cooperative that stores here. Enter under its organization that it does."),
                "owner",
                name=str(values.get("owner")),
            )
        form, grade = str(values["form"]), str(values["grade"])
        if grade not in forms()[form].grades:
            raise Refused(N_("This form has no such grade."), "grade")
        picked_on = date.fromisoformat(str(values["picked_on"]))
        openings.check_picked_on(picked_on, now=self._now)
        origin = owner[1] or room.township_id
        if values.get("origin") is not None:
            origin = self._places.township(str(values["origin"])).id
        grams = int(values["grams"] or 0)
        if not 0 < grams <= GRAMS_MAX:
            raise Refused(N_("Write how much, more than zero."), "grams")
        label = str(values.get("label") or "")
        if len(label) > 40:
            raise Refused(N_("At most %(max)s characters."), "label", max=40)
        pile = Pile(
            room_id=room.id, cooperative_id=owner[0], origin_township_id=origin, form=form, grade=grade,
            cultivar=str(values.get("cultivar") or next(iter(cultivars()))), picked_on=picked_on, grams=Grams(grams), label=label,
        )  # fmt: skip
        return pile, room

    async def _standing(self, key: str) -> tuple[UUID, str | None]:
        """The id of this pile's movement, and what it said if it stands: each time that it is taken back it gets another."""
        ids = [uuid5(self._seed, f"{key}|{number}") for number in range(_TRIES)]
        there = await opening_queries.laid_down(ids)
        for id in ids:
            found = there.get(str(id))
            if found is None:
                return id, None
            if not found[1]:
                return id, found[0]
        raise Refused(
            N_("This pile was brought in and taken back too often. Give it another number."), "label"
        )

    def _fit(self, pile: Pile, room: RoomRow) -> None:
        """Refused: the room is closed, takes another form, or is full with the rows before this one."""
        if room.closed_on is not None:
            raise Refused(N_("%(room)s is closed."), "room", room=room.full_name)
        if pile.form not in room.forms:
            raise Refused(N_("%(room)s is not for this form of pepper."), "room", room=room.full_name)
        free = Grams(room.free_grams - self._taken.get(room.id, 0))
        if pile.grams > free:
            raise Refused(
                N_("%(room)s has room for %(free)s, this is %(grams)s. Bring a part, or make space first."),
                "grams",
                room=room.full_name,
                free=free,
                grams=pile.grams,
            )
        self._taken[room.id] = self._taken.get(room.id, 0) + pile.grams


def _plain(pile: Pile) -> dict[str, Any]:
    return {
        "room": pile.room_id, "owner": pile.cooperative_id, "origin": pile.origin_township_id, "form": pile.form, "grade": pile.grade,
        "cultivar": pile.cultivar, "picked_on": pile.picked_on.isoformat(), "grams": int(pile.grams), "label": pile.label,
    }  # fmt: skip


def _from_plain(plain: Mapping[str, Any]) -> Pile:
    return Pile(
        room_id=plain["room"], cooperative_id=plain["owner"], origin_township_id=plain["origin"], form=plain["form"],
        grade=plain["grade"], cultivar=plain["cultivar"], picked_on=date.fromisoformat(plain["picked_on"]),
        grams=Grams(plain["grams"]), label=plain["label"],
    )  # fmt: skip


class _Writer(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        return [await self._one(row) for row in rows]

    async def _one(self, row: Ready) -> Written:
        id = UUID(row.ready["id"])
        await openings.lay_down(self._actor, id=id, pile=_from_plain(row.ready), now=self._now)
        return Written(row.position, str(id))


class _Undoer(Undoer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now
        with reading_as(Reader(actor.language)):  # kept as they would have written it
            self._reason = gettext(UNDONE)

    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        touched = await opening_queries.touched([row.target_id for row in rows])
        return {
            row.position: Refused(N_("This was changed or used since."))
            for row in rows
            if row.target_id in touched
        }

    async def undo(self, rows: Sequence[Done]) -> None:
        for row in rows:
            of = UUID(row.target_id)
            await movements.reverse(
                self._actor, id=movements.reversal_id(of), of=of, reason=self._reason, now=self._now
            )


class _Opening(Importable):
    code = "opening"
    words = Words("期初库存", "Opening stock")
    specs = (SPEC,)
    capability = Capability.STORAGE_ADJUST

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return _Checker(actor, seed=seed, now=now)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Writer(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Undoer(actor, now=now)


OPENING = _Opening()
