"""What Slack accepts: limits and a validator with Slack's own error shape. Pure."""
