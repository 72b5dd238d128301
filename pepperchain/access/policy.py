"""The one table of who may what: role → capabilities."""

from enum import StrEnum

from pepperchain.access.capabilities import Capability as C
from pepperchain.core.words import N_


class Role(StrEnum):
    """Who somebody is to the chain; one user has one role."""

    ADMIN = "admin"
    COMMITTEE = "committee"
    TECHNICIAN = "technician"
    COOP_LEADER = "coop_leader"
    COOP_CLERK = "coop_clerk"
    STOREKEEPER = "storekeeper"
    PROCESSOR = "processor"
    GROWER = "grower"
    DEPARTMENT = "department"
    LENDER = "lender"
    SYSTEM = "system"
    """Timers and seeds; nobody signs in with it."""

    @property
    def label(self) -> str:
        """What people call it: a message id."""
        return LABELS[self]


LABELS: dict[Role, str] = {
    Role.ADMIN: N_("Administrator"),
    Role.COMMITTEE: N_("Committee officer"),
    Role.TECHNICIAN: N_("Technician"),
    Role.COOP_LEADER: N_("Cooperative leader"),
    Role.COOP_CLERK: N_("Cooperative clerk"),
    Role.STOREKEEPER: N_("Storekeeper"),
    Role.PROCESSOR: N_("Buyer of a processor"),
    Role.GROWER: N_("Grower"),
    Role.DEPARTMENT: N_("Department contact"),
    Role.LENDER: N_("Lender"),
    Role.SYSTEM: N_("The system"),
}

_COOP_CLERK = frozenset({
    C.ACCOUNT_OWN, C.DIRECTORY_EDIT, C.DIRECTORY_READ, C.ORGANIZATION_READ, C.HARVEST_READ, C.HARVEST_RECORD, C.HARVEST_VOID,
    C.STORAGE_READ, C.STORAGE_MOVE, C.MARKET_SEARCH, C.IMPORT_RUN, C.HISTORY_READ, C.VISIT_READ, C.VISIT_RECORD,
    C.CONSENT_READ, C.CONSENT_RECORD, C.PERSON_REVEAL,
    C.SEGMENT_READ, C.SEGMENT_EDIT, C.BANK_READ, C.BANK_DEPOSIT, C.BANK_ORDER, C.BANK_PLEDGE,
})  # fmt: skip

POLICY: dict[Role, frozenset[C]] = {
    Role.ADMIN: frozenset({
        C.ACCOUNT_OWN, C.ACCOUNT_ADMINISTER, C.ACCOUNT_INVITE, C.AUDIT_READ, C.DIRECTORY_READ, C.DIRECTORY_EDIT, C.DIRECTORY_MERGE,
        C.ORGANIZATION_READ, C.ORGANIZATION_EDIT, C.HARVEST_READ, C.STORAGE_READ, C.STORAGE_PLAN, C.MARKET_SEARCH, C.IMPORT_RUN,
        C.HISTORY_READ, C.CONSENT_READ, C.SEGMENT_READ, C.SEGMENT_EDIT, C.PERSON_ERASE, C.BANK_READ, C.BANK_SCHEME,
    }),
    Role.COMMITTEE: frozenset({
        C.ACCOUNT_OWN, C.AUDIT_READ, C.DIRECTORY_READ, C.DIRECTORY_MERGE, C.ORGANIZATION_READ, C.HARVEST_READ, C.STORAGE_READ,
        C.MARKET_SEARCH, C.LEDGER_CLOSE, C.HISTORY_READ, C.VISIT_READ, C.VISIT_RECORD, C.CONSENT_READ, C.PERSON_REVEAL,
        C.STOCKTAKE_ALLOW, C.SEGMENT_READ, C.SEGMENT_EDIT, C.PERSON_ERASE, C.BANK_READ, C.BANK_PRICE, C.BANK_SCHEME,
        C.BANK_SCHEME_APPROVE,
    }),
    Role.TECHNICIAN: frozenset({
        C.ACCOUNT_OWN, C.DIRECTORY_READ, C.ORGANIZATION_READ, C.HARVEST_READ, C.HISTORY_READ, C.VISIT_READ, C.VISIT_RECORD,
        C.SEGMENT_READ, C.SEGMENT_EDIT,
    }),
    Role.COOP_LEADER: _COOP_CLERK | {C.ACCOUNT_INVITE, C.HARVEST_PRICE, C.STORAGE_ADJUST, C.STORAGE_PLAN, C.LEDGER_CLOSE, C.CLIMATE_RECORD,
        C.BANK_PRICE, C.BANK_SCHEME, C.BANK_SCHEME_APPROVE, C.BANK_SETTLE,
    },
    Role.COOP_CLERK: _COOP_CLERK,
    Role.STOREKEEPER: frozenset({
        C.ACCOUNT_OWN, C.ORGANIZATION_READ, C.STORAGE_READ, C.STORAGE_MOVE, C.STORAGE_ADJUST, C.STORAGE_PLAN, C.MARKET_SEARCH,
        C.IMPORT_RUN, C.CLIMATE_RECORD, C.BANK_READ, C.BANK_DEPOSIT, C.BANK_ORDER, C.BANK_PRICE, C.BANK_SCHEME, C.BANK_SETTLE,
        C.LEDGER_CLOSE,
    }),
    Role.PROCESSOR: frozenset({C.ACCOUNT_OWN, C.ORGANIZATION_READ, C.MARKET_SEARCH}),
    Role.GROWER: frozenset({C.ACCOUNT_OWN, C.HARVEST_READ, C.CONSENT_OWN, C.BANK_ORDER, C.BANK_PLEDGE, C.BANK_READ}),
    Role.DEPARTMENT: frozenset({C.ACCOUNT_OWN, C.ORGANIZATION_READ}),
    Role.LENDER: frozenset({C.ACCOUNT_OWN, C.ORGANIZATION_READ, C.BANK_READ, C.BANK_LEND}),
    Role.SYSTEM: frozenset(C),
}  # fmt: skip
