"""Meta's Graph API (Marketing API v26, v27) on 127.0.0.1, behind the facebook-business SDK."""
