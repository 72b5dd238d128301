"""Stocktakes: what really lies in the rooms, counted blind, signed by two, and posted once.

Words: a *stocktake* (盘点) is opened for a room or a site; its *cut-off* is the moment of opening, when what the book said of each lot
was written down as a *line*; a *count* is what somebody weighed of a line, and the last word stands; a count is held against the book of
the moment at which it was taken, so whatever moves in between is no difference; an *extra* lay there and has no line.
A *check* holds a room's own count, its lots and the ledger against each other; what does not agree becomes a *case* that people settle.

It shows nobody what the book says before the counting is handed in, posts only through the verb by which people correct a lot,
and repairs nothing by itself.
"""
