"""Imports: whole files of what other rooms keep, in by stages and out again.

Words: a *batch* is one uploaded file of one kind; it is *checked* row by row (create, update, unchanged, wrong), *committed* as a
whole or not at all, and can be *undone* as a whole, changes included, as long as nobody built on it. Long work is done by timers
under a lease: it survives that a page is left, and that a process is killed.

It never writes a row that somebody has not seen checked, never half a file, keeps no ID number or bank card in the clear and
none at all once a batch is settled; and it knows no trade: what a row means, the room says that it is for.
"""
