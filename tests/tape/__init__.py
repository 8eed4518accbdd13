"""A tape of what people see: recorded before the restructure, played again after every step."""
