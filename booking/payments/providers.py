"""Which provider is in use."""

from __future__ import annotations

from flask import Flask

from booking.payments.provider import Provider
from booking.settings import Settings


def make_provider(settings: Settings) -> Provider:
    """The provider that the settings name. Without keys it is the demo till, which production refuses."""
    if settings.stripe is not None:
        from booking.payments.stripe_checkout import (
            StripeCheckout,  # half a second of import, only where it is used
        )

        return StripeCheckout(settings.stripe)
    if settings.is_production:
        raise RuntimeError("the demo till must not stand in production")
    from booking.payments.demo import DemoTill

    return DemoTill(settings.public_url)


class Tills:
    """The provider of an app, made when first needed, and the address that buyers come back to."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._provider: Provider | None = None

    def init_app(self, app: Flask, settings: Settings, provider: Provider | None = None) -> None:
        """Remember the settings, and a provider that is made already; a second app (in tests) takes over."""
        self._settings, self._provider = settings, provider
        app.extensions["tills"] = self

    @property
    def provider(self) -> Provider:
        """The provider in use."""
        if self._provider is None:
            self._provider = make_provider(self.settings)
        return self._provider

    @property
    def settings(self) -> Settings:
        """The settings of the app that took over last."""
        if self._settings is None:
            raise RuntimeError("no app yet")
        return self._settings


tills = Tills()
