"""A change taken apart: an exact split into what moved."""
