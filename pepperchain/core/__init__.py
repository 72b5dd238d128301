"""Core: what every room stands on and no room's trade words.

Units (grams, fen, hundredths of a mu), ids, the clock, the errors that people see, the database
with its unit of work, and sealed (encrypted) values. It never knows who is acting or what pepper is.
"""
