"""What stands in for the outside world where nobody has an account: local ad platforms.

`bot.demo.platforms` speaks the platforms' own protocols on 127.0.0.1, for `make demo-live`, for
tests and for benchmarks. The bot itself never imports it.
"""
