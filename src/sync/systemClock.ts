import type { Clock } from './ports';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const aborted = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', aborted);
        resolve();
      }, ms);
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted, { once: true });
    }),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    return { dispose: () => clearInterval(timer) };
  },
};
