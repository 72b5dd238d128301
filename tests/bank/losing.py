"""Counting and bearing what is lost, in few words."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from pepperchain.bank import losses, terms
from pepperchain.bank.terms_rules import Bearer
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import lots, movements
from tests.bank.vault import NOW, Vault


async def counted(vault: Vault, grams: int, **more: Any) -> UUID:
    """The lot brought to so many grams by A's leader, who runs the store."""
    id = new_id()
    said: dict[str, Any] = {"reason": "盘点", "now": NOW, "holders": (losses,), **more}
    await lots.adjust(vault.leader, id=id, lot_id=vault.lot_id, counted=Grams(grams), **said)
    return id


async def taken_back(vault: Vault, of: UUID) -> None:
    await movements.reverse(
        vault.leader, id=movements.reversal_id(of), of=of, reason="称错了", now=NOW, holders=(losses,)
    )


@db.unit_of_work
async def depositors_bear(ppm: int) -> None:
    """From now on all terms lay natural loss on the depositor, up to so many parts per million."""
    said = replace(terms.default(), loss_borne_by=Bearer.DEPOSITOR, loss_tolerated_ppm=ppm)
    await db.execute("UPDATE bank_scheme_version SET terms = :terms", terms=json.dumps(terms.plain(said)))
