"""The sheet of weigh-ins, as the importer uses it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.excel.columns import Words
from pepperchain.excel.judging import Checker, Done, Importable, Ready, Undoer, Writer, Written
from pepperchain.harvest import lists, standing
from pepperchain.harvest.sheet_columns import SLIPS
from pepperchain.harvest.slip_sheets import SlipChecker
from pepperchain.harvest.slips import from_plain
from pepperchain.harvest.standing import Standing
from pepperchain.web.i18n import Reader, gettext, reading_as

UNDONE = N_("import undone")


class _Recorder(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._recording = lists.Recording(actor, now=now)

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        await self._recording.add([from_plain(row.ready["slip"]) for row in rows])
        return [Written(row.position, row.ready["slip"][0]) for row in rows]

    async def finish(self) -> None:
        await self._recording.finish()


class _Voider(Undoer):
    def __init__(self, actor: Actor, *, committed_at: datetime, now: datetime) -> None:
        self._actor = actor
        self._committed_at = clock.to_ms(committed_at)
        self._now = now
        with reading_as(Reader(self._actor.language)):  # kept as they would have written it
            self._reason = gettext(UNDONE)

    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        slips = {slip.id: slip for slip in await standing.of_ids([row.target_id for row in rows])}
        found = ((row.position, self._in_the_way(slips[row.target_id])) for row in rows)
        return {position: refused for position, refused in found if refused is not None}

    def _in_the_way(self, slip: Standing) -> Refused | None:
        if slip.voided_at is not None:
            return Refused(N_("This slip was voided since."))
        if slip.lot_id is not None:
            return Refused(N_("This pepper was put into a room since."))
        if slip.price_set_at not in (None, self._committed_at):
            return Refused(N_("The price of this slip was set since."))
        return None

    async def undo(self, rows: Sequence[Done]) -> None:
        await lists.void_many(
            self._actor,
            [row.target_id for row in rows],
            reason=self._reason,
            now=self._now,
        )


class _WeighIns(Importable):
    code = "weighins"
    words = Words("过磅单", "Weigh-ins")
    specs = (SLIPS,)
    capability = Capability.HARVEST_RECORD

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return SlipChecker(actor, seed=seed, now=now)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Recorder(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Voider(actor, committed_at=committed_at, now=now)


WEIGHINS = _WeighIns()
