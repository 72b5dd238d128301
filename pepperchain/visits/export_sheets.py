"""One's week and one's follow-ups as files."""

from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.excel.columns import Column, Kind, Words
from pepperchain.excel.exporting import WHO, Chunks, Exportable, at_once, everybody, steps
from pepperchain.visits import queries
from pepperchain.visits.forms import ListChoice, WeekChoice
from pepperchain.visits.queries import FollowUpRow, VisitRow
from pepperchain.visits.rules import PURPOSES, VisitKind, monday
from pepperchain.visits.week_queries import week
from pepperchain.web.i18n import gettext


async def _week(actor: Actor, chosen: WeekChoice, now: datetime) -> Chunks:
    days = await week(actor, monday(chosen.week or clock.local_day(now)))
    async for chunk in at_once([_visit(actor, row) for day in days for row in day.visits]):
        yield chunk


def _visit(actor: Actor, row: VisitRow) -> dict[str, Any]:
    return {
        WHO: row.household_id, "stands_at": clock.from_ms(row.stands_at), "kind": gettext(VisitKind(row.kind).words), "whom": row.name,
        "person": row.person, "village": row.village_en if actor.language == "en" else row.village,
        "purpose": gettext(PURPOSES.get(row.purpose, row.purpose)), "outcome": row.outcome, "planned_on": row.planned_on,
        "done": row.happened_at is not None, "called_off": row.called_off_at is not None, "by": row.user_name, "photos": row.photos,
    }  # fmt: skip


async def _follow_ups(actor: Actor, _chosen: ListChoice, _now: datetime) -> Chunks:
    async def read(after: tuple[str, int] | None, most: int) -> list[FollowUpRow]:
        return await queries.my_follow_ups(actor, after=after, limit=most)

    async for rows in steps(read, lambda row: (row.due_on, row.id)):
        yield [
            {
                WHO: row.household_id, "due_on": row.due_on, "what": row.what, "whom": row.name,
                "village": row.village_en if actor.language == "en" else row.village, "owner": row.owner_name,
            }
            for row in rows
        ]  # fmt: skip


_WHOM, _VILLAGE = Column("whom", Words("对象", "About")), Column("village", Words("村", "Village"))

VISITS = Exportable(
    code="visits", words=Words("一周走访", "Visits of a week"), capability=Capability.VISIT_READ, at="/visits", form=WeekChoice,
    columns=(
        Column("stands_at", Words("时间", "When"), Kind.MOMENT), Column("kind", Words("方式", "How")), _WHOM,
        Column("person", Words("见到的人", "Met")),
        _VILLAGE, Column("purpose", Words("事由", "Purpose")), Column("outcome", Words("结果", "What came of it"), width=40),
        Column("planned_on", Words("计划日期", "Planned for"), Kind.DAY), Column("done", Words("已办", "Done"), Kind.YES_NO),
        Column("called_off", Words("已取消", "Called off"), Kind.YES_NO), Column("by", Words("走访人", "By")),
        Column("photos", Words("照片", "Photos"), Kind.INTEGER),
    ),
    chunks=_week, is_personal=everybody,
)  # fmt: skip

FOLLOW_UPS = Exportable(
    code="followups", words=Words("我的后续事项", "My follow-ups"), capability=Capability.VISIT_READ, at="/visits/follow-ups",
    form=ListChoice,
    columns=(
        Column("due_on", Words("期限", "Due"), Kind.DAY), Column("what", Words("要办的事", "What"), width=40), _WHOM, _VILLAGE,
        Column("owner", Words("谁来办", "Who")),
    ),
    chunks=_follow_ups, is_personal=everybody,
)  # fmt: skip

EXPORTABLES = (VISITS, FOLLOW_UPS)
