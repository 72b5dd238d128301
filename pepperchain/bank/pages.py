"""The bank's pages."""

from pepperchain.bank.receipt_pages import routes as receipts

routes = [*receipts]
