"""What the bank's pages read, as values."""

from pepperchain.bank.receipt_queries import ReceiptsWanted
from pepperchain.web.fields import Flag, RegistryId
from pepperchain.web.forms import Form


class ReceiptSearch(Form):
    """What a list of receipts is narrowed to."""

    household_id: RegistryId | None = None
    site_id: RegistryId | None = None
    ended: Flag = False

    def wanted(self) -> ReceiptsWanted:
        return ReceiptsWanted(household_id=self.household_id, site_id=self.site_id, ended=self.ended)
