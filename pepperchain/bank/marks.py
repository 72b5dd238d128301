"""What the page of a slip shows of the bank: the lots into which its pepper went, and where a deposit out of them begins."""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.bank import scheme_queries, terms
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.harvest import queries as slips
from pepperchain.harvest.marks import SlipMark
from pepperchain.harvest.rules import words
from pepperchain.storage import lot_queries, trace_queries
from pepperchain.web.filters import weight
from pepperchain.web.i18n import gettext, reader

LOTS_MAX = 3


async def of_slip(actor: Actor, slip_id: str, *, now: datetime) -> Sequence[SlipMark]:
    """A way to deposit for each lot that a slip's pepper went into and of which something is free, the newest first.

    Nothing for whoever deposits nothing or sees neither the slip nor the lot, and of forms that no scheme takes.
    """
    if not actor.may(Capability.BANK_DEPOSIT) or not actor.may(Capability.STORAGE_READ):
        return ()
    slip = await slips.slip(actor, UUID(slip_id))
    if slip.lot_id is None or slip.voided_at is not None:
        return ()
    lots = [
        *await lot_queries.lots_by_id(actor, [slip.lot_id]),
        *await trace_queries.made_into(actor, slip.lot_id),
    ]
    found = []
    for lot in reversed(lots):
        if (
            lot.free_grams
            and lot.cooperative_id == slip.cooperative_id
            and await _is_taken(actor, lot, clock.local_day(now))
        ):
            said = words(reader().language)
            found.append(
                SlipMark(
                    gettext(N_("Put into the pepper bank")),
                    "/bank/deposits/new?" + urlencode({"lot_id": lot.id, "weighin_id": slip_id}),
                    f"{lot.short_code} · {said.form(lot.form)} · {weight(lot.free_grams)}",
                )
            )
    return found[:LOTS_MAX]


async def _is_taken(actor: Actor, lot: lot_queries.LotRow, today: date) -> bool:
    """Whether a scheme that is in force, or the one that ships, takes pepper of this form."""
    standing = await scheme_queries.standing(actor, operator_id=lot.operator_id, on=today)
    promised = [each.terms for each in standing] or [terms.default()]
    return any(lot.form in each.forms for each in promised)
