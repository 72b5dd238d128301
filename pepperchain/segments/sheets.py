"""The sheet of tags: which household is to have which. It puts tags on and takes none off."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import home_finding_sheets
from pepperchain.directory.home_finding_sheets import Found, Named, household_of
from pepperchain.excel.columns import Column, Kind, SheetSpec, Words
from pepperchain.excel.judging import (
    Change,
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
from pepperchain.segments import tag_lists, tag_queries
from pepperchain.segments.tag_lists import Naming

NAMED = Named()
_BETWEEN = re.compile(r"[、,，;；\n]")
_JOINED = "、"

SPEC = SheetSpec(
    "tags",
    Words("标签", "Tags"),
    (
        Column("card", Words("椒农卡号", "Card number"), aliases=("农户卡号", "户卡号", "卡号", "card"),
               note=Words("没有卡号就填户主和电话。", "Without it, write the head and the phone.")),
        Column("name", Words("户主", "Head of household"), example="罗大山", aliases=("姓名", "户主姓名", "社员姓名", "name", "grower")),
        Column("phone", Words("电话", "Phone"), Kind.PHONE, example="13800000000", aliases=("手机", "手机号", "手机号码", "联系电话")),
        Column("tags", Words("标签", "Tags"), required=True, example="示范户、缺人手", aliases=("标签名称", "打标签", "tag"),
               note=Words("几个标签用顿号隔开；标签要先建好。", "Several with commas between; each must be there already.")),
    ),
    note=Words("只打标签，不取下；已有的标签不变。", "It puts tags on and takes none off; those that are there stay."),
)  # fmt: skip


class _Checker(Checker):
    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._held: dict[int, dict[int, str]] = {}
        """By household, the tags that it has, with what the rows above put on."""

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        homes = await home_finding_sheets.look_up(self._actor, rows, NAMED)
        fresh = homes.households - self._held.keys()
        there = await tag_queries.of_households(self._actor, sorted(fresh))
        self._held |= {id: {mark.id: mark.words for mark in there.get(id, ())} for id in fresh}
        known = {tag.name: tag.id for tag in await tag_queries.tags(self._actor)}
        return [self._judge(row, homes, known) for row in rows]

    def _judge(self, row: StagedRow, homes: Found, known: Mapping[str, int]) -> Judged:
        wrong: list[Refused] = []
        home: int | None = None
        try:
            home = household_of(row, homes, NAMED).household_id
        except Refused as refused:
            wrong.append(refused)
        names = _names(row)
        wrong += [
            Refused(N_("There is no tag called %(name)s. Make it first, among the tags."), "tags", name=name)
            for name in names
            if name not in known
        ]
        if wrong or home is None:
            return Judged(verdict=Verdict.WRONG, title=_title(row), refusals=tuple(wrong))
        held = self._held[home]
        added = {known[name]: name for name in names if known[name] not in held}
        if not added:
            return Judged(verdict=Verdict.UNCHANGED, title=_title(row), target_id=str(home))
        before = _JOINED.join(held.values()) or None
        held |= added
        return Judged(
            verdict=Verdict.UPDATE,
            title=_title(row),
            target_id=str(home),
            ready={"household": home, "tags": list(added)},
            changes=(Change("tags", before, _JOINED.join(held.values())),),
        )


def _names(row: StagedRow) -> list[str]:
    """The names of a cell, each once."""
    pieces = (piece.strip() for piece in _BETWEEN.split(str(row.values.get("tags") or "")))
    return list(dict.fromkeys(piece for piece in pieces if piece))


def _title(row: StagedRow) -> str:
    return str(row.values.get("name") or row.values.get("card") or row.values.get("phone") or row.row_number)


class _Writer(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        wanted = [Naming(row.ready["household"], tuple(row.ready["tags"])) for row in rows]
        done = await tag_lists.put_on(self._actor, wanted, list_id=rows[0].batch, now=self._now)
        return [
            Written(row.position, str(row.ready["household"]), {"tags": list(tags), "list": str(row.batch)})
            for row, tags in zip(rows, done, strict=True)
        ]


class _Undoer(Undoer):
    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        """What somebody changed since is left as it is, and is in nobody's way."""
        return {}

    async def undo(self, rows: Sequence[Done]) -> None:
        put_on = [Naming(int(row.target_id), tuple(row.before["tags"])) for row in rows]
        await tag_lists.take_back(self._actor, put_on, list_id=UUID(rows[0].before["list"]))


class _Tags(Importable):
    code = "tags"
    words = Words("标签", "Tags")
    specs = (SPEC,)
    capability = Capability.SEGMENT_EDIT

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return _Checker(actor)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Writer(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Undoer(actor)


TAGS = _Tags()
