"""What demo centres hold besides the everyday: a festival with its programme, an evening with a lecture."""
