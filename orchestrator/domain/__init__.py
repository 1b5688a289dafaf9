"""What a call, a seat, a central and a funnel are: pure, with no I/O and no clock of its own."""
