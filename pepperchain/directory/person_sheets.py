"""The sheet of people of households, as the importer uses it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import people, people_lists, return_queries
from pepperchain.directory.household_returns import person_columns
from pepperchain.directory.people import Particulars
from pepperchain.directory.people_lists import Correction, Newcomer
from pepperchain.directory.person_judging_sheets import PersonChecker
from pepperchain.directory.sheet_columns import PEOPLE as SPEC
from pepperchain.excel.columns import Words
from pepperchain.excel.judging import Checker, Done, Importable, Ready, Undoer, Verdict, Writer, Written


class _Writer(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        fresh = [row for row in rows if row.verdict is Verdict.CREATE]
        known = [row for row in rows if row.verdict is not Verdict.CREATE]
        newcomers = [Newcomer(row.seed, row.ready["household"], Particulars(**_values(row))) for row in fresh]
        ids = await people_lists.enter_many(self._actor, newcomers, now=self._now)
        corrections = [Correction(row.ready["id"], row.ready["version"], _values(row)) for row in known]
        were = await people_lists.change_many(self._actor, corrections, now=self._now)
        done = {
            row.position: Written(row.position, str(id), {"version": 1})
            for row, id in zip(fresh, ids, strict=True)
        }
        for row, was in zip(known, were, strict=True):
            before = {"version": was["version"] + 1, "was": person_columns(was)}
            done[row.position] = Written(row.position, str(was["id"]), before)
        return [done[row.position] for row in rows]


def _values(row: Ready) -> dict[str, Any]:
    values = {**row.ready["person"], **row.secrets}
    if values.get("born_on") is not None:
        values["born_on"] = date.fromisoformat(values["born_on"])
    return values


class _Undoer(Undoer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        ids = {int(row.target_id) for row in rows}
        versions = await return_queries.versions(people.TABLE, ids)
        leading = await return_queries.leading(
            {int(row.target_id) for row in rows if "was" not in row.before}
        )
        return {
            row.position: Refused(N_("This was changed or used since."))
            for row in rows
            if versions.get(int(row.target_id)) != row.before["version"] or int(row.target_id) in leading
        }

    async def undo(self, rows: Sequence[Done]) -> None:
        were = {int(row.target_id): row.before["was"] for row in rows if "was" in row.before}
        await people_lists.put_back(self._actor, were, now=self._now)
        made = [int(row.target_id) for row in rows if "was" not in row.before]
        await people_lists.remove_many(self._actor, made, now=self._now)


class _People(Importable):
    code = "people"
    words = Words("家庭成员", "People")
    specs = (SPEC,)
    capability = Capability.DIRECTORY_EDIT

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return PersonChecker(actor, now=now)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Writer(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Undoer(actor, now=now)


PEOPLE = _People()
