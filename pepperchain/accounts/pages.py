"""Every page of this room."""

from pepperchain.accounts import own_pages, session_pages, trail_pages, user_pages

routes = [*session_pages.routes, *own_pages.routes, *user_pages.routes, *trail_pages.routes]
