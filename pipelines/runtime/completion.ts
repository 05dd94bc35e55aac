/** How something that goes on by itself ends: well, once, or with an error. */
export class Completion {
  #succeed: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  readonly done = new Promise<void>((resolve, reject) => {
    this.#succeed = resolve;
    this.#fail = reject;
  });

  constructor() {
    // A failure between two awaits of whoever waits is kept in `done`, not thrown into the void.
    this.done.catch(() => undefined);
  }

  succeed(): void {
    this.#succeed();
  }

  fail(error: Error): void {
    this.#fail(error);
  }
}
