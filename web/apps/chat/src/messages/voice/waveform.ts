export const waveBars = 48;
const loudest = 31;
/** Where a recording is this quiet everywhere, it is not blown up to full height. */
const floor = 0.05;

/** Loudness values of any number (0 to 1) as a fixed number of bars of 0 to 31, the loudest part at full height. */
export function toWaveform(levels: readonly number[], bars = waveBars): number[] {
  if (levels.length === 0) return Array.from({ length: bars }, () => 0);
  const peak = Math.max(floor, ...levels);
  return Array.from({ length: bars }, (_, index) => {
    const from = Math.floor((index * levels.length) / bars);
    const to = Math.max(from + 1, Math.floor(((index + 1) * levels.length) / bars));
    return Math.round((Math.max(...levels.slice(from, to)) / peak) * loudest);
  });
}

/** Bars to draw for a voice message, also for one that came without. */
export function barsOf(waveform: readonly number[] | undefined): number[] {
  return waveform?.length ? [...waveform] : Array.from({ length: waveBars }, (_, index) => 6 + ((index * 7) % 9));
}

/** Loudness of a stretch of samples around 128, 0 to 1. */
export function loudness(samples: Uint8Array): number {
  let sum = 0;
  for (const sample of samples) sum += ((sample - 128) / 128) ** 2;
  return Math.min(1, Math.sqrt(sum / Math.max(1, samples.length)) * 2);
}
