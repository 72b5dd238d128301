"""What products are called, for those who tell of them by id."""

from collections.abc import Collection, Mapping

from pepperchain.core import db
from pepperchain.harvest.rules import words
from pepperchain.web.i18n import reader


async def products(ids: Collection[int]) -> Mapping[int, str]:
    """Form, grade, cultivar and season of products, in the reader's language."""
    rows = await db.tuples(
        "SELECT id, form, grade, cultivar, season FROM harvest_product WHERE id IN :ids", ids=list(ids)
    )
    said = words(reader().language)
    return {
        id: f"{said.form(form)} {said.grade(grade)} {said.cultivar(cultivar)} {season}"
        for id, form, grade, cultivar, season in rows
    }
