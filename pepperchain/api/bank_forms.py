"""What the bank's endpoints read."""

from typing import Annotated

from pydantic import Field

from pepperchain.web.fields import Day, Flag, Text, WholeFen, WholeGrams
from pepperchain.web.forms import Form

NOTHING = 0
SchemeCode = Annotated[Text, Field(max_length=30)]


class NewPreview(Form):
    """A sale to be reckoned through; nothing is kept. Without a scheme the published one's terms hold."""

    scheme: SchemeCode | None = None
    quantity_grams: WholeGrams
    floor_fen_per_kg: WholeFen | None = None
    sale_fen_per_kg: WholeFen
    deposited_on: Day
    sold_on: Day
    consortium_member: Flag = False
    public_benefit_store: Flag = False
    other_costs_fen: WholeFen = NOTHING
