/** Yields what `source` does, and has it work on the next one meanwhile. Who stops early waits for that. */
export async function* oneAhead<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  let next = begin(source);
  try {
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = begin(source);
      yield value;
    }
  } finally {
    await next.catch(() => undefined);
  }
}

function begin<T>(source: AsyncGenerator<T, void>): Promise<IteratorResult<T, void>> {
  const next = source.next();
  // It may fail before anybody asks for it.
  next.catch(() => undefined);
  return next;
}
