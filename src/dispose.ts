/** Something that can be disposed of once. */
export interface Disposable {
  dispose(): void;
}

/** Owns what it registers: disposed of in reverse order, and late additions at once. */
export abstract class DisposableOwner implements Disposable {
  private readonly owned: Disposable[] = [];
  private disposed = false;

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** One that throws does not keep the others from being disposed of. */
  dispose(): void {
    this.disposed = true;
    this.disposeOwned();
  }

  protected register<T extends Disposable>(disposable: T): T {
    if (this.disposed) disposable.dispose();
    else this.owned.push(disposable);
    return disposable;
  }

  private disposeOwned(): void {
    const last = this.owned.pop();
    if (last === undefined) return;
    try {
      last.dispose();
    } finally {
      this.disposeOwned();
    }
  }
}
