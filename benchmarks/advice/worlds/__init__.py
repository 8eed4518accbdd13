"""Markets with known truth, drawn from broad priors; named families, some of them set aside.

Nothing in here is imported by `bot`, and nothing in here imports what decides (`bot.advice`).
"""
