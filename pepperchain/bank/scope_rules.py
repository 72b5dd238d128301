"""Which roles see the whole bank, and which see what their organization keeps or owns."""

from pepperchain.access.policy import Role

EVERYWHERE = frozenset({Role.ADMIN, Role.COMMITTEE, Role.SYSTEM})
KEEPERS = frozenset({Role.COOP_LEADER, Role.COOP_CLERK, Role.STOREKEEPER})
