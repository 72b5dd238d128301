"""What storage's own pages show of whether a room's books agree."""

from collections.abc import Collection, Mapping
from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.stocktakes import check_queries
from pepperchain.storage.marks import Mark
from pepperchain.web.filters import ago, weight
from pepperchain.web.i18n import gettext


async def of_rooms(actor: Actor, room_ids: Collection[int], *, now: datetime) -> Mapping[int, Mark]:
    """Whether the books of rooms agree, and when that was looked at; nothing of rooms whose checks the actor does not see."""
    found: dict[int, Mark] = {}
    for id, row in (await check_queries.checks(actor, room_ids)).items():
        when = gettext(N_("checked %(when)s")) % {"when": ago(row.checked_at, now)}
        url = "/storage/reconciliations" if row.case_id is None else f"/storage/reconciliations/{row.case_id}"
        if not row.differences:
            found[id] = Mark(gettext(N_("books agree")), "good", url, when)
        elif row.grams:
            words = gettext(N_("difference of %(grams)s")) % {"grams": weight(Grams(row.grams))}
            found[id] = Mark(words, "bad", url, when)
        else:
            found[id] = Mark(gettext(N_("books do not agree")), "bad", url, when)
    return found
