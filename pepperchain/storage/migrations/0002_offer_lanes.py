"""Each order of the market's list also for one product, one township, and one product of one township."""

from pepperchain.core.migrating import SqlMigration

_ORDERS = {
    "picked": "picked_at",
    "cheap": "COALESCE(asking_fen_per_kg, 1000000000000)",
    "dear": "COALESCE(asking_fen_per_kg, 0)",
    "grams": "free_grams",
}
_LANES = {
    "product": "product_id, {key}, id, township_id",
    "township": "township_id, {key}, id, product_id",
    "both": "township_id, product_id, {key}, id",
}
# Behind the key stands what bounds look at, so that a row that does not pass is never fetched.
_BOUNDS = "free_grams, asking_fen_per_kg, fresh_until_at, picked_at"


def _index(order: str, lane: str) -> str:
    columns = _LANES[lane].format(key=_ORDERS[order])
    return f"CREATE INDEX storage_offer_{order}_{lane} ON storage_lot ({columns}, {_BOUNDS}) WHERE free_grams <> 0"


class Migration(SqlMigration):
    """A search that chooses reads its own offers in their order, and walks past nobody else's."""

    dependencies = [("storage", "0001_rooms_and_lots")]
    sql = "\n--;\n".join(
        [
            *(_index(order, lane) for order in _ORDERS for lane in _LANES),
            "DROP INDEX storage_offer_product",
            "DROP INDEX storage_offer_township",
        ]
    )
    sqlite = ""
    postgres = ""
