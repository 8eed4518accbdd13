"""The composition root: settings to store, sources, Slack and clock; the processes made of them.

`bot.app.processes.run`, `web` and `worker`; `bot.app.demo.demo`. Only this package and the command
line import everything.
"""
