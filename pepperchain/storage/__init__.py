"""Storage: which pepper lies in which room, how long it keeps, and where there is space.

Words: a *site* (kept by directory) has *rooms* with a capacity; a *lot* (批次) is a traceable quantity of one product in one room,
made from slips of one cooperative; it is *received*, *moved*, *split*, *issued* and *adjusted*, each of them one *movement* that can be
taken back once; a *booking* keeps space of a room free for an organization from a day to a day; a lot's *freshness* runs from the
picking of its oldest pepper, or from when it got its form. Lots are *processed* into another form, *regraded*, *merged* and *blocked*;
a *consignment* (运单) carries them to another site; a *sample* is tested against limits. Grams live in the ledger: what stands on lots,
in rooms and among what is *available* is kept from it in the same unit of work, and `doctor` adds it up again.

It never lets a room hold more than its capacity, never tells one cooperative what another one keeps, and never names a grower to
anybody but their own cooperative.
"""
