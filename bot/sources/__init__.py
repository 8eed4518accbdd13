"""Where daily numbers come from: exports, a watched folder, the warehouse."""
