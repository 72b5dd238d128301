"""What erasing somebody does, room by room: `consents.erasing` carries it out."""

from collections.abc import Sequence

from pepperchain.accounts import erasing_queries as accounts
from pepperchain.bank import erasing_queries as bank
from pepperchain.consents import erasing_queries as consents
from pepperchain.directory import erasing_queries as directory
from pepperchain.directory.erasing_rules import Erasing
from pepperchain.exports import erasing_queries as exports
from pepperchain.harvest import erasing_queries as harvest
from pepperchain.imports import erasing_queries as imports
from pepperchain.segments import erasing_queries as segments
from pepperchain.visits import erasing_queries as visits

ERASABLES: Sequence[Erasing] = (
    exports.ERASING,
    imports.ERASING,
    bank.ERASING,
    harvest.ERASING,
    visits.ERASING,
    segments.ERASING,
    consents.ERASING,
    accounts.ERASING,
    directory.ERASING,
)
