"""Every page of this room."""

from starlette.routing import BaseRoute

from pepperchain.storage import (
    board_pages,
    consignment_pages,
    loss_pages,
    lot_pages,
    maintenance_pages,
    making_pages,
    public_pages,
    receipt_pages,
    report_pages,
    room_pages,
    sample_pages,
    site_pages,
    standing_pages,
    waiting_pages,
)

routes: list[BaseRoute] = [
    *board_pages.routes,
    *room_pages.routes,
    *maintenance_pages.routes,
    *waiting_pages.routes,
    *receipt_pages.routes,
    *lot_pages.routes,
    *making_pages.routes,
    *consignment_pages.routes,
    *sample_pages.routes,
    *standing_pages.routes,
    *report_pages.routes,
    *loss_pages.routes,
    *site_pages.routes,
    *public_pages.routes,
]
