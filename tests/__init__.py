"""The tests, room by room; `tests/harness` sets the table for them."""
