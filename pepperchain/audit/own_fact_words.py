"""What facts are about that mean something else in one act than in others."""

from pepperchain.audit.fact_kinds import Kind
from pepperchain.audit.loss_words import LOSS_OWN_FACTS
from pepperchain.core.words import N_

OWN_FACTS: dict[tuple[str, str], tuple[str, Kind]] = {
    **LOSS_OWN_FACTS,
    ("booking.changed", "from"): (N_("From"), Kind.DAY),
    ("booking.changed", "to"): (N_("To"), Kind.DAY),
    ("maintenance.planned", "from"): (N_("From"), Kind.DAY),
    ("maintenance.planned", "to"): (N_("To"), Kind.DAY),
    ("booking.placed", "from"): (N_("From"), Kind.DAY),
    ("booking.placed", "to"): (N_("To"), Kind.DAY),
    ("wait.asked", "from"): (N_("From"), Kind.DAY),
    ("wait.asked", "to"): (N_("To"), Kind.DAY),
    ("wait.offered", "from"): (N_("From"), Kind.DAY),
    ("wait.offered", "to"): (N_("To"), Kind.DAY),
    ("head.changed", "reason"): (N_("Why"), Kind.CODE),
    ("household.merged", "household"): (N_("Merged into it"), Kind.HOUSEHOLD),
    ("household.split", "reason"): (N_("Why"), Kind.CODE),
    ("lot.adjusted", "from"): (N_("By the books"), Kind.WEIGHT),
    ("lot.adjusted", "to"): (N_("Counted"), Kind.WEIGHT),
    ("lot.moved", "from"): (N_("From"), Kind.ROOM),
    ("lot.moved", "to"): (N_("To"), Kind.ROOM),
    ("lot.priced", "from"): (N_("Before"), Kind.PRICE),
    ("lot.priced", "to"): (N_("Price"), Kind.PRICE),
    ("person.reveal_allowed", "purpose"): (N_("What for"), Kind.CODE),
    ("person.revealed", "purpose"): (N_("What for"), Kind.CODE),
    ("person.moved", "reason"): (N_("Why"), Kind.CODE),
    ("relation.entered", "to"): (N_("Organization"), Kind.ORGANIZATION),
    ("room.changed", "kind"): (N_("Kind"), Kind.ROOM_KIND),
    ("room.entered", "kind"): (N_("Kind"), Kind.ROOM_KIND),
    ("room.removed", "kind"): (N_("Kind"), Kind.ROOM_KIND),
    ("weighin.day_priced", "after"): (N_("Price"), Kind.PRICE),
    ("weighin.day_priced", "before"): (N_("Before"), Kind.PRICE),
    ("weighin.priced", "after"): (N_("Price"), Kind.PRICE),
    ("weighin.priced", "before"): (N_("Before"), Kind.PRICE),
}
