"""What the tests tell Debian's Firefox when they start it."""

PREFERENCES: dict[str, str | bool | int] = {
    "media.navigator.streams.fake": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}
"""A camera that is fake, and a network that is this machine."""
