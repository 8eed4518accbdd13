"""Values everybody speaks: advice and its states, who asks and what is answered."""
