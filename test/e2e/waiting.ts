const pollMs = 100;

/** Resolves as soon as `condition` is true; looks again and again. Rejects at the deadline, with what `condition` last failed with. */
export async function until(
  description: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    let cause: unknown;
    try {
      if (await condition()) return;
    } catch (caught) {
      cause = caught;
    }
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${description}.`, { cause });
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
