"""The composition root: settings to store, sources, Slack and clock; the processes made of them.

Only this package and the command line import everything.
"""
