"""What erasing somebody does to slips: weights and money stay, and so does every sum; who it was is told by nobody any more."""

from pepperchain.core.words import N_
from pepperchain.directory.erasing_rules import BOOKS, CODES, Erasing, Hindrance, Wipe, unless_null

_CODES = dict.fromkeys(("form", "grade", "cultivar", "content_hash"), CODES)

ERASING = Erasing(
    (
        Wipe("harvest_weighin", home="t.household_id IN :homes", key="weighin", sets={"void_reason": unless_null("void_reason")},
            stays={**_CODES, "device": "the staff's phone"}),
        Wipe("harvest_plot_season", home="t.household_id IN :homes", stays={"cultivar": BOOKS}),
    ),
    (
        Hindrance(
            N_("%(count)s slips have no price yet: settle them first."), "/harvest/weigh-ins",
            home="SELECT COUNT(*) FROM harvest_weighin w WHERE w.household_id IN :homes AND w.price_fen_per_kg IS NULL"
            " AND w.voided_at IS NULL"),
    ),
    last_on="SELECT MAX(w.day) FROM harvest_weighin w WHERE w.household_id IN :homes AND w.voided_at IS NULL",
)  # fmt: skip
