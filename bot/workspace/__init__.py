"""A local Slack: the wire protocol and a page, for trying out and for end-to-end tests."""
