"""Users, the trail, approvals and open invitations as files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts import (
    approval_queries,
    invitation_queries,
    trail_facts,
    trail_queries,
    user_queries,
)
from pepperchain.accounts.approval_queries import ApprovalRow
from pepperchain.accounts.forms import ApprovalFilter, TrailFilter, UserFilter
from pepperchain.accounts.trail_queries import NamesOf
from pepperchain.audit import queries, words
from pepperchain.audit.fact_kinds import Kind as Fact
from pepperchain.audit.queries import EntryRow
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.excel.columns import Column, Kind, Words
from pepperchain.excel.exporting import WHO, Chunks, Exportable, everybody, steps
from pepperchain.web.forms import Form
from pepperchain.web.i18n import gettext

Names = Mapping[Fact, NamesOf]
_ROLES = {role.value: role.label for role in Role}


class NoChoices(Form):
    """A list that nothing narrows."""


async def _users(actor: Actor, chosen: UserFilter, _now: datetime) -> Chunks:
    text = chosen.q or ""

    async def read(after: tuple[str, int] | None, most: int) -> list[user_queries.UserRow]:
        return await user_queries.list_users(actor, text=text, role=chosen.role, after=after, limit=most)

    async for rows in steps(read, lambda row: (user_queries.sort_key(text, row), row.id)):
        yield [
            {
                WHO: row.id, "name": row.name, "phone": row.phone, "role": gettext(row.role.label), "organization": row.organization_name,
                "closed": row.disabled_at is not None,
            }
            for row in rows
        ]  # fmt: skip


async def _invitations(actor: Actor, _chosen: NoChoices, now: datetime) -> Chunks:
    async def read(before: int | None, most: int) -> list[invitation_queries.InvitationRow]:
        return await invitation_queries.open_invitations(actor, before=before, now=now, limit=most)

    async for rows in steps(read, lambda row: row.id):
        yield [
            {
                WHO: row.id, "phone": row.phone, "role": gettext(row.role.label), "organization": row.organization,
                "card": row.household_card, "inviter": row.inviter, "created_at": clock.from_ms(row.created_at),
                "expires_at": clock.from_ms(row.expires_at),
            }
            for row in rows
        ]  # fmt: skip


async def _approvals(actor: Actor, chosen: ApprovalFilter, _now: datetime) -> Chunks:
    async def read(before: int | None, most: int) -> list[ApprovalRow]:
        return await approval_queries.approvals(
            actor, is_waiting=chosen.state == "waiting", before=before, limit=most
        )

    async for rows in steps(read, lambda row: row.id):
        yield [
            {
                "made_at": clock.from_ms(row.made_at), "maker": row.maker, "about": gettext(words.thing(row.subject)),
                "number": row.subject_id, "state": gettext(STATES[row.state]), "checker": row.checker,
                "decided_at": None if row.decided_at is None else clock.from_ms(row.decided_at), "reason": row.reason,
            }
            for row in rows
        ]  # fmt: skip


STATES = {
    "waiting": N_("waiting"),
    "approved": N_("approved"),
    "declined": N_("declined"),
    "withdrawn": N_("withdrawn"),
}


def trail(names: Names) -> Exportable:
    """The trail; rooms further up hand in what they call their things."""

    async def chunks(actor: Actor, chosen: TrailFilter, _now: datetime) -> Chunks:
        async def read(before: int | None, most: int) -> list[EntryRow]:
            return await queries.entries(
                actor, subject=chosen.subject, subject_id=chosen.subject_id, actor_id=chosen.actor_id, before=before, limit=most
            )  # fmt: skip

        async for rows in steps(read, lambda row: row.id):
            known = await trail_queries.names(trail_facts.things(rows), names)
            yield [_entry(row, known) for row in rows]

    return Exportable(
        code="trail", words=Words("操作记录", "Who did what"), capability=Capability.AUDIT_READ, at="/admin/audit", form=TrailFilter,
        columns=(
            Column("at", Words("时间", "When"), Kind.MOMENT), Column("actor", Words("谁", "Who")), Column("role", Words("角色", "Role")),
            Column("act", Words("做了什么", "What they did"), width=28), Column("thing", Words("对象", "About")),
            Column("subject", Words("哪一个", "Which")), Column("facts", Words("内容", "Details"), width=40),
        ),
        chunks=chunks, is_personal=everybody,
    )  # fmt: skip


def _entry(row: EntryRow, known: trail_queries.Names) -> dict[str, Any]:
    told = "; ".join(
        f"{said.about}: {said.now}" if said.was is None else f"{said.about}: {said.was} → {said.now}"
        for said in trail_facts.told(row, known)
    )
    return {
        WHO: row.actor_id, "at": clock.from_ms(row.at), "actor": row.actor_name, "role": gettext(_ROLES.get(row.role, row.role)),
        "act": gettext(words.act(row.verb)), "thing": gettext(words.thing(row.subject)), "subject": trail_facts.subject(row, known),
        "facts": told,
    }  # fmt: skip


_ROLE = Column("role", Words("角色", "Role"))
_ORGANIZATION = Column("organization", Words("单位", "Organization"))
_PHONE = Column("phone", Words("手机", "Mobile number"), Kind.PHONE)

USERS = Exportable(
    code="users", words=Words("用户", "Users"), capability=Capability.ACCOUNT_ADMINISTER, at="/admin", form=UserFilter,
    columns=(Column("name", Words("姓名", "Name")), _PHONE, _ROLE, _ORGANIZATION, Column("closed", Words("已停用", "Closed"), Kind.YES_NO)),
    chunks=_users, is_personal=everybody,
)  # fmt: skip

INVITATIONS = Exportable(
    code="invitations", words=Words("未接受的邀请", "Open invitations"), capability=Capability.ACCOUNT_INVITE, at="/invitations",
    form=NoChoices,
    columns=(
        _PHONE, _ROLE, _ORGANIZATION, Column("card", Words("户卡号", "Household's card"), width=18), Column("inviter", Words("邀请人",
        "Invited by")),
        Column("created_at", Words("邀请时间", "Invited"), Kind.MOMENT), Column("expires_at", Words("有效至", "Until"), Kind.MOMENT),
    ),
    chunks=_invitations, is_personal=everybody,
)  # fmt: skip

APPROVALS = Exportable(
    code="approvals", words=Words("第二人确认", "Approvals"), capability=Capability.ACCOUNT_OWN, at="/approvals", form=ApprovalFilter,
    columns=(
        Column("made_at", Words("提出时间", "Proposed"), Kind.MOMENT), Column("maker", Words("提出人", "By")),
        Column("about", Words("对象", "About")), Column("number", Words("哪一个", "Which")), Column("state", Words("状态", "State")),
        Column("checker", Words("决定人", "Decided by")), Column("decided_at", Words("决定时间", "Decided"), Kind.MOMENT),
        Column("reason", Words("原因", "Reason")),
    ),
    chunks=_approvals,
)  # fmt: skip

EXPORTABLES = (USERS, INVITATIONS, APPROVALS)
