"""The sheet of rooms: its columns, and the way from a row to the form that a room's own page has. There are few of them."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.units import GRAMS_PER_TONNE, Grams
from pepperchain.core.words import N_
from pepperchain.directory.sheet_rules import spoken
from pepperchain.excel.columns import Choice, Column, Kind, SheetSpec, Words
from pepperchain.excel.judging import (
    Change,
    Checker,
    Importable,
    Judged,
    Plain,
    Ready,
    RegistryUndoer,
    Undoer,
    Verdict,
    Writer,
    Written,
)
from pepperchain.excel.reader import StagedRow
from pepperchain.harvest.rules import forms
from pepperchain.storage import rooms, sheet_queries
from pepperchain.storage.forms import RoomParticulars
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rooms import RoomFacts
from pepperchain.storage.rules import Purpose, RoomKind
from pepperchain.web.forms import read

_PURPOSES = (
    Choice("public_benefit", Words("公益", "public-benefit"), ("公益性", "公用", "公益冷库")),
    Choice("commercial", Words("商业", "commercial"), ("经营性", "自用", "商用")),
)
_KINDS = (
    Choice("chilled", Words("冷藏", "chilled"), ("冷藏库", "保鲜库", "高温库")),
    Choice("frozen", Words("冷冻", "frozen"), ("冷冻库", "低温库")),
    Choice("dry", Words("干燥阴凉", "dry and cool"), ("干库", "干燥", "阴凉")),
    Choice("ambient", Words("常温", "not cooled"), ("常温库",)),
)
SPEC = SheetSpec(
    "rooms",
    Words("库间", "Rooms"),
    (
        Column("site", Words("站点", "Site"), required=True, example="凝翠先锋冷库", aliases=("冷库", "所在站点", "冷库名称", "所属冷库")),
        Column("name", Words("库间名称", "Room"), required=True, example="1号库",
               aliases=("库间", "库房", "库房名称", "库号", "库房号", "名称", "房间")),
        Column("purpose", Words("用途", "Purpose"), Kind.CHOICE, choices=_PURPOSES, aliases=("性质", "公益或商业")),
        Column("kind", Words("类型", "Kind"), Kind.CHOICE, choices=_KINDS, aliases=("库间类型", "库房类型", "库型", "温区")),
        Column("forms", Words("可存品类", "Forms"), example="鲜花椒、保鲜花椒", aliases=("品类", "可存放品类", "存放品类"),
               note=Words("几种之间用顿号。", "Several with commas between them.")),
        Column("set_point", Words("设定温度", "Set point"), Kind.DECIMAL, unit=Words("℃", "°C"), aliases=("温度", "库温")),
        Column("band", Words("允许波动", "Band"), Kind.DECIMAL, unit=Words("℃", "°C"), aliases=("波动", "温差", "允许温差")),
        Column("capacity", Words("容量", "Capacity"), Kind.WEIGHT, unit=Words("吨", "t"), example="200", aliases=("库容", "设计容量")),
    ),
    note=Words("按站点和名称认出已有的库间；空着的格子不改动已有的内容。",
               "Those that are there are recognised by site and name. Empty cells change nothing."),
)  # fmt: skip

_SEPARATORS = re.compile(r"[、,;/\s和及与]+")
_PLAIN = ("name", "purpose", "kind", "set_point", "band")


class _Checker(Checker):
    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._sites: dict[str, int] | None = None
        self._rooms: dict[tuple[int, str], RoomRow] = {}
        self._seen: dict[tuple[int, str], int] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        if self._sites is None:
            self._sites = {}
            for id, *names in await sheet_queries.own_sites(self._actor):
                self._sites |= {spoken(name): id for name in names[:2]}
            self._rooms = await sheet_queries.rooms_by_name(self._actor, sorted(set(self._sites.values())))
        return [self._judge(row, self._sites) for row in rows]

    def _judge(self, row: StagedRow, sites: Mapping[str, int]) -> Judged:
        title = f"{row.values.get('site') or ''} {row.values.get('name') or ''}".strip() or str(
            row.row_number
        )
        wrong: list[Refused] = []
        site_id = sites.get(spoken(str(row.values.get("site") or "")))
        name = str(row.values.get("name") or "")
        there = None if site_id is None else self._rooms.get((site_id, name))
        if site_id is None:
            wrong.append(
                Refused(
                    N_("There is no site called %(name)s among yours."),
                    "site",
                    name=str(row.values.get("site")),
                )
            )
        elif (earlier := self._seen.setdefault((site_id, name), row.row_number)) != row.row_number:
            wrong.append(Refused(N_("This room is in row %(row)s already."), "name", row=str(earlier)))
        if there is not None and there.closed_on is not None:
            wrong.append(Refused(N_("%(room)s is closed."), "name", room=there.full_name))
        facts = _facts(row, there, wrong)
        if wrong or facts is None:
            return Judged(verdict=Verdict.WRONG, title=title, refusals=tuple(wrong))
        ready = _plain(facts)
        if there is None:
            return Judged(verdict=Verdict.CREATE, title=title, ready={"site": site_id, "facts": ready})
        was = _plain(_as_it_is(there))
        changes = tuple(
            Change(key, _shown(was[key]), _shown(ready[key])) for key in was if was[key] != ready[key]
        )
        if not changes:
            return Judged(verdict=Verdict.UNCHANGED, title=title, target_id=str(there.id))
        kept = {"facts": ready, "version": there.version, "was": was}
        return Judged(
            verdict=Verdict.UPDATE, title=title, target_id=str(there.id), ready=kept, changes=changes
        )


def _facts(row: StagedRow, there: RoomRow | None, wrong: list[Refused]) -> RoomFacts | None:
    """What the room's own form makes of the row, over what is there already; checked by the room's own rules."""
    data: dict[str, Any] = {} if there is None else _typed(_as_it_is(there))
    data |= {key: row.values[key] for key in _PLAIN if row.values.get(key) is not None}
    if row.values.get("capacity") is not None:
        data["capacity"] = _tonnes(int(row.values["capacity"] or 0))
    try:
        if row.values.get("forms") is not None:
            data["forms"] = _codes(str(row.values["forms"]))
        facts = read(RoomParticulars, data).facts()
        rooms.check(facts)
    except Invalid as invalid:
        wrong += invalid.errors
        return None
    except Refused as refused:
        wrong.append(refused)
        return None
    if there is not None and facts.capacity < there.stock_grams:
        wrong.append(
            Refused(
                N_("%(stock)s lies in this room: its capacity cannot be less."),
                "capacity",
                stock=there.stock_grams,
            )
        )
    return facts


def _codes(written: str) -> list[str]:
    """Codes of the forms that are named. Refused: one of them is unknown."""
    known = {
        spoken(name): code
        for code, form in forms().items()
        for name in (code, form.zh, form.en, form.short_zh)
    }
    found = []
    for name in filter(None, _SEPARATORS.split(unicodedata.normalize("NFKC", written))):
        code = known.get(spoken(name)) or known.get(spoken(name).removesuffix("椒").removesuffix("花"))
        if code is None:
            raise Refused(N_("%(name)s is no form of pepper."), "forms", name=name)
        found.append(code)
    return found


def _as_it_is(room: RoomRow) -> RoomFacts:
    return RoomFacts(
        name=room.name, purpose=Purpose(room.purpose), kind=RoomKind(room.kind), forms=room.forms, capacity=room.capacity_grams,
        set_point_decidegrees=room.set_point_decidegrees, band_decidegrees=room.band_decidegrees,
    )  # fmt: skip


def _typed(facts: RoomFacts) -> dict[str, Any]:
    """Facts as somebody would type them into the form."""
    return {
        "name": facts.name, "purpose": facts.purpose, "kind": facts.kind, "forms": list(facts.forms), "capacity": _tonnes(facts.capacity),
        "set_point": _degrees(facts.set_point_decidegrees), "band": _degrees(facts.band_decidegrees),
    }  # fmt: skip


def _tonnes(grams: int) -> Decimal:
    return Decimal(int(grams)) / GRAMS_PER_TONNE


def _degrees(tenths: int | None) -> Decimal | None:
    return None if tenths is None else Decimal(tenths) / 10


def _plain(facts: RoomFacts) -> dict[str, Any]:
    """Facts as JSON keeps them, by the columns' keys."""
    return {
        "name": facts.name, "purpose": facts.purpose.value, "kind": facts.kind.value, "forms": sorted(facts.forms),
        "capacity": int(facts.capacity), "set_point": _text(_degrees(facts.set_point_decidegrees)),
        "band": _text(_degrees(facts.band_decidegrees)),
    }  # fmt: skip


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number.normalize() if number else Decimal(0), "f")


def _from_plain(plain: Mapping[str, Any]) -> RoomFacts:
    return read(RoomParticulars, {**plain, "capacity": _tonnes(plain["capacity"])}).facts()


def _shown(value: Any) -> Plain:
    shown: Plain = (
        "、".join(forms()[code].zh if code in forms() else code for code in value)
        if isinstance(value, list)
        else value
    )
    return shown


class _Writer(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        return [await self._one(row) for row in rows]

    async def _one(self, row: Ready) -> Written:
        facts = _from_plain(row.ready["facts"])
        if row.target_id is None:
            entered = await rooms.enter(
                self._actor, id=row.seed, site_id=row.ready["site"], facts=facts, now=self._now
            )
            return Written(row.position, str(entered.id), {"version": 1})
        version = row.ready["version"]
        await rooms.change(
            self._actor, room_id=int(row.target_id), version=version, facts=facts, now=self._now
        )
        return Written(row.position, row.target_id, {"version": version + 1, "was": row.ready["was"]})


class _Undoer(RegistryUndoer):
    async def versions(self, ids: Sequence[int]) -> Mapping[int, int]:
        return await sheet_queries.versions(ids)

    async def used(self, ids: Sequence[int]) -> Collection[int]:
        return await sheet_queries.rooms_used(ids)

    async def change(self, id: int, version: int, was: Mapping[str, Any]) -> None:
        await rooms.change(self.actor, room_id=id, version=version, facts=_from_plain(was), now=self.now)

    async def remove(self, id: int, version: int) -> None:
        await rooms.remove(self.actor, room_id=id, version=version, now=self.now)


def as_in_sheet(room: RoomRow) -> dict[str, Any]:
    """A room as its row of the sheet, but for the site's name."""
    plain = _plain(_as_it_is(room))
    return {**plain, "forms": _shown(plain["forms"]), "capacity": Grams(plain["capacity"])}


class _Rooms(Importable):
    code = "rooms"
    words = Words("库间", "Rooms")
    specs = (SPEC,)
    capability = Capability.STORAGE_PLAN

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return _Checker(actor)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Writer(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Undoer(actor, now=now)


ROOMS = _Rooms()
