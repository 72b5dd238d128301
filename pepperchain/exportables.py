"""Every list of the product that can be downloaded, room by room, in the order of choice."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.accounts import export_sheets as accounts
from pepperchain.accounts.trail_queries import NamesOf
from pepperchain.audit.fact_kinds import Kind
from pepperchain.bank import export_sheets as bank
from pepperchain.climate import export_sheets as climate
from pepperchain.criteria import REPERTOIRE
from pepperchain.directory import export_sheets as directory
from pepperchain.excel.exporting import Exportable
from pepperchain.harvest import export_sheets as harvest
from pepperchain.harvest import name_queries as harvest_names
from pepperchain.imports import export_sheets as imports
from pepperchain.market import export_sheets as market
from pepperchain.segments import segments
from pepperchain.segments.tag_queries import MARKS
from pepperchain.storage import export_sheets as storage
from pepperchain.storage import name_queries as storage_names
from pepperchain.visits import export_sheets as visits

NAMES: Mapping[Kind, NamesOf] = {
    Kind.ROOM: storage_names.rooms,
    Kind.LOT: storage_names.lots,
    Kind.PRODUCT: harvest_names.products,
}
"""What the trail, which stands below the rooms of the trade, calls their things."""


def _audience(actor: Actor, segment_id: int, now: datetime) -> AsyncIterator[list[int]]:
    return segments.audience(actor, REPERTOIRE, segment_id=segment_id, now=now)


EXPORTABLES: Mapping[str, Exportable] = {
    each.code: each
    for each in (
        *directory.marked(directory.EXPORTABLES, MARKS, _audience),
        *harvest.EXPORTABLES,
        *storage.EXPORTABLES,
        *climate.EXPORTABLES,
        *market.EXPORTABLES,
        *bank.EXPORTABLES,
        *visits.EXPORTABLES,
        imports.BATCHES,
        *accounts.EXPORTABLES,
        accounts.trail(NAMES),
    )
}
