"""Products and the accounts their grams are counted in: each is made once, and remembered by the process from then on."""

from dataclasses import dataclass

from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.harvest.rules import cultivars, forms
from pepperchain.ledger import accounts
from pepperchain.ledger.rules import Side

FLOOR = "floor"
SOURCE = "harvest"


@dataclass(frozen=True, slots=True)
class Product:
    """Form × grade × cultivar × season, and its commodity in the ledger."""

    id: int
    commodity_id: int


@db.unit_of_work
async def find_or_make(*, form: str, grade: str, cultivar: str, season: int) -> Product:
    """The product of these codes, made if it is new. Refused for a code that config/products.toml does not name."""
    known = db.kept("harvest.products")
    key = (form, grade, cultivar, season)
    if key in known:
        found: Product = known[key]
        return found
    if form not in forms():
        raise Refused("Choose fresh, preserved-fresh or dry.", "form")
    if grade not in forms()[form].grades:
        raise Refused("This form has no such grade.", "grade")
    if cultivar not in cultivars():
        raise Refused("There is no such cultivar in the list.", "cultivar")
    product = await _find(form, grade, cultivar, season)
    if product is None:
        await _make(form, grade, cultivar, season)
        product = await _find(form, grade, cultivar, season)
    assert product is not None
    db.after_commit(lambda: known.__setitem__(key, product))
    return product


async def _find(form: str, grade: str, cultivar: str, season: int) -> Product | None:
    return await db.fetch_one(
        Product,
        "SELECT id, commodity_id FROM harvest_product"
        " WHERE form = :form AND grade = :grade AND cultivar = :cultivar AND season = :season",
        form=form,
        grade=grade,
        cultivar=cultivar,
        season=season,
    )


async def _make(form: str, grade: str, cultivar: str, season: int) -> None:
    commodity_id = await accounts.commodity(f"pepper/{form}/{grade}/{cultivar}/{season}", "grams")
    await db.execute(
        "INSERT INTO harvest_product (commodity_id, form, grade, cultivar, season)"
        " VALUES (:commodity_id, :form, :grade, :cultivar, :season) ON CONFLICT DO NOTHING",
        commodity_id=commodity_id,
        form=form,
        grade=grade,
        cultivar=cultivar,
        season=season,
    )


async def floor_account(product: Product, *, site_id: int, township_id: int) -> int:
    """The account of what lies at a site, weighed in and not yet in a room. It never goes below zero."""
    return await _account(
        FLOOR, f"site:{site_id}", product, side="debit", guarded=True, township_id=township_id
    )


async def source_account(product: Product, *, township_id: int) -> int:
    """The account of what a township's orchards gave."""
    return await _account(
        SOURCE, f"township:{township_id}", product, side="credit", guarded=False, township_id=township_id
    )


async def _account(
    kind: str, ref: str, product: Product, *, side: Side, guarded: bool, township_id: int
) -> int:
    known = db.kept("harvest.accounts")
    key = (kind, ref, product.commodity_id)
    account_id: int | None = known.get(key)
    if account_id is None:
        opened = await accounts.find_or_open(
            kind, ref, product.commodity_id, side=side, guarded=guarded, township_id=township_id
        )
        db.after_commit(lambda: known.__setitem__(key, opened))
        return opened
    return account_id
