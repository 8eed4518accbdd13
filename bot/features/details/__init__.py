"""What goes on below a campaign: keywords, ads, landing pages and audiences, asked about."""
