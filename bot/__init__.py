"""perfbot: campaign advice in Slack, quiet, right, and measured afterwards."""
