"""The sheet of memberships, as the importer uses it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import membership_lists, memberships, return_queries
from pepperchain.directory.membership_judging_sheets import MembershipChecker
from pepperchain.directory.sheet_columns import MEMBERSHIPS as SPEC
from pepperchain.excel.columns import Words
from pepperchain.excel.judging import Checker, Done, Importable, Ready, Undoer, Verdict, Writer, Written


class _Writer(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        return [await self._one(row) for row in rows]

    async def _one(self, row: Ready) -> Written:
        ready = row.ready
        if row.verdict is Verdict.CREATE:
            return Written(row.position, str(await self._made(row)), {"version": 1})
        started, ended = date.fromisoformat(ready["started_on"]), date.fromisoformat(ready["ended_on"])
        if ready["was"] is None:
            await memberships.leave(self._actor, household_id=ready["household"], on=ended, now=self._now)
        else:
            await memberships.correct(
                self._actor, household_id=ready["household"], id=ready["id"], version=ready["version"], started_on=started,
                ended_on=ended, now=self._now,
            )  # fmt: skip
        was = {"started_on": ready["started_on"], "ended_on": ready["was"]}
        before = {"version": ready["version"] + 1, "was": was, "at": clock.to_ms(self._now)}
        return Written(row.position, str(ready["id"]), before)

    async def _made(self, row: Ready) -> int:
        about: dict[str, Any] = {
            "id": row.seed,
            "household_id": row.ready["household"],
            "organization_id": row.ready["organization"],
            "now": self._now,
        }
        started = date.fromisoformat(row.ready["started_on"])
        if row.ready["ended_on"] is None:
            return (await memberships.join(self._actor, on=started, **about)).id
        ended = date.fromisoformat(row.ready["ended_on"])
        return (await membership_lists.note_past(self._actor, started_on=started, ended_on=ended, **about)).id


class _Undoer(Undoer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        now = await return_queries.memberships_now({int(row.target_id) for row in rows})
        found: dict[int, Refused] = {}
        for row in rows:
            there = now.get(int(row.target_id))
            opens = "was" in row.before and row.before["was"]["ended_on"] is None
            if there is None or there.version != row.before["version"]:
                found[row.position] = Refused(N_("This was changed since."))
            elif opens and there.other_at not in (None, row.before["at"]):
                found[row.position] = Refused(N_("This household is a member of another cooperative since."))
        return found

    async def undo(self, rows: Sequence[Done]) -> None:
        await membership_lists.take_back(
            self._actor,
            made=[int(row.target_id) for row in rows if "was" not in row.before],
            were={int(row.target_id): row.before["was"] for row in rows if "was" in row.before},
            now=self._now,
        )


class _Memberships(Importable):
    code = "memberships"
    words = Words("入社记录", "Memberships")
    specs = (SPEC,)
    capability = Capability.DIRECTORY_EDIT

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return MembershipChecker(actor, now=now)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Writer(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Undoer(actor, now=now)


MEMBERSHIPS = _Memberships()
