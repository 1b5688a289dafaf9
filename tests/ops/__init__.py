"""What operations watches the service with: rules and dashboard, judged by Prometheus itself."""
