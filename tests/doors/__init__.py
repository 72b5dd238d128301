"""The doors: every route of the product against every person of the cast, generated, so that none can be forgotten.

`things.toml` says who sees what, `plan.py` lists the doors, `furniture.py` puts a row of everything into both cooperatives. A route
below a thing that the table does not know, and a table that nobody furnished, fail here until somebody says what they are.
"""
