"""The plain page pair that Klarsyn is measured against: Janus's VideoRoom, negotiated after the tap."""
