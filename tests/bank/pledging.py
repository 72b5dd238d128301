"""Asking, agreeing and lending in few words."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.bank import lending, pledge_queries, pledges
from pepperchain.bank.pledge_queries import PledgeRow
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.bank.vault import NOW, TODAY, Vault

KG = 1000
MONTH = timedelta(days=30)
OVERDUE = NOW + MONTH + timedelta(days=2)


async def asked(
    vault: Vault, receipt: ReceiptRow, kg: int, yuan: int, *, actor: Actor | None = None, **more: Any
) -> UUID:
    """Asked for by the grower, who agrees by it; for a month."""
    id = new_id()
    said: dict[str, Any] = {"lender_id": vault.bank_id, "due_on": TODAY + MONTH, "now": NOW, **more}
    await pledges.request(
        actor or vault.grower,
        id=id,
        receipt_id=receipt.id,
        grams=Grams(kg * KG),
        loan=Fen(yuan * 100),
        **said,
    )
    return id


async def lent(vault: Vault, receipt: ReceiptRow, kg: int, yuan: int, **more: Any) -> UUID:
    """Asked for and confirmed."""
    id = await asked(vault, receipt, kg, yuan, **more)
    await lending.confirm(vault.lender, id=id, loan_number="DK-1", now=NOW)
    return id


async def released(vault: Vault, id: UUID, kg: int) -> None:
    await lending.release(vault.lender, id=new_id(), pledge_id=id, grams=Grams(kg * KG), now=NOW)


async def called(vault: Vault, id: UUID, kg: int, *, now: datetime = OVERDUE) -> None:
    await lending.call(
        vault.lender, id=new_id(), pledge_id=id, grams=Grams(kg * KG), reason="逾期未还", now=now
    )


async def row(vault: Vault, id: UUID) -> PledgeRow:
    return await pledge_queries.pledge(vault.committee, id)
