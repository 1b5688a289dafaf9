"""Let hypothesis take its time: a loaded machine is no defect of the price."""

from hypothesis import settings

settings.register_profile("klarsyn", deadline=None)
settings.load_profile("klarsyn")
