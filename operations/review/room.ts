/** How much may still be written. */
export class Room {
  constructor(private characters: number) {}

  /** Takes the room of so many characters. @returns whether there is enough; nothing is taken when there is not */
  take(characters: number): boolean {
    if (characters > this.characters) return false;
    this.characters -= characters;
    return true;
  }

  /** Takes room for one after the other, each with a line break, as long as there is enough. @returns those that fit */
  takeAll(texts: readonly string[]): readonly string[] {
    const end = texts.findIndex((text) => !this.take(text.length + 1));
    return end < 0 ? texts : texts.slice(0, end);
  }
}
