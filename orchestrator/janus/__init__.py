"""The Janus gateway: wire client, sessions that outlive a process, VideoRoom requests, pool."""
