"""Harvest: pepper on the scale, from the grower's basket to the day's total.

Words: a *slip* (过磅单) is one weigh-in of one household's pepper at one site; *gross* is what the scale shows, *tare* the
packing, *deduction* what is taken off for leaves and water, *net* what is left; a *product* is form × grade × cultivar × season;
a price may be set when weighing or later; a slip that is wrong is *voided* by a reversal with a reason, and a new one is written.
What is weighed in and not yet in a room is *on the floor* of its site. Yields per mu are added up from slips that name a plot.

It never changes a slip's weights, never deletes one, and knows no rooms or lots: storage tells it which slips it has taken in.
"""
