"""What only a browser can tell. `make test` runs these in a process of their own, beside a real server with the demo in it."""
