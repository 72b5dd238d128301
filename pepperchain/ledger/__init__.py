"""Ledger: double entry for everything that must balance, from grams in a cold room to seats in a class.

Words: an *account* holds one *commodity*; a *transfer* moves a positive whole amount from a credit account to a
debit account, one row for both sides; transfers that belong together are one *transaction* with an id made by the
client; a mistake is a *reversal*, another transaction that mirrors the first; a *hold* reserves an amount until it
is committed, released or expires; a *book* is what is closed day by day. The database itself refuses an overdraft of
a guarded account, a change of what was posted and an entry into a closed day.

It never knows what it counts, who may count it, or how it is told: the rooms above do.
"""
