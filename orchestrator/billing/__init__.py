"""What the service costs, who pays, and the papers that say so: pure, and knows the domain alone."""
