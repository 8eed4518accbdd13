"""What holds advice back, and how one piece a campaign is chosen."""
