"""A seeded, simulated market with known truth: for the demo and the benchmarks."""

from bot.demo.market.demo import DemoMarket, demo

__all__ = ["DemoMarket", "demo"]
