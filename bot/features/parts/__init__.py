"""Parts that several features show: cards, figures, pace, messages kept in step."""
