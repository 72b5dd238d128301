"""What the bank's endpoints read."""

from typing import Annotated

from pydantic import Field

from pepperchain.web.fields import Day, EventId, Flag, RegistryId, Text, Whole, WholeFen, WholeGrams
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


CardNumber = Annotated[str, Field(min_length=1, max_length=40)]
Words = Annotated[Text, Field(max_length=200)]


class NewDeposit(Form):
    """A deposit. Give `household_card` or `household_id`. Without a scheme the published one's terms hold, without a day today."""

    id: EventId
    lot_id: RegistryId
    household_card: CardNumber | None = None
    household_id: RegistryId | None = None
    quantity_grams: WholeGrams
    bags: Whole | None = None
    weigh_in_id: EventId | None = None
    scheme: SchemeCode | None = None
    deposited_on: Day | None = None


class NewWithdrawal(Form):
    """Pepper that is taken out in kind."""

    id: EventId
    quantity_grams: WholeGrams
    reason: Words


class NewPledge(Form):
    """A loan that is asked for on a receipt. Growers agree by asking; staff say who asked in `words`, and the grower agrees on the page."""

    id: EventId
    quantity_grams: WholeGrams
    lender_id: RegistryId
    loan_fen: WholeFen
    due_on: Day
    words: Words | None = None


class NewTransfer(Form):
    """A receipt, or a part of it, that goes to another household of the cooperative. Give `household_card` or `household_id`."""

    id: EventId
    quantity_grams: WholeGrams
    household_card: CardNumber | None = None
    household_id: RegistryId | None = None
    reason: Words


class NewOrder(Form):
    """An order to sell: at the next sale, or from `limit_fen_per_kg` on. Staff say who asked for it in `words`."""

    id: EventId
    quantity_grams: WholeGrams
    limit_fen_per_kg: WholeFen | None = None
    expires_on: Day | None = None
    words: Words | None = None
