/** @file What the person allowed programs to import from elsewhere, for as long as the page is open. */

interface Asking {
  origin: string;
  /** The module that is asked for first. */
  address: string;
  answer(isAllowed: boolean): void;
}

class Permissions {
  /** The question that is shown. */
  asking = $state.raw<Asking | null>(null);
  readonly #allowed = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  allows(origin: string): boolean {
    return this.#allowed.has(origin);
  }

  /** Asks the person, one question after the other. */
  ask(origin: string, address: string): Promise<boolean> {
    const asked = this.#last.then(() => this.allows(origin) || this.#show(origin, address));
    this.#last = asked;
    return asked;
  }

  /** Takes a question back: its program is gone. */
  withdraw(): void {
    this.asking?.answer(false);
  }

  #show(origin: string, address: string): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (isAllowed: boolean): void => {
        this.asking = null;
        if (isAllowed) this.#allowed.add(origin);
        resolve(isAllowed);
      };
      this.asking = { origin, address, answer };
    });
  }
}

export const permissions = new Permissions();
