"""Name the identifiers, so that a call's id is never handed in where a seat's belongs."""

from typing import NewType

CallId = NewType("CallId", str)
"""One video call: 22 characters of URL-safe base64 (128 random bits)."""

CentralId = NewType("CentralId", str)
"""An AMK or LV centre, as written in the settings: ``[a-z0-9-]{1,40}``."""

SeatId = NewType("SeatId", str)
"""An operator seat, unique in the installation: ``[a-z0-9-]{1,40}``."""

DeviceId = NewType("DeviceId", str)
"""One browser that has opened an invitation; lives in that browser's cookie."""

ViewerId = NewType("ViewerId", str)
"""One watching browser tab; the tab keeps it over reloads of its socket, not of the page."""

GuestId = NewType("GuestId", str)
"""Someone who was given a link to watch one call; names the link without opening it."""

NodeId = NewType("NodeId", str)
"""One orchestrator process: ``name.incarnation``, so a restarted node is a new owner."""

GatewayId = NewType("GatewayId", str)
"""One Janus instance, as written in the settings."""

Code = NewType("Code", str)
"""An invitation's code in canonical form: see ``domain.invitation``."""

Millis = NewType("Millis", int)
"""A moment, in whole milliseconds since 1970-01-01T00:00:00Z."""
