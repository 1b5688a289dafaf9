"""The whole system on real parts: ./run, real Janus, real Redis, real browsers."""
