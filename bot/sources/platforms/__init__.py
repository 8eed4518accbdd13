"""Ad platforms as sources, through their official SDKs where they have one that is kept well.

A platform is a `Client` (`client.py`): accounts, campaigns, days, changes, reach. What all have in
common is done once, in `pulling.py`: the account's own day, chunks, retries, zero days, memory.
"""
