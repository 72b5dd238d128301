"""Every page of this room."""

from pepperchain.accounts import (
    access_pages,
    approval_pages,
    invitation_pages,
    merge_pages,
    own_pages,
    session_pages,
    step_pages,
    trail_pages,
    user_pages,
)

routes = [
    *session_pages.routes,
    *own_pages.routes,
    *step_pages.routes,
    *user_pages.routes,
    *access_pages.routes,
    *approval_pages.routes,
    *invitation_pages.routes,
    *trail_pages.routes,
    *merge_pages.routes,
]
