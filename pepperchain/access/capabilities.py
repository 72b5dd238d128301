"""Everything that can be allowed, one sentence each."""

from enum import StrEnum


class Capability(StrEnum):
    """What a role may hold; the value is stable and appears in tokens as a scope."""

    ACCOUNT_ADMINISTER = "account:administer"
    ACCOUNT_OWN = "account:own"
    AUDIT_READ = "audit:read"
    DIRECTORY_EDIT = "directory:edit"
    DIRECTORY_READ = "directory:read"
    ORGANIZATION_EDIT = "organization:edit"
    ORGANIZATION_READ = "organization:read"
    HARVEST_PRICE = "harvest:price"
    HARVEST_READ = "harvest:read"
    HARVEST_RECORD = "harvest:record"
    HARVEST_VOID = "harvest:void"
    IMPORT_RUN = "import:run"
    LEDGER_CLOSE = "ledger:close"
    MARKET_SEARCH = "market:search"
    STORAGE_ADJUST = "storage:adjust"
    STORAGE_MOVE = "storage:move"
    STORAGE_PLAN = "storage:plan"
    STORAGE_READ = "storage:read"

    @property
    def sentence(self) -> str:
        return SENTENCES[self]


SENTENCES: dict[Capability, str] = {
    Capability.ACCOUNT_ADMINISTER: "Create, change and disable users",
    Capability.ACCOUNT_OWN: "Change one's own password and preferences",
    Capability.AUDIT_READ: "Read who did what",
    Capability.DIRECTORY_EDIT: "Enter and change households, people and plots",
    Capability.DIRECTORY_READ: "Look up households, people and plots",
    Capability.ORGANIZATION_EDIT: "Enter and change organizations",
    Capability.ORGANIZATION_READ: "Look up organizations",
    Capability.HARVEST_PRICE: "Set the price of slips",
    Capability.HARVEST_READ: "Read slips and yields",
    Capability.HARVEST_RECORD: "Weigh in pepper",
    Capability.HARVEST_VOID: "Void a slip with a reason",
    Capability.IMPORT_RUN: "Import Excel sheets and undo an import",
    Capability.LEDGER_CLOSE: "Close a day's books",
    Capability.MARKET_SEARCH: "Search the pepper that can be bought",
    Capability.STORAGE_ADJUST: "Correct the stock of a lot with a reason",
    Capability.STORAGE_MOVE: "Receive, move and issue lots",
    Capability.STORAGE_PLAN: "Enter and change sites and rooms",
    Capability.STORAGE_READ: "See sites, rooms and lots",
}
