"""Everything that segments can ask of households and do with them: each room's part in one line."""

from pepperchain.accounts import criteria_queries as accounts
from pepperchain.consents import criteria_queries as consents
from pepperchain.consents import queries as consent_queries
from pepperchain.directory import criteria_queries as directory
from pepperchain.directory.criterion_rules import repertoire
from pepperchain.harvest import criteria_queries as harvest
from pepperchain.segments import tag_actions, tag_queries
from pepperchain.visits import criteria_queries as visits
from pepperchain.visits import plan_actions

REPERTOIRE = repertoire(
    criteria=(
        *directory.CRITERIA,
        *accounts.CRITERIA,
        *consents.CRITERIA,
        *tag_queries.CRITERIA,
        *visits.CRITERIA,
        *harvest.CRITERIA,
    ),
    actions=(
        *tag_actions.ACTIONS,
        *plan_actions.ACTIONS,
    ),
    refused=consent_queries.refused,
)
