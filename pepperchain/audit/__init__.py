"""Audit: who did what to what, when, in an append-only trail sealed by a hash chain.

Words: an *entry* is one act; a *seal* is the hash of a run of entries and of the seal before it. Entries
are written in the unit of work of what they tell; a timer seals them seconds later in the order of their
commits. It never holds an ID number or a bank card, and nothing here is ever changed or removed.
"""
