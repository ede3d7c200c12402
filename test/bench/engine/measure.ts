/** What a piece of work costs the process that does it. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

export interface Measured {
  readonly seconds: number;
  /** Of the whole process, from its start to the end of the work. */
  readonly peakRssBytes: number;
  /** How much later than due the event loop came round. */
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly cpuSeconds: number;
}

/** How often the event loop is asked to come round, in milliseconds. */
const resolution = 10;
/** Microseconds between two samples of a profile. */
const samplingInterval = 500;

/** @param profile the file for a .cpuprofile of the work, or null for none */
export async function measure<T>(
  profile: string | null,
  work: () => Promise<T>,
): Promise<{ readonly measured: Measured; readonly result: T }> {
  const profiled = profile === null ? work : () => profiling(profile, work);
  const loop = monitorEventLoopDelay({ resolution });
  loop.enable();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await profiled();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  loop.disable();
  return {
    measured: {
      seconds,
      peakRssBytes: peakRss(),
      loopDelayP99Ms: late(loop.percentile(99)),
      loopDelayMaxMs: late(loop.max),
      cpuSeconds: (user + system) / 1e6,
    },
    result,
  };
}

/** The histogram holds nanoseconds from one round to the next. */
function late(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolution);
}

/** What getrusage says includes the parent's from before the start; Linux also knows the process's own. */
function peakRss(): number {
  if (process.platform === 'linux') {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}

async function profiling<T>(file: string, work: () => Promise<T>): Promise<T> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: samplingInterval });
    await session.post('Profiler.start');
    const result = await work();
    const { profile } = await session.post('Profiler.stop');
    await writeFile(file, JSON.stringify(profile));
    return result;
  } finally {
    session.disconnect();
  }
}
