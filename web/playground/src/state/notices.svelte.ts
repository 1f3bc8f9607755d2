/**
 * @file One short message of the page to the person, shown above the editor until it is dismissed or its subject is gone.
 */
class Notices {
  text = $state<string | null>(null);

  show(text: string): void {
    this.text = text;
  }

  dismiss(): void {
    this.text = null;
  }
}

export const notices = new Notices();
