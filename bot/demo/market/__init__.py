"""A seeded, simulated market with known truth: for the demo and the benchmarks."""
