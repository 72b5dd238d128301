"""What this room keeps of growers: their slips, and what is summed up of them."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import (
    INNER,
    PERSON_NAME,
    VILLAGE,
    WHERE_SEEN,
    OwnData,
    OwnTable,
    Telling,
    Told,
)

_SITE = "(SELECT s.name FROM directory_site s WHERE s.id = t.site_id)"
_PLOT = "(SELECT f.name FROM directory_plot f WHERE f.id = t.plot_id)"

OWN = OwnData(
    N_("Slips and yields"),
    (
        OwnTable(
            "harvest_weighin", N_("Slips"), "t.household_id = :household",
            (
                Told("weighed_at", N_("Weighed"), Telling.MOMENT), Told("site_id", N_("Site"), sql=_SITE),
                Told("number", N_("Number"), Telling.COUNT), Told("deliverer_id", N_("Brought by"), sql=PERSON_NAME.format("deliverer_id")),
                Told("village_id", N_("Village"), Telling.PLACE, VILLAGE), Told("plot_id", N_("Plot"), sql=_PLOT),
                Told("form", N_("Form"), Telling.FORM), Told("grade", N_("Grade"), Telling.GRADE),
                Told("cultivar", N_("Cultivar"), Telling.CULTIVAR), Told("season", N_("Season")),
                Told("gross_grams", N_("Gross"), Telling.WEIGHT), Told("tare_grams", N_("Tare"), Telling.WEIGHT),
                Told("deduction_grams", N_("Deduction"), Telling.WEIGHT), Told("net_grams", N_("Net"), Telling.WEIGHT),
                Told("bags", N_("Bags"), Telling.COUNT), Told("moisture_permille", N_("Moisture in thousandths"), Telling.COUNT),
                Told("picked_at", N_("Picked"), Telling.MOMENT), Told("price_fen_per_kg", N_("Price"), Telling.PRICE),
                Told("amount_fen", N_("Worth"), Telling.MONEY), Told("price_set_at", N_("Price set"), Telling.MOMENT),
                Told("voided_at", N_("Voided"), Telling.MOMENT), Told("void_reason", N_("Reason")),
            ),
            {
                "id": INNER, "township_id": WHERE_SEEN, "household_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN, "product_id": INNER,
                "day": "the day of weighing again", "operator_id": "who of the staff weighed", "device": "the staff's phone",
                "lot_id": "goes its own way from here", "void_id": INNER, "content_hash": INNER,
            },
            organization="cooperative_id",
        ),
        OwnTable(
            "harvest_plot_season", N_("Yields"), "t.household_id = :household",
            (
                Told("season", N_("Season")), Told("plot_id", N_("Plot"), sql=_PLOT), Told("cultivar", N_("Cultivar"), Telling.CULTIVAR),
                Told("village_id", N_("Village"), Telling.PLACE, VILLAGE), Told("slips", N_("Slips"), Telling.COUNT),
                Told("net_grams", N_("Net"), Telling.WEIGHT), Told("dry_grams", N_("Dry pepper"), Telling.WEIGHT),
            ),
            {"household_id": WHERE_SEEN, "cooperative_id": WHERE_SEEN, "township_id": WHERE_SEEN},
            organization="cooperative_id",
        ),
    ),
    {"harvest_day_household": "sums of the slips by day"},
)  # fmt: skip
