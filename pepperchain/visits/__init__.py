"""Visits: who went to see or rang whom, why, what came of it, and what is to follow.

Words: a *visit* is one meeting or call with a household or an organization, planned or over; a *follow-up* is what somebody is to do
after it, by a day; a *note* is a line about a household, a person or an organization; *photos* are of a visit. All of them are seen
by the district's people in their townships and by the cooperative that the household belonged to at the time, and by nobody else.
Nothing here is ever removed but photos, which go by themselves when they are old: visits are corrected, called off, notes are
withdrawn, and the trail keeps what was.
"""
