"""Why a number changed, why nothing was said, and what stands behind advice."""
