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

  dispose(): void {
    this.disposed = true;
    for (let owned = this.owned.pop(); owned !== undefined; owned = this.owned.pop()) owned.dispose();
  }

  protected register<T extends Disposable>(disposable: T): T {
    if (this.disposed) disposable.dispose();
    else this.owned.push(disposable);
    return disposable;
  }
}
