"""Google Ads API v26 on 127.0.0.1: gRPC with TLS, GAQL checked against the SDK's own protos."""
