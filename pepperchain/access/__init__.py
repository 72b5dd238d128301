"""Access: who is acting and what they may do.

Capabilities are an enum with a sentence each, one table says which role has which, and an actor carries what scope is made of:
role, organization, townships, household. It never looks anything up and knows no tables; each room's `visible_to` turns an actor
into a row filter.
"""
