"""Who opens what of gift cards in the staff's rooms: the desk finds, sells and hands over, the office does the rest."""

from __future__ import annotations

OF_GIFT_CARDS: dict[str, str] = {
    "GET /staff/gift-cards": "desk finance admin",
    "POST /staff/gift-cards": "desk finance admin",
    "GET /staff/gift-cards/<int:card_id>": "desk finance admin",
    "GET /staff/gift-cards/<int:card_id>/code": "desk finance admin",
    "GET /staff/gift-cards/<int:card_id>/card.pdf": "desk finance admin",
    "POST /staff/gift-cards/<int:card_id>/handed": "desk finance admin",
    "POST /staff/gift-cards/<int:card_id>/hand-over": "desk admin",
    "POST /staff/gift-cards/<int:card_id>/block": "finance admin",
    "POST /staff/gift-cards/<int:card_id>/unblock": "finance admin",
    "POST /staff/gift-cards/<int:card_id>/extend": "finance admin",
    "POST /staff/gift-cards/<int:card_id>/send": "finance admin",
    "POST /staff/gift-cards/<int:card_id>/renew": "finance admin",
    "GET /staff/desk/sell/gift-card": "desk admin",
    "POST /staff/desk/sell/gift-card": "desk admin",
}
