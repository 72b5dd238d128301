"""Climate: how warm and how damp rooms are, when they were not as they should be, and what was done about it.

Words: a *sensor* in a room measures one thing (temperature, humidity, or whether the door is open); a *reading* is one whole number at
one moment: tenths of a degree, thousandths of relative humidity, 1 for an open door; a *bucket* holds the extremes of ten minutes, an
hour or a day; a *run* is a stretch of readings beyond a room's bounds; a run that lasts too long is a *breach*, which people acknowledge,
explain and close; a breach raises an *alarm* for those it concerns, once; the *equipment log* tells of service, defrosting and power cuts.

A reading never changes and none is taken twice. What follows from readings (buckets, breaches) depends on which there are, not on the
order in which they came. It sends nothing outside, and never shows a room to those who neither run it nor keep pepper in it.
"""
