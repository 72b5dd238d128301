"""Everything that can be allowed, one sentence each."""

from enum import StrEnum

from pepperchain.core.words import N_


class Capability(StrEnum):
    """What a role may hold; the value is stable and appears in tokens as a scope."""

    ACCOUNT_ADMINISTER = "account:administer"
    ACCOUNT_INVITE = "account:invite"
    ACCOUNT_OWN = "account:own"
    AUDIT_READ = "audit:read"
    BANK_DEPOSIT = "bank:deposit"
    BANK_LEND = "bank:lend"
    BANK_ORDER = "bank:order"
    BANK_PLEDGE = "bank:pledge"
    BANK_PRICE = "bank:price"
    BANK_READ = "bank:read"
    BANK_SCHEME = "bank:scheme"
    BANK_SCHEME_APPROVE = "bank:scheme_approve"
    BANK_SETTLE = "bank:settle"
    CONSENT_OWN = "consent:own"
    CONSENT_READ = "consent:read"
    CONSENT_RECORD = "consent:record"
    CLIMATE_RECORD = "climate:record"
    DIRECTORY_EDIT = "directory:edit"
    DIRECTORY_MERGE = "directory:merge"
    DIRECTORY_READ = "directory:read"
    ORGANIZATION_EDIT = "organization:edit"
    ORGANIZATION_READ = "organization:read"
    HARVEST_PRICE = "harvest:price"
    HARVEST_READ = "harvest:read"
    HARVEST_RECORD = "harvest:record"
    HARVEST_VOID = "harvest:void"
    HISTORY_READ = "history:read"
    IMPORT_RUN = "import:run"
    LEDGER_CLOSE = "ledger:close"
    MARKET_SEARCH = "market:search"
    PERSON_ERASE = "person:erase"
    PERSON_REVEAL = "person:reveal"
    SEGMENT_EDIT = "segment:edit"
    SEGMENT_READ = "segment:read"
    STOCKTAKE_ALLOW = "stocktake:allow"
    STORAGE_ADJUST = "storage:adjust"
    STORAGE_MOVE = "storage:move"
    STORAGE_PLAN = "storage:plan"
    STORAGE_READ = "storage:read"
    VISIT_READ = "visit:read"
    VISIT_RECORD = "visit:record"

    @property
    def sentence(self) -> str:
        return SENTENCES[self]


SENTENCES: dict[Capability, str] = {
    Capability.ACCOUNT_ADMINISTER: N_("Create, change and disable users"),
    Capability.ACCOUNT_INVITE: N_("Invite people to make their own account"),
    Capability.ACCOUNT_OWN: N_("Change one's own password and preferences"),
    Capability.AUDIT_READ: N_("Read who did what"),
    Capability.BANK_DEPOSIT: N_("Take pepper into the bank, give it out, and act on receipts for growers"),
    Capability.BANK_LEND: N_(
        "Take receipts as security for loans, let them go, and have them sold when a loan is overdue"
    ),
    Capability.BANK_PLEDGE: N_("Ask for a loan on a receipt, and say that the grower agrees"),
    Capability.BANK_ORDER: N_("Order deposited pepper sold, and take the order back"),
    Capability.BANK_PRICE: N_("Enter the price of the day"),
    Capability.BANK_READ: N_("See deposits, receipts, schemes and settlements"),
    Capability.BANK_SCHEME: N_("Draft the terms of a scheme"),
    Capability.BANK_SCHEME_APPROVE: N_("Decide, as a second person, that a scheme is published"),
    Capability.BANK_SETTLE: N_("Sell deposited pepper, settle it and pay it out"),
    Capability.CONSENT_OWN: N_("See what is kept of one's own household, and decide on it"),
    Capability.CONSENT_READ: N_("See what people agreed to, and who looked at their numbers"),
    Capability.CONSENT_RECORD: N_("Note what people agree to"),
    Capability.CLIMATE_RECORD: N_("Enter temperatures of rooms and answer for what was too warm"),
    Capability.DIRECTORY_EDIT: N_("Enter and change households, people and plots"),
    Capability.DIRECTORY_MERGE: N_("Decide, as a second person, on merging households of two cooperatives"),
    Capability.DIRECTORY_READ: N_("Look up households, people and plots"),
    Capability.ORGANIZATION_EDIT: N_("Enter and change organizations"),
    Capability.ORGANIZATION_READ: N_("Look up organizations"),
    Capability.HARVEST_PRICE: N_("Set the price of slips"),
    Capability.HARVEST_READ: N_("Read slips and yields"),
    Capability.HARVEST_RECORD: N_("Weigh in pepper"),
    Capability.HARVEST_VOID: N_("Void a slip with a reason"),
    Capability.HISTORY_READ: N_("Read the history of households, people and organizations"),
    Capability.IMPORT_RUN: N_("Import Excel sheets and undo an import"),
    Capability.LEDGER_CLOSE: N_("Close a day's books"),
    Capability.MARKET_SEARCH: N_("Search the pepper that can be bought"),
    Capability.PERSON_ERASE: N_("Decide, as a second person, that somebody is forgotten"),
    Capability.PERSON_REVEAL: N_("See an ID number or bank card in full, with a reason"),
    Capability.SEGMENT_EDIT: N_("Make segments and tags, and do something with many households at once"),
    Capability.SEGMENT_READ: N_("Find households by segments and tags"),
    Capability.STOCKTAKE_ALLOW: N_("Agree to what a stocktake found, where much differs"),
    Capability.STORAGE_ADJUST: N_("Correct the stock of a lot with a reason"),
    Capability.STORAGE_MOVE: N_("Receive, move and issue lots"),
    Capability.STORAGE_PLAN: N_("Enter and change sites and rooms"),
    Capability.STORAGE_READ: N_("See sites, rooms and lots"),
    Capability.VISIT_READ: N_("Read visits, calls and what follows from them"),
    Capability.VISIT_RECORD: N_("Plan and note visits and calls"),
}
