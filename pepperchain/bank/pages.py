"""The bank's pages."""

from pepperchain.bank import (
    account_pages,
    close_pages,
    deposit_pages,
    order_pages,
    paper_pages,
    parting_pages,
    pledge_pages,
    price_pages,
    public_pages,
    receipt_pages,
    report_pages,
    sale_pages,
    scheme_pages,
)

routes = [
    *receipt_pages.routes,
    *deposit_pages.routes,
    *order_pages.routes,
    *parting_pages.routes,
    *pledge_pages.routes,
    *sale_pages.routes,
    *price_pages.routes,
    *scheme_pages.routes,
    *report_pages.routes,
    *close_pages.routes,
    *account_pages.routes,
    *paper_pages.routes,
    *public_pages.routes,
]
