"""Every page of this room."""

from starlette.routing import BaseRoute

from pepperchain.climate import breach_pages, overview_pages, report_pages, room_pages, sensor_pages

routes: list[BaseRoute] = [
    *overview_pages.routes,
    *room_pages.routes,
    *sensor_pages.routes,
    *breach_pages.routes,
    *report_pages.routes,
]
