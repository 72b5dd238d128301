"""Web: HTTP without the trade.

Routes with their permission, whole pages and fragments from one template, forms that turn text into values, the four
errors as calm answers, both languages, safe headers, static files. It never knows what a slip or a receipt is,
and never touches the database.
"""
