"""Databases and signed-in clients for tests: quick to make, never shared between two tests.

One test process speaks to one engine, chosen by `PEPPERCHAIN_TEST_ENGINE` (`sqlite` or `postgres`). A *picture* is a state of
the database that tests start from (`empty`: migrated; `village`: with the demo cast). It is painted once in each process and then
copied for every test: a file on SQLite, one script of statements on PostgreSQL. Nothing of ours is patched here.
"""
