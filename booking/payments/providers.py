"""Which providers are in use, by their names, and which ways to pay a buyer may choose between."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from booking.kernel.refusals import Refusal
from booking.payments.provider import PayWay, Provider, Rejected, Unreachable
from booking.settings import Settings


class WayNotOffered(Refusal):
    """This way to pay is not to be had here, or not any more."""


def make_provider(settings: Settings) -> Provider:
    """Who takes cards. Without keys it is the demo till, which production refuses."""
    if settings.stripe is not None:
        from booking.payments.stripe_checkout import (
            StripeCheckout,  # half a second of import, only where it is used
        )

        return StripeCheckout(settings.stripe)
    if settings.is_production:
        raise RuntimeError("the demo till must not stand in production")
    from booking.payments.demo import DemoTill

    return DemoTill(settings.public_url)


def make_providers(settings: Settings) -> tuple[Provider, ...]:
    """All that the settings name, who takes cards first; in a demo also the tills that play what is not set."""
    providers = [make_provider(settings)]
    if settings.vipps is not None:
        from booking.payments.vipps.epayment import VippsAtDesk, VippsMobilePay

        providers += [VippsMobilePay(settings.vipps), VippsAtDesk(settings.vipps)]
    if not settings.is_production:
        from booking.payments.demo import DemoTill, DemoVipps, DemoVippsAtDesk

        made = {provider.name for provider in providers}
        # Also beside Stripe: a demo that was begun without keys has payments of its own till.
        tills_beside = [till(settings.public_url) for till in (DemoTill, DemoVipps, DemoVippsAtDesk)]
        providers += [till for till in tills_beside if till.name not in made]
    return tuple(providers)


class Tills:
    """The providers of an app, made when first needed, and the address that buyers come back to."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._providers: tuple[Provider, ...] | None = None

    def init_app(self, app: Flask, settings: Settings, *providers: Provider) -> None:
        """Remember the settings, and providers that are made already; a second app (in tests) takes over."""
        self._settings, self._providers = settings, providers or None
        app.extensions["tills"] = self

    def use(self, *providers: Provider) -> None:
        """Let these be the providers, who takes cards first."""
        self._providers = providers

    @property
    def providers(self) -> tuple[Provider, ...]:
        """All of them, who takes cards first."""
        if self._providers is None:
            self._providers = make_providers(self.settings)
        return self._providers

    @property
    def provider(self) -> Provider:
        """Who takes cards."""
        return self.providers[0]

    def of(self, name: str) -> Provider:
        """The provider that a payment was made at. Raises Unreachable where it is not set any more, and Rejected where
        that was a till that only played."""
        for provider in self.providers:
            if provider.name == name:
                return provider
        if name.startswith("demo"):
            raise Rejected(f"{name} is not set")
        raise Unreachable(f"{name} is not set")

    def least_life(self, name: str) -> timedelta:
        """For how long a session of this provider can be paid; for ever where it is not set any more."""
        return next((each.terms.least_life for each in self.providers if each.name == name), timedelta.max)

    def ways(self, currency: str) -> tuple[PayWay, ...]:
        """What buyers choose between, cards first."""
        return tuple(self._offered(currency))

    def by_way(self, way: PayWay, currency: str) -> Provider:
        """Who is paid that way. Raises WayNotOffered."""
        try:
            return self._offered(currency)[way]
        except KeyError:
            raise WayNotOffered(way.value) from None

    def at_desk(self, currency: str) -> Provider | None:
        """Who shows a code to pay from on the desk's screen; None where nobody does."""
        return next(iter(self._offered(currency, at_desk=True).values()), None)

    def _offered(self, currency: str, *, at_desk: bool = False) -> dict[PayWay, Provider]:
        """One for each way, the first that takes the currency and may be chosen."""
        offered: dict[PayWay, Provider] = {}
        demo = self.provider.name == "demo"
        for provider in self.providers:
            terms = provider.terms
            if terms.at_desk is not at_desk:
                continue
            if terms.offered and terms.currency in (None, currency) and (demo or not provider.name.startswith("demo")):
                offered.setdefault(terms.way, provider)
        return offered

    @property
    def settings(self) -> Settings:
        """The settings of the app that took over last."""
        if self._settings is None:
            raise RuntimeError("no app yet")
        return self._settings


tills = Tills()
