// A sound for each kind of answer, so that nobody need look: rising is good, low is no, one note asks.
const NOTES = { welcome: [660, 880], ask: [740], already_in: [330, 330], default: [220, 165] };
let context;

export const play = (verdict) => {
  try {
    context ??= new AudioContext();
    (NOTES[verdict] ?? NOTES.default).forEach((pitch, n) => {
      const start = context.currentTime + n * 0.14;
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.15, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.13);
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.14);
    });
  } catch {
    // No sound here: the colour, the shape and the word say it.
  }
  navigator.vibrate?.(verdict === "welcome" ? 60 : [80, 60, 80]);
};
