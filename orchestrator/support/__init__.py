"""Support: faults and wishes that centres report, what is answered, and what operations tells the centres."""
