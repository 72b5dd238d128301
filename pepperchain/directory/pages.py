"""Every page of the directory."""

from pepperchain.directory.card_pages import routes as cards
from pepperchain.directory.duplicate_pages import routes as duplicates
from pepperchain.directory.grower_pages import routes as growers
from pepperchain.directory.head_pages import routes as heads
from pepperchain.directory.member_pages import routes as members
from pepperchain.directory.membership_pages import routes as memberships
from pepperchain.directory.merge_pages import routes as merges
from pepperchain.directory.move_pages import routes as moves
from pepperchain.directory.network_pages import routes as networks
from pepperchain.directory.organization_pages import routes as organizations
from pepperchain.directory.proxy_pages import routes as proxies
from pepperchain.directory.timeline_pages import routes as timelines

routes = [
    *cards,
    *growers,
    *duplicates,
    *merges,
    *members,
    *memberships,
    *heads,
    *moves,
    *proxies,
    *organizations,
    *networks,
    *timelines,
]
