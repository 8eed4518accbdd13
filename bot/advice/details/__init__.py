"""What goes on below a campaign: judged by evidence, thousands of parts at once. Pure."""
