"""The `pepperchain` command: everything an operator does, one sentence when it cannot be done.

Words: a *command* opens the database, calls the verbs that pages call, and closes it. It decides nothing by itself and asks nobody
anything: whoever may run it on the server may do all of it, and the trail says `system`.
"""
