"""What teachers say of a visit afterwards."""
