"""What the bank's pages read, as values."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from pepperchain.bank.deposits import Goods
from pepperchain.bank.receipt_queries import ReceiptsWanted
from pepperchain.core.errors import Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.rules import forms, grades
from pepperchain.web.fields import (
    Day,
    EventId,
    Flag,
    OptionalText,
    RegistryId,
    Text,
    Weight,
    Whole,
    Yuan,
    YuanPerKg,
    one_of,
)
from pepperchain.web.forms import Form

Short = Annotated[Text, StringConstraints(max_length=40)]
Words = Annotated[Text, StringConstraints(max_length=200)]
Many = Annotated[str, StringConstraints(max_length=40_000)]
if TYPE_CHECKING:
    Code = str
    Grade = str
else:
    Code, Grade = one_of(forms), one_of(grades)
_GAP = re.compile(r"[\t,，;；]+|\s+")


class ReceiptSearch(Form):
    """What a list of receipts is narrowed to."""

    household_id: RegistryId | None = None
    site_id: RegistryId | None = None
    ended: Flag = False

    def wanted(self) -> ReceiptsWanted:
        return ReceiptsWanted(household_id=self.household_id, site_id=self.site_id, ended=self.ended)


class StatementSearch(Form):
    """Which days of a statement."""

    from_on: Day | None = None
    to_on: Day | None = None


class ReportSearch(Form):
    """Which season, and whose store; this year's and the own unless it says so."""

    season: Annotated[int, Field(ge=2000, le=2100)] | None = None
    operator_id: RegistryId | None = None


class DepositStart(Form):
    """Out of which lot, and the slip whose pepper it is about if there is one."""

    lot_id: RegistryId
    weighin_id: EventId | None = None


class _Deposit(Form):
    lot_id: RegistryId
    id: EventId
    scheme_version_id: RegistryId | None = None
    deposited_on: Day | None = None
    packing: Short | None = None
    marks: Short | None = None
    quality: Words | None = None

    def goods(self) -> Goods:
        """What the receipt says of the goods."""
        return Goods(packing=self.packing, marks=self.marks, quality=self.quality)


class Deposit(_Deposit):
    """A deposit for one grower, who is found by what was typed or chosen among those it found."""

    grower: Text
    household_id: RegistryId | None = None
    weighin_id: EventId | None = None
    grams: Weight
    bags: Whole | None = None


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of a list: whose, how much, in how many bags."""

    number: int
    grower: str
    grams: Grams
    bags: int | None


class WholeList(_Deposit):
    """A deposit for many: a line for each, with who it is, kilograms and bags."""

    rows: Many

    def lines(self) -> list[ListLine]:
        """Refused, with the number of the line, for what cannot be read."""
        found = []
        for number, line in enumerate(self.rows.splitlines(), start=1):
            if not line.strip():
                continue
            name, *numbers = [part for part in _GAP.split(line.strip()) if part]
            if not 1 <= len(numbers) <= 2:
                raise Refused(
                    "Line %(line)s: write who it is, the kilograms, and the bags.", "rows", line=number
                )
            try:
                grams = Grams.from_kg(numbers[0])
                bags = int(numbers[1]) if len(numbers) > 1 else None
            except (Refused, ValueError):
                raise Refused(
                    "Line %(line)s: write who it is, the kilograms, and the bags.", "rows", line=number
                ) from None
            found.append(ListLine(number, name, grams, bags))
        if not found:
            raise Refused("Write a line for each depositor.", "rows")
        return found


class Withdrawal(Form):
    """How much goes out, and what for."""

    id: EventId
    grams: Weight
    reason: Words


class Ordering(Form):
    """How much is to be sold: now, or when a price is reached."""

    id: EventId
    grams: Weight
    limit: YuanPerKg | None = None
    expires_on: Day | None = None
    words: Words | None = None


class PriceOfDay(Form):
    """What a kilogram is worth."""

    id: EventId
    form: Code
    grade: Grade
    priced_on: Day
    price: YuanPerKg
    source: OptionalText = None


class PriceSearch(Form):
    """Which product's prices."""

    form: Code = "dry"
    grade: Grade = "grade_1"


class SaleStart(Form):
    """What is to be sold where."""

    site_id: RegistryId
    product_id: RegistryId


class Selling(SaleStart):
    """A sale."""

    id: UUID
    grams: Weight
    price: YuanPerKg
    costs: Yuan = Fen(0)
    buyer: Annotated[Text, StringConstraints(max_length=80)]
    sold_on: Day
    step: Literal["look", "sell"] = "look"


class Reason(Form):
    """Why."""

    reason: Words


class PaymentChoice(Form):
    """Which payment list."""

    payment_id: EventId


class PaymentStart(Form):
    """A list of what is due at a site."""

    id: EventId
    site_id: RegistryId


class PledgeRequest(Form):
    """A loan that is asked for on a receipt."""

    id: EventId
    grams: Weight
    lender_id: RegistryId
    loan: Yuan
    due_on: Day
    words: Words | None = None
    replaces_id: EventId | None = None


class PledgeStart(Form):
    """Which pledge a new one is to stand for, if it is."""

    replaces_id: EventId | None = None


class PledgeSearch(Form):
    """Whether pledges that have ended are shown too."""

    ended: Flag = False


class Consent(Form):
    """How a grower agreed, where staff write it down."""

    words: Words | None = None


class LoanNumber(Form):
    """What the lender calls the loan."""

    loan_number: Short | None = None


class Release(Form):
    """How much is let go."""

    id: EventId
    grams: Weight


class Call(Form):
    """How much is sold for the lender, and why."""

    id: EventId
    called: Weight
    reason: Words


class ClosedDay(Form):
    """The day of a site that is to be closed."""

    id: EventId
    site_id: RegistryId
    on: Day


class Part(Form):
    """How much becomes a receipt of its own."""

    id: EventId
    part: Weight


class Merging(Form):
    """The other receipts that become one with it."""

    id: EventId
    with_receipts: tuple[RegistryId, ...] = ()


class Endorsement(Form):
    """To whom, how much, and why."""

    id: EventId
    to: Text
    endorsed: Weight
    reason: Words


class Saying(Form):
    """Something that is said of a receipt."""

    id: EventId
    reason: Words
